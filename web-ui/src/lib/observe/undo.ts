// Decides what is taken back next while one observes: what was done last on this page, or else the last mark there is.
import type { Edit, Marked } from '../daemon/types'
import type { Tap } from './marking'

/** What is one thing to a person: edits, or a tap that is no mark. */
export type Done = { edits: Edit[]; back: Edit[] } | Tap

export interface Last {
  event: Marked | null
  tap: Tap | null
  back: Edit[]
}

export const isTap = (done: Done): done is Tap => 'told' in done

export function lastDone(done: readonly Done[], events: readonly Marked[]): Last | null {
  const last = done.at(-1)
  if (last && isTap(last)) return { event: null, tap: last, back: [] }
  if (last) {
    const added = last.edits.findLast((edit) => edit.verb === 'add_event')
    return { event: added?.verb === 'add_event' ? added.event : null, tap: null, back: last.back }
  }
  const event = events.at(-1)
  return event ? { event, tap: null, back: [{ verb: 'remove_event', id: event.id }] } : null
}
