// Decides what a screen knows of one document, and when it reads it again.
import { language } from '../i18n/index.svelte'
import { daemon } from './daemon.svelte'
import { Failure, rest } from './rest'
import type { DocumentDetail, Edit, Holder } from './types'

export class Watched {
  readonly id: string
  detail = $state.raw<DocumentDetail | null>(null)
  holders = $state.raw<Holder[]>([])
  /** When `detail` was read, by `performance.now()`: what it says is left of a phase was left then. */
  readAt = 0
  /** Removed, or no longer shared. */
  gone = $state(false)
  problem = $state('')

  /** Belongs to the screen that makes it, and ends with it. */
  constructor(id: string) {
    this.id = id
    $effect(() => {
      // Read again when the daemon says so, and after it was away.
      void daemon.revisions.get(id)
      if (daemon.connection !== 'connecting') void this.load()
    })
  }

  load = async (): Promise<void> => {
    try {
      const [detail, holders] = await Promise.all([rest.document(this.id), rest.holders(this.id)])
      this.readAt = performance.now()
      this.detail = detail
      this.holders = holders
      this.gone = false
      this.problem = ''
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      if (error.code === 'not_found') this.gone = true
      else if (error.code !== 'away') this.problem = language.failure(error.code, error.message)
    }
  }

  /** Does something to the document; answers whether it is on the disk. */
  async edit(...edits: Edit[]): Promise<boolean> {
    try {
      for (const edit of edits) await rest.edit(this.id, edit)
      await this.load()
      return true
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      this.problem = language.failure(error.code, error.message)
      return false
    }
  }
}
