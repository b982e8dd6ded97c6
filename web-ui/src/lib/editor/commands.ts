// Decides what the toolbar and its shortcuts do to the Markdown under the selection.
import { redo, redoDepth, undo, undoDepth } from '@codemirror/commands'
import { EditorSelection, type ChangeSpec, type EditorState, type Line, type StateCommand } from '@codemirror/state'
import type { EditorView, KeyBinding } from '@codemirror/view'
import { enclosing, type Format } from './markdown'

/** What a line of each kind begins with. */
const PREFIX = { heading: '## ', list: '- ', numbers: '1. ', tasks: '- [ ] ', quote: '> ' } as const
type LineFormat = keyof typeof PREFIX

/** A line's indent, and what makes it a heading, an item or a quote. */
const BEGINNING = /^(\s*)(#{1,6}\s+|[-*+]\s+\[[ xX]\]\s+|[-*+]\s+|\d{1,9}[.)]\s+|>\s?)?/

const inline =
  (sign: string, node: string): StateCommand =>
  ({ state, dispatch }) => {
    if (state.readOnly) return false
    const spec = state.changeByRange((range) => {
      const around = enclosing(state, range.from, range.to, node)
      // At the end of bold words, Control-B goes on in plain ones, as everywhere.
      if (around && range.empty && range.head === around.to - sign.length) return { range: EditorSelection.cursor(around.to) }
      const empty = range.empty && state.sliceDoc(range.from - sign.length, range.to + sign.length) === sign + sign
      if (around || empty) {
        const { from, to } = around ?? { from: range.from - sign.length, to: range.to + sign.length }
        const changes = [
          { from, to: from + sign.length },
          { from: to - sign.length, to },
        ]
        const set = state.changes(changes)
        return { changes, range: EditorSelection.range(set.mapPos(range.anchor), set.mapPos(range.head)) }
      }
      const place = range.empty ? (state.wordAt(range.head) ?? range) : trimmed(state, range.from, range.to)
      const changes = [
        { from: place.from, insert: sign },
        { from: place.to, insert: sign },
      ]
      const moved = sign.length
      if (place.from === place.to) return { changes, range: EditorSelection.cursor(place.from + moved) }
      if (range.empty) return { changes, range: EditorSelection.cursor(range.head + moved) }
      return { changes, range: EditorSelection.range(place.from + moved, place.to + moved) }
    })
    dispatch(state.update(spec, { userEvent: 'input.format', scrollIntoView: true }))
    return true
  }

/** A selection without the spaces at its ends, and no longer than its line: marks stand next to words. */
function trimmed(state: EditorState, from: number, to: number): { from: number; to: number } {
  const end = Math.min(to, state.doc.lineAt(from).to)
  const text = state.sliceDoc(from, end)
  const start = from + (text.length - text.trimStart().length)
  return { from: start, to: Math.max(start, from + text.trimEnd().length) }
}

function beginning(line: Line): { indent: number; sign: string } {
  const [, indent = '', sign = ''] = BEGINNING.exec(line.text)!
  return { indent: indent.length, sign }
}

function kindOf(sign: string): LineFormat | null {
  if (sign.startsWith('#')) return 'heading'
  if (sign.startsWith('>')) return 'quote'
  if (/^[-*+]\s+\[/.test(sign)) return 'tasks'
  if (/^[-*+]/.test(sign)) return 'list'
  return sign === '' ? null : 'numbers'
}

const lines =
  (format: LineFormat): StateCommand =>
  ({ state, dispatch }) => {
    if (state.readOnly) return false
    const chosen: Line[] = []
    for (const range of state.selection.ranges) {
      for (let at = range.from; ; ) {
        const line = state.doc.lineAt(at)
        const skipped = line.text.trim() === '' && range.from !== range.to
        if (!skipped && chosen.at(-1)?.number !== line.number) chosen.push(line)
        if (line.to >= range.to) break
        at = line.to + 1
      }
    }
    const all = chosen.length > 0 && chosen.every((line) => kindOf(beginning(line).sign) === format)
    const changes: ChangeSpec[] = chosen.map((line, index) => {
      const { indent, sign } = beginning(line)
      const from = line.from + indent
      const insert = all ? '' : format === 'numbers' ? `${index + 1}. ` : PREFIX[format]
      return { from, to: from + sign.length, insert }
    })
    const set = state.changes(changes)
    // The caret stays in the words, after the new beginning.
    const place = (position: number): number => {
      const line = state.doc.lineAt(position)
      const { indent, sign } = beginning(line)
      const words = line.from + indent + sign.length
      return chosen.some((one) => one.number === line.number) ? set.mapPos(Math.max(position, words), 1) : set.mapPos(position, 1)
    }
    const selection = EditorSelection.create(
      state.selection.ranges.map((range) => EditorSelection.range(place(range.anchor), place(range.head))),
      state.selection.mainIndex,
    )
    dispatch(state.update({ changes: set, selection, userEvent: 'input.format', scrollIntoView: true }))
    return true
  }

const toggleLink: StateCommand = ({ state, dispatch }) => {
  if (state.readOnly) return false
  const { from, to } = state.selection.main
  const around = enclosing(state, from, to, 'Link')
  if (around) {
    const [open, close] = around.getChildren('LinkMark')
    if (!open || !close) return false
    const changes = [
      { from: open.from, to: open.to },
      { from: close.from, to: around.to },
    ]
    dispatch(state.update({ changes, userEvent: 'input.format' }))
    return true
  }
  const chosen = state.sliceDoc(from, Math.min(to, state.doc.lineAt(from).to))
  const isAddress = /^(https?:\/\/|www\.)\S+$/i.test(chosen)
  const address = isAddress ? chosen : 'https://'
  const insert = isAddress ? `[](${address})` : `[${chosen}](${address})`
  const place = isAddress || chosen === '' ? from + 1 : from + chosen.length + 3
  const selection = isAddress || chosen === '' ? EditorSelection.cursor(place) : EditorSelection.range(place, place + address.length)
  dispatch(state.update({ changes: { from, to: from + chosen.length, insert }, selection, userEvent: 'input.format', scrollIntoView: true }))
  return true
}

/** Ticks the box of the line at a position, or unticks it. */
export function tickLine(view: EditorView, position: number): boolean {
  return tick({ state: view.state, dispatch: (transaction) => view.dispatch(transaction) }, position)
}

function tick({ state, dispatch }: Parameters<StateCommand>[0], position: number): boolean {
  if (state.readOnly) return false
  const line = state.doc.lineAt(position)
  const found = /^\s*(?:[-*+]|\d{1,9}[.)])\s+\[([ xX])\]/.exec(line.text)
  if (!found) return false
  const from = line.from + found[0].length - 2
  dispatch(state.update({ changes: { from, to: from + 1, insert: found[1] === ' ' ? 'x' : ' ' }, userEvent: 'input.format' }))
  return true
}

export const commands: Record<Format, StateCommand> = {
  heading: lines('heading'),
  bold: inline('**', 'StrongEmphasis'),
  italic: inline('*', 'Emphasis'),
  list: lines('list'),
  numbers: lines('numbers'),
  tasks: lines('tasks'),
  quote: lines('quote'),
  link: toggleLink,
}

/** One's own last change is taken back, or done again; what others wrote stays. */
export type Step = 'undo' | 'redo'

export const steps: Record<Step, StateCommand> = { undo, redo }

/** Which of them would do something. */
export function stepsIn(state: EditorState): ReadonlySet<Step> {
  const found = new Set<Step>()
  if (undoDepth(state) > 0) found.add('undo')
  if (redoDepth(state) > 0) found.add('redo')
  return found
}

/** As in the word processors teachers know. */
export const formatKeys: KeyBinding[] = [
  { key: 'Mod-b', run: commands.bold, preventDefault: true },
  { key: 'Mod-i', run: commands.italic, preventDefault: true },
  { key: 'Mod-k', run: commands.link, preventDefault: true },
  { key: 'Mod-Shift-7', run: commands.numbers, preventDefault: true },
  { key: 'Mod-Shift-8', run: commands.list, preventDefault: true },
  { key: 'Mod-Shift-9', run: commands.tasks, preventDefault: true },
  { key: 'Mod-Enter', run: (view) => tickLine(view, view.state.selection.main.head) },
]

/** How each shortcut is written beside its button: Control, or Command on a Mac. */
export const shortcuts: Partial<Record<Format, string>> = {
  bold: 'B',
  italic: 'I',
  link: 'K',
  numbers: 'Shift+7',
  list: 'Shift+8',
  tasks: 'Shift+9',
}
