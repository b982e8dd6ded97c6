// Decides which visits the page knows, and reads again only those that changed.
import { visitOf, type Visit } from '../visits'
import { daemon } from './daemon.svelte'
import { Failure, rest } from './rest'
import type { DocumentSummary } from './types'

class Visits {
  all = $state.raw<Visit[]>([])
  loaded = $state(false)
  readonly #known = new Map<string, { updated: string; visit: Visit | null }>()
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
      // A visit's stage follows from its notes and debrief too.
      const updated = (row: DocumentSummary): string =>
        [row, ...daemon.documents.filter((one) => one.visit === row.id)].map((one) => `${one.id} ${one.updated_ms}`).join()
      const stale = rows.filter((row) => this.#known.get(row.id)?.updated !== updated(row))
      await Promise.all(
        stale.map(async (row) => {
          const detail = await rest.document(row.id)
          this.#known.set(row.id, { updated: updated(row), visit: visitOf(detail, daemon.me) })
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
