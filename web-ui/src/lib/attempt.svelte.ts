// Decides how something that a person asks for is tried: one thing at a time, and in a sentence what did not work.
import { Failure } from './daemon/rest'
import { language } from './i18n/index.svelte'

export class Attempt {
  /** Something is under way; what is asked for meanwhile is let be. */
  busy = $state(false)
  #failure = $state.raw<Failure | null>(null)
  readonly #words: (failure: Failure) => string | undefined

  /** `words` says of some failures something better than what is usually said of them. */
  constructor(words: (failure: Failure) => string | undefined = () => undefined) {
    this.#words = words
  }

  /** Why the last thing did not work, in the language of the page; empty when it did. */
  get problem(): string {
    return this.#failure === null ? '' : (this.#words(this.#failure) ?? language.failure(this.#failure.code, this.#failure.message, this.#failure.reason))
  }

  /** Does it, unless something is under way, and answers whether it was done. What answers `false` itself was not. */
  async run(what: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false
    this.busy = true
    // Gone first, so that the same sentence is heard again when it is true again.
    this.#failure = null
    try {
      return await this.always(what)
    } finally {
      this.busy = false
    }
  }

  /** Does it whatever else is under way, and answers whether it was done. */
  async always(what: () => Promise<unknown>): Promise<boolean> {
    try {
      const done = await what()
      this.#failure = null
      return done !== false
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      this.#failure = error
      return false
    }
  }

  /** Nothing is to be said any more. */
  clear(): void {
    this.#failure = null
  }
}
