// Decides what a browser keeps while pages come and go: stores that outlive pages, and locks that do not.
import type { Browser } from '../src/lib/daemon/keeper'

/** A page's own picture of what lies there, as browsers hold one: others' changes arrive in it in time. */
class View {
  readonly notes: Map<string, string>
  /** What is on its way. */
  readonly coming: { name: string; sealed: string | null; overtaken: boolean }[] = []
  hear: (name: string, sealed: string) => void = () => undefined

  constructor(notes: ReadonlyMap<string, string>) {
    this.notes = new Map(notes)
  }

  change(name: string, sealed: string | null): void {
    // One's own change is the later one.
    for (const one of this.coming) if (one.name === name) one.overtaken = true
    if (sealed === null) this.notes.delete(name)
    else this.notes.set(name, sealed)
  }

  arrive(): void {
    for (const { name, sealed, overtaken } of this.coming.splice(0)) {
      if (!overtaken && sealed === null) this.notes.delete(name)
      else if (!overtaken && sealed !== null) this.notes.set(name, sealed)
      if (sealed !== null) this.hear(name, sealed)
    }
  }
}

export class Storage {
  readonly notes = new Map<string, string>()
  readonly shelf = new Map<string, string[]>()
  /** Letters that fit beside the shelf. */
  room = Number.POSITIVE_INFINITY
  /** Whether the shelf takes anything. */
  shelfWorks = true
  /** Whether pages see what others do only when it is let through. */
  lags = false
  readonly #views = new Map<string, View>()
  readonly #owners = new Map<string, string>()
  readonly #waiting: { lock: string; owner: string; give: () => void }[] = []
  readonly #gone = new Set<string>()

  /** The browser as one page sees it. Owners are told apart, so that a page's end frees what it holds. */
  seenBy(owner: string): Browser {
    const { notes, shelf } = this
    const view = new View(notes)
    this.#views.set(owner, view)
    const change = (name: string, sealed: string | null): void => {
      view.change(name, sealed)
      if (sealed === null) notes.delete(name)
      else notes.set(name, sealed)
      for (const other of this.#views.values()) if (other !== view) other.coming.push({ name, sealed, overtaken: false })
      if (!this.lags) this.letThrough()
    }
    /** What a page that is gone asked for is never answered. */
    const answered = async <T>(what: () => T): Promise<T> => {
      const result = what()
      await Promise.resolve()
      return this.#gone.has(owner) ? new Promise<T>(() => undefined) : result
    }
    return {
      put: (name, sealed) => {
        const others = [...notes].filter(([one]) => one !== name).reduce((sum, [, text]) => sum + text.length, 0)
        if (others + sealed.length > this.room) throw new Error('full')
        change(name, sealed)
      },
      get: (name) => view.notes.get(name) ?? null,
      remove: (name) => change(name, null),
      names: () => [...view.notes.keys()],
      secure: (slot, sealed) =>
        answered(() => {
          if (!this.shelfWorks) throw new Error('no')
          shelf.set(slot, sealed)
        }),
      secured: (slot) => answered(() => shelf.get(slot) ?? null),
      release: (slot) => answered(() => void shelf.delete(slot)),
      securedSlots: () =>
        answered(() => {
          if (!this.shelfWorks) throw new Error('no')
          return [...shelf.keys()]
        }),
      hold: (lock, wait) =>
        new Promise((answer) => {
          const give = () => {
            this.#owners.set(lock, owner)
            answer(() => this.#free(lock))
          }
          if (!this.#owners.has(lock)) give()
          else if (wait) this.#waiting.push({ lock, owner, give })
          else answer(null)
        }),
      onPut: (hear) => {
        view.hear = hear
      },
    }
  }

  /** Everything that is on its way arrives. */
  letThrough(): void {
    for (const view of this.#views.values()) view.arrive()
  }

  /** The page is gone: nothing of it runs any more. */
  close(owner: string): void {
    this.#gone.add(owner)
    this.#views.delete(owner)
    for (let at = this.#waiting.length - 1; at >= 0; at -= 1) if (this.#waiting[at]!.owner === owner) this.#waiting.splice(at, 1)
    for (const [lock, holder] of [...this.#owners]) if (holder === owner) this.#free(lock)
  }

  /** Power is lost: of what was written at once, the last is gone. */
  powerCut(notes: ReadonlyMap<string, string>): void {
    this.notes.clear()
    for (const [name, sealed] of notes) this.notes.set(name, sealed)
  }

  #free(lock: string): void {
    this.#owners.delete(lock)
    const next = this.#waiting.findIndex((one) => one.lock === lock)
    if (next >= 0) this.#waiting.splice(next, 1)[0]!.give()
  }
}
