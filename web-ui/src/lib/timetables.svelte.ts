// Decides which timetables the page knows: one’s own, what one shows of it and to whom, and what others show to one.
import { daemon } from './daemon/daemon.svelte'
import { Failure, rest } from './daemon/rest'
import type { DocumentDetail, Edit, Kind, PersonName } from './daemon/types'
import { Listed } from './listed.svelte'
import { EMPTY, FREE_TIMES_MAX, isShown, timesToShow, type FreeTime, type Timetable } from './timetable'

/** A timetable or free periods, opened. */
interface Held {
  id: string
  owner: string
  model: DocumentDetail['model']
  /** Those who may read it, but for its owner; known of one’s own. */
  readers: PersonName[]
}

/** What is changed; said as a function where it follows from what stands there by then. */
export type Change = Edit | ((own: Timetable) => Edit)

class Timetables extends Listed<Held> {
  #changing: Promise<unknown> = Promise.resolve()

  get own(): Timetable {
    const model = this.#timetables[0]?.model
    return model?.kind === 'timetable' ? model : EMPTY
  }

  /** The document that one’s own lies in; none before anything was written. */
  get id(): string | null {
    return this.#timetables[0]?.id ?? null
  }

  /** Others of one’s own, brought in from a file or begun on two computers at once: the one that changed last is the one. */
  get more(): string[] {
    return this.#timetables.slice(1).map((one) => one.id)
  }

  /** The times that one shows. */
  get shown(): FreeTime[] {
    return this.#shown.flatMap(timesIn)
  }

  /** The document that they lie in. */
  get shownIn(): string | null {
    return this.#shown[0]?.id ?? null
  }

  /** Those one shows them to. */
  get readers(): PersonName[] {
    return this.#shown[0]?.readers ?? []
  }

  /** What somebody shows of theirs; nothing, where they show one nothing. */
  of(person: string): FreeTime[] {
    return this.all.filter((one) => one.owner === person).flatMap(timesIn)
  }

  get #timetables(): Held[] {
    return this.all.filter((one) => one.model.kind === 'timetable')
  }

  get #shown(): Held[] {
    const own = this.all.filter((one) => one.model.kind === 'free_periods' && one.owner === daemon.me)
    return own.toSorted((one, other) => (one.id < other.id ? -1 : 1))
  }

  /** Changes one’s own timetable, after what was asked before, and then what is shown of it. */
  change(...changes: Change[]): Promise<void> {
    return this.#after(async () => {
      const id = this.id ?? (await rest.create({ kind: 'timetable' }))
      try {
        for (const change of changes) await rest.edit(id, typeof change === 'function' ? change(this.own) : change)
      } finally {
        await this.refresh()
      }
      await this.#show()
    })
  }

  /** Names somebody who may see what is shown, or no longer. */
  name(person: string, may: boolean): Promise<void> {
    return this.#after(async () => {
      const id = this.shownIn ?? (await rest.create({ kind: 'free_periods' }))
      await (may ? rest.share(id, person, 'reader') : rest.unshare(id, person))
      await this.refresh()
      await this.#show()
    })
  }

  /** Puts one’s own timetable in the bin, and takes back what was shown of it. */
  putAway(): Promise<void> {
    return this.#after(async () => {
      const id = this.id
      if (id === null) return
      await rest.edit(id, { verb: 'show_free', slots: [], until: null })
      await this.refresh()
      await this.#show()
      await rest.bin(id)
      await this.refresh()
    })
  }

  /** Shows what is to be shown, where something kept it from being shown before. */
  catchUp(): Promise<void> {
    return this.#after(async () => {
      await this.refresh()
      await this.#show()
    })
  }

  /** One thing after the other: each is about what the one before it left. */
  #after(what: () => Promise<void>): Promise<void> {
    const done = this.#changing.then(what, what)
    this.#changing = done.catch(() => undefined)
    return done
  }

  async #show(): Promise<void> {
    const today = new Date()
    const wanted = timesToShow(this.own, today).slice(0, FREE_TIMES_MAX)
    if (isShown(wanted, this.shown, today)) return
    const [first, ...rests] = this.#shown.map((one) => one.id)
    await rest.edit(first ?? (await rest.create({ kind: 'free_periods' })), { verb: 'set_free_times', times: wanted })
    for (const id of rests) await rest.edit(id, { verb: 'set_free_times', times: [] })
    await this.refresh()
  }

  protected async read(): Promise<Held[]> {
    const kinds: Kind[] = ['timetable', 'free_periods']
    // What changed last comes first.
    const rows = (await Promise.all(kinds.map((kind) => rest.documentsOfKind(kind)))).flat()
    const found = rows.map(async ({ id, kind }): Promise<Held | null> => {
      try {
        const { owners, model } = await rest.document(id, this.loaded)
        const owner = owners.length === 1 ? owners[0]! : ''
        const holders = kind === 'free_periods' && owner === daemon.me ? await rest.holders(id, this.loaded) : []
        return { id, owner, model, readers: holders.filter((one) => one.role === 'reader').map((one) => one.person) }
      } catch (error) {
        // What was taken away between the list and the reading of it shows nothing.
        if (error instanceof Failure && error.code === 'not_found') return null
        throw error
      }
    })
    return (await Promise.all(found)).filter((one) => one !== null)
  }
}

const timesIn = ({ model }: Held): FreeTime[] => (model.kind === 'free_periods' ? model.times : [])

export const timetables = new Timetables()
