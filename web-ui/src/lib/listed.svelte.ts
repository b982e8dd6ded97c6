// Decides how a list of one kind is kept as the daemon has it: read whole, and once more if it changed meanwhile.
import { untrack } from 'svelte'
import { Failure } from './daemon/rest'
import { quietly } from './quietly'

/** Milliseconds in which a frame is made, where any is: a page that nobody sees makes none. */
const FRAME_MS_MAX = 100

/** Waits until what stands is drawn. */
const frameMade = (): Promise<void> =>
  new Promise((done) => {
    requestAnimationFrame(() => setTimeout(done))
    setTimeout(done, FRAME_MS_MAX)
  })

export abstract class Listed<T> {
  all = $state.raw<T[]>([])
  loaded = $state(false)
  #reading: Promise<void> | null = null
  #again = false

  /** All of it, as it stands. */
  protected abstract read(): Promise<T[]>

  /** Reads the list; asked meanwhile, it reads once more. */
  async refresh(): Promise<void> {
    if (this.#reading) {
      this.#again = true
      return this.#reading
    }
    // Whoever asks in an effect asks again when something changed, and not because this list came.
    this.#reading = untrack(() => this.#read()).finally(() => {
      this.#reading = null
    })
    await this.#reading
    if (this.#again) {
      this.#again = false
      await this.refresh()
    }
  }

  async #read(): Promise<void> {
    // A screen that was just gone to shows what is known, before that is looked for again.
    if (this.loaded) await frameMade()
    const all = await quietly(() => this.read())
    if (all === null) return
    this.all = all
    this.loaded = true
  }
}

/** What was deleted, or is no longer shared, between the list and the reading of it is not of the list. */
export function gone(error: unknown): null {
  if (error instanceof Failure && error.code === 'not_found') return null
  throw error
}
