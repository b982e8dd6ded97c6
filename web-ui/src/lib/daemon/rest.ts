// Decides how the page asks its daemon for things, and what it calls each way of failing.
import { apart } from '../put'
import { shownName } from '../people'
import { pageToken } from './page'
import type {
  ApiError,
  Device,
  DocumentDetail,
  DocumentPage,
  DoorToOpen,
  Edit,
  FileFormat,
  History,
  Holder,
  Imported,
  Judged,
  Kind,
  LibraryInstrument,
  LockState,
  NewDocument,
  NoteLanguage,
  Offer,
  Offered,
  OwnLessons,
  PersonName,
  Reason,
  Results,
  Schemas,
  Sheet,
  Status,
  TabletLink,
  TabletState,
  VisitProposal,
} from './types'

/** Documents asked for at once: more than fit on a screen, few enough to be instant. */
const DOCUMENTS_PER_PAGE = 50
/** Documents asked for at once where all of a kind are wanted; the daemon gives no more. */
const OF_KIND_PER_PAGE = 500
/** Seconds the daemon may hold an answer while nothing has happened yet; it allows this much. */
const WAIT_SECONDS = 20
/** The status of every answer while this computer is locked. */
const LOCKED = 423

/** A request that did not do what was asked. `away` means that the daemon did not answer at all. */
export class Failure extends Error {
  readonly code: string
  readonly status: number
  readonly hint: string | null
  /** What exactly is wrong with an instrument, a mark or a vocabulary. */
  readonly reason: Reason | null

  constructor(status: number, error: ApiError) {
    super(error.message)
    this.name = 'Failure'
    this.status = status
    this.code = error.code
    this.hint = error.hint ?? null
    this.reason = error.reason ?? null
  }
}

let locked: () => void = () => undefined

/** What is done when the daemon says that this computer is locked. */
export function whenLocked(run: () => void): void {
  locked = run
}

let reading = 0

/** How many answers that a screen is made of are under way; not those that may be held until something happens. */
export const underway = (): number => reading

interface Options {
  body?: unknown
  /** A file, handed over as it is. */
  file?: Blob
  signal?: AbortSignal
  /** Screens are shown without it: it may take a while. */
  apart?: boolean
}

async function fetched(method: string, path: string, { body, file, signal }: Options = {}): Promise<Response> {
  let response: Response
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      headers: {
        ...(pageToken() ? { 'X-Rounds-Token': pageToken() } : {}),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(file === undefined ? {} : { 'Content-Type': 'application/octet-stream' }),
      },
      credentials: 'same-origin',
      cache: 'no-store',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(file === undefined ? {} : { body: file }),
      ...(signal ? { signal } : {}),
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new Failure(0, { code: 'away', message: '' })
  }
  if (response.ok) return response
  if (response.status === LOCKED) locked()
  throw new Failure(response.status, errorIn(await response.text(), response.status))
}

async function call<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const counts = method === 'GET' && !options.signal && !options.apart
  if (counts) reading += 1
  try {
    const text = await (await fetched(method, path, options)).text()
    return (text === '' ? undefined : JSON.parse(text)) as T
  } finally {
    if (counts) reading -= 1
  }
}

function errorIn(text: string, status: number): ApiError {
  try {
    const { error } = JSON.parse(text) as { error?: ApiError }
    if (error && typeof error.code === 'string') return error
  } catch {
    // Not JSON: a proxy or an older daemon spoke; the status has to do.
  }
  return { code: status === 401 ? 'no_session' : 'internal', message: '' }
}

const id = encodeURIComponent

/** Names come from other computers; from here on they are fit to be shown. */
const named = <T extends { name: string }>(person: T): T => ({ ...person, name: shownName(person.name) })

async function status(): Promise<Status> {
  const answer = await call<Status>('GET', '/status')
  const partners = answer.partners.map((partner) => ({ ...partner, person: named(partner.person) }))
  return { ...answer, person: named(answer.person), partners }
}

async function documents(cursor?: string, kind?: Kind, limit = DOCUMENTS_PER_PAGE, apart = false): Promise<DocumentPage> {
  const from = (cursor === undefined ? '' : `&cursor=${id(cursor)}`) + (kind === undefined ? '' : `&kind=${kind}`)
  const page = await call<DocumentPage>('GET', `/documents?limit=${limit}${from}`, { apart })
  return {
    ...page,
    documents: page.documents.map((document) => ({
      ...document,
      with: document.with.map(named),
    })),
  }
}

/** Kinds that were listed before: what screens show of them stands while they are listed anew. */
const listed = new Set<Kind>()

/** Every document of a kind. */
async function documentsOfKind(kind: Kind): Promise<DocumentPage['documents']> {
  const found: DocumentPage['documents'] = []
  let next: string | null | undefined
  do {
    const page = await documents(next ?? undefined, kind, OF_KIND_PER_PAGE, listed.has(kind))
    found.push(...page.documents)
    next = page.next
  } while (next)
  listed.add(kind)
  return found
}

