// Decides how a field of an instrument holds a line until it is put down, and finds it again when the screen opens.
import { untrack } from 'svelte'
import { pageKey } from '../daemon/page'
import { Seal } from '../daemon/seal'
import { BrowserShelf } from '../daemon/shelf'
import { Halves, type Half, type Under } from './half'
import type { Marking } from './marking'

class HalfLines {
  /** Grows when one comes or goes, so that screens look again. */
  #turn = $state(0)
  readonly #halves = new Halves({
    browser: new BrowserShelf('rounds-lines'),
    seal: Seal.under(pageKey()),
    after: (milliseconds, run) => setTimeout(run, milliseconds),
    page: crypto.randomUUID(),
    changed: () => {
      this.#turn += 1
    },
  })

  start(): void {
    void this.#halves.begin()
  }

  get behind(): boolean {
    return this.#halves.behind
  }

  /** This document is on the screen. */
  seek(doc: string): void {
    this.#halves.seek(doc)
  }

  get(doc: string, field: string): Half | null {
    void this.#turn
    return this.#halves.get(doc, field)
  }

  fieldsOf(doc: string): string[] {
    void this.#turn
    return this.#halves.fieldsOf(doc)
  }

  keep(doc: string, field: string, half: Half | null): void {
    this.#halves.keep(doc, field, half)
  }

  forget(doc: string, field: string): void {
    this.#halves.forget(doc, field)
  }
}

export const halfLines = new HalfLines()

/** Under which new words for a mark wait. */
export const rewordedField = (event: string): string => `event/${event}`

/** What of a mark's surroundings a line needs: where it is kept, and how late it is. */
type Of = Pick<Marking, 'id' | 'keeps'> & { now?: () => number }

interface Beside {
  /** What is chosen beside it now. */
  now: () => Under
  /** Chooses what was chosen when it was begun. */
  restore: (under: Under) => void
}

export class HalfLine {
  readonly #of: Of
  readonly #field: string
  readonly #beside: Beside
  #text = $state('')
  #at: number | null = null
  /** Whether what is kept for this field is what stands in it. */
  #kept = false

  /** Belongs to the field that makes it. */
  constructor(of: Of, field: string, beside: Beside = { now: () => ({}), restore: () => undefined }) {
    this.#of = of
    this.#field = field
    this.#beside = beside
    if (!of.keeps) return
    halfLines.seek(of.id)
    $effect(() => {
      // Begun before, or left by a tab that has just been closed. What one writes now comes first.
      const left = halfLines.get(of.id, field)
      if (left && untrack(() => this.#text) === '') untrack(() => this.#show(left))
    })
    $effect(() => {
      beside.now()
      untrack(() => this.#keep())
    })
  }

  get text(): string {
    return this.#text
  }

  set text(text: string) {
    if (text.trim() === '') this.#at = null
    else this.#at ??= this.#of.now?.() ?? null
    this.#text = text
    this.#keep()
  }

  /** When it was begun; absent where nobody counts the time. */
  get at(): { at_ms: number } | Record<string, never> {
    return this.#at === null ? {} : { at_ms: this.#at }
  }

  /** It was put down, or let go of: the next begins, or one that waited. */
  done(): void {
    this.text = ''
  }

  #show({ text, at, under }: Half): void {
    this.#text = text
    this.#at = at
    this.#kept = true
    this.#beside.restore(under)
  }

  #keep(): void {
    if (!this.#of.keeps) return
    if (this.#text.trim() !== '') halfLines.keep(this.#of.id, this.#field, { text: this.#text, at: this.#at, under: this.#beside.now() })
    // An empty field takes nothing away that is about to be shown in it.
    else if (this.#kept) halfLines.keep(this.#of.id, this.#field, null)
    this.#kept = this.#text.trim() !== ''
  }
}
