// Decides which visits the page knows, and reads again only those that changed.
import { visitOf, type Visit } from '../visits'
import { daemon } from './daemon.svelte'
import { Failure, rest } from './rest'
import type { DocumentSummary } from './types'

class Visits {
  all = $state.raw<Visit[]>([])
  loaded = $state(false)
  readonly #known = new Map<string, { updated: number; visit: Visit | null }>()
  #reading: Promise<void> | null = null
  #again = false

  /** Reads what changed since it was last read; asked meanwhile, it reads once more. */
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
      const rows: DocumentSummary[] = []
      let next: string | null | undefined
      do {
        const page = await rest.documents(next ?? undefined, 'visit')
        rows.push(...page.documents)
        next = page.next
      } while (next)
      const stale = rows.filter((row) => this.#known.get(row.id)?.updated !== row.updated_ms)
      await Promise.all(
        stale.map(async (row) => {
          const detail = await rest.document(row.id)
          this.#known.set(row.id, { updated: row.updated_ms, visit: visitOf(detail, daemon.me) })
        }),
      )
      this.all = rows.flatMap((row) => this.#known.get(row.id)?.visit ?? [])
      this.loaded = true
    } catch (error) {
      if (!(error instanceof Failure)) throw error
    }
  }
}

export const visits = new Visits()
