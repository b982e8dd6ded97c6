// Decides what outlives a closed page: words that wait for the daemon, sealed in the browser and erased once saved.
//
// Each waiting text has a slot of its own, and whoever holds the slot's lock owns it: a page that is closed or crashes lets
// go of its locks, and the next one to open takes its slots over. The key never leaves the browser.
import type { KeptText } from './queue'

/** Milliseconds words may wait before they are put away; a daemon that is there has saved them by then. */
const WAIT_MS = 250

/** One text's waiting words, and whose they are. */
export interface Kept {
  person: string
  doc: string
  field: string
  text: KeptText
}

/** Where slots lie. What is put there is sealed by it. */
export interface Shelf {
  put(slot: string, kept: Kept): Promise<void>
  take(slot: string): Promise<Kept | null>
  erase(slot: string): Promise<void>
  slots(): Promise<string[]>
  /** Owns a slot until the answer is called; null when somebody else does. */
  lock(slot: string): Promise<(() => void) | null>
}

/** A text that may have words to keep. */
export interface Waiting {
  doc: string
  field: string
  keep(): KeptText | null
}

interface Slot {
  name: string
  release: () => void
}

export class Keeper {
  readonly #shelf: Shelf
  readonly #after: (milliseconds: number, run: () => void) => void
  readonly #slots = new Map<Waiting, Slot>()
  readonly #due = new Set<Waiting>()
  #work: Promise<void> = Promise.resolve()
  /** Whose words these are; nothing is kept before it is known. */
  person = ''

  constructor(shelf: Shelf, after: (milliseconds: number, run: () => void) => void) {
    this.#shelf = shelf
    this.#after = after
  }

  /** Whether closing the page now would lose something. */
  get behind(): boolean {
    return this.#due.size > 0
  }

  /** A text changed, or was saved. */
  touched(text: Waiting, unsaved: boolean): void {
    if (!unsaved && !this.#slots.has(text)) {
      this.#due.delete(text)
      return
    }
    if (this.#due.has(text)) return
    this.#due.add(text)
    this.#after(unsaved ? WAIT_MS : 0, () => void this.#later(() => this.#put(text)))
  }

  /** Takes over what closed pages left; `adopt` says whether it took a text, which then belongs to this page. */
  async takeOver(adopt: (kept: Kept) => Waiting | null): Promise<void> {
    await this.#later(async () => {
      for (const name of await this.#shelf.slots()) {
        const release = await this.#shelf.lock(name)
        if (!release) continue
        let text: Waiting | null = null
        try {
          const kept = await this.#shelf.take(name)
          if (kept?.person === this.person) text = adopt(kept)
        } catch {
          // A slot this page does not understand stays for one that does, and keeps nobody from the others.
        }
        if (text) this.#slots.set(text, { name, release })
        else release()
      }
    })
  }

  async #put(text: Waiting): Promise<void> {
    if (!this.#due.delete(text)) return
    const kept = text.keep()
    let slot = this.#slots.get(text)
    if (kept === null) {
      if (!slot) return
      this.#slots.delete(text)
      await this.#shelf.erase(slot.name)
      slot.release()
      return
    }
    if (this.person === '') return
    if (!slot) {
      const name = crypto.randomUUID()
      const release = await this.#shelf.lock(name)
      if (!release) return
      slot = { name, release }
      this.#slots.set(text, slot)
    }
    await this.#shelf.put(slot.name, { person: this.person, doc: text.doc, field: text.field, text: kept })
  }

  /** One thing at a time, so that nothing is put back after it was erased. A browser that keeps nothing is no reason to stop. */
  #later(what: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(what).catch(() => undefined)
    return this.#work
  }
}
