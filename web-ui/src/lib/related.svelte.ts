// Decides which notes, debriefs and mirrors a visit's screen knows of, however long ago they were written.
import { quietly } from './quietly'
import { daemon } from './daemon/daemon.svelte'
import { rest } from './daemon/rest'
import type { DocumentDetail, DocumentSummary } from './daemon/types'
import { language } from './i18n/index.svelte'
import { earlierOf, type Release } from './releases'

export class Related {
  readonly #visit: string
  readonly #releases = new Map<string, Release>()
  rows = $state.raw<DocumentSummary[]>([])
  /** Released notes that their writer released once more since. */
  earlier = $state.raw<ReadonlySet<string>>(new Set())
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
    const released = rows.filter((one) => one.kind === 'released_notes')
    // One alone is no version of another.
    const releases = released.length > 1 ? await Promise.all(released.map((one) => this.#release(one.id))) : []
    this.earlier = earlierOf(releases.filter((one) => one !== null))
    this.rows = rows
    this.loaded = true
  }

  /** Read as a file would be: what nobody has looked at yet stays new. */
  async #release(id: string): Promise<Release | null> {
    const known = this.#releases.get(id)
    if (known) return known
    const file = await quietly(() => rest.exported(id, 'json', language.code))
    if (file === null) return null
    const { model, owners } = JSON.parse(await file.text()) as DocumentDetail
    if (model.kind !== 'released_notes') return null
    const release = { id, owners, replaces: model.replaces }
    if (model.published) this.#releases.set(id, release)
    return release
  }
}
