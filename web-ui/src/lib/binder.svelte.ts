// Decides what somebody keeps for themselves about documents, in the binder that no other person is ever given.
import { Failure, rest } from './daemon/rest'
import type { Edit, KeptMap } from './daemon/types'

class Binder {
  /** Private lines, by document. */
  labels = $state.raw<Readonly<Record<string, string>>>({})
  /** Documents put out of sight. */
  archived = $state.raw<readonly string[]>([])
  /** Maps of rooms, oldest first. */
  maps = $state.raw<readonly KeptMap[]>([])
  loaded = $state(false)
  #id: string | null = null
  #reading: Promise<void> | null = null

  /** Reads it; those who ask meanwhile get the same reading. */
  refresh(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null
    })
    return this.#reading
  }

  /** Puts a line to a document for oneself alone; an empty one takes it back. */
  label(document: string, line: string): Promise<void> {
    return this.#edit({ verb: 'label', document, label: line.trim() === '' ? null : line.trim() })
  }

  /** Puts a document out of one’s own sight, or back. */
  archive(document: string, archived: boolean): Promise<void> {
    return this.#edit({ verb: 'archive', document, archived })
  }

  /** Keeps the map of a room; under an id that is there, another one in its place. */
  keepMap(map: KeptMap): Promise<void> {
    return this.#edit({ verb: 'keep_map', ...map })
  }

  /** Keeps a map no longer. Visits that it was put into have it still. */
  forgetMap(id: string): Promise<void> {
    return this.#edit({ verb: 'forget_map', id })
  }

  async #edit(edit: Edit): Promise<void> {
    if (this.#id === null) await this.refresh()
    if (this.#id === null) throw new Failure(0, { code: 'away', message: '' })
    await rest.edit(this.#id, edit)
    await this.#read()
  }

  async #read(): Promise<void> {
    try {
      // There is one, founded with the first start.
      this.#id ??= (await rest.documentsOfKind('binder')).map((row) => row.id).toSorted()[0] ?? null
      if (this.#id === null) return
      const { model } = await rest.document(this.#id, this.loaded)
      if (model.kind !== 'binder') return
      this.labels = model.labels
      this.archived = model.archived
      this.maps = model.maps
      this.loaded = true
    } catch (error) {
      if (!(error instanceof Failure)) throw error
    }
  }
}

export const binder = new Binder()
