// Decides when the page asks again what was counted in one's own lessons: when notes or visits changed.
import { daemon } from './daemon/daemon.svelte'
import { rest } from './daemon/rest'
import type { Repeated } from './lessons'
import { Listed } from './listed.svelte'

class Lessons extends Listed<Repeated> {
  leftOut = $state(0)
  /** Notes that are still being read. */
  unread = $state(0)

  /** What of the lists says that there may be something else to tell. */
  get news(): string {
    const about = daemon.documents.filter((one) => one.kind === 'released_notes' || one.kind === 'note_set' || one.kind === 'visit')
    return about.map((one) => `${one.id} ${one.updated_ms}`).join()
  }

  protected async read(): Promise<Repeated[]> {
    let before = Infinity
    try {
      for (;;) {
        const { measures, unread, left_out } = await rest.ownLessons()
        ;[this.unread, this.leftOut] = [unread, left_out]
        // Each answer reads on; where one did not, whoever comes back later asks again.
        if (unread === 0 || unread >= before) return measures
        before = unread
      }
    } catch (error) {
      this.unread = 0
      throw error
    }
  }
}

export const lessons = new Lessons()
