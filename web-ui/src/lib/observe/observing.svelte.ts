// Decides what one observation knows while it goes on: its clock, its marks, and how the last one is taken back.
import type { Watched } from '../daemon/watched.svelte'
import { taps } from '../daemon/taps.svelte'
import type { Edit, Instrument, Marked } from '../daemon/types'
import { remember, remembered } from '../remembered'
import type { Marking, NewMark } from './marking'
import { inverse, notShown, withOwn } from './marks'

/** Milliseconds between two looks at the clock: seconds are shown. */
const TICK_MS = 250

/** Milliseconds after which a beginning that this browser remembers is that of another lesson: a lid was closed on it. */
const BEGINNING_KEPT_MS = 4 * 60 * 60 * 1000

export class Observing implements Marking {
  readonly #watched: Watched
  /** What this page did and the disk does not show yet. */
  #own = $state.raw<Edit[]>([])
  /** What was done since the page was opened, last first out; each entry is one thing to a person. */
  #done = $state.raw<{ edits: Edit[]; back: Edit[] }[]>([])
  /** When this browser began to observe, in milliseconds since 1970. */
  #began = $state(0)
  /** Milliseconds since it began. */
  elapsed = $state(0)

  /** Belongs to the screen that makes it, and ends with it. */
  constructor(watched: Watched) {
    this.#watched = watched
    this.#own = taps.of(watched.id)
    const kept = Number(remembered(this.#key))
    const since = Date.now() - kept
    if (Number.isFinite(kept) && kept > 0 && since >= 0 && since < BEGINNING_KEPT_MS) this.#begin(kept)
    $effect(() => {
      const timer = setInterval(() => this.#tick(), TICK_MS)
      return () => clearInterval(timer)
    })
    $effect(() => {
      const shown = this.#shown
      if (shown === null) return
      // A browser that does not know when it began goes on where the notes end.
      if (this.#began === 0) this.#begin(Date.now() - shown.reduce((most, event) => Math.max(most, event.at_ms), this.#observed))
      const left = notShown(shown, this.#own, taps.of(watched.id))
      if (left.length < this.#own.length) this.#own = left
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
    const refused = new Set(taps.refusedOf(this.#watched.id).map(({ edit }) => edit))
    // What another page left is sent by this one, and shown meanwhile.
    const left = taps.of(this.#watched.id).filter((edit) => !this.#own.includes(edit))
    return withOwn(this.#shown ?? [], [...left, ...this.#own].filter((edit) => !refused.has(edit)))
  }

  /** Makes a mark at this moment, or at the one it names. */
  mark(mark: NewMark): void {
    this.do([{ verb: 'add_event', event: { text: '', ...mark, at_ms: Math.max(0, Math.round(mark.at_ms ?? this.elapsed)), id: crypto.randomUUID() } }])
  }

  /** Does what is one thing to a person. */
  do(edits: Edit[]): void {
    const before = this.events
    const back = edits.flatMap((edit) => inverse(edit, before) ?? []).reverse()
    this.#done = [...this.#done, { edits, back }]
    this.#put(edits)
  }

  /** What would be taken back: the last thing done here, or else the last mark there is. */
  get last(): { event: Marked | null; back: Edit[] } | null {
    const done = this.#done.at(-1)
    if (done) {
      const added = done.edits.findLast((edit) => edit.verb === 'add_event')
      return { event: added?.verb === 'add_event' ? added.event : null, back: done.back }
    }
    const event = this.events.at(-1)
    return event ? { event, back: [{ verb: 'remove_event', id: event.id }] } : null
  }

  undo(): void {
    const last = this.last
    if (!last) return
    this.#done = this.#done.slice(0, -1)
    this.#put(last.back)
  }

  /** Observing is over: how long it was belongs to the notes. */
  end(): void {
    this.#put([{ verb: 'end_observing', observed_ms: Math.round(this.elapsed) }])
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

  #begin(at: number): void {
    this.#began = at
    remember(this.#key, String(at))
    this.#tick()
  }

  #tick(): void {
    // A clock that is set back does not take time back.
    if (this.#began > 0) this.elapsed = Math.max(this.elapsed, Date.now() - this.#began)
  }

  #put(edits: Edit[]): void {
    this.#own = [...this.#own, ...edits]
    for (const edit of edits) taps.put(this.#watched.id, edit)
  }
}
