// Decides which strategy cards and vocabularies the page knows: all that this person holds.
import { broughtOf, cardOf, type Brought, type Card } from './strategies'
import { rest } from './daemon/rest'
import type { DocumentDetail, DocumentSummary, Kind } from './daemon/types'
import { Listed, gone } from './listed.svelte'

class Cards extends Listed<Card> {
  protected async read(): Promise<Card[]> {
    return (await opened('strategy_card')).flatMap(([row, detail]) => cardOf(detail, row.with) ?? [])
  }
}

class Vocabularies extends Listed<Brought> {
  protected async read(): Promise<Brought[]> {
    return (await opened('vocabulary')).flatMap(([, detail]) => broughtOf(detail) ?? [])
  }
}

/** Every document of a kind, opened; one that was deleted between the list and the reading of it is none. */
export async function opened(kind: Kind): Promise<[DocumentSummary, DocumentDetail][]> {
  const rows = await rest.documentsOfKind(kind)
  const read = rows.map(async (row): Promise<[DocumentSummary, DocumentDetail] | null> => {
    const detail = await rest.document(row.id).catch(gone)
    return detail && [row, detail]
  })
  return (await Promise.all(read)).filter((one) => one !== null)
}

export const cards = new Cards()
export const vocabularies = new Vocabularies()
