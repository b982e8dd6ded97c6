// Decides what is said of a visit when one of its visitors comes in or stops watching. The first to come in begins it; it is over
// when nobody watches any more.
import type { DocumentDetail, Edit } from '../daemon/types'
import { visitModel } from '../visits'

/** What `me` says of a visit that goes on by leaving it; nothing where it does not, or one does not visit. */
export function leaving(detail: DocumentDetail | null, me: string): Edit[] {
  const visit = detail ? visitModel(detail) : null
  return visit && detail?.stage === 'observing' && visit.people[me] === 'visitor' ? [{ verb: 'leave' }] : []
}

/** What `me` says by coming in; nothing where it is over. Where nobody is watched there is nothing to begin: a facilitator looks in. */
export function arriving(detail: DocumentDetail | null, me: string): Edit[] {
  const visit = detail ? visitModel(detail) : null
  if (!visit || visit.ended_ms != null) return []
  const begins = visit.began_ms == null && visit.people[me] === 'visitor'
  return [...(begins ? [{ verb: 'begin' } as const] : []), ...(visit.here[me] === 'joined' ? [] : [{ verb: 'join' } as const])]
}
