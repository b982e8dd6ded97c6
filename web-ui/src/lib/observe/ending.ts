// Decides what is said of a visit when one of its visitors stops watching: that they left. It is over when nobody watches any more.
import type { DocumentDetail, Edit } from '../daemon/types'
import { visitModel } from '../visits'

/** What `me` says of a visit that goes on by leaving it; nothing where it does not, or one does not visit. */
export function leaving(detail: DocumentDetail | null, me: string): Edit[] {
  const visit = detail ? visitModel(detail) : null
  return visit && detail?.stage === 'observing' && visit.people[me] === 'visitor' ? [{ verb: 'leave' }] : []
}
