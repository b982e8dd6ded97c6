// Decides how an instrument is tried out: as if one observed, in the page alone, with nothing of it kept.
import type { Edit, Instrument, Marked } from '../daemon/types'
import type { Marking, NewMark } from './marking'
import { withOwn } from './marks'

/** Milliseconds between two looks at the clock: seconds are shown. */
const TICK_MS = 250

export class Trial implements Marking {
  readonly id = 'trial'
  readonly keeps = false
  /** Nobody is asked about words that are not kept. */
  readonly ownLesson = true
  readonly #of: () => Instrument
  #began = performance.now()
  #events = $state.raw<Marked[]>([])
  elapsed = $state(0)

  /** Belongs to the screen that makes it, and ends with it. */
  constructor(of: () => Instrument) {
    this.#of = of
    $effect(() => {
      const timer = setInterval(() => (this.elapsed = this.now()), TICK_MS)
      return () => clearInterval(timer)
    })
  }

  get instrument(): Instrument {
    return this.#of()
  }

  get events(): Marked[] {
    return this.#events
  }

  now(): number {
    return performance.now() - this.#began
  }

  mark(mark: NewMark): string {
    const id = crypto.randomUUID()
    this.do([{ verb: 'add_event', event: { text: '', ...mark, at_ms: Math.max(0, Math.round(mark.at_ms ?? this.now())), id } }])
    return id
  }

  do(edits: Edit[]): void {
    this.#events = withOwn(this.#events, edits)
  }

  /** Here nothing is taken back but all at once. */
  tapped(): void {}

  untapped(): void {}

  again(): void {
    this.#events = []
    this.#began = performance.now()
    this.elapsed = 0
  }
}
