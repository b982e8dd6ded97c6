// Decides how every document of one kind is read whole.
import { rest } from './daemon/rest'
import type { DocumentDetail, DocumentSummary, Kind } from './daemon/types'
import { gone } from './listed.svelte'

/**
 * Every document of a kind, opened; one that was deleted between the list and the reading of it is none. What is shown already may come
 * `apart`, so that no screen waits for it.
 */
export async function opened(kind: Kind, apart: boolean): Promise<[DocumentSummary, DocumentDetail][]> {
  const rows = await rest.documentsOfKind(kind)
  const read = rows.map(async (row): Promise<[DocumentSummary, DocumentDetail] | null> => {
    const detail = await rest.document(row.id, apart).catch(gone)
    return detail && [row, detail]
  })
  return (await Promise.all(read)).filter((one) => one !== null)
}
