// Decides which success cards and resources the page knows: all that this person holds.
import { rest } from './daemon/rest'
import { Listed } from './listed.svelte'
import { opened } from './opened'
import { resourceOf, successesOf, type Shelved, type Success } from './shelf'

class Successes extends Listed<Success> {
  protected async read(): Promise<Success[]> {
    const [drafts, shown] = await Promise.all([opened('success_card', this.loaded), opened('shown_card', this.loaded)])
    return successesOf(drafts.map(([, detail]) => detail), shown)
  }
}

class Resources extends Listed<Shelved & { link: string; reference: string }> {
  protected async read(): Promise<(Shelved & { link: string; reference: string })[]> {
    return (await opened('resource', this.loaded)).flatMap(([row, detail]) => resourceOf(detail, row.with) ?? [])
  }
}

/** Cards whose words somebody waits for this person's word on. */
class Asked extends Listed<{ id: string; title: string; by: { id: string; name: string } }> {
  protected async read(): Promise<{ id: string; title: string; by: { id: string; name: string } }[]> {
    const rows = await rest.documentsOfKind('shown_card')
    return rows.flatMap((row) => (row.card?.asks_me ? [{ id: row.id, title: row.title, by: row.with.find((one) => one.id === row.card?.by.id) ?? row.card.by }] : []))
  }
}

export const successes = new Successes()
export const resources = new Resources()
export const asked = new Asked()
