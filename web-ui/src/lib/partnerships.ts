// Decides what a partnership is to the one who looks at it, and when it may quietly be recalled.
import type { DocumentDetail, PersonName, Schemas } from './daemon/types'
import { groupOf, type Visit } from './visits'

export type Cadence = Schemas['Cadence']
export type PartnershipState = Schemas['PartnershipState']

export interface Partnership {
  id: string
  other: PersonName
  state: PartnershipState
  /** Whether this person, and the other, have said yes. */
  mine: boolean
  theirs: boolean
  cadence: Cadence | null
  /** What each has agreed to: this person, the other. */
  confidential: [boolean, boolean]
  debriefWithinADay: [boolean, boolean]
  agreedAloud: boolean
}

/** Days between visits that each cadence means; none for the one that names no time. */
export const CADENCE_DAYS: Record<Cadence, number | null> = {
  every_week: 7,
  every_two_weeks: 14,
  every_month: 30,
  every_term: 90,
  when_we_can: null,
}

const DAY_MS = 86_400_000

export function partnershipOf(detail: DocumentDetail, me: string): Partnership | null {
  const model = detail.model
  if (model.kind !== 'partnership') return null
  const other = detail.people.find((one) => one.id !== me && model.people.includes(one.id))
  if (!other || !model.people.includes(me)) return null
  const both = (said: string[]): [boolean, boolean] => [said.includes(me), said.includes(other.id)]
  return {
    id: detail.id,
    other,
    state: model.state,
    mine: model.answers[me] === 'accepted',
    theirs: model.answers[other.id] === 'accepted',
    cadence: model.cadence ?? null,
    confidential: both(model.agreed_confidential),
    debriefWithinADay: both(model.agreed_debrief_within_a_day),
    agreedAloud: model.agreed_aloud,
  }
}

/** Partnerships that are lived in or asked for; what was declined or ended asks for nothing. */
export const isAlive = (one: Partnership): boolean => one.state !== 'declined' && one.state !== 'ended'

/**
 * Partnerships whose people meant to meet by now and have nothing planned: said to each of them alone, by their own
 * computer, from what lies on it. `since` is when the partnership began to be kept here, for two who never met yet.
 */
export function dueOf(partnerships: Partnership[], visits: Visit[], me: string, now: number, since: (id: string) => number): Partnership[] {
  return partnerships.filter((one) => {
    const days = one.state === 'accepted' && one.cadence ? CADENCE_DAYS[one.cadence] : null
    if (days === null) return false
    const theirs = visits.filter((visit) => visit.others.some((person) => person.id === one.other.id))
    const groups = theirs.map((visit) => [visit, groupOf(visit, me, now)] as const)
    if (groups.some(([, group]) => group === 'upcoming' || group === 'asked' || group === 'waiting')) return false
    const last = Math.max(since(one.id), ...groups.flatMap(([visit, group]) => (group === 'earlier' && visit.when !== null ? [visit.when] : [])))
    return now - last > days * DAY_MS
  })
}
