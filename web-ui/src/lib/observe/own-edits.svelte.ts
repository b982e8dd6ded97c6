// Decides which of this page's own edits stand on top of what the disk has of an observation: each until the disk shows it.
import { taps } from '../daemon/taps.svelte'
import type { Edit, Marked } from '../daemon/types'
import { halfLines, rewordedField } from './half.svelte'
import { notShown, withOwn } from './marks'

export class OwnEdits {
  readonly #doc: string
  readonly #shown: () => readonly Marked[] | null
  #own = $state.raw<Edit[]>([])

  /** Belongs to the screen that makes it, and ends with it. `shown` is what the disk has, null as long as that is not read. */
  constructor(doc: string, shown: () => readonly Marked[] | null) {
    this.#doc = doc
    this.#shown = shown
    this.#own = taps.of(doc)
    $effect(() => {
      const there = this.#shown()
      if (there === null) return
      const left = notShown(there, this.#own, taps.of(doc), this.#refused)
      if (left.length < this.#own.length) this.#own = left
    })
  }

  /** Everything that was marked, as one left it. */
  get events(): Marked[] {
    const [own, refused] = [new Set(this.#own), new Set(this.#refused)]
    // What another page left is sent by this one, and shown meanwhile.
    const left = taps.of(this.#doc).filter((edit) => !own.has(edit))
    return withOwn(this.#shown() ?? [], [...left, ...this.#own].filter((edit) => !refused.has(edit)))
  }

  put(...edits: Edit[]): void {
    this.#own = [...this.#own, ...edits]
    for (const edit of edits) {
      taps.put(this.#doc, edit)
      // With a mark go the words that were begun for it.
      if (edit.verb === 'remove_event') halfLines.forget(this.#doc, rewordedField(edit.id))
    }
  }

  get #refused(): Edit[] {
    return taps.refusedOf(this.#doc).map(({ edit }) => edit)
  }
}
