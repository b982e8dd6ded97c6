// Decides how a text is edited: CodeMirror, dressed as paper, wired to the text's session.
import { defaultKeymap, history, historyKeymap, redo } from '@codemirror/commands'
import { deleteMarkupBackward, insertNewlineContinueMarkup } from '@codemirror/lang-markdown'
import { Annotation, Compartment, EditorState, Prec, Transaction, type Extension } from '@codemirror/state'
import { EditorView, drawSelection, keymap, placeholder, tooltips } from '@codemirror/view'
import { styleNonce } from '../daemon/page'
import type { Place } from '../daemon/queue'
import type { TextSession } from '../daemon/texts.svelte'
import { carets, hideCaret, showCaret } from './carets'
import { chosenWords, commentAt, commentField, commenting, commentKeys, composeAt, openComment, showComments, type Chosen } from './commenting'
import { commands, formatKeys, steps, stepsIn, type Step } from './commands'
import { describing, type Ask } from './describing'
import { finding, openSearchPanel } from './finding'
import { formatted, type Words } from './formatted'
import { formatsAt, type Format } from './markdown'
import { pasting, type PasteTrouble } from './pasting'
import { quotedAt } from './quoting'

/** Milliseconds between two tellings of where the caret is: quick to the eye, and well under what the daemon takes. */
const CARET_MS = 60

/** Pixels between what lies over a text and the window’s edge. */
const MARGIN = 8

export interface Look {
  label: string
  hint: string
  /** The colour of a person's caret. */
  colour: (person: string) => string
  /** A line of plain words rather than a formatted page. */
  plain: boolean
  /** What a box of a list is called, and the way through a link. */
  signs: Words
  /** The find panel's words. */
  phrases: Record<string, string>
  /** What the words at the caret are dressed as. */
  formats: (formats: ReadonlySet<Format>) => void
  /** What there is to undo, and to do again. */
  steps: (steps: ReadonlySet<Step>) => void
  pasted: (trouble: PasteTrouble | null) => void
  /** Somebody points at a comment's words, or at others. */
  comment: (id: string | null) => void
  /** Somebody wants to comment on the words chosen. */
  compose: () => void
  /** The words of the comment that is open, or is being written, may stand elsewhere on the screen. */
  moved: () => void
  /** Looks at what one types for words that judge; null where nobody asked for that. */
  judging: Ask | null
}

export interface Editor {
  run(format: Format): void
  step(step: Step): void
  find(): void
  /** Puts words from elsewhere in as a quote, at the caret, or at the end where there was none yet. */
  quote(words: string): void
  setWritable(writable: boolean): void
  /** The words to comment on, or null where none are chosen. */
  chosen(): Chosen | null
  /** The comment at the caret, where no words are selected. */
  commentHere(): string | null
  /** Marks the words that a comment is being written about; null when none is. */
  compose(place: Place | null): void
  /** Where those words stand now. */
  composing(): Place | null
  /** Marks a comment's words as the open one's, and brings them into view. */
  openComment(id: string | null): void
  /** Where the words of what is open end on the screen. */
  place(): { left: number; bottom: number } | null
  focus(): void
  destroy(): void
}

/** Marks a change that came from the session, and so must not be sent to it again. */
const fromSession = Annotation.define<boolean>()

