// Decides which cards the page knows: one’s own, and those of the people one is paired with, as they show them.
import { daemon } from './daemon/daemon.svelte'
import { rest } from './daemon/rest'
import { Listed, gone } from './listed.svelte'
import type { Card } from './suggestions'

class Cards extends Listed<Card> {
  get own(): Card | undefined {
    return this.all.find((card) => card.person.id === daemon.me)
  }

  /** Those of the people one is paired with. */
  get others(): Card[] {
    return this.all.filter((card) => daemon.partners.some((one) => one.person.id === card.person.id))
  }

  protected async read(): Promise<Card[]> {
    const rows = await rest.documentsOfKind('profile')
    // What is shown of them stands while they are read anew.
    const details = await Promise.all(rows.map((row) => rest.document(row.id, this.loaded).catch(gone)))
    return Promise.all(details.map(async (detail) => {
      if (detail?.model.kind !== 'profile') return []
      // A card is its owner’s alone to write: whose it is, is who owns it, not what it says.
      const holders = await rest.holders(detail.id, this.loaded).catch(gone)
      const owner = holders?.find((one) => one.role === 'owner')
      return owner ? [{ id: detail.id, person: owner.person, profile: detail.model }] : []
    })).then((found) => found.flat())
  }
}

export const cards = new Cards()
