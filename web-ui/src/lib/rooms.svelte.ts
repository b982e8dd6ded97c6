// Decides when the rest of the page comes: what a note needs is here first, and every other room before anybody could miss it.

/** Milliseconds between two tries while the daemon does not answer. */
const AGAIN_MS = 2_000
/** Milliseconds after which it is fetched though nobody needs it yet: one can write by then, and the daemon may go away later. */
const AT_LEISURE_MS = 1_000

type All = typeof import('../screens/rooms')

class Rooms {
  #all = $state.raw<All | null>(null)
  /** It was asked for, and the daemon did not give it yet. */
  missing = $state(false)
  #coming: Promise<void> | null = null

  /** All of it, once it is here. */
  get here(): All | null {
    return this.#all
  }

  /** Fetches it, once, for as long as that takes. */
  fetch(): Promise<void> {
    this.#coming ??= this.#try()
    return this.#coming
  }

  fetchAtLeisure(): void {
    setTimeout(() => void this.fetch(), AT_LEISURE_MS)
  }

  async #try(): Promise<void> {
    while (this.#all === null) {
      try {
        this.#all = await import('../screens/rooms')
        this.missing = false
      } catch {
        this.missing = true
        await new Promise((again) => setTimeout(again, AGAIN_MS))
      }
    }
  }
}

export const rooms = new Rooms()
