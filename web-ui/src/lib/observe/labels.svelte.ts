// Decides how labels are looked at while they are written: a moment after the last letter, whether they would be taken.
import { rest } from '../daemon/rest'
import type { Reason } from '../daemon/types'
import { quietly } from '../quietly'

/** Milliseconds of rest after the last letter. */
const REST_MS = 300

export class Labels {
  #found = $state.raw<{ of: string; reasons: readonly Reason[] }>({ of: '', reasons: [] })
  readonly #labels: () => readonly string[]

  /** Belongs to the screen that makes it, and ends with it. Without labels nothing is asked. */
  constructor(labels: () => readonly string[]) {
    this.#labels = labels
    $effect(() => {
      const asked = [...labels()]
      if (asked.length === 0) return
      const timer = setTimeout(async () => {
        const reasons = await quietly(() => rest.labelReasons(asked))
        if (reasons !== null) this.#found = { of: JSON.stringify(asked), reasons }
      }, REST_MS)
      return () => clearTimeout(timer)
    })
  }

  /** What is wrong with them as they stand now; nothing until it is known. */
  get reasons(): readonly Reason[] {
    return this.#found.of === JSON.stringify(this.#labels()) ? this.#found.reasons : []
  }
}
