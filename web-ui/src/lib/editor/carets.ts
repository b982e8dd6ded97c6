// Decides how a partner's caret and selection are drawn, when a caret says whose it is, and that they keep their place while the text moves.
import { StateEffect, StateField, Transaction, type ChangeDesc, type Extension, type Text } from '@codemirror/state'
import { Decoration, EditorView, WidgetType, type DecorationSet } from '@codemirror/view'

export interface Caret {
  person: string
  name: string
  /** A colour of tokens.css. */
  colour: string
  anchor: number
  head: number
}

/** Where a caret is, and how often it went there: each time it says anew whose it is. */
interface Standing extends Caret {
  moves: number
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
  readonly moves: number

  constructor({ name, colour, moves }: Standing) {
    super()
    this.name = name
    this.colour = colour
    this.moves = moves
  }

  override eq(other: CaretWidget): boolean {
    return other.name === this.name && other.colour === this.colour && other.moves === this.moves
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

  // Whoever points at it points at the letter behind it.
  override ignoreEvent(): boolean {
    return false
  }
}

/** Only whoever stands there writes there, as far as another page can tell. */
const writesAt = (changes: ChangeDesc, caret: Caret): boolean => changes.touchesRange(caret.head) !== false

export const caretField = StateField.define<ReadonlyMap<string, Standing>>({
  create: () => new Map(),
  update(carets, transaction) {
    // A caret may be told before the letter it stands behind arrives: it goes along with what is written at it.
    let next = carets
    if (transaction.docChanged && carets.size > 0) {
      const { changes } = transaction
      const theirs = transaction.annotation(Transaction.remote) === true
      next = new Map(
        [...carets].map(([person, caret]) => [
          person,
          {
            ...caret,
            anchor: changes.mapPos(caret.anchor, 1),
            head: changes.mapPos(caret.head, 1),
            moves: caret.moves + (theirs && writesAt(changes, caret) ? 1 : 0),
          },
        ]),
      )
    }
    for (const effect of transaction.effects) {
      if (effect.is(showCaret)) {
        const caret = effect.value
        const [anchor, head] = [caret.anchor, caret.head].map((at) => Math.min(at, transaction.newDoc.length)) as [number, number]
        const before = next.get(caret.person)
        // A page tells of its caret again when others write before it: that is no move.
        const moved = before?.anchor !== anchor || before.head !== head
        next = new Map(next).set(caret.person, { ...caret, anchor, head, moves: (before?.moves ?? 0) + (moved ? 1 : 0) })
      } else if (effect.is(hideCaret) && next.has(effect.value)) {
        const left = new Map(next)
        left.delete(effect.value)
        next = left
      }
    }
    return next
  },
  provide: (field) => EditorView.decorations.from(field, (carets) => (view) => drawn(carets, view.state.doc)),
})

function drawn(carets: ReadonlyMap<string, Standing>, doc: Text): DecorationSet {
  const ranges = []
  for (const caret of carets.values()) {
    const from = Math.min(caret.anchor, caret.head)
    const to = Math.min(Math.max(caret.anchor, caret.head), doc.length)
    if (from < to) {
      const mark = Decoration.mark({ class: 'cm-partnerSelection', attributes: { style: `--c: ${caret.colour}` } })
      ranges.push(mark.range(from, to))
    }
    const widget = new CaretWidget(caret)
    ranges.push(Decoration.widget({ widget, side: 1 }).range(Math.min(caret.head, doc.length)))
  }
  return Decoration.set(ranges, true)
}

/** How long a name stays over the line above after its caret moved. */
const NAMED = '4s'

const looks = EditorView.theme({
  '.cm-partnerSelection': { backgroundColor: 'color-mix(in srgb, var(--c) 20%, transparent)' },
  '.cm-partner': {
    position: 'relative',
    borderLeft: '2px solid var(--c)',
    marginLeft: '-1px',
    marginRight: '-1px',
  },
  // A line of two pixels is hard to meet.
  '.cm-partner::before': { content: '""', position: 'absolute', inset: '0 -5px 0 -7px' },
  '.cm-partner > span': {
    position: 'absolute',
    left: '-2px',
    bottom: '1.3em',
    padding: '.2em .45em',
    borderRadius: '3px 3px 3px 0',
    backgroundColor: 'var(--c)',
    color: 'var(--sheet)',
    font: '600 .6875rem/1.1 var(--ui)',
    whiteSpace: 'nowrap',
    maxWidth: '10rem',
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    pointerEvents: 'none',
    userSelect: 'none',
    animation: `cm-named .4s ${NAMED} forwards`,
  },
  '.cm-partner:hover > span': { animation: 'none' },
  '@media (prefers-reduced-motion: reduce)': { '.cm-partner > span': { animationDuration: '1ms' } },
  '@keyframes cm-named': { to: { opacity: '0' } },
})

export const carets: Extension = [caretField, looks]
