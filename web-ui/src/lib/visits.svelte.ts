// Decides which visits the page knows: all that the daemon lists, without opening any.
import { daemon } from './daemon/daemon.svelte'
import { rest } from './daemon/rest'
import { Listed } from './listed.svelte'
import { visitOfRow, type Visit } from './visits'

class Visits extends Listed<Visit> {
  protected async read(): Promise<Visit[]> {
    const rows = await rest.documentsOfKind('visit')
    return rows.flatMap((row) => visitOfRow(row, daemon.me, daemon.documents) ?? [])
  }
}

export const visits = new Visits()
