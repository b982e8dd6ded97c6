// Decides when a screen that was just gone to is shown: once what it asked for is here, so that nothing moves under the eye.

/** Milliseconds after which a screen is shown with what has come by then: longer would be felt as waiting. */
const SHOWN_AFTER_MS = 250
/** Frames in which nothing is under way: what has come may ask for more in the first. */
const QUIET_FRAMES = 2

interface Around {
  /** How many things that a screen shows are under way. */
  underway(): number
  frame(run: () => void): void
  now(): number
}

export class Settling {
  /** What has come so far is not shown yet. */
  now = $state(false)
  #around: Around
  #round = 0

  constructor(around: Around) {
    this.#around = around
  }

  /** Another screen is gone to. */
  begin(): void {
    this.#round += 1
    const round = this.#round
    const until = this.#around.now() + SHOWN_AFTER_MS
    let quiet = 0
    this.now = true
    const look = (): void => {
      if (round !== this.#round) return
      quiet = this.#around.underway() > 0 ? 0 : quiet + 1
      if (quiet >= QUIET_FRAMES || this.#around.now() >= until) this.now = false
      else this.#around.frame(look)
    }
    this.#around.frame(look)
  }
}
