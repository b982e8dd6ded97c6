// Decides how words that judge are marked while one types them: a dotted line, and its question where one points.
//
// Only lines that were typed here are looked at, a moment after the last letter; nothing is counted, and a mark goes when
// its words change. What comes from elsewhere is never looked at.
import { syntaxTree } from '@codemirror/language'
import { ChangeSet, StateEffect, StateField, Transaction, type EditorState, type Extension, type Text } from '@codemirror/state'
import { Decoration, EditorView, ViewPlugin, hoverTooltip, keymap, showTooltip, type Tooltip, type ViewUpdate } from '@codemirror/view'

/** Milliseconds of rest after the last letter before the lines are looked at. */
const REST_MS = 500
/** Bytes that the daemon looks at once. A line that is longer is left alone. */
export const ASKED_BYTES_MAX = 256 * 1024

export interface Stretch {
  from: number
  to: number
}

/** Words with what was noticed about them. */
export interface Marked extends Stretch {
  rule: string
  why: string
  question: string
}

/** Looks at whole lines; positions are within what it was given. Null says not yet: the lines wait for the next rest. */
export type Ask = (lines: string) => Promise<readonly Marked[]> | null

interface Judging {
  marks: readonly Marked[]
  /** Where was typed since the lines were last looked at. */
  fresh: readonly Stretch[]
  /** Whose question is shown because the caret was put there. */
  open: Marked | null
}

/** The fresh lines are on their way to be looked at. */
export const taken = StateEffect.define<null>()
/** These lines were looked at, and this is what was found. */
export const looked = StateEffect.define<{ lines: readonly Stretch[]; marks: readonly Marked[] }>()
const close = StateEffect.define<null>()

const touches = (one: Stretch, other: Stretch): boolean => one.from <= other.to && other.from <= one.to

export const judging = StateField.define<Judging>({
  create: () => ({ marks: [], fresh: [], open: null }),
  update(value, transaction) {
    let { marks, fresh, open } = value
    const { changes } = transaction
    if (transaction.docChanged) {
      const { changed, lines } = changedIn(transaction)
      marks = marks.filter((mark) => !changed.some((one) => touches(one, mark))).map((mark) => moved(mark, changes))
      fresh = fresh.map((one) => moved(one, changes))
      // A line in which another device writes is no longer one's own alone.
      fresh = transaction.annotation(Transaction.remote)
        ? fresh.filter((one) => !lines.some((line) => touches(line, one)))
        : [...fresh.filter((one) => !lines.some((line) => line.from <= one.from && one.to <= line.to)), ...lines]
      open = null
    } else if (transaction.selection) {
      const { main } = transaction.newSelection
      open = main.empty ? markAt(marks, main.head) : null
    }
    for (const effect of transaction.effects) {
      if (effect.is(taken)) fresh = []
      else if (effect.is(close)) open = null
      else if (effect.is(looked)) {
        const { lines, marks: found } = effect.value
        marks = [...marks.filter((mark) => !lines.some((line) => touches(line, mark))), ...found].sort((a, b) => a.from - b.from)
        open = null
      }
    }
    return marks === value.marks && fresh === value.fresh && open === value.open ? value : { marks, fresh, open }
  },
  provide: (field) => [
    EditorView.decorations.compute([field, 'selection'], (state) =>
      Decoration.set(shown(state).map((mark) => dressed(mark).range(mark.from, mark.to))),
    ),
    showTooltip.computeN([field], (state) => {
      const { open } = state.field(field)
      return open ? [tip(open)] : []
    }),
  ],
})

/** Which stretches of the text before were changed, and which lines of the text after. */
function changedIn({ changes, startState, newDoc }: Transaction): { changed: Stretch[]; lines: Stretch[] } {
  const changed: Stretch[] = []
  const lines: Stretch[] = []
  changes.iterChangedRanges((fromA, toA, fromB, toB) => {
    const [first, last] = [newDoc.lineAt(fromB), newDoc.lineAt(toB)]
    const [firstWas, lastWas] = [startState.doc.lineAt(fromA), startState.doc.lineAt(toA)]
    // A line beneath which, or above which, another begins is itself as it was.
    const below = first.number < last.number && first.text === firstWas.text
    const above = first.number < last.number && last.text === lastWas.text
    changed.push({ from: below ? firstWas.to + 1 : fromA, to: above ? lastWas.from - 1 : toA })
    lines.push({ from: below ? first.to + 1 : first.from, to: above ? last.from - 1 : last.to })
  })
  return { changed, lines }
}

function moved<T extends Stretch>(one: T, changes: ChangeSet): T {
  return { ...one, from: changes.mapPos(one.from, 1), to: changes.mapPos(one.to, -1) }
}

/** The marks to draw. That a line shows nothing yet is not said while one is still writing it. */
export function shown(state: EditorState): readonly Marked[] {
  const { marks, open } = state.field(judging)
  const { head } = state.selection.main
  const { from, to } = state.doc.lineAt(head)
  return marks.filter((mark) => mark.rule !== 'thin' || mark === open || mark.from < from || mark.to > to)
}

function markAt(marks: readonly Marked[], position: number): Marked | null {
  return marks.find((mark) => mark.from <= position && position <= mark.to) ?? null
}

/** The lines to look at now: those typed in, but for code, and no more than the daemon takes at once. */
export function linesOf(state: EditorState): Stretch[] {
  const found = new Map<number, Stretch>()
  const encoder = new TextEncoder()
  let room = ASKED_BYTES_MAX
  for (const { from, to } of state.field(judging).fresh) {
    for (let at = from; at <= to; ) {
      const line = state.doc.lineAt(at)
      at = line.to + 1
      if (line.length === 0 || found.has(line.from) || inCode(state, line.from)) continue
      const bytes = encoder.encode(line.text).length + 1
      if (bytes > room) continue
      room -= bytes
      found.set(line.from, { from: line.from, to: line.to })
    }
  }
  return [...found.values()].sort((a, b) => a.from - b.from)
}

