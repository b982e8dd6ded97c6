// Decides what a pad needs of whatever it marks in: an observation, or a try-out.
import type { Edit, Instrument, Marked } from '../daemon/types'

/** What a pad says of a mark; the rest follows. */
export type NewMark = Partial<Omit<Marked, 'id'>>

export interface Marking {
  readonly id: string
  readonly instrument: Instrument | null
  /** Whether it is about a lesson of one's own. */
  readonly ownLesson: boolean
  readonly events: Marked[]
  /** Milliseconds since it began. */
  readonly elapsed: number
  mark(mark: NewMark): void
  do(edits: Edit[]): void
}
