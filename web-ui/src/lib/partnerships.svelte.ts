// Decides which partnerships the page knows: all that this person holds, read again when lists change.
import { daemon } from './daemon/daemon.svelte'
import { rest } from './daemon/rest'
import { Listed, gone } from './listed.svelte'
import { agreedOn, daysBetween, partnershipOf, type Partnership } from './partnerships'
import { quietly } from './quietly'

class Partnerships extends Listed<Partnership> {
  /** The days on which two agreed: such a day stays the same, and is looked up once. */
  readonly #agreed = new Map<string, number>()

  protected async read(): Promise<Partnership[]> {
    const rows = await rest.documentsOfKind('partnership')
    // What is shown of them stands while they are read anew.
    const details = await Promise.all(rows.map((row) => rest.document(row.id, this.loaded).catch(gone)))
    const all = details.flatMap((detail) => (detail && partnershipOf(detail, daemon.me)) || [])
    await Promise.all(all.filter((one) => daysBetween(one) !== null && !this.#agreed.has(one.id)).map((one) => this.#lookUp(one)))
    return all
  }

  async #lookUp({ id, other }: Partnership): Promise<void> {
    const history = await quietly(() => rest.history(id))
    const day = history && agreedOn(history.points, [daemon.me, other.id])
    if (day !== null) this.#agreed.set(id, day)
  }

  /** The day on which two agreed, in milliseconds since 1970, as far as is known. */
  agreed = (id: string): number | null => this.#agreed.get(id) ?? null
}

export const partnerships = new Partnerships()
