// Decides what a browser keeps while pages come and go: stores that outlive pages, and locks that do not.
import type { Browser } from '../src/lib/daemon/keeper'

export class Storage {
  readonly notes = new Map<string, string>()
  readonly shelf = new Map<string, string[]>()
  /** Letters that fit beside the shelf. */
  room = Number.POSITIVE_INFINITY
  /** Whether the shelf takes anything. */
  shelfWorks = true
  readonly #owners = new Map<string, string>()
  readonly #waiting: { lock: string; owner: string; give: () => void }[] = []
  readonly #gone = new Set<string>()
  readonly #hearers = new Map<string, (name: string) => void>()

  /** The browser as one page sees it. Owners are told apart, so that a page's end frees what it holds. */
  seenBy(owner: string): Browser {
    const { notes, shelf } = this
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
        notes.set(name, sealed)
        for (const [one, hear] of this.#hearers) if (one !== owner) hear(name)
      },
      get: (name) => notes.get(name) ?? null,
      remove: (name) => void notes.delete(name),
      names: () => [...notes.keys()],
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
      onPut: (hear) => void this.#hearers.set(owner, hear),
    }
  }

  /** The page is gone: nothing of it runs any more. */
  close(owner: string): void {
    this.#gone.add(owner)
    this.#hearers.delete(owner)
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
