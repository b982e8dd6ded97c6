// Decides which instruments that people built the page knows: all that this person may read.
import { Listed } from '../listed.svelte'
import { opened } from '../opened'
import { offeredOf, type Offered } from './own'

class OwnInstruments extends Listed<Offered> {
  protected async read(): Promise<Offered[]> {
    const found = (await opened('instrument', this.loaded)).flatMap(([row, detail]) => offeredOf(detail, row) ?? [])
    return found.toSorted((one, other) => one.title.en.localeCompare(other.title.en))
  }
}

export const ownInstruments = new OwnInstruments()
