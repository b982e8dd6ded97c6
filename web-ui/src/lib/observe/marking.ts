// Decides what a pad needs of whatever it marks in: an observation, or a try-out.
import type { Edit, Instrument, Marked } from '../daemon/types'

/** What a pad says of a mark; the rest follows. */
export type NewMark = Partial<Omit<Marked, 'id'>>

/** A tap that is no mark, or none yet: it is taken back as marks are. */
export interface Tap {
  /** What it was, in the language of the page. */
  told: () => string
  back: () => void
  /** Puts down what it belongs to as it stands: observing is over. */
  settle?: () => void
}

export interface Marking {
  readonly id: string
  /** Whether what one writes in it is kept. */
  readonly keeps: boolean
  readonly instrument: Instrument | null
  /** Whether it is about a lesson of one's own. */
  readonly ownLesson: boolean
  readonly events: Marked[]
  /** Milliseconds since it began, as they are shown: a quarter of a second behind at most. */
  readonly elapsed: number
  /** The same at this very moment, for what is timed. */
  now(): number
  /** Answers the mark's id. */
  mark(mark: NewMark): string
  do(edits: Edit[]): void
  tapped(tap: Tap): void
  /** What was tapped so far became a mark, or nothing. */
  untapped(): void
}
