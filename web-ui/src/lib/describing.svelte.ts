// Decides whether, and in which language, the page asks about words that judge. Both are kept on this computer alone.
import { rest } from './daemon/rest'
import type { Judged, NoteLanguage } from './daemon/types'
import { language } from './i18n/index.svelte'
import { remember, remembered } from './remembered'

/** The languages that notes can be looked at in. */
export const NOTE_LANGUAGES: readonly NoteLanguage[] = ['en', 'es']

class Describing {
  on = $state(remembered('describe') !== 'off')
  /** What was chosen for notes; null where they are written in the page's language. */
  chosen = $state<NoteLanguage | null>(NOTE_LANGUAGES.find((one) => one === remembered('describe-language')) ?? null)

  get language(): NoteLanguage | null {
    return this.chosen ?? NOTE_LANGUAGES.find((one) => one === language.code) ?? null
  }

  turn(on: boolean): void {
    this.on = on
    remember('describe', on ? null : 'off')
  }

  choose(code: string): void {
    this.chosen = NOTE_LANGUAGES.find((one) => one === code) ?? null
    remember('describe-language', this.chosen)
  }

  /** What was noticed in lines of one's own; nothing when the daemon is away or knows no such language. */
  async ask(lines: string, purpose: 'evidence' | 'wonder' = 'evidence'): Promise<Judged[]> {
    const { language: code } = this
    if (!this.on || code === null) return []
    try {
      return await rest.describe(lines, code, purpose)
    } catch {
      // Advice that cannot be had is no trouble worth a word.
      return []
    }
  }
}

export const describing = new Describing()
