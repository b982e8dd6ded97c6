// Decides when a visit is quietly recalled to whoever made it: some days after it was talked over, or its talk was begun, for a while, to
// them alone.
import type { DocumentSummary } from './daemon/types'
import { timeOf, type Visit } from './visits'

const DAY_MS = 86_400_000
/** Days after the talk about a visit until one is asked what became of it: time for a lesson or two of one's own. */
export const ASKED_AFTER_DAYS = 6
/** Days during which it is asked; what was let lie for longer was let go. */
export const ASKED_FOR_DAYS = 21

/** When a visit was talked over, as far as is known: at the time set for it, else on the day of the visit. */
function talkedAt(visit: Visit): number | null {
  const time = timeOf(visit)
  return time !== null && visit.debrief?.how === 'at' ? Math.max(time, visit.debrief.when_ms) : time
}

/** Whether it is time to look back once more, and not past it. */
export function isLater(visit: Visit, now: number): boolean {
  const talked = talkedAt(visit)
  if (talked === null || visit.hosting || visit.guest || visit.kind === 'shared_learning') return false
  // Many talks end without anybody saying so.
  if (visit.stage !== 'closed' && visit.stage !== 'debriefing') return false
  const days = (now - talked) / DAY_MS
  return days >= ASKED_AFTER_DAYS && days < ASKED_AFTER_DAYS + ASKED_FOR_DAYS
}

/**
 * The visit to ask about: the latest whose time has come, unless one waved it away or wrote in its mirror since. One at a
 * time; nothing of it is kept but what one waved away, in this browser.
 */
export function askedLater(visits: readonly Visit[], documents: readonly DocumentSummary[], now: number, waved: readonly string[]): Visit | null {
  const since = (visit: Visit): number => (talkedAt(visit) ?? now) + ASKED_AFTER_DAYS * DAY_MS
  const written = (visit: Visit): boolean =>
    documents.some((one) => one.kind === 'mirror' && one.visit === visit.id && one.updated_ms >= since(visit))
  const due = visits.filter((visit) => isLater(visit, now) && !waved.includes(visit.id) && !written(visit))
  return due.toSorted((one, other) => since(other) - since(one))[0] ?? null
}

/** What was waved away, without what is past its time anyway. */
export function stillWaved(visits: readonly Visit[], now: number, waved: readonly string[]): string[] {
  return waved.filter((id) => visits.some((visit) => visit.id === id && isLater(visit, now)))
}