export function openEditor(parent: HTMLElement, session: TextSession, look: Look, writable: boolean): Editor {
  const writing = new Compartment()
  const nonce = styleNonce()
  let telling: ReturnType<typeof setTimeout> | null = null
  let entered = false

  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: session.text,
      extensions: [
        // Only a line feed ends a line, as the daemon counts.
        EditorState.lineSeparator.of('\n'),
        EditorView.clipboardInputFilter.of((text) => text.replace(/\r\n?/g, '\n')),
        ...(nonce ? [EditorView.cspNonce.of(nonce)] : []),
        history(),
        redoing,
        drawSelection(),
        pasting(!look.plain, look.pasted),
        ...(look.plain
          ? []
          : [
              formatted(look.signs),
              finding(look.phrases),
              keymap.of([
                { key: 'Enter', run: insertNewlineContinueMarkup },
                { key: 'Backspace', run: deleteMarkupBackward },
                ...formatKeys,
              ]),
            ]),
        keymap.of([...defaultKeymap, ...historyKeymap]),
        EditorView.lineWrapping,
        placeholder(look.hint),
        EditorView.contentAttributes.of({
          'aria-label': look.label,
          'aria-multiline': 'true',
          spellcheck: 'true',
          autocorrect: 'on',
          autocapitalize: 'sentences',
        }),
        writing.of(permission(writable)),
        commenting(look.comment),
        keymap.of(commentKeys(look.compose)),
        carets,
        tooltips({
          tooltipSpace: () => ({ top: MARGIN, left: MARGIN, bottom: innerHeight - MARGIN, right: document.documentElement.clientWidth - MARGIN }),
        }),
        ...(look.judging ? [describing(look.judging)] : []),
        paper,
        EditorView.updateListener.of((update) => {
          for (const transaction of update.transactions) {
            if (transaction.docChanged && !transaction.annotation(fromSession)) session.typed(transaction.changes)
          }
          if (!look.plain && (update.selectionSet || update.docChanged)) look.formats(formatsAt(update.state))
          if (!look.plain && update.docChanged) look.steps(stepsIn(update.state))
          if (update.docChanged || update.geometryChanged) look.moved()
          if (update.focusChanged && update.view.hasFocus) entered = true
          if (update.view.hasFocus && (update.selectionSet || update.docChanged || update.focusChanged)) tellCaret()
        }),
      ],
    }),
  })

  function tellCaret(): void {
    telling ??= setTimeout(() => {
      telling = null
      const { anchor, head } = view.state.selection.main
      session.moved(anchor, head)
    }, CARET_MS)
  }

  const detach = session.attach({
    change(changes) {
      view.dispatch({
        changes,
        annotations: [fromSession.of(true), Transaction.addToHistory.of(false), Transaction.remote.of(true)],
        filter: false,
      })
    },
    caret({ person, name, anchor, head }) {
      view.dispatch({ effects: showCaret.of({ person, name, anchor, head, colour: look.colour(person) }) })
    },
    absent(person) {
      view.dispatch({ effects: hideCaret.of(person) })
    },
    comments(places) {
      view.dispatch({ effects: showComments.of(places) })
    },
  })

  /** The words of the comment that is written or open. */
  function openPlace(): Place | null {
    const { places, open, composing } = view.state.field(commentField)
    const place = composing ?? places.find(({ id }) => id === open)
    return place && place.from < place.to ? place : null
  }

  return {
    run(format) {
      commands[format](view)
      view.focus()
    },
    step(step) {
      // The keys stay where they are: one may take back several changes in a row.
      steps[step](view)
    },
    find() {
      openSearchPanel(view)
    },
    quote(words) {
      const { state } = view
      if (state.readOnly) return
      const { from, to, insert, caret } = quotedAt(state.doc, entered ? state.selection.main.head : state.doc.length, words)
      view.dispatch({ changes: { from, to, insert }, selection: { anchor: caret }, userEvent: 'input.quote', scrollIntoView: true })
      entered = true
    },
    setWritable(next) {
      view.dispatch({ effects: writing.reconfigure(permission(next)) })
    },
    chosen: () => chosenWords(view.state),
    commentHere: () => (view.state.selection.main.empty ? commentAt(view.state, view.state.selection.main.head) : null),
    compose(place) {
      view.dispatch({ effects: composeAt.of(place) })
    },
    composing: () => view.state.field(commentField).composing,
    openComment(id) {
      view.dispatch({ effects: openComment.of(id) })
      const place = id === null ? null : openPlace()
      if (place) view.dispatch({ effects: EditorView.scrollIntoView(place.from, { y: 'center' }) })
    },
    place() {
      const place = openPlace()
      const at = place && view.coordsAtPos(place.to, -1)
      const begin = place && view.coordsAtPos(place.from, 1)
      if (!at || !begin) return null
      // Words on several lines begin anywhere; what is about them begins with their last line.
      return { left: begin.bottom === at.bottom ? begin.left : view.contentDOM.getBoundingClientRect().left, bottom: at.bottom }
    },
    focus: () => view.focus(),
    destroy() {
      if (telling !== null) clearTimeout(telling)
      detach()
      view.destroy()
    },
  }
}

/** Control-Shift-Z, also while Caps Lock is on: the key is then a small z, and would be taken for undo. */
const redoing = Prec.highest(
  EditorView.domEventHandlers({
    keydown(event, view) {
      const pressed = (event.ctrlKey || event.metaKey) && event.shiftKey && !event.altKey && event.key === 'z'
      if (pressed) {
        redo(view)
        event.preventDefault()
      }
      return pressed
    },
  }),
)

function permission(writable: boolean): Extension {
  // A text one may not change can still be walked through and copied.
  return writable ? [] : [EditorState.readOnly.of(true), EditorView.contentAttributes.of({ 'aria-readonly': 'true' })]
}

const paper = EditorView.theme({
  '&': { color: 'var(--ink)', backgroundColor: 'transparent', fontSize: 'var(--t1)' },
  '&.cm-focused': { outline: 'none' },
  // A caret of before the window became narrower widens no page; names above the first line are seen.
  '.cm-scroller': { fontFamily: 'var(--hand)', lineHeight: '1.65', overflowX: 'clip', overflowY: 'visible' },
  '.cm-content': { padding: 'var(--pad)', minHeight: 'var(--tall)', caretColor: 'var(--ink)' },
  '.cm-line': { padding: '0' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)', borderLeftWidth: '2px' },
  '.cm-placeholder': { color: 'var(--ink-soft)', fontStyle: 'italic' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    background: 'color-mix(in srgb, var(--accent) 22%, transparent)',
  },
})
