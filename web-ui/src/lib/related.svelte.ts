// Decides which notes, debriefs and mirrors a visit's screen knows of, however long ago they were written.
import { quietly } from './quietly'
import { daemon } from './daemon/daemon.svelte'
import { rest } from './daemon/rest'
import type { DocumentSummary } from './daemon/types'

export class Related {
  readonly #visit: string
  rows = $state.raw<DocumentSummary[]>([])
  /** Until then nobody is offered to begin what may be there already. */
  loaded = $state(false)

  /** Belongs to the screen that makes it, and ends with it; a visit that is none yet has nothing. */
  constructor(visit: string) {
    this.#visit = visit
    $effect(() => {
      // The lists were read again because something changed.
      void daemon.documents
      if (daemon.loaded) void this.load()
    })
  }

  load = async (): Promise<void> => {
    const rows = await quietly(() => rest.documentsOf(this.#visit))
    if (rows === null) return
    this.rows = rows
    this.loaded = true
  }
}
