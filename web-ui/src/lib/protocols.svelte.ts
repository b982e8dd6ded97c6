// Decides which protocols the page offers, and in whose words a frozen one is read.
import { quietly } from './quietly'
import { rest } from './daemon/rest'
import type { Offered, Phase, Protocol } from './daemon/types'
import { language } from './i18n/index.svelte'
import { timed } from './lasting'

export type Purpose = Offered['use']

class Protocols {
  #all = $state.raw<Offered[]>([])
  #in = ''

  /** Reads them in the page's language, unless they are here already. */
  async load(): Promise<void> {
    const code = language.code
    if (this.#in === code) return
    this.#in = code
    const all = await quietly(() => rest.protocols(code))
    if (this.#in !== code) return
    if (all === null) this.#in = ''
    else this.#all = all
  }

  for(...purposes: Purpose[]): Protocol[] {
    return purposes.flatMap((purpose) => this.#all.filter((one) => one.use === purpose).map((one) => one.protocol))
  }

  /** A frozen copy in this page's language, where it is the very version that is known here; else as it was frozen. */
  inOwnWords(frozen: Protocol): Protocol {
    const own = this.#all.find(({ protocol }) => protocol.id === frozen.id && protocol.version === frozen.version)?.protocol
    return own ? { ...own, phases: timed(own.phases, frozen.phases.map((phase) => phase.minutes)) } : frozen
  }
}

export const protocols = new Protocols()

export const nameOf = (phase: Phase): string => phase.title ?? phase.id
