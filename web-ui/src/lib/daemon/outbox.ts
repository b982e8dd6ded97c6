// Decides what becomes of taps between the finger and the disk that has them: kept in order, sealed, sent until saved.
//
// - A tap outlives the page from the moment it is made: it is sealed and handed to localStorage in the same breath, before it
//   is sent, and put on the disk of the browser when it waits for longer than a moment.
// - Nothing counts twice. Each tap has its id from the beginning, and the daemon counts an id once. So any page of this
//   browser may send what another one left, and no page need know whether the other still lives.
// - Taps are sent one after the other, in the order in which they were made, so that a tap is there before it is taken back.
// - What the daemon refuses does not hold up the rest. It stays here, with its reason, until the person lets go of it.
//
// This file knows no socket, no clock and no screen.
import type { Browser } from './keeper'
import type { Seal } from './seal'
import type { Edit, Reason } from './types'

/** Milliseconds a tap may wait before it is put on the disk too; a daemon that is there has saved it by then. */
const WAIT_MS = 250
/** Milliseconds after which a daemon that did not answer is asked again. */
const AGAIN_MS = 2_000

/** One edit on its way. */
export interface Tap {
  /** Its name for the daemon. */
  id: string
  doc: string
  edit: Edit
  /** Its place among the others: milliseconds since 1970, then how many were made before it on its page. */
  at: [number, number]
}

/** What the daemon said: it has it, it will not have it, or it did not answer. */
export type Sent = { saved: true } | { saved: false; again: true } | { saved: false; again: false; why: string; code?: string; reason?: Reason | null }

interface Surroundings {
  browser: Pick<Browser, 'put' | 'get' | 'remove' | 'names' | 'secure' | 'secured' | 'release' | 'securedSlots'>
  /** Without a seal nothing is kept beyond the page. */
  seal: Seal | null
  send: (tap: Tap) => Promise<Sent>
  after: (milliseconds: number, run: () => void) => void
  now: () => number
  newId: () => string
  /** Something waits, or no longer does. */
  changed: () => void
}

export class Outbox {
  readonly #around: Surroundings
  #waiting: Tap[] = []
  #refused: { tap: Tap; why: string; code: string; reason: Reason | null }[] = []
  readonly #secured = new Set<string>()
  #made = 0
  #sending = false
  #rests = false

  constructor(around: Surroundings) {
    this.#around = around
  }

  /** Takes up what was left by pages before, sealed under this key. What another key sealed stays for whoever has it. */
  async begin(): Promise<void> {
    const { browser, seal } = this.#around
    if (seal === null) return
    try {
      const found = new Map<string, string>()
      for (const name of browser.names()) found.set(name, browser.get(name) ?? '')
      for (const name of await browser.securedSlots().catch(() => [])) {
        this.#secured.add(name)
        if (!found.has(name)) found.set(name, (await browser.secured(name).catch(() => null))?.[0] ?? '')
      }
      const known = new Set(this.#waiting.map((tap) => tap.id))
      for (const [name, sealed] of found) {
        const words = seal.open(sealed, name)
        if (words === null || known.has(name)) continue
        this.#waiting.push({ ...(JSON.parse(words) as Omit<Tap, 'id'>), id: name })
      }
      this.#waiting.sort((one, other) => one.at[0] - other.at[0] || one.at[1] - other.at[1])
    } catch {
      // A browser that keeps nothing is no reason to stop.
    }
    this.#around.changed()
    this.retry()
  }

  /** Makes sure that this reaches the daemon, whatever happens to the page. */
  put(doc: string, edit: Edit): void {
    this.#made += 1
    const tap: Tap = { id: this.#around.newId(), doc, edit, at: [this.#around.now(), this.#made] }
    this.#waiting.push(tap)
    this.#keep(tap)
    this.#around.changed()
    void this.#pump()
  }

  /** What waits for a document, in order. */
  of(doc: string): Edit[] {
    return this.#waiting.filter((tap) => tap.doc === doc).map((tap) => tap.edit)
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /** What the daemon would not take, with its reason. */
  refusedOf(doc: string): { id: string; edit: Edit; why: string; code: string; reason: Reason | null }[] {
    return this.#refused.filter(({ tap }) => tap.doc === doc).map(({ tap, why, code, reason }) => ({ id: tap.id, edit: tap.edit, why, code, reason }))
  }

  /** Documents that are not here any more, and had something refused. */
  get stranded(): string[] {
    return [...new Set(this.#refused.filter(({ code }) => code === 'not_found').map(({ tap }) => tap.doc))]
  }

  /** The person has seen what was refused. */
  letGo(doc: string): void {
    for (const { tap } of this.#refused.filter((one) => one.tap.doc === doc)) this.#erase(tap)
    this.#refused = this.#refused.filter((one) => one.tap.doc !== doc)
    this.#around.changed()
  }

  /** The daemon may be back. */
  retry(): void {
    this.#rests = false
    void this.#pump()
  }

  async #pump(): Promise<void> {
    if (this.#sending || this.#rests) return
    this.#sending = true
    try {
      for (let tap = this.#waiting[0]; tap; tap = this.#waiting[0]) {
        const sent = await this.#around.send(tap)
        if (!sent.saved && sent.again) {
          this.#rest()
          return
        }
        this.#waiting = this.#waiting.filter((one) => one !== tap)
        if (sent.saved) this.#erase(tap)
        else this.#refused.push({ tap, why: sent.why, code: sent.code ?? '', reason: sent.reason ?? null })
        this.#around.changed()
      }
    } finally {
      this.#sending = false
    }
  }

  #rest(): void {
    this.#rests = true
    this.#around.after(AGAIN_MS, () => {
      if (this.#rests) this.retry()
    })
  }

  #keep(tap: Tap): void {
    const { browser, seal, after } = this.#around
    if (seal === null) return
    const { id, ...rest } = tap
    const sealed = seal.close(JSON.stringify(rest), id)
    try {
      browser.put(id, sealed)
    } catch {
      // No room there: the browser's disk has more, though later.
    }
    after(WAIT_MS, () => {
      if (!this.#waiting.includes(tap)) return
      this.#secured.add(id)
      browser.secure(id, [sealed]).then(
        () => {
          // Saved meanwhile: it was not known then that there was something to erase.
          if (!this.#holds(tap)) this.#erase(tap)
        },
        () => undefined,
      )
    })
  }

  #holds(tap: Tap): boolean {
    return this.#waiting.includes(tap) || this.#refused.some((one) => one.tap === tap)
  }

  #erase(tap: Tap): void {
    const { browser } = this.#around
    try {
      browser.remove(tap.id)
    } catch {
      // A browser that keeps nothing has nothing to erase.
    }
    if (this.#secured.delete(tap.id)) browser.release(tap.id).catch(() => undefined)
  }
}
