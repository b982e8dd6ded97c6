// Decides what outlives a closed page: words that wait for the daemon, sealed in the browser and erased once saved.
//
// What can be promised, and why it is done in this way:
//
// - A letter that the page has shown outlives the page, however it ends: closed, crashed or killed. A browser gives a page
//   that closes no time that could be relied on, and IndexedDB and its encryption answer only later. So every letter is
//   sealed and handed to localStorage in the same breath as it is typed, before it is sent anywhere: when the
//   key's event has ended, the words are in another process.
// - localStorage reaches the disk some seconds later. Words that wait longer than a moment are therefore put into IndexedDB
//   too, which says when the disk has them. What a power cut may take are the letters since then.
// - Nothing is sent twice. What waits has its id from the first letter on, and the daemon counts an id once; so it
//   does no harm when what is found is older than what was sent last, or is found in two places.
// - What lies in the browser is of no use to whoever copies it: the key comes from the daemon with the page, and the browser
//   does not store it.
//
// Each page has a name and holds a lock of that name for as long as it lives. Whoever gets a page's lock takes over what that
// page left: the next page to open, or one that is open and waits for the lock. An open page sees what others put a little
// later than they did; so it waits a moment, erases nothing that it may not have seen whole, and adds what it hears late.
//
// A text's slot has two parts, so that a letter in a long text costs no more than one in a short one: the text of
// a while ago, written seldom, and what was done to it since, written with each letter.
import type { Text } from '@codemirror/state'
import { difference } from './difference'
import { TextQueue, type KeptEdits, type KeptText, type Keeping } from './queue'
import type { Seal } from './seal'

/** Milliseconds words may wait before they are put on the disk too; a daemon that is there has saved them by then. */
const WAIT_MS = 250
/** Milliseconds after which the text of a while ago goes too, when nothing was typed since all was saved. */
const REST_MS = 1_000

/** Milliseconds without news of a page that is gone, after which an open page has most likely heard all of it. */
const HEARD_MS = 300

/** One text's waiting words, as another page left them. */
export interface Kept {
  doc: string
  field: string
  text: KeptText
}

/** What a browser offers. What is put there is sealed. */
export interface Browser {
  /** Outlives the page from the moment the call returns. Throws where there is no room. */
  put(name: string, sealed: string): void
  get(name: string): string | null
  remove(name: string): void
  names(): string[]
  /** Outlives a power cut once it has answered. */
  secure(slot: string, sealed: string[]): Promise<void>
  secured(slot: string): Promise<string[] | null>
  release(slot: string): Promise<void>
  securedSlots(): Promise<string[]>
  /** Holds what is a page's until the answer is called; null when another page does, unless one waits. */
  hold(page: string, wait: boolean): Promise<(() => void) | null>
  /** Hears what other pages put; not before `names` and `get` show it, and perhaps later than their locks are free. */
  onPut(hear: (name: string, sealed: string) => void): void
}

/** A text that may have words to keep. */
export interface Waiting {
  doc: string
  field: string
  keep(): Keeping | null
}

/** What is written with each letter. */
interface Edits extends KeptEdits {
  /** Which text of a while ago they were made on. */
  mark: number
  /** Grows with each writing: the higher is the later. */
  count: number
}

interface Base {
  doc: string
  field: string
  base: string
}

/** How far a slot was taken over, should its last letters be heard of only later. */
interface Taken {
  count: number
  /** What the text was with all of it. */
  shown: Text
  /** Sealed bases by their names: what comes later is based on one of them. */
  bases: Map<string, string>
}

/** What this page keeps of one text. */
class Slot {
  readonly name: string
  /** The text of a while ago, and how it was sealed. */
  base: Text | null = null
  sealedBase = ''
  /** What was done since, sealed; null when nothing waits. */
  edits: string | null = null
  mark = 0
  count = 0
  /** Whether localStorage has the base, and all of both. */
  basePut = false
  put = false
  /** In IndexedDB, up to this count. */
  secured = 0
  /** How often nothing waited any more. */
  saves = 0
  /** Is going to be put into IndexedDB. */
  due = false

