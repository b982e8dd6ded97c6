// Decides what one observation knows while it goes on: its clock, its marks, and how the last one is taken back.
import { daemon } from '../daemon/daemon.svelte'
import { rest } from '../daemon/rest'
import type { Watched } from '../daemon/watched.svelte'
import type { Edit, Instrument, Marked } from '../daemon/types'
import { quietly } from '../quietly'
import { remember, remembered } from '../remembered'
import { LessonClock, rememberedBeginning } from './lesson-clock'
import type { Marking, NewMark, Tap } from './marking'
import { inverse } from './marks'
import { OwnEdits } from './own-edits.svelte'
import { isTap, lastDone, type Done, type Last } from './undo'

/** Milliseconds between two looks at the clock: seconds are shown. */
const TICK_MS = 250

/** Milliseconds the daemon has to say when it began, before one may mark all the same: it has just answered with the notes. */
const ASKED_MS_MAX = 1_000

export class Observing implements Marking {
  readonly keeps = true
  readonly #watched: Watched
  readonly #own: OwnEdits
  /** What was done since the page was opened, last first out; each entry is one thing to a person. */
  #done = $state.raw<Done[]>([])
  readonly #clock: LessonClock
  #begun: Promise<void> | null = null
  #ended = false
  /** Milliseconds since it began, as they are shown. */
  elapsed = $state(0)
  /** It is known what time it is: one may mark. */
  ready = $state(false)

  /** Belongs to the screen that makes it, and ends with it. */
  constructor(watched: Watched) {
    this.#watched = watched
    this.#own = new OwnEdits(watched.id, () => this.#shown)
    this.#clock = new LessonClock(
      {
        steady: () => performance.now(),
        wall: () => Date.now(),
        ask: () => quietly(rest.clock),
        keep: (began) => this.#ended || remember(this.#key, JSON.stringify(began)),
      },
      rememberedBeginning(remembered(this.#key)),
    )
    $effect(() => {
      const timer = setInterval(() => (this.elapsed = this.#clock.now()), TICK_MS)
      return () => clearInterval(timer)
    })
    $effect(() => {
      // It may have slept while it was away.
      if (daemon.connection === 'open') void this.#clock.agree()
    })
    $effect(() => {
      const shown = this.#shown
      if (shown !== null) void this.#start(shown)
    })
  }

  /** Which notes. */
  get id(): string {
    return this.#watched.id
  }

  get instrument(): Instrument | null {
    const model = this.#watched.detail?.model
    return model?.kind === 'note_set' ? (model.instrument ?? null) : null
  }

  /** Whether they are about a lesson of one's own. */
  get ownLesson(): boolean {
    const model = this.#watched.detail?.model
    return model?.kind === 'note_set' && model.own_lesson_ms != null
  }

  get events(): Marked[] {
    return this.#own.events
  }

  now(): number {
    return this.#clock.now()
  }

  /** Makes a mark at this moment, or at the one it names. */
  mark(mark: NewMark): string {
    const id = crypto.randomUUID()
    this.do([{ verb: 'add_event', event: { text: '', ...mark, at_ms: Math.max(0, Math.round(mark.at_ms ?? this.now())), id } }])
    return id
  }

  /** Does what is one thing to a person. */
  do(edits: Edit[]): void {
    const before = this.events
    const back = edits.flatMap((edit) => inverse(edit, before) ?? []).reverse()
    this.#done = [...this.#done, { edits, back }]
    this.#own.put(...edits)
  }

  tapped(tap: Tap): void {
    this.#done = [...this.#done, tap]
  }

  untapped(): void {
    this.#done = this.#done.filter((done) => !isTap(done))
  }

  /** What would be taken back: the last thing done here, or else the last mark there is. */
  get last(): Last | null {
    return lastDone(this.#done, this.events)
  }

  undo(): void {
    const last = this.last
    if (!last) return
    this.#done = this.#done.slice(0, -1)
    if (last.tap) last.tap.back()
    else this.#own.put(...last.back)
  }

  /** Observing is over: how long it was belongs to the notes. */
  end(): void {
    this.#done.findLast(isTap)?.settle?.()
    this.#own.put({ verb: 'end_observing', observed_ms: Math.round(this.now()) })
    this.#ended = true
    remember(this.#key, null)
  }

  /** How long it was when it was last said to be over. */
  get #observed(): number {
    const model = this.#watched.detail?.model
    return model?.kind === 'note_set' ? (model.observed_ms ?? 0) : 0
  }

  get #shown(): Marked[] | null {
    const model = this.#watched.detail?.model
    return model?.kind === 'note_set' ? model.events : null
  }

  get #key(): string {
    return `observe-${this.#watched.id}`
  }

  /** A browser that does not know when it began goes on where the notes end. */
  async #start(shown: Marked[]): Promise<void> {
    // The notes may be read again before the daemon has answered.
    this.#begun ??= this.#clock.start(shown.reduce((most, event) => Math.max(most, event.at_ms), this.#observed))
    await Promise.race([this.#begun, new Promise((late) => setTimeout(late, ASKED_MS_MAX))])
    this.elapsed = this.#clock.now()
    this.ready = true
  }
}
