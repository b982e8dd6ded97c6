// Decides which instruments the page offers.
import { quietly } from '../quietly'
import { rest } from '../daemon/rest'
import type { LibraryInstrument } from '../daemon/types'
import type { Offered } from './own'
import { ownInstruments } from './own.svelte'

class Library {
  instruments = $state.raw<LibraryInstrument[]>([])
  #reading: Promise<void> | null = null

  /** All there are: those that people built stand first. */
  get offered(): Offered[] {
    return [...ownInstruments.all, ...this.instruments]
  }

  /** Reads those that people built as they are, and the others once; they come with the daemon. */
  async load(): Promise<void> {
    await Promise.all([ownInstruments.refresh(), this.#loadOnce()])
  }

  #loadOnce(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      if (this.instruments.length === 0) this.#reading = null
    })
    return this.#reading
  }

  find(id: string): Offered | undefined {
    return this.offered.find((one) => one.id === id)
  }

  async #read(): Promise<void> {
    this.instruments = (await quietly(rest.instruments)) ?? this.instruments
  }
}

export const library = new Library()
