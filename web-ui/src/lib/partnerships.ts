// Decides what a partnership is to the one who looks at it, and when it may quietly be recalled.
import type { DocumentDetail, History, PersonName, Schemas } from './daemon/types'
import { groupOf, partOf, timeOf, type Visit } from './visits'

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

/** Days that two mean to let pass between visits, while they visit each other. */
export const daysBetween = (one: Partnership): number | null => (one.state === 'accepted' && one.cadence ? CADENCE_DAYS[one.cadence] : null)

/** The day on which two agreed, which no document says: the first on which each of them had written in it, by its midnight in UTC. */
export function agreedOn(points: History['points'], people: string[]): number | null {
  const firsts = people.map((person) => Math.min(...points.filter((one) => one.person?.id === person).map((one) => one.day_ms)))
  const last = Math.max(...firsts)
  return Number.isFinite(last) ? last : null
}

/**
 * Partnerships whose people meant to meet by now and have nothing planned: said to each of them alone, by their own
 * computer, from what lies on it. Counted from their last visit, either way, or from when they agreed if that is later;
 * what they write in the journal postpones nothing. `agreed` is null where nobody knows, and then only visits count.
 */
export function dueOf(partnerships: Partnership[], visits: Visit[], me: string, now: number, agreed: (id: string) => number | null): Partnership[] {
  return partnerships.filter((one) => {
    const days = daysBetween(one)
    if (days === null) return false
    const theirs = visits.filter((visit) => visit.others.some((person) => person.id === one.other.id))
    const groups = theirs.map((visit) => [visit, groupOf(visit, me, now)] as const)
    if (groups.some(([, group]) => group === 'upcoming' || group === 'asked' || group === 'waiting')) return false
    const met = groups.flatMap(([visit, group]) => (group === 'earlier' ? (timeOf(visit) ?? []) : []))
    const last = Math.max(agreed(one.id) ?? -Infinity, ...met)
    return Number.isFinite(last) && now - last > days * DAY_MS
  })
}

/** In whose room a visit was: this person in the other's, or the other in this person's. */
type Way = 'there' | 'here'

/** The last visit each way between two; none where it has not been yet. */
export interface Turns {
  there: Visit | null
  here: Visit | null
  /** The way that has not been answered and is not planned; one visit answers all that went the other way before it. */
  back: Way | null
}

const TOOK_PLACE: ReadonlySet<Visit['stage']> = new Set(['written_up', 'debriefing', 'closed'])

function wayOf(visit: Visit, me: string, other: string): Way | null {
  // Learning together without a visit is in nobody's room.
  if (visit.kind === 'shared_learning') return null
  const [mine, theirs] = [partOf(visit, me), partOf(visit, other)]
  if (mine === 'visitor' && theirs === 'host') return 'there'
  return mine === 'host' && theirs === 'visitor' ? 'here' : null
}

/** Worked out when looked at, for the two alone, from visits that both hold; kept nowhere, and no number of anything. */
export function turnsOf(visits: readonly Visit[], me: string, other: string, now: number): Turns {
  const turns: Turns = { there: null, here: null, back: null }
  const between = visits.filter((visit) => wayOf(visit, me, other) !== null)
  // A time that passed is no visit: somebody began it, or wrote in it. Of two, one may have written it down afterwards without
  // waiting for an answer; among more, whoever did not answer was not there.
  const took = ({ stage, mine, others, unanswered }: Visit): boolean =>
    TOOK_PLACE.has(stage) &&
    (others.length === 1 ? mine !== 'declined' && mine !== 'withdrew' : mine === 'accepted' && unanswered.every((one) => one.id !== other))
  const order = (visit: Visit): number => timeOf(visit) ?? -Infinity
  const past = between.filter((visit) => groupOf(visit, me, now) === 'earlier' && took(visit)).toSorted((one, next) => order(one) - order(next))
  for (const visit of past) {
    const way = wayOf(visit, me, other)!
    turns[way] = visit
    const opposite = way === 'there' ? 'here' : 'there'
    turns.back = turns.back === way ? null : opposite
  }
  const planned = between.some((visit) => wayOf(visit, me, other) === turns.back && ['asked', 'waiting', 'upcoming'].includes(groupOf(visit, me, now) ?? ''))
  return planned ? { ...turns, back: null } : turns
}

/** Whether two have agreed on anything that holds around a visit: each for themselves, or aloud. */
const isAgreed = (one: Partnership): boolean => one.agreedAloud || [one.confidential, one.debriefWithinADay].some((both) => both.every((said) => said))

/**
 * Where two could agree on what holds around a visit and have not yet: in their partnership, or in one that they would
 * begin. Nothing where they did agree, where the other is still to answer, or where a partnership was declined or ended.
 */
export function toAgree(partnerships: readonly Partnership[], person: string): { partnership: string | null } | null {
  const theirs = partnerships.filter((one) => one.other.id === person)
  const alive = theirs.filter(isAlive)
  if (theirs.length === 0) return { partnership: null }
  const open = alive.find((one) => one.state !== 'invited') ?? alive.find((one) => !one.mine)
  return open && !alive.some(isAgreed) ? { partnership: open.id } : null
}
