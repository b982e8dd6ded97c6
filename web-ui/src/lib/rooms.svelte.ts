// Decides when the rest of the page comes: what a note needs is here first, and every other room before anybody could miss it.

/** Milliseconds between two tries while the daemon does not answer. */
const AGAIN_MS = 2_000
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
    let file: string | null = null
    for (let tries = 1; this.#all === null; tries += 1) {
      try {
        this.#all = await (file === null ? import('../screens/rooms') : (import(/* @vite-ignore */ file) as Promise<All>))
        this.missing = false
      } catch (failure) {
        this.missing = true
        file = anew(failure, tries) ?? file
        await new Promise((again) => setTimeout(again, AGAIN_MS))
      }
    }
  }
}

export const rooms = new Rooms()
