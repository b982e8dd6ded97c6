// Decides which visits the page knows: all that the daemon lists, without opening any.
import { daemon } from './daemon/daemon.svelte'
import { Failure, rest } from './daemon/rest'
import { visitOfRow, type Visit } from './visits'

class Visits {
  all = $state.raw<Visit[]>([])
  loaded = $state(false)
  #reading: Promise<void> | null = null
  #again = false

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
      const found: Visit[] = []
      let next: string | null | undefined
      do {
        const page = await rest.documents(next ?? undefined, 'visit')
        found.push(...page.documents.flatMap((row) => visitOfRow(row, daemon.me) ?? []))
        next = page.next
      } while (next)
      this.all = found
      this.loaded = true
    } catch (error) {
      if (!(error instanceof Failure)) throw error
    }
  }
}

export const visits = new Visits()
