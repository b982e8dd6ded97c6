// Decides which comments a text has on this page, and where the words they are about stand while the text moves.
import type { ChangeSet } from '@codemirror/state'
import { shownName } from '../people'
import type { CommentsMessage } from './protocol'
import { movedPlace, type Place, type TextQueue } from './queue'
import type { Comment } from './types'

/** A comment's words in the text as it is shown. */
export interface CommentPlace extends Place {
  id: string
  settled: boolean
}

export class Comments {
  /** As the daemon last told them, oldest first. */
  all = $state.raw<readonly Comment[]>([])
  /** Those whose words are gone. */
  gone = $state.raw<ReadonlySet<string>>(new Set())
  #places = new Map<string, Place>()

  /** Takes a list; false when it is about another version of the text, and one about this version is on its way. */
  told(message: CommentsMessage, queue: TextQueue): boolean {
    const places = new Map<string, Place>()
    for (const { id, place } of message.comments) {
      if (!place) continue
      const shown = queue.placeShown(place, message)
      if (shown === null) return false
      places.set(id, shown)
    }
    this.#places = places
    this.all = message.comments.map(named)
    this.#look()
    return true
  }

  /** What is shown of the text changed. */
  moved(changes: ChangeSet): void {
    if (this.#places.size === 0) return
    for (const [id, place] of this.#places) this.#places.set(id, movedPlace(place, changes))
    this.#look()
  }

  place(id: string): Place | null {
    const place = this.#places.get(id)
    return place && place.from < place.to ? place : null
  }

  /** Every comment that has words to stand at. */
  get places(): CommentPlace[] {
    return this.all.flatMap(({ id, settled }) => {
      const place = this.place(id)
      return place ? [{ id, settled, ...place }] : []
    })
  }

  #look(): void {
    const gone = this.all.filter(({ id }) => this.place(id) === null).map(({ id }) => id)
    if (gone.length !== this.gone.size || gone.some((id) => !this.gone.has(id))) this.gone = new Set(gone)
  }
}

/** Names come from other computers. */
function named(comment: Comment): Comment {
  const by = <T extends { by: { id: string; name: string } }>(one: T): T => ({ ...one, by: { ...one.by, name: shownName(one.by.name) } })
  return { ...by(comment), answers: comment.answers.map(by) }
}
