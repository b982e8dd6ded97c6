// Decides which partnerships the page knows: all that this person holds, read again when lists change.
import { daemon } from './daemon/daemon.svelte'
import { Failure, rest } from './daemon/rest'
import type { DocumentSummary } from './daemon/types'
import { partnershipOf, type Partnership } from './partnerships'

class Partnerships {
  all = $state.raw<Partnership[]>([])
  loaded = $state(false)
  #changed = new Map<string, number>()
  #reading = 0

  async refresh(): Promise<void> {
    const reading = ++this.#reading
    try {
      const rows: DocumentSummary[] = []
      let next: string | null | undefined
      do {
        const page = await rest.documents(next ?? undefined, 'partnership')
        rows.push(...page.documents)
        next = page.next
      } while (next)
      const details = await Promise.all(rows.map((row) => rest.document(row.id).catch(gone)))
      if (reading !== this.#reading) return
      this.#changed = new Map(rows.map((row) => [row.id, row.updated_ms]))
      this.all = details.flatMap((detail) => (detail && partnershipOf(detail, daemon.me)) || [])
      this.loaded = true
    } catch (error) {
      if (!(error instanceof Failure)) throw error
    }
  }

  /** When a partnership was last touched here, in milliseconds since 1970. */
  touched = (id: string): number => this.#changed.get(id) ?? Date.now()
}

/** What was deleted between the list and the reading of it is no partnership. */
function gone(error: unknown): null {
  if (error instanceof Failure && error.code === 'not_found') return null
  throw error
}

export const partnerships = new Partnerships()
