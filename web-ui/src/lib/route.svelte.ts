// Decides which screen an address means.
export type Route =
  /** `lost` where the address means no screen, so that it can be said. */
  | { screen: 'today'; lost?: true }
  | { screen: 'people' }
  | { screen: 'settings'; part: 'lock' | null }
  | { screen: 'bin' }
  | { screen: 'search' }
  | ({ screen: 'propose'; with: string | null } & Proposed)
  | { screen: 'openDoor' }
  | { screen: 'timetable' }
  | { screen: 'growth'; part: (typeof GROWTH)[number] }
  | { screen: 'visits'; week: string | null }
  | { screen: 'document'; id: string; tab: Tab }
  | { screen: 'history'; id: string }
  | { screen: 'observe'; id: string }
  | { screen: 'blank'; id: string }

/** What a proposal begins with, beside whom it goes to: ids, since an address is remembered by the browser. */
export interface Proposed {
  /** Whether one asks to be visited. */
  host?: boolean
  /** The goal it serves, and the action of it that is to be seen. */
  goal?: string | null
  action?: string | null
}

/** The parts of a visit. */
export type Tab = (typeof TABS)[number]
/** The pages of growth. */
const GROWTH = ['goals', 'new', 'tries', 'cards', 'successes', 'resources', 'instruments', 'new-instrument'] as const
const TABS = ['plan', 'observe', 'debrief', 'reflect'] as const

export function parse(hash: string): Route {
  const [path, query] = hash.replace(/^#/, '').split('?', 2)
  const [first, second, third] = (path ?? '').split('/').filter((part) => part !== '')
  if (first === 'people') return { screen: 'people' }
  if (first === 'settings') return { screen: 'settings', part: second === 'lock' ? 'lock' : null }
  if (first === 'bin') return { screen: 'bin' }
  if (first === 'search') return { screen: 'search' }
  if (first === 'propose') {
    const asked = new URLSearchParams(query)
    return { screen: 'propose', with: asked.get('with'), host: asked.has('host'), goal: asked.get('goal'), action: asked.get('action') }
  }
  if (first === 'open-door') return { screen: 'openDoor' }
  if (first === 'timetable') return { screen: 'timetable' }
  if (first === 'growth') return { screen: 'growth', part: GROWTH.find((one) => one === second) ?? 'goals' }
  if (first === 'visits') return { screen: 'visits', week: second === 'week' ? (third ?? 'now') : null }
  if (first === 'history' && second) return { screen: 'history', id: decoded(second) }
  if (first === 'observe' && second) return { screen: 'observe', id: decoded(second) }
  if (first === 'blank' && second) return { screen: 'blank', id: decoded(second) }
  if (first === 'documents' && second) {
    return { screen: 'document', id: decoded(second), tab: TABS.find((tab) => tab === third) ?? 'plan' }
  }
  return first === undefined ? { screen: 'today' } : { screen: 'today', lost: true }
}

/** A link may have been cut short anywhere. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

export const address = {
  today: '#/',
  people: '#/people',
  settings: '#/settings',
  lock: '#/settings/lock',
  bin: '#/bin',
  search: '#/search',
  propose: (person?: string, { host, goal, action }: Proposed = {}): string => {
    const asked = new URLSearchParams({ ...(person ? { with: person } : {}), ...(host ? { host: '' } : {}), ...(goal ? { goal } : {}), ...(action ? { action } : {}) })
    return asked.size > 0 ? `#/propose?${asked}` : '#/propose'
  },
  history: (id: string): string => `#/history/${encodeURIComponent(id)}`,
  growth: '#/growth',
  newGoal: '#/growth/new',
  tries: '#/growth/tries',
  cards: '#/growth/cards',
  instruments: '#/growth/instruments',
  newInstrument: '#/growth/new-instrument',
  successes: '#/growth/successes',
  resources: '#/growth/resources',
  /** Where one observes with the instrument of these notes. */
  observe: (notes: string): string => `#/observe/${encodeURIComponent(notes)}`,
  /** An instrument as a form to print. */
  blank: (instrument: string): string => `#/blank/${encodeURIComponent(instrument)}`,
  visits: '#/visits',
  openDoor: '#/open-door',
  timetable: '#/timetable',
  week: (day?: string): string => (day ? `#/visits/week/${day}` : '#/visits/week'),
  document: (id: string, tab: Tab = 'plan'): string => `#/documents/${encodeURIComponent(id)}${tab === 'plan' ? '' : `/${tab}`}`,
}

class Router {
  now = $state.raw<Route>(parse(location.hash))

  constructor() {
    addEventListener('hashchange', () => {
      this.now = parse(location.hash)
    })
  }
}

export const router = new Router()

export function go(to: string): void {
  location.hash = to
}

/** Goes there without leaving a step behind: going back leads to where one came from. */
export function goInstead(to: string): void {
  location.replace(to)
}
