// Decides when nobody has touched any page for long enough, and how often others are told that somebody did.

/** Milliseconds between two tellings: every key is activity, and each telling costs a request. The daemon allows for it. */
const TELL_AGAIN_MS = 15_000

/** What it needs of the world; tests give their own. */
export interface World {
  now(): number
  /** Calls back once; the answer takes that back. */
  after(milliseconds: number, run: () => void): () => void
  /** Answers whether somebody is at a page of another browser. */
  elsewhere(answer: (somebody: boolean) => void): void
  /** Nobody was here for long enough. */
  over(): void
  /** Somebody is here: other pages and the daemon should know. */
  tell(at: number): void
}

export class Idle {
  readonly #world: World
  #limit = Number.POSITIVE_INFINITY
  #last: number
  #told = Number.NEGATIVE_INFINITY
  #cancel: (() => void) | null = null
  #asking = false

  constructor(world: World) {
    this.#world = world
    this.#last = world.now()
  }

  /** From now on so many milliseconds are enough; null when it does not matter. */
  watch(milliseconds: number | null): void {
    this.#limit = milliseconds ?? Number.POSITIVE_INFINITY
    this.look()
  }

  /** A key or a touch in this page. */
  touched(): void {
    const now = this.#world.now()
    // The first touch after a closed lid comes too late, unless somebody sits at another browser.
    if (now - this.#last >= this.#limit) return this.#ask(true)
    this.#last = now
    if (now - this.#told < TELL_AGAIN_MS) return
    this.#told = now
    if (this.#limit !== Number.POSITIVE_INFINITY) this.#world.tell(now)
  }

  /** A key or a touch in another page, then. */
  heard(at: number): void {
    this.#last = Math.max(this.#last, Math.min(at, this.#world.now()))
  }

  /** Looks whether it is time; timers stand still while a computer sleeps. */
  look(): void {
    this.#cancel?.()
    this.#cancel = null
    if (this.#limit === Number.POSITIVE_INFINITY) return
    const remaining = this.#last + this.#limit - this.#world.now()
    if (remaining <= 0) this.#ask(false)
    else this.#cancel = this.#world.after(remaining, () => this.look())
  }

  /** Nobody touched a page of this browser for long enough. */
  #ask(touched: boolean): void {
    if (this.#asking) return
    this.#asking = true
    this.#world.elsewhere((somebody) => {
      this.#asking = false
      const now = this.#world.now()
      if (now - this.#last < this.#limit) return this.look()
      if (!somebody) return this.#world.over()
      if (touched) {
        this.#last = now
        return this.look()
      }
      this.#cancel = this.#world.after(TELL_AGAIN_MS, () => this.look())
    })
  }
}
