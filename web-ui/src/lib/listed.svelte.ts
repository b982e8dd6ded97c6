// Decides how a list of one kind is kept as the daemon has it: read whole, and once more if it changed meanwhile.
import { Failure } from './daemon/rest'

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
    try {
      this.all = await this.read()
      this.loaded = true
    } catch (error) {
      // The line of truth says when the daemon is away, and the list is read again when it is back.
      if (!(error instanceof Failure)) throw error
    }
  }
}
