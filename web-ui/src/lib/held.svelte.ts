// Decides what can be pointed at as evidence: the notes and debriefs held here.
import { quietly } from './quietly'
import { rest } from './daemon/rest'
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
    const lists = await quietly(() => Promise.all(KINDS.map((kind) => rest.documentsOfKind(kind))))
    if (lists === null) return
    this.rows = lists.flat().toSorted((a, b) => b.updated_ms - a.updated_ms)
    this.loaded = true
  }
}

export const held = new Held()
