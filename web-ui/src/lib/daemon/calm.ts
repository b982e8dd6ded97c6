// Decides how often the page does what it is asked to do with every letter: soon, and then with a pause between.

/** What it needs of the world; tests give their own. */
export interface Time {
  now(): number
  after(milliseconds: number, run: () => void): void
}

const browser: Time = {
  now: () => performance.now(),
  after: (milliseconds, run) => void setTimeout(run, milliseconds),
}

export class Calm {
  readonly #first: number
  readonly #pause: number
  readonly #run: () => void
  readonly #time: Time
  #last = Number.NEGATIVE_INFINITY
  #due = false

  /** Milliseconds until it is first done, in which several askings become one; and from one doing to the next. */
  constructor(first: number, pause: number, run: () => void, time: Time = browser) {
    this.#first = first
    this.#pause = pause
    this.#run = run
    this.#time = time
  }

  ask(): void {
    if (this.#due) return
    const wait = Math.max(this.#first, this.#last + this.#pause - this.#time.now())
    if (wait <= 0) return this.#do()
    this.#due = true
    this.#time.after(wait, () => {
      this.#due = false
      this.#do()
    })
  }

  #do(): void {
    this.#last = this.#time.now()
    this.#run()
  }
}
