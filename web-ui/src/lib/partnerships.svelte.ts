// Decides which partnerships the page knows: all that this person holds, read again when lists change.
import { daemon } from './daemon/daemon.svelte'
import { rest } from './daemon/rest'
import { Listed, gone } from './listed.svelte'
import { partnershipOf, type Partnership } from './partnerships'

class Partnerships extends Listed<Partnership> {
  #changed = new Map<string, number>()

  protected async read(): Promise<Partnership[]> {
    const rows = await rest.documentsOfKind('partnership')
    const details = await Promise.all(rows.map((row) => rest.document(row.id).catch(gone)))
    this.#changed = new Map(rows.map((row) => [row.id, row.updated_ms]))
    return details.flatMap((detail) => (detail && partnershipOf(detail, daemon.me)) || [])
  }

  /** When a partnership was last touched here, in milliseconds since 1970. */
  touched = (id: string): number => this.#changed.get(id) ?? Date.now()
}

export const partnerships = new Partnerships()
