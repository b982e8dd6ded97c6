// Decides how commented words look in a text, how they keep their place, and how one gets from them to what was said.
import { StateEffect, StateField, type EditorState, type Extension } from '@codemirror/state'
import { Decoration, EditorView, type DecorationSet, type KeyBinding } from '@codemirror/view'
import type { CommentPlace } from '../daemon/comments.svelte'
import { movedPlace, type Place } from '../daemon/queue'

/** Words with what they read, for knowing them again. */
export interface Chosen extends Place {
  quote: string
}

interface Shown {
  places: readonly CommentPlace[]
  /** The comment whose card is open. */
  open: string | null
  /** The words a comment is being written about. */
  composing: Place | null
}

export const showComments = StateEffect.define<readonly CommentPlace[]>()
export const openComment = StateEffect.define<string | null>()
export const composeAt = StateEffect.define<Place | null>()

export const commentField = StateField.define<Shown>({
  create: () => ({ places: [], open: null, composing: null }),
  update(shown, transaction) {
    let next = shown
    if (transaction.docChanged && (shown.places.length > 0 || shown.composing)) {
      const { changes } = transaction
      const places = shown.places.map((place) => ({ ...place, ...movedPlace(place, changes) }))
      next = { ...shown, places, composing: shown.composing && movedPlace(shown.composing, changes) }
    }
    for (const effect of transaction.effects) {
      if (effect.is(showComments)) next = { ...next, places: effect.value }
      else if (effect.is(openComment)) next = { ...next, open: effect.value }
      else if (effect.is(composeAt)) next = { ...next, composing: effect.value }
    }
    return next
  },
  provide: (field) => EditorView.decorations.from(field, drawn),
})

function drawn({ places, open, composing }: Shown): DecorationSet {
  const ranges = []
  for (const { id, from, to, settled } of places) {
    if (from >= to || (settled && id !== open)) continue
    const classes = id === open ? 'cm-commented cm-commentOpen' : 'cm-commented'
    ranges.push(Decoration.mark({ class: classes, attributes: { 'data-comment': id } }).range(from, to))
  }
  if (composing && composing.from < composing.to) {
    ranges.push(Decoration.mark({ class: 'cm-commented cm-commentOpen' }).range(composing.from, composing.to))
  }
  return Decoration.set(ranges, true)
}

/** The words to comment on: those selected, else the word at the caret. */
export function chosenWords(state: EditorState): Chosen | null {
  const { main } = state.selection
  const range = main.empty ? state.wordAt(main.head) : main
  if (!range) return null
  const text = state.sliceDoc(range.from, range.to)
  const from = range.from + (text.length - text.trimStart().length)
  const quote = text.trim()
  return quote === '' ? null : { from, to: from + quote.length, quote }
}

/** The open comment at a place: of several, the one on the fewest words. */
export function commentAt(state: EditorState, at: number): string | null {
  const { places } = state.field(commentField)
  const here = places.filter((place) => !place.settled && place.from < place.to && place.from <= at && at <= place.to)
  const [nearest] = here.toSorted((one, other) => one.to - one.from - (other.to - other.from))
  return nearest?.id ?? null
}

/** `show` is told which comment somebody points at, or that they point at other words. */
export function commenting(show: (comment: string | null) => void): Extension {
  return [
    commentField,
    EditorView.domEventHandlers({
      // Once the mouse is up: whoever drags over commented words selects them.
      click(event, view) {
        if (!view.state.selection.main.empty) return false
        const marked = event.target instanceof Element ? event.target.closest('[data-comment]') : null
        const at = marked && view.posAtCoords({ x: event.clientX, y: event.clientY })
        show(marked && ((at === null ? null : commentAt(view.state, at)) ?? marked.getAttribute('data-comment')))
        return false
      },
    }),
    looks,
  ]
}

/** As in the word processors teachers know. */
export const commentKeys = (compose: () => void): KeyBinding[] => [
  {
    key: 'Mod-Alt-m',
    preventDefault: true,
    run: () => {
      compose()
      return true
    },
  },
]

const looks = EditorView.theme({
  '.cm-commented': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 9%, transparent)',
    boxShadow: 'inset 0 -2px color-mix(in srgb, var(--accent) 45%, transparent)',
    cursor: 'pointer',
  },
  '.cm-commentOpen': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 20%, transparent)',
    boxShadow: 'inset 0 -2px var(--accent)',
  },
})
