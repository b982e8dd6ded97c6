// Decides how taps on an instrument reach the daemon from this page, and what of them still waits.
import { Outbox, type Sent, type Tap } from './outbox'
import { pageKey } from './page'
import { PASSING } from './passing'
import { Failure, rest } from './rest'
import { Seal } from './seal'
import { BrowserShelf } from './shelf'
import type { Edit, Reason } from './types'

/** What is said of a visit by whoever leaves it: none of their words are in it. */
const LEAVING = new Set(['leave', 'end'])

class Taps {
  /** Grows with each change, so that screens look again. */
  #turn = $state(0)
  readonly #outbox = new Outbox({
    browser: new BrowserShelf('rounds-taps'),
    seal: Seal.under(pageKey()),
    send,
    after: (milliseconds, run) => setTimeout(run, milliseconds),
    now: () => Date.now(),
    newId: () => crypto.randomUUID(),
    changed: () => {
      this.#turn += 1
    },
  })

  start(): void {
    void this.#outbox.begin()
  }

  put(doc: string, edit: Edit): void {
    this.#outbox.put(doc, edit)
  }

  retry(): void {
    this.#outbox.retry()
  }

  letGo(doc: string): void {
    this.#outbox.letGo(doc)
  }

  get waiting(): number {
    void this.#turn
    return this.#outbox.waiting
  }

  of(doc: string): Edit[] {
    void this.#turn
    return this.#outbox.of(doc)
  }

  get stranded(): string[] {
    void this.#turn
    return this.#outbox.stranded
  }

  refusedOf(doc: string): { id: string; edit: Edit; why: string; code: string; reason: Reason | null }[] {
    void this.#turn
    return this.#outbox.refusedOf(doc)
  }
}

async function send(tap: Tap): Promise<Sent> {
  try {
    await rest.edit(tap.doc, tap.edit, tap.id)
    return { saved: true }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    // Taken back on another page already: what was wanted is so. Whoever has no part in a visit any more has left it, too.
    const idle = LEAVING.has(tap.edit.verb) || (tap.edit.verb === 'remove_event' && error.code !== 'not_found')
    if (idle && error.status < 500 && !PASSING.has(error.code)) return { saved: true }
    return PASSING.has(error.code) || error.status >= 500 ? { saved: false, again: true } : { saved: false, again: false, why: error.message, code: error.code, reason: error.reason }
  }
}

export const taps = new Taps()
