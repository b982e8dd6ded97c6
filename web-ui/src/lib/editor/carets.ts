// Decides how a partner's caret and selection are drawn, and that they keep their place while the text moves.
import { StateEffect, StateField, type Extension, type Text } from '@codemirror/state'
import { Decoration, EditorView, WidgetType, type DecorationSet } from '@codemirror/view'

export interface Caret {
  person: string
  name: string
  /** A colour of tokens.css. */
  colour: string
  anchor: number
  head: number
}

export const showCaret = StateEffect.define<Caret>({
  map: (caret, changes) => ({
    ...caret,
    anchor: changes.mapPos(Math.min(caret.anchor, changes.length), 1),
    head: changes.mapPos(Math.min(caret.head, changes.length), 1),
  }),
})

export const hideCaret = StateEffect.define<string>()

class CaretWidget extends WidgetType {
  readonly name: string
  readonly colour: string

  constructor(name: string, colour: string) {
    super()
    this.name = name
    this.colour = colour
  }

  override eq(other: CaretWidget): boolean {
    return other.name === this.name && other.colour === this.colour
  }

  override toDOM(): HTMLElement {
    const caret = document.createElement('span')
    caret.className = 'cm-partner'
    caret.style.setProperty('--c', this.colour)
    caret.setAttribute('aria-hidden', 'true')
    const label = caret.appendChild(document.createElement('span'))
    label.textContent = this.name
    return caret
  }

  override ignoreEvent(): boolean {
    return true
  }
}

const caretField = StateField.define<ReadonlyMap<string, Caret>>({
  create: () => new Map(),
  update(carets, transaction) {
    // A caret may be told before the letter it stands behind arrives: it goes along with what is written at it.
    let next = carets
    if (transaction.docChanged && carets.size > 0) {
      next = new Map(
        [...carets].map(([person, caret]) => [
          person,
          { ...caret, anchor: transaction.changes.mapPos(caret.anchor, 1), head: transaction.changes.mapPos(caret.head, 1) },
        ]),
      )
    }
    for (const effect of transaction.effects) {
      if (effect.is(showCaret)) {
        const caret = effect.value
        next = new Map(next).set(caret.person, {
          ...caret,
          anchor: Math.min(caret.anchor, transaction.newDoc.length),
          head: Math.min(caret.head, transaction.newDoc.length),
        })
      } else if (effect.is(hideCaret) && next.has(effect.value)) {
        next = new Map(next)
        ;(next as Map<string, Caret>).delete(effect.value)
      }
    }
    return next
  },
  provide: (field) => EditorView.decorations.from(field, (carets) => (view) => drawn(carets, view.state.doc)),
})

function drawn(carets: ReadonlyMap<string, Caret>, doc: Text): DecorationSet {
  const ranges = []
  for (const caret of carets.values()) {
    const from = Math.min(caret.anchor, caret.head)
    const to = Math.min(Math.max(caret.anchor, caret.head), doc.length)
    if (from < to) {
      const mark = Decoration.mark({ class: 'cm-partnerSelection', attributes: { 'data-person': caret.person } })
      ranges.push(mark.range(from, to))
    }
    const widget = new CaretWidget(caret.name, caret.colour)
    ranges.push(Decoration.widget({ widget, side: 1 }).range(Math.min(caret.head, doc.length)))
  }
  return Decoration.set(ranges, true)
}

export const carets: Extension = caretField
