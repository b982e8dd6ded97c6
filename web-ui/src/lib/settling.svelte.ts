// Decides when a screen that was just gone to is shown: once what it asked for is here, so that nothing moves under the eye.

/** Milliseconds after which a screen is shown with what has come by then: longer would be felt as waiting. */
const SHOWN_AFTER_MS = 150

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
    this.now = true
    // Before a frame is drawn, what has come has asked for what else it needs.
    const look = (): void => {
      if (round !== this.#round) return
      if (this.#around.underway() > 0 && this.#around.now() < until) this.#around.frame(look)
      else this.now = false
    }
    this.#around.frame(look)
  }
}
