// Decides what a screen knows of one document, and when it reads it again.
import { Attempt } from '../attempt.svelte'
import { daemon } from './daemon.svelte'
import type { Connection } from './live'
import { Failure, rest } from './rest'
import type { DocumentDetail, Edit, Holder } from './types'

/** Milliseconds after which a page that has just begun to hear the daemon reads once more: one can write by then. */
const MISSED_MS = 500

export class Watched {
  readonly id: string
  detail = $state.raw<DocumentDetail | null>(null)
  holders = $state.raw<Holder[]>([])
  /** When `detail` was read, by `performance.now()`: what it says is left of a phase was left then. */
  readAt = 0
  /** Removed, or no longer shared. */
  gone = $state(false)
  readonly #reading = new Attempt()
  readonly #doing = new Attempt()

  /** Belongs to the screen that makes it, and ends with it. */
  constructor(id: string) {
    this.id = id
    void this.load()
    let before: Connection | null = null
    $effect(() => {
      // Read again when the daemon says so, and after it was away.
      void daemon.revisions.get(id)
      const [was, now] = [before, daemon.connection]
      before = now
      if (was === null || now === 'connecting') return undefined
      if (was !== 'connecting') return void this.load()
      // What changed after the first reading, and before the daemon could say so.
      const timer = setTimeout(() => void this.load(), MISSED_MS)
      return () => clearTimeout(timer)
    })
  }

  /** Why the last thing that was done did not work, or else why it cannot be read. */
  get problem(): string {
    return this.#doing.problem || this.#reading.problem
  }

  load = async (): Promise<void> => {
    await this.#reading.always(async () => {
      try {
        const [detail, holders] = await Promise.all([rest.document(this.id), rest.holders(this.id)])
        this.readAt = performance.now()
        this.detail = detail
        this.holders = holders
        this.gone = false
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        if (error.code === 'not_found') this.gone = true
        else if (error.code !== 'away') throw error
      }
    })
  }

  /** Does something to the document, or beside it; answers whether it was done. The screen that shows it says why not. */
  attempt(what: () => Promise<unknown>): Promise<boolean> {
    return this.#doing.always(async () => {
      const done = await what()
      await this.load()
      return done
    })
  }

  /** Edits the document; answers whether all of it is on the disk. */
  edit(...edits: Edit[]): Promise<boolean> {
    return this.attempt(async () => {
      for (const edit of edits) await rest.edit(this.id, edit)
    })
  }
}