/** All that belongs to one visit. */
async function documentsOf(visit: string): Promise<DocumentPage['documents']> {
  const answer = await call<DocumentPage>('GET', `/documents?visit=${id(visit)}`)
  return answer.documents.map((document) => ({ ...document, with: document.with.map(named) }))
}

/** Without words nothing is found, and the next search is quick. */
async function search(words: string, signal: AbortSignal): Promise<Results> {
  const answer = await call<Results>('POST', '/search', { body: { words }, signal })
  return { ...answer, found: answer.found.map((one) => ({ ...one, with: one.with.map(named) })) }
}

export const rest = {
  status,
  search,
  rename: (name: string) => call<unknown>('PUT', '/me', { body: { name } }),
  /** Whether partners see that this computer is on. */
  showsHere: async () => (await call<{ shows_here: boolean }>('GET', '/me')).shows_here,
  showHere: (show: boolean) => call<unknown>('PUT', '/me', { body: { shows_here: show } }),

  /** This person's devices and the partners', as they are certified. */
  devices: async () =>
    (await call<{ devices: Device[] }>('GET', '/devices')).devices.map((one) => ({ ...one, person: named(one.person) })),
  /** What time it is on the daemon's computer, by a count that nobody sets and by its clock. */
  clock: () => call<Schemas['ClockAnswer']>('GET', '/clock'),
  /** The last lines of the daemon's own log. */
  log: async () => (await call<{ lines: string[] }>('GET', '/log')).lines,

  /** Whether this computer is locked, and when it locks. */
  tablet: () => call<TabletState>('GET', '/tablet'),
  turnTablet: (on: boolean) => call<TabletState>('PUT', '/tablet', { body: { on } }),
  tabletLink: (address: string) => call<TabletLink>('POST', '/tablet/links', { body: { address } }),
  lockState: () => call<LockState>('GET', '/lock'),
  lock: () => call<LockState>('POST', '/lock'),
  unlock: (passphrase: string) => call<LockState>('POST', '/unlock', { body: { passphrase } }),
  lockAfter: (minutes: number) => call<LockState>('PUT', '/lock', { body: { idle_minutes: minutes } }),
  /** Sets or changes the passphrase; without a new one, takes it away. */
  changePassphrase: (present: string | null, wanted: string | null) =>
    call<LockState>('PUT', '/passphrase', { body: { present, wanted } }),
  /** Somebody is here. */
  noteActivity: () => call<unknown>('POST', '/activity'),

  removePerson: (person: string) => call<unknown>('DELETE', `/people/${id(person)}`),

  offerPairing: () => call<Offer>('POST', '/pairing/offers', { body: {} }),
  watchOffer: async (offer: number, signal: AbortSignal): Promise<Offer> => {
    const path = `/pairing/offers/${offer}?wait_seconds=${WAIT_SECONDS}`
    const state = await call<Offer>('GET', path, { signal })
    return { ...state, person: state.person ? named(state.person) : null }
  },
  closeOffer: (offer: number) => call<unknown>('DELETE', `/pairing/offers/${offer}`),
  acceptPairing: async (code: string, at?: string): Promise<PersonName> => {
    const body = { code, ...(at ? { at } : {}) }
    return named((await call<{ person: PersonName }>('POST', '/pairing/accept', { body })).person)
  },

  /** The protocols that come with Rounds, in the words of a language. */
  protocols: async (language: string) =>
    (await call<{ protocols: Offered[] }>('GET', `/library/protocols?language=${id(language)}`)).protocols,

  documents,
  documentsOf,
  documentsOfKind,
  document: async (document: string, apart = false): Promise<DocumentDetail> => {
    const detail = await call<DocumentDetail>('GET', `/documents/${id(document)}`, { apart })
    return { ...detail, people: detail.people.map(named) }
  },
  proposeVisit: async (visit: VisitProposal) =>
    (await call<{ document: string }>('POST', '/visits', { body: visit })).document,
  /** One visit, or all that have a time, as a file for other calendars. */
  calendar: async (language: string, visit?: string): Promise<Blob> =>
    (await fetched('GET', `/calendar?language=${id(language)}${visit === undefined ? '' : `&visit=${id(visit)}`}`)).blob(),
  openDoor: async (door: DoorToOpen) => (await call<{ document: string }>('POST', '/doors', { body: door })).document,
  /** Asks to come through a door: the visit that this makes. */
  dropIn: async (door: string) => (await call<{ document: string }>('POST', `/documents/${id(door)}/drop-in`, { body: {} })).document,
  create: async (wanted: NewDocument) =>
    (await call<{ document: string }>('POST', '/documents', { body: wanted })).document,

  /** Does one thing to a document; said twice under one name, it counts once. */
  edit: (document: string, edit: Edit, name: string = crypto.randomUUID()) =>
    call<unknown>('POST', `/documents/${id(document)}/edits`, { body: { id: name, edit } }),
  /** The instruments that come with Rounds. */
  instruments: async () => (await call<{ instruments: LibraryInstrument[] }>('GET', '/instruments')).instruments,
  /** What keeps labels from standing beside each other; nothing of it is kept. */
  labelReasons: async (labels: readonly string[]) => (await call<{ reasons: Reason[] }>('POST', '/instruments/labels', { body: { labels } })).reasons,
  /** What was counted in one's own lessons, side by side. */
  ownLessons: () => call<OwnLessons>('GET', '/own-lessons', { apart: true }),
  /** Asks whoever is named in a card whether others may see it: the document of its words. */
  askPeople: async (card: string) => (await call<{ document: string }>('POST', `/documents/${id(card)}/ask`)).document,
  /** Takes back what they were asked. */
  takeCardBack: (card: string) => call<unknown>('DELETE', `/documents/${id(card)}/ask`),
  /** Makes a new document of a note set's finished words. */
  release: async (notes: string) =>
    (await call<{ document: string }>('POST', `/documents/${id(notes)}/release`)).document,

  /** Everything a document says, or said at a point of its history. */
  sheet: async (document: string, language: string, at?: string): Promise<Sheet> => {
    const asked = new URLSearchParams({ language, ...(at === undefined ? {} : { at }) })
    return (await call<{ sheet: Sheet }>('GET', `/documents/${id(document)}/sheet?${asked}`)).sheet
  },
  /** The steps in which a document was written, and one of its texts at one of them, or now. */
  history: async (document: string, field?: string, at?: string): Promise<History> => {
    const asked = new URLSearchParams({ ...(field === undefined ? {} : { field }), ...(at === undefined ? {} : { at }) })
    const answer = await call<History>('GET', `/documents/${id(document)}/history?${asked}`)
    const whom = <T extends { person?: PersonName | null }>(one: T): T => (one.person ? { ...one, person: named(one.person) } : one)
    return { ...answer, points: answer.points.map(whom), spans: answer.spans.map(whom) }
  },
  /** Adds words at the end of a text. */
  append: (document: string, field: string, words: string) =>
    call<unknown>('POST', `/documents/${id(document)}/texts/${id(field)}`, { body: { id: crypto.randomUUID(), append: words } }),
  /** Puts words at the end of a text as the daemon has it by then, which may be longer and newer than what a page shows. */
  putAtEnd: async (document: string, field: string, words: string, between: string) => {
    const { texts } = await rest.document(document)
    return rest.append(document, field, apart(texts.find((one) => one.field === field)?.text ?? '', words, between))
  },
  /** Makes a text this one, changing only what differs. */
  setText: (document: string, field: string, text: string) =>
    call<unknown>('POST', `/documents/${id(document)}/texts/${id(field)}`, { body: { id: crypto.randomUUID(), set: text } }),

  /** Which words of one's own notes judge, and what to ask oneself. Nothing of it is kept. */
  describe: async (text: string, language: NoteLanguage, purpose: 'evidence' | 'wonder') =>
    (await call<{ marks: Judged[] }>('POST', '/describe', { body: { text, language, purpose } })).marks,

  /** What a file would become, or has become. */
  imported: (file: Blob, look: boolean, language: string) =>
    call<Imported>('POST', `/imports?look=${look}&language=${id(language)}`, { file }),
  /** A document as a file; words of ours in it are in this language. */
  exported: async (document: string, format: FileFormat, language: string): Promise<Blob> =>
    (await fetched('GET', `/documents/${id(document)}/export?format=${format}&language=${id(language)}`)).blob(),

  /** Makes a new document of the words alone, as they stand or as they stood. */
  cleanCopy: async (document: string, at?: string) =>
    (await call<{ document: string }>('POST', `/documents/${id(document)}/clean-copy`, { body: at === undefined ? {} : { at } })).document,

  /** Puts a document in this computer's bin, or back; or deletes it here for good. */
  bin: (document: string) => call<unknown>('PUT', `/documents/${id(document)}/bin`),
  putBack: (document: string) => call<unknown>('DELETE', `/documents/${id(document)}/bin`),
  deleteForGood: (document: string) => call<unknown>('DELETE', `/documents/${id(document)}`),
  binned: async (): Promise<DocumentPage['documents']> => {
    const answer = await call<DocumentPage>('GET', '/documents?bin=true')
    return answer.documents.map((document) => ({ ...document, with: document.with.map(named) }))
  },

  holders: async (document: string, apart = false) =>
    (await call<{ holders: Holder[] }>('GET', `/documents/${id(document)}/holders`, { apart })).holders.map((holder) => ({
      ...holder,
      person: named(holder.person),
    })),
  share: (document: string, person: string, role: 'reader' | 'writer') =>
    call<unknown>('POST', `/documents/${id(document)}/grants`, { body: { with: person, role } }),
  unshare: (document: string, person: string) =>
    call<unknown>('DELETE', `/documents/${id(document)}/grants/${id(person)}`),
}
