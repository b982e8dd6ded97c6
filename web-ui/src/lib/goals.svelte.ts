// Decides which goals the page knows: all that the daemon lists, without opening any.
import { daemon } from './daemon/daemon.svelte'
import { Failure, rest } from './daemon/rest'
import { goalOfRow, type Goal } from './goals'

class Goals {
  all = $state.raw<Goal[]>([])
  loaded = $state(false)
  #reading: Promise<void> | null = null
  #again = false

  /** One's own, that one may add to. */
  get own(): Goal[] {
    return this.all.filter((goal) => goal.mine)
  }

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
      const rows = await rest.documentsOfKind('goal')
      this.all = rows.flatMap((row) => goalOfRow(row, daemon.me) ?? [])
      this.loaded = true
    } catch (error) {
      if (!(error instanceof Failure)) throw error
    }
  }
}

export const goals = new Goals()
