// Decides what is to be said beside a time that somebody writes down: that it is past, or what else is on then. Nothing is refused.
import { isOpen, type Door } from './doors'
import { USUAL_LENGTH } from './lengths'
import { groupOf, type Visit } from './visits'

const MINUTE_MS = 60_000
/** Minutes a lesson is taken to last when nobody said. */
const USUAL_MINUTES = 60
/** Minutes that the talk about a visit is taken to last. */
export const TALK_MINUTES = 20

export interface Time {
  when: number
  minutes: number | null
}

function meet(one: Time, other: Time): boolean {
  const end = (time: Time): number => time.when + (time.minutes ?? USUAL_MINUTES) * MINUTE_MS
  return one.when < end(other) && other.when < end(one)
}

export function isPast(time: Time, now: number): boolean {
  return time.when + (time.minutes ?? 0) * MINUTE_MS < now
}

/** When a visit that is being timed is over. */
export function overAt(visit: Time): number {
  return visit.when + (visit.minutes ?? USUAL_LENGTH) * MINUTE_MS
}

/** When the talk about a visit is offered: as soon as it is over, unless that is past. */
export function talkAfter(visit: Time, now: number): number | null {
  const over = overAt(visit)
  return over >= now ? over : null
}

/** One’s visits that are on at that time, but for the one that is being timed. */
export function visitsMeeting(time: Time, visits: readonly Visit[], me: string, now: number, except: string): Visit[] {
  return visits.filter((visit) => {
    if (visit.id === except || visit.when === null || visit.stage === 'closed' || groupOf(visit, me, now) === null) return false
    return meet(time, { when: visit.when, minutes: visit.minutes })
  })
}

/** One’s own doors that stand open at that time, but for the one that is being timed. */
export function doorsMeeting(time: Time, doors: readonly Door[], now: number, except: string): Door[] {
  return doors.filter((door) => {
    if (door.id === except || !door.mine || door.when === null || !isOpen(door, now)) return false
    return meet(time, { when: door.when, minutes: door.minutes })
  })
}
