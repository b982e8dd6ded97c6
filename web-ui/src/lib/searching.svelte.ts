// Decides how a search goes on while somebody types: the last question counts, and what is still being read is waited for.
import { daemon } from './daemon/daemon.svelte'
import { Failure, rest } from './daemon/rest'
import type { Results } from './daemon/types'
import { router } from './route.svelte'

/** What is looked for stays in this page's memory only, so that going back finds it again. */
class Searching {
  words = $state('')
  results = $state.raw<Results | null>(null)
  failure = $state.raw<Failure | null>(null)
  #asking: AbortController | null = null

  /** The screen is open: what is held is read, so that the first answer is quick. */
  begin(): void {
    if (this.words.trim() === '') void this.#ask()
    else this.again()
  }

  /** The words changed. Each key asks at once, and ends the question before it. */
  typed(): void {
    if (this.words.trim() === '') {
      this.#asking?.abort()
      this.results = null
      this.failure = null
      return
    }
    void this.#ask()
  }

  /** Documents changed: the same question may have another answer. */
  again(): void {
    if (this.words.trim() !== '') void this.#ask()
  }

  async #ask(): Promise<void> {
    this.#asking?.abort()
    const asking = new AbortController()
    this.#asking = asking
    const words = this.words.trim()
    try {
      for (;;) {
        const results = await rest.search(words, asking.signal)
        if (asking.signal.aborted) return
        if (words !== '') this.results = results
        this.failure = null
        if (results.unread === 0 || words === '') return
      }
    } catch (error) {
      if (asking.signal.aborted) return
      if (!(error instanceof Failure)) throw error
      this.failure = error
    }
  }
}

export const searching = new Searching()

/** A text in pieces, those that match apart. Places are UTF-16 units, as everywhere in a page. */
export function pieces(text: string, hits: { from: number; to: number }[]): { text: string; hit: boolean }[] {
  const found: { text: string; hit: boolean }[] = []
  let at = 0
  for (const hit of hits) {
    if (hit.from > at) found.push({ text: text.slice(at, hit.from), hit: false })
    found.push({ text: text.slice(hit.from, hit.to), hit: true })
    at = hit.to
  }
  if (at < text.length) found.push({ text: text.slice(at), hit: false })
  return found
}

/** Whether a key pressed here is meant for the page and not for a text. */
export function opensSearch(event: KeyboardEvent): boolean {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return false
  const at = event.target
  const typing = at instanceof HTMLElement && (at.isContentEditable || at.closest('input, textarea, select') !== null)
  // Whoever observes is not led away by a stray key.
  return !typing && daemon.loaded && router.now.screen !== 'observe'
}
