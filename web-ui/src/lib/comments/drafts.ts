// Decides what becomes of a comment that was begun and not sent: it waits on this page until it is sent or let go, and sealed in
// this tab while the page is locked.
import type { Seal } from '../daemon/seal'
import type { Comment } from '../daemon/types'
import type { Chosen } from '../editor/commenting'

const PLACE = 'rounds-comments'

type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

export interface Draft {
  words: string
  /** The words that a new comment is about. */
  about: Chosen | null
  /** The name it is sent under, so that sent twice it counts once. */
  name: string
  /** The words it was last sent with, should nobody know whether they arrived. */
  sent: string | null
}

export class Drafts {
  readonly #all = new Map<string, Draft>()

  /** What was begun under a key and has words. */
  get(key: string): Draft | null {
    const draft = this.#all.get(key)
    return draft && draft.words.trim() !== '' ? draft : null
  }

  /** Goes on with what was begun, or begins. */
  begin(key: string): Draft {
    const draft = this.#all.get(key) ?? { words: '', about: null, name: crypto.randomUUID(), sent: null }
    this.#all.set(key, draft)
    return draft
  }

  /** The name to send these words under: other words are another comment, whatever became of the first. */
  naming(draft: Draft, words: string): string {
    if (draft.sent !== null && draft.sent !== words) draft.name = crypto.randomUUID()
    draft.sent = words
    return draft.name
  }

  /** It was sent, or its writer let it go. */
  end(key: string): void {
    this.#all.delete(key)
  }

  /** Whether an answer to a comment, or new words for it or its answers, are begun. */
  at(document: string, { id, answers }: Pick<Comment, 'id' | 'answers'>): boolean {
    const rewritten = [id, ...answers.map((answer) => answer.id)].map((one) => changeKey(document, one))
    return [answerKey(document, id), ...rewritten].some((key) => this.get(key) !== null)
  }

  /** Seals what is begun in this tab and forgets it: the page is being locked. */
  keep(seal: Seal | null, storage: Shelf): void {
    const begun = [...this.#all].filter(([key]) => this.get(key) !== null)
    this.#all.clear()
    if (seal === null || begun.length === 0) return
    try {
      storage.setItem(PLACE, seal.close(JSON.stringify(begun), PLACE))
    } catch {
      // A browser that keeps nothing is no reason to stay open.
    }
  }

  /** Goes on with what was kept, once the page is unlocked. */
  putBack(seal: Seal | null, storage: Shelf): void {
    const sealed = storage.getItem(PLACE)
    const begun = sealed === null ? null : seal?.open(sealed, PLACE)
    if (begun == null) return
    storage.removeItem(PLACE)
    for (const [key, draft] of JSON.parse(begun) as [string, Draft][]) this.#all.set(key, draft)
  }

  /** Whether closing the page would lose words. */
  get waiting(): boolean {
    return [...this.#all.values()].some(({ words }) => words.trim() !== '')
  }
}

/** Under which an answer to a comment waits. */
export const answerKey = (document: string, comment: string): string => `${document}/${comment}/answer`
/** Under which new words for one's own comment or answer wait. */
export const changeKey = (document: string, id: string): string => `${document}/${id}/change`

/** Where the words of a draft stand in a text that may have changed meanwhile: where they stood, else where they are read first. */
export function placeOf(about: Chosen, text: string): Chosen | null {
  if (text.slice(about.from, about.to) === about.quote) return about
  const from = text.indexOf(about.quote)
  return from < 0 ? null : { from, to: from + about.quote.length, quote: about.quote }
}

export const drafts = new Drafts()
