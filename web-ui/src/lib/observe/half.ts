// Decides what becomes of a line that was begun and not put down yet: sealed with each letter, and there again whatever became of the page.
//
// It is kept as taps are (`outbox.ts`): handed to localStorage in the same breath as the letter is typed, and put on the
// browser's disk when it rests. But it is nobody's to send: it waits for its writer, in the field in which it was begun.
//
// As with texts (`keeper.ts`), each page holds a lock of its own name for as long as it lives, and what a page left is taken
// over once its lock is free: what somebody is still writing in another tab is not shown in this one. Only a page that shows
// the document takes it over, so that it does not wait in a tab where nobody looks.
//
// This file knows no clock and no screen.
import type { Browser } from '../daemon/keeper'
import type { Seal } from '../daemon/seal'

/** Milliseconds a line rests before it is put on the disk too. */
const WAIT_MS = 250
/** Milliseconds after which what a closing page put last has most likely been heard of here. */
const HEARD_MS = 300

/** What was chosen beside a line: under which label, by whom. */
export type Under = Readonly<Record<string, string>>

/** A line that was begun. */
export interface Half {
  text: string
  /** Milliseconds since the start, when its first letter was typed. */
  at: number | null
  under: Under
}

interface Kept extends Half {
  doc: string
  field: string
}

interface Slot {
  readonly name: string
  readonly doc: string
  readonly field: string
  half: Half
  sealed: string
  /** In localStorage, or on the disk, as it is now. */
  put: boolean
  secured: boolean
  /** Is going to be put on the disk. */
  due: boolean
}

interface Surroundings {
  browser: Browser
  /** Without a seal nothing is kept beyond the page. */
  seal: Seal | null
  after: (milliseconds: number, run: () => void) => void
  /** The name of this page; no other has it. */
  page: string
  /** There is one more, or one less. */
  changed: () => void
}

export class Halves {
  readonly #around: Surroundings
  /** By document and field: first the one that is being written, then those that other pages left. */
  readonly #slots = new Map<string, Slot[]>()
  #made = 0
  #held = false
  readonly #sought = new Set<string>()
  /** Pages whose end is waited for. */
  readonly #watched = new Set<string>()
  #work: Promise<void> = Promise.resolve()

  constructor(around: Surroundings) {
    this.#around = around
  }

