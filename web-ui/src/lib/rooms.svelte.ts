// Decides when the rest of the page comes: what a note needs is here first, and every other room before anybody could miss it.

/** Milliseconds until the second try while the daemon does not answer; each pause is twice the one before, up to the longest. */
const [AGAIN_MS, AGAIN_MS_MAX] = [2_000, 30_000]
/** Milliseconds after which it is fetched though nobody needs it yet: one can write by then, and the daemon may go away later. */
const AT_LEISURE_MS = 1_000

type All = typeof import('../screens/rooms')

/** A browser gives a file that once failed to come as failed for ever: it is asked for under another name, where the failure tells its name. */
function anew(failure: unknown, tries: number): string | null {
  const file = /https?:\/\/[^\s?]+\.js/.exec(String(failure))?.[0]
  return file === undefined ? null : `${file}?again=${tries}`
}

class Rooms {
  #all = $state.raw<All | null>(null)
  /** It was asked for, and the daemon did not give it yet. */
  missing = $state(false)
  #coming: Promise<void> | null = null
  #waiting = 0

  /** All of it, once it is here. */
  get here(): All | null {
    return this.#all
  }

  /** How many screens are shown once it is here: none while it is not given. */
  get awaited(): number {
    return this.missing ? 0 : this.#waiting
  }

  /** A screen needs it now; what this gives back ends that. */
  wait(): () => void {
    this.#waiting += 1
    void this.fetch()
    return () => {
      this.#waiting -= 1
    }
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
    let file: string | null = null
    for (let tries = 1; this.#all === null; tries += 1) {
      try {
        this.#all = await (file === null ? import('../screens/rooms') : (import(/* @vite-ignore */ file) as Promise<All>))
        this.missing = false
      } catch (failure) {
        this.missing = true
        file = anew(failure, tries) ?? file
        await new Promise((again) => setTimeout(again, Math.min(AGAIN_MS * 2 ** (tries - 1), AGAIN_MS_MAX)))
      }
    }
  }
}

export const rooms = new Rooms()
