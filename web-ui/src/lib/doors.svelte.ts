// Decides which open doors the page knows: all that the daemon lists, without opening any.
import { daemon } from './daemon/daemon.svelte'
import { rest } from './daemon/rest'
import { doorOfRow, type Door } from './doors'
import { Listed } from './listed.svelte'

class Doors extends Listed<Door> {
  protected async read(): Promise<Door[]> {
    const rows = await rest.documentsOfKind('open_door')
    return rows.flatMap((row) => doorOfRow(row, daemon.me) ?? [])
  }
}

export const doors = new Doors()
