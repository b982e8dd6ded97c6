// Decides what is said of a visit when one of its visitors stops watching: that they left, and that it is over unless another visitor is still in the room.
import type { DocumentDetail, Edit } from '../daemon/types'
import { visitModel } from '../visits'

/** What `me` says of a visit that goes on by leaving it at `at`, in milliseconds since 1970; nothing where it does not. */
export function leaving(detail: DocumentDetail | null, me: string, at: number): Edit[] {
  const visit = detail ? visitModel(detail) : null
  if (!visit || detail?.stage !== 'observing' || visit.people[me] !== 'visitor') return []
  const stays = Object.keys(visit.here).some(
    (person) => person !== me && visit.here[person] === 'joined' && visit.people[person] === 'visitor' && visit.answers[person] !== 'withdrew',
  )
  return stays ? [{ verb: 'leave' }] : [{ verb: 'leave' }, { verb: 'end', at_ms: at }]
}
