// Decides what one might do next with a partner, from the smallest thing on: worked out when looked at, never kept, and no
// measure of anybody.
import type { Goal } from './goals'
import { isAlive, type Partnership } from './partnerships'
import type { PersonName } from './daemon/types'
import { groupOf, type Visit } from './visits'

export type GentleStep = 'talk' | 'share' | 'visit' | 'host'

export interface Gentle {
  step: GentleStep
  partner: PersonName
  /** The partnership to talk in; none where the two have none. */
  partnership: string | null
  /** The goal that could be read by the partner. */
  goal: Goal | null
}

export interface Known {
  me: string
  now: number
  visits: readonly Visit[]
  goals: readonly Goal[]
  partnerships: readonly Partnership[]
  /** Partnerships in whose journal something stands. */
  talked: readonly string[]
}

/**
 * What the two have not done yet: talk, show each other a goal, visit, be visited. What is planned or was done, in either
 * order, is not suggested; and once all was, nothing is.
 */
export function gentleWith(partner: PersonName, { me, now, visits, goals, partnerships, talked }: Known): Gentle | null {
  const partnership = partnerships.find((one) => one.other.id === partner.id && isAlive(one))
  // Whoever was asked and has not answered, or takes a break, is left in peace.
  if (partnership && partnership.state !== 'accepted') return null
  const ours = visits.filter((visit) => groupOf(visit, me, now) !== null && visit.others.some((one) => one.id === partner.id))
  const mine = goals.filter((goal) => goal.mine && goal.state !== 'met' && goal.state !== 'set_aside')
  const shown = mine.some((goal) => [...goal.owners, ...goal.readers].some((one) => one.id === partner.id))
  const suggest = (step: GentleStep, goal: Goal | null = null): Gentle => ({ step, partner, partnership: partnership?.id ?? null, goal })
  if (partnership && !talked.includes(partnership.id) && ours.length === 0) return suggest('talk')
  if (!shown && mine[0]) return suggest('share', mine[0])
  // Learning together without a visit is a talk.
  const rooms = ours.filter((visit) => visit.kind !== 'shared_learning')
  if (!rooms.some((visit) => !visit.hosting)) return suggest('visit')
  if (!rooms.some((visit) => visit.hosting)) return suggest('host')
  return null
}

/** One suggestion, with whichever partner there is one: those with whom one has agreed to visit come first. */
export function gentle(partners: readonly PersonName[], known: Known): Gentle | null {
  const agreed = (one: PersonName): boolean => known.partnerships.some((each) => each.other.id === one.id && each.state === 'accepted')
  const ordered = [...partners.filter(agreed), ...partners.filter((one) => !agreed(one))]
  for (const partner of ordered) {
    const found = gentleWith(partner, known)
    if (found) return found
  }
  return null
}