  /** From now on this page's lines are kept. */
  async begin(): Promise<void> {
    const { browser, seal, page } = this.#around
    if (seal === null) return
    try {
      await browser.hold(page, true)
      this.#held = true
      for (const slot of this.#all) this.#put(slot)
      browser.onPut((name) => {
        if (this.#sought.size > 0) this.#watch(pageOf(name), seal)
      })
      await this.#seek()
    } catch {
      // A browser that keeps nothing is no reason to stop.
    }
  }

  /** Takes over what closed pages left of a document that is shown here, now and later. */
  seek(doc: string): void {
    // What is still open elsewhere is waited for from the first time on.
    if (this.#sought.has(doc)) return
    this.#sought.add(doc)
    if (this.#held) this.#seek().catch(() => undefined)
  }

  /** What was begun in a field. */
  get(doc: string, field: string): Half | null {
    return this.#slots.get(keyOf(doc, field))?.[0]?.half ?? null
  }

  /** The fields of a document in which something was begun. */
  fieldsOf(doc: string): string[] {
    return [...new Set(this.#all.filter((slot) => slot.doc === doc).map((slot) => slot.field))]
  }

  /** Whether closing the page now would lose something. */
  get behind(): boolean {
    return this.#all.some((slot) => !slot.put && !slot.secured)
  }

  /** This stands in the field now; null when it was put down, or emptied. */
  keep(doc: string, field: string, half: Half | null): void {
    const key = keyOf(doc, field)
    const slots = this.#slots.get(key) ?? []
    const first = slots[0]
    if (half === null) {
      if (!first) return
      this.#slots.set(key, slots.slice(1))
      this.#erase(first)
      return this.#around.changed()
    }
    const slot = first ?? this.#newSlot(doc, field, half)
    slot.half = half
    if (!first) this.#slots.set(key, [slot])
    this.#put(slot)
    if (!first) this.#around.changed()
  }

  /** The field itself is gone, with everything that was begun in it. */
  forget(doc: string, field: string): void {
    while (this.get(doc, field) !== null) this.keep(doc, field, null)
  }

  async #seek(): Promise<void> {
    const { browser, seal, page } = this.#around
    if (seal === null || this.#sought.size === 0) return
    const secured = await browser.securedSlots().catch(() => [])
    const left = new Set([...browser.names(), ...secured].map(pageOf))
    left.delete(page)
    for (const other of left) {
      const release = await browser.hold(other, false)
      if (release) await this.#takeOver(other, release, seal)
      // It lives, or is just being closed.
      else this.#watch(other, seal)
    }
  }

  get #all(): Slot[] {
    return [...this.#slots.values()].flat()
  }

  #newSlot(doc: string, field: string, half: Half): Slot {
    this.#made += 1
    return { name: `${this.#around.page}/${this.#made}`, doc, field, half, sealed: '', put: false, secured: false, due: false }
  }

  #put(slot: Slot): void {
    const { browser, seal } = this.#around
    slot.put = false
    slot.secured = false
    if (seal === null || !this.#held) return
    const kept: Kept = { doc: slot.doc, field: slot.field, ...slot.half }
    slot.sealed = seal.close(JSON.stringify(kept), slot.name)
    try {
      browser.put(slot.name, slot.sealed)
      slot.put = true
    } catch {
      // No room there: the browser's disk has more, though later.
    }
    this.#secureSoon(slot)
  }

  #secureSoon(slot: Slot): void {
    if (slot.due) return
    slot.due = true
    this.#around.after(WAIT_MS, () => {
      slot.due = false
      void this.#later(async () => {
        const { sealed } = slot
        if (!this.#holds(slot)) return
        await this.#around.browser.secure(slot.name, [sealed])
        slot.secured = slot.sealed === sealed
      })
    })
  }

  #holds(slot: Slot): boolean {
    return this.#slots.get(keyOf(slot.doc, slot.field))?.includes(slot) ?? false
  }

  #erase({ name }: Pick<Slot, 'name'>): void {
    const { browser } = this.#around
    try {
      browser.remove(name)
    } catch {
      // A browser that keeps nothing has nothing to erase.
    }
    // Behind what is on its way to the disk, so that nothing is put back after it was erased.
    void this.#later(() => browser.release(name))
  }

  /** Waits for a page's end. */
  #watch(page: string, seal: Seal): void {
    const { browser, after } = this.#around
    if (page === this.#around.page || this.#watched.has(page)) return
    this.#watched.add(page)
    browser.hold(page, true).then(
      (release) =>
        after(HEARD_MS, () => {
          this.#watched.delete(page)
          if (release) void this.#takeOver(page, release, seal)
        }),
      () => this.#watched.delete(page),
    )
  }

  /** Makes what a page left this page's own. What another key sealed stays for whoever has it. */
  async #takeOver(page: string, release: () => void, seal: Seal): Promise<void> {
    const { browser } = this.#around
    try {
      const found = new Map<string, string>()
      for (const name of browser.names()) if (pageOf(name) === page) found.set(name, browser.get(name) ?? '')
      for (const name of await browser.securedSlots().catch(() => [])) {
        // What lies in both places was put into localStorage last.
        if (pageOf(name) === page && !found.has(name)) found.set(name, (await browser.secured(name).catch(() => null))?.[0] ?? '')
      }
      for (const [name, sealed] of found) {
        const words = seal.open(sealed, name)
        if (words === null) continue
        const { doc, field, ...half } = JSON.parse(words) as Kept
        if (!this.#sought.has(doc)) continue
        const slot = this.#newSlot(doc, field, half)
        const key = keyOf(doc, field)
        this.#slots.set(key, [...(this.#slots.get(key) ?? []), slot])
        this.#put(slot)
        this.#erase({ name })
      }
    } finally {
      release()
      this.#around.changed()
    }
  }

  /** One thing at a time. A browser that keeps nothing is no reason to stop. */
  #later(what: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(what).catch(() => undefined)
    return this.#work
  }
}

/** Ids of documents have no stroke in them. */
const keyOf = (doc: string, field: string): string => `${doc}/${field}`
/** Whose a name is: `page/number`. */
const pageOf = (name: string): string => name.split('/', 1)[0]!