  constructor(name: string) {
    this.name = name
  }

  baseName(mark = this.mark): string {
    return `${this.name}/base.${mark}`
  }

  get editsName(): string {
    return `${this.name}/edits`
  }

  get safe(): boolean {
    return this.edits === null || this.put || this.secured === this.count
  }
}

export class Keeper {
  readonly #browser: Browser
  readonly #seal: Seal | null
  readonly #after: (milliseconds: number, run: () => void) => void
  readonly #page: string
  readonly #slots = new Map<Waiting, Slot>()
  /** Texts with words that could not be kept. */
  readonly #unkept = new Set<Waiting>()
  /** Pages whose end is waited for, and how often they were heard of. */
  readonly #watched = new Map<string, number>()
  readonly #taken = new Map<string, Taken>()
  #adopt: (kept: Kept) => Waiting = () => {
    throw new Error('nothing is taken over before the beginning')
  }
  #held = false
  #made = 0
  #work: Promise<void> = Promise.resolve()

  /** Without a seal nothing is kept. */
  constructor(browser: Browser, seal: Seal | null, after: (milliseconds: number, run: () => void) => void, page: string) {
    this.#browser = browser
    this.#seal = seal
    this.#after = after
    this.#page = page
  }

  /** Whether closing the page now would lose something. */
  get behind(): boolean {
    return this.#unkept.size > 0 || [...this.#slots.values()].some((slot) => !slot.safe)
  }

  /** Takes over what closed pages left, now and later; from then on this page's own words are kept. */
  async begin(adopt: (kept: Kept) => Waiting): Promise<void> {
    if (this.#seal === null) return
    this.#adopt = adopt
    try {
      await this.#browser.hold(this.#page, true)
      this.#held = true
      this.#browser.onPut((name, sealed) => this.#hear(name, sealed))
      const left = new Set([...this.#browser.names(), ...(await this.#secured())].map(pageOf))
      left.delete(this.#page)
      for (const page of left) {
        const release = await this.#browser.hold(page, false)
        if (release) await this.#takeOver(page, release, true)
        // It lives, or is just being closed.
        else this.#watch(page)
      }
    } catch {
      // A browser that keeps nothing is no reason to stop.
    }
  }

  /** A person typed: kept before anything else happens to it. */
  typed(text: Waiting): void {
    const keeping = text.keep()
    if (keeping === null) return this.settled(text)
    if (this.#seal === null || !this.#held) {
      this.#unkept.add(text)
      return
    }
    this.#unkept.delete(text)
    const slot = this.#slots.get(text) ?? this.#newSlot(text)
    this.#put(slot, text, keeping, this.#seal)
    this.#secureSoon(slot)
  }

  /** Puts what waits on the disk once it has waited for a while, whatever was saved before. */
  #secureSoon(slot: Slot): void {
    if (slot.due) return
    slot.due = true
    const { saves } = slot
    this.#after(WAIT_MS, () => {
      slot.due = false
      if (slot.edits === null) return
      if (slot.saves === saves) void this.#later(() => this.#secure(slot))
      else this.#secureSoon(slot)
    })
  }

  /** What waited may be saved by now: then it is erased. */
  settled(text: Waiting): void {
    this.#unkept.delete(text)
    const slot = this.#slots.get(text)
    if (!slot || slot.edits === null || text.keep() !== null) return
    slot.edits = null
    slot.put = false
    slot.saves += 1
    this.#remove(slot.editsName)
    if (slot.secured > 0) {
      slot.secured = 0
      void this.#later(() => this.#browser.release(slot.name))
    }
    const { count } = slot
    this.#after(REST_MS, () => {
      if (slot.count === count) this.#forget(text, slot)
    })
  }

  /** The page is left: what is only kept to be quick is erased now. */
  leave(): void {
    for (const [text, slot] of this.#slots) if (slot.edits === null) this.#forget(text, slot)
  }

  #newSlot(text: Waiting): Slot {
    this.#made += 1
    const slot = new Slot(`${this.#page}/${this.#made}`)
    this.#slots.set(text, slot)
    return slot
  }

  #put(slot: Slot, text: Waiting, keeping: Keeping, seal: Seal): void {
    const old = slot.base !== null && slot.base !== keeping.base ? slot.baseName() : null
    if (slot.base !== keeping.base) {
      slot.mark += 1
      slot.base = keeping.base
      slot.basePut = false
      const base: Base = { doc: text.doc, field: text.field, base: keeping.base.sliceString(0, keeping.base.length, '\n') }
      slot.sealedBase = seal.close(JSON.stringify(base), slot.baseName())
    }
    slot.count += 1
    const edits: Edits = { ...keeping.edits, mark: slot.mark, count: slot.count }
    slot.edits = seal.close(JSON.stringify(edits), slot.editsName)
    try {
      // The new base first and the old one's end last: whatever happens between, edits and their base are there.
      if (!slot.basePut) this.#browser.put(slot.baseName(), slot.sealedBase)
      slot.basePut = true
      this.#browser.put(slot.editsName, slot.edits)
      slot.put = true
    } catch {
      // No room: IndexedDB has more, though later.
      slot.put = false
      slot.basePut = false
      this.#remove(slot.editsName)
      this.#remove(slot.baseName())
    }
    if (old !== null) this.#remove(old)
  }

  async #secure(slot: Slot): Promise<void> {
    if (slot.edits === null) return
    const { count, mark, sealedBase, edits } = slot
    await this.#browser.secure(slot.name, [`${mark}`, sealedBase, edits])
    slot.secured = count
    // Saved meanwhile: it was not known then that there was something to erase.
    if (slot.edits === null) {
      slot.secured = 0
      await this.#browser.release(slot.name)
    }
  }

  #forget(text: Waiting, slot: Slot): void {
    if (slot.edits !== null || this.#slots.get(text) !== slot) return
    this.#slots.delete(text)
    this.#remove(slot.baseName())
  }

  #remove(name: string): void {
    try {
      this.#browser.remove(name)
    } catch {
      // A browser that keeps nothing has nothing to erase.
    }
  }

  /** Another page put something. */
  #hear(name: string, sealed: string): void {
    const [page, slot] = [pageOf(name), slotOf(name)]
    const taken = this.#taken.get(slot)
    if (!taken) {
      this.#watch(page)
      this.#watched.set(page, (this.#watched.get(page) ?? 0) + 1)
    } else if (name === `${slot}/edits`) this.#addLate(slot, taken, sealed)
    else taken.bases.set(name, sealed)
  }

  /** Waits for a page's end, and takes over what it left. */
  #watch(page: string): void {
    if (page === this.#page || this.#watched.has(page)) return
    this.#watched.set(page, 0)
    this.#browser.hold(page, true).then(
      async (release) => {
        await this.#silence(page)
        // What is heard from now on begins anew.
        this.#watched.delete(page)
        if (release) await this.#takeOver(page, release, false)
      },
      () => this.#watched.delete(page),
    )
  }

  /** Answers when nothing was heard of a page for a while. */
  #silence(page: string): Promise<void> {
    const heard = this.#watched.get(page)
    return new Promise((answer) => {
      this.#after(HEARD_MS, () => answer(this.#watched.get(page) === heard ? undefined : this.#silence(page)))
    })
  }

  /** `whole` when all that the page put is seen for certain, because it was gone before this one began to look. */
  #takeOver(page: string, release: () => void, whole: boolean): Promise<void> {
    return this.#later(async () => {
      try {
        const names = [...this.#browser.names(), ...(await this.#secured())].filter((name) => pageOf(name) === page)
        for (const slot of new Set(names.map(slotOf))) {
          // What this page does not understand stays for one that does, and keeps nothing else back.
          await this.#inherit(slot, whole).catch(() => undefined)
        }
      } finally {
        release()
      }
    })
  }

  async #inherit(slot: string, whole: boolean): Promise<void> {
    const parts = this.#browser.names().filter((name) => slotOf(name) === slot)
    const secured = await this.#browser.secured(slot).catch(() => null)
    const found = [this.#read(slot, parts), this.#readSecured(slot, secured)]
    const readable = found.filter((one) => one !== null && one !== 'foreign')
    const latest = readable.sort((one, other) => other.count - one.count)[0]
    // Sealed for another daemon at this address: it stays for that one. Or not yet all there.
    if (!latest && (found.includes('foreign') || !whole)) return
    if (latest) {
      const bases = parts.filter((name) => name !== `${slot}/edits`).map((name): [string, string] => [name, this.#browser.get(name) ?? ''])
      this.#taken.set(slot, { count: latest.count, shown: shownBy(latest.kept), bases: new Map(bases) })
      this.typed(this.#adopt(latest.kept))
    }
    for (const name of parts) this.#remove(name)
    if (secured) await this.#browser.release(slot)
  }

  /** Letters of a closed page that are heard of after the rest was taken over: what they add is a text's of its own. */
  #addLate(slot: string, taken: Taken, sealed: string): void {
    const found = this.#opened(slot, sealed, (mark) => taken.bases.get(`${slot}/base.${mark}`) ?? null)
    if (found === null || found === 'foreign' || found.count <= taken.count) return
    const shown = shownBy(found.kept)
    const added = difference(taken.shown, shown)
    const base = taken.shown.sliceString(0, taken.shown.length, '\n')
    taken.count = found.count
    taken.shown = shown
    if (added.empty) return
    // The same id wherever it is added, so that it counts once.
    const batches = [{ id: `${slot}.${found.count}`, size: 1 }]
    const edits = { since: [], version: 0, epoch: 0, heads: [], accepted: [], waiting: [added.toJSON()], batches }
    this.typed(this.#adopt({ ...found.kept, text: { base, edits } }))
  }

  #read(slot: string, parts: string[]): Found | null | 'foreign' {
    const sealed = this.#browser.get(`${slot}/edits`)
    if (sealed !== null) {
      return this.#opened(slot, sealed, (mark) => this.#browser.get(`${slot}/base.${mark}`))
    }
    // A base alone is what a page that ended in between had not erased yet.
    const base = parts.find((name) => name.startsWith(`${slot}/base.`))
    if (base === undefined) return null
    return this.#seal?.open(this.#browser.get(base) ?? '', base) == null ? 'foreign' : null
  }

  #readSecured(slot: string, parts: string[] | null): Found | null | 'foreign' {
    const [mark, base, edits] = parts ?? []
    if (edits === undefined) return null
    return this.#opened(slot, edits, (wanted) => (`${wanted}` === mark ? (base ?? null) : null))
  }

  #opened(slot: string, sealed: string, baseOf: (mark: number) => string | null): Found | null | 'foreign' {
    const words = this.#seal?.open(sealed, `${slot}/edits`)
    if (words == null) return 'foreign'
    const { mark, count, ...edits } = JSON.parse(words) as Edits
    const base = this.#seal?.open(baseOf(mark) ?? '', `${slot}/base.${mark}`)
    if (base == null) return null
    const { doc, field, base: text } = JSON.parse(base) as Base
    return { count, kept: { doc, field, text: { base: text, edits } } }
  }

  async #secured(): Promise<string[]> {
    try {
      return await this.#browser.securedSlots()
    } catch {
      return []
    }
  }

  /** One thing at a time, so that nothing is put back after it was erased. A browser that keeps nothing is no reason to stop. */
  #later(what: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(what).catch(() => undefined)
    return this.#work
  }
}

interface Found {
  count: number
  kept: Kept
}

function shownBy({ text }: Kept): Text {
  return TextQueue.from(text, () => '').text
}

/** Whose a name is: `page/slot` or `page/slot/part`. */
const pageOf = (name: string): string => name.split('/', 1)[0]!
const slotOf = (name: string): string => name.split('/', 2).join('/')
