// Decides which goals the page knows: all that the daemon lists, without opening any.
import { daemon } from './daemon/daemon.svelte'
import { rest } from './daemon/rest'
import { goalOfRow, type Goal } from './goals'
import { Listed } from './listed.svelte'

class Goals extends Listed<Goal> {
  /** One's own, that one may add to. */
  get own(): Goal[] {
    return this.all.filter((goal) => goal.mine)
  }

  protected async read(): Promise<Goal[]> {
    const rows = await rest.documentsOfKind('goal')
    return rows.flatMap((row) => goalOfRow(row, daemon.me) ?? [])
  }
}

export const goals = new Goals()
