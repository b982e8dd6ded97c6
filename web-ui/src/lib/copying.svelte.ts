// Decides how words are copied for another program, and what is said of it.
import { language } from './i18n/index.svelte'

export class Copying {
  #done = $state<boolean | null>(null)

  /** What became of it; empty before. */
  get said(): string {
    const { document } = language.t
    return this.#done === null ? '' : this.#done ? document.copied : document.notCopied
  }

  async copy(words: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(words)
      this.#done = true
    } catch {
      // A browser may refuse; the words can still be marked and copied by hand.
      this.#done = false
    }
  }
}
