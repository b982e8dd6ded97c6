// Decides what can be pointed at as evidence: the notes and debriefs held here.
import { Failure, rest } from './daemon/rest'
import type { DocumentSummary, Kind } from './daemon/types'

const KINDS: Kind[] = ['note_set', 'released_notes', 'debrief']

class Held {
  rows = $state.raw<DocumentSummary[]>([])
  loaded = $state(false)
  #reading: Promise<void> | null = null

  /** Reads the lists; those who ask meanwhile get the same reading. */
  refresh(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null
    })
    return this.#reading
  }

  async #read(): Promise<void> {
    try {
      const lists = await Promise.all(KINDS.map((kind) => rest.documentsOfKind(kind)))
      this.rows = lists.flat().toSorted((a, b) => b.updated_ms - a.updated_ms)
      this.loaded = true
    } catch (error) {
      if (!(error instanceof Failure)) throw error
    }
  }
}

export const held = new Held()
