// Decides which strategy cards and vocabularies the page knows: all that this person holds.
import { broughtOf, cardOf, type Brought, type Card } from './strategies'
import { Listed } from './listed.svelte'
import { opened } from './opened'

class Cards extends Listed<Card> {
  protected async read(): Promise<Card[]> {
    return (await opened('strategy_card', this.loaded)).flatMap(([row, detail]) => cardOf(detail, row.with) ?? [])
  }
}

class Vocabularies extends Listed<Brought> {
  protected async read(): Promise<Brought[]> {
    return (await opened('vocabulary', this.loaded)).flatMap(([, detail]) => broughtOf(detail) ?? [])
  }
}

export const cards = new Cards()
export const vocabularies = new Vocabularies()