function inCode(state: EditorState, position: number): boolean {
  for (let node = syntaxTree(state).resolveInner(position, 1); node.parent; node = node.parent) {
    if (node.name === 'FencedCode' || node.name === 'CodeBlock') return true
  }
  return false
}

export const textOf = (doc: Text, lines: readonly Stretch[]): string =>
  lines.map((line) => doc.sliceString(line.from, line.to, '\n')).join('\n')

/** Where marks of these lines, put one under the other, stand in the text after it went on changing. */
export function placed(lines: readonly Stretch[], marks: readonly Marked[], since: ChangeSet): { lines: Stretch[]; marks: Marked[] } {
  const intact: Stretch[] = []
  const found: Marked[] = []
  let begin = 0
  for (const line of lines) {
    const end = begin + line.to - line.from
    // A line that changed meanwhile is looked at again.
    if (!since.touchesRange(line.from, line.to)) {
      const shift = since.mapPos(line.from, 1) - begin
      intact.push({ from: begin + shift, to: end + shift })
      for (const mark of marks) {
        if (begin <= mark.from && mark.from < mark.to && mark.to <= end) found.push({ ...mark, from: mark.from + shift, to: mark.to + shift })
      }
    }
    begin = end + 1
  }
  return { lines: intact, marks: found }
}

let editors = 0

export function describing(ask: Ask): Extension {
  const id = `judging-${(editors += 1)}`
  const looking = ViewPlugin.fromClass(
    class {
      readonly #view: EditorView
      /** What the caret's question says, for those who do not see it. */
      readonly #said = document.createElement('div')
      #timer: ReturnType<typeof setTimeout> | null = null
      #since: ChangeSet | null = null
      #gone = false

      constructor(view: EditorView) {
        this.#view = view
        this.#said.id = id
        this.#said.className = 'unseen'
        this.#said.setAttribute('aria-live', 'polite')
        view.dom.append(this.#said)
      }

      update(update: ViewUpdate): void {
        const { open, fresh } = update.state.field(judging)
        const text = open ? `${open.why} ${open.question}` : ''
        if (this.#said.textContent !== text) this.#said.textContent = text
        if (!update.docChanged) return
        this.#since = this.#since?.compose(update.changes) ?? null
        if (fresh.length > 0) this.#later()
      }

      destroy(): void {
        this.#gone = true
        if (this.#timer !== null) clearTimeout(this.#timer)
        this.#said.remove()
      }

      #later(): void {
        if (this.#timer !== null) clearTimeout(this.#timer)
        this.#timer = setTimeout(() => void this.#look(), REST_MS)
      }

      async #look(): Promise<void> {
        // An answer is awaited: what was typed since waits for it.
        if (this.#since) return this.#later()
        const { state } = this.#view
        const lines = linesOf(state)
        const answer = lines.length > 0 ? ask(textOf(state.doc, lines)) : []
        if (answer === null) return
        this.#since = ChangeSet.empty(state.doc.length)
        this.#view.dispatch({ effects: taken.of(null) })
        const marks = await answer
        const since = this.#since
        this.#since = null
        if (!this.#gone && lines.length > 0) this.#view.dispatch({ effects: looked.of(placed(lines, marks, since)) })
      }
    },
  )
  return [
    judging,
    looking,
    hoverTooltip(
      (view, position) => {
        const mark = markAt(shown(view.state), position)
        return mark && mark !== view.state.field(judging).open ? tip(mark) : null
      },
      { hideOnChange: true },
    ),
    EditorView.contentAttributes.compute([judging], (state): Record<string, string> => (state.field(judging).open ? { 'aria-describedby': id } : {})),
    keymap.of([
      {
        key: 'Escape',
        run(view) {
          if (view.state.field(judging).open === null) return false
          view.dispatch({ effects: close.of(null) })
          return true
        },
      },
    ]),
    looks,
  ]
}

const dressed = (mark: Marked): Decoration =>
  Decoration.mark({ class: 'cm-judging', attributes: { role: 'mark', 'aria-description': `${mark.why} ${mark.question}` } })

function tip(mark: Marked): Tooltip {
  return {
    pos: mark.from,
    end: mark.to,
    above: false,
    create() {
      const dom = document.createElement('div')
      dom.className = 'cm-judgingTip'
      for (const text of [mark.why, mark.question]) dom.appendChild(document.createElement('p')).textContent = text
      return { dom }
    },
  }
}

const looks = EditorView.theme({
  '.cm-judging': {
    textDecoration: 'underline dotted var(--warm)',
    textDecorationThickness: '1.5px',
    textUnderlineOffset: '.22em',
    textDecorationSkipInk: 'none',
  },
  '.cm-tooltip.cm-judgingTip, .cm-tooltip-hover:has(.cm-judgingTip)': {
    // It is placed by its width, which must not come from where it stood before.
    width: 'max-content',
    maxWidth: 'min(24rem, calc(100vw - 2rem))',
    border: '1px solid var(--line)',
    borderRadius: 'var(--round-s)',
    backgroundColor: 'var(--sheet)',
    color: 'var(--ink)',
    boxShadow: 'var(--lift)',
  },
  '.cm-judgingTip': { padding: 'var(--s2) var(--s3)', font: 'var(--t-1)/1.45 var(--ui)' },
  '.cm-judgingTip p:first-child': { color: 'var(--ink-soft)' },
  '@media print': {
    '.cm-judging': { textDecoration: 'none' },
    '.cm-tooltip': { display: 'none' },
  },
})
