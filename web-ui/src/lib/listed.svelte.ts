// Decides how a list of one kind is kept as the daemon has it: read whole, and once more if it changed meanwhile.
import { Failure } from './daemon/rest'
import { quietly } from './quietly'

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
    this.#reading = this.#read().finally(() => {
      this.#reading = null
    })
    await this.#reading
    if (this.#again) {
      this.#again = false
      await this.refresh()
    }
  }

  async #read(): Promise<void> {
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
