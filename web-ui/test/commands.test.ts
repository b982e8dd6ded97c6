// Decides whether the toolbar writes the Markdown one would have typed, and takes it away again.
import { history } from '@codemirror/commands'
import { EditorSelection, EditorState, Transaction } from '@codemirror/state'
import { expect, test } from 'vitest'
import { commands, steps, stepsIn } from '../src/lib/editor/commands'
import { formatsAt, linkAround, markdown, type Format } from '../src/lib/editor/markdown'

/** `|` marks the caret, or both ends of what is selected. */
function press(format: Format, marked: string): string {
  const [before, selected, after] = marked.split('|')
  const [from, to] = after === undefined ? [before!.length, before!.length] : [before!.length, before!.length + selected!.length]
  let state = EditorState.create({
    doc: marked.replaceAll('|', ''),
    selection: EditorSelection.single(from, to),
    extensions: [markdown.extension],
  })
  commands[format]({ state, dispatch: (transaction: Transaction) => (state = transaction.state) })
  const { from: start, to: end } = state.selection.main
  const text = state.doc.toString()
  return start === end ? `${text.slice(0, start)}|${text.slice(start)}` : `${text.slice(0, start)}|${text.slice(start, end)}|${text.slice(end)}`
}

test.each([
  ['bold', 'a |b| c', 'a **|b|** c'],
  ['bold', 'a |b |c', 'a **|b|** c'],
  ['bold', 'a **|b|** c', 'a |b| c'],
  ['bold', 'one wo|rd', 'one **wo|rd**'],
  ['bold', 'one **wo|rd**', 'one wo|rd'],
  ['bold', '|', '**|**'],
  ['bold', '**|**', '|'],
  ['bold', '**four|**', '**four**|'],
  ['italic', 'a |b| c', 'a *|b|* c'],
  ['italic', '*|b|*', '|b|'],
  ['italic', '**|b|**', '***|b|***'],
  ['heading', 'What we saw|', '## What we saw|'],
  ['heading', '## What we saw|', 'What we saw|'],
  ['list', '|', '- |'],
  ['list', '|a\n\nb|', '- |a\n\n- b|'],
  ['list', '|- a\n- b|', '|a\nb|'],
  ['numbers', '|- a\n- b|', '1. |a\n2. b|'],
  ['tasks', '- a|', '- [ ] a|'],
  ['tasks', '- [x] a|', 'a|'],
  ['quote', '## a|', '> a|'],
  ['link', 'see |this|', 'see [this](|https://|)'],
  ['link', 'see |https://example.org|', 'see [|](https://example.org)'],
  ['link', 'see [th|is](https://example.org)', 'see th|is'],
] as [Format, string, string][])('%s: %s → %s', (format, before, after) => {
  expect(press(format, before)).toBe(after)
})

test('the toolbar knows what the caret is in', () => {
  const at = (doc: string, anchor: number) =>
    [...formatsAt(EditorState.create({ doc, selection: { anchor }, extensions: [markdown.extension] }))].sort()
  expect(at('a **b** c', 4)).toEqual(['bold'])
  expect(at('a **b** c', 8)).toEqual([])
  expect(at('- [ ] a', 7)).toEqual(['tasks'])
  expect(at('# a', 3)).toEqual(['heading'])
  expect(at('> *a*', 4)).toEqual(['italic', 'quote'])
})

test('one takes back what one wrote oneself, and what others wrote stays', () => {
  let state = EditorState.create({ extensions: [history()] })
  const press = (step: keyof typeof steps): boolean => steps[step]({ state, dispatch: (transaction: Transaction) => (state = transaction.state) })
  expect([...stepsIn(state)]).toEqual([])
  state = state.update({ changes: { from: 0, insert: 'mine' } }).state
  state = state.update({ changes: { from: 4, insert: ' theirs' }, annotations: [Transaction.addToHistory.of(false), Transaction.remote.of(true)] }).state
  expect([...stepsIn(state)]).toEqual(['undo'])
  expect(press('undo')).toBe(true)
  expect(state.doc.toString()).toBe(' theirs')
  expect([...stepsIn(state)]).toEqual(['redo'])
  expect(press('redo')).toBe(true)
  expect(state.doc.toString()).toBe('mine theirs')
})

test.each([
  ['see [it|](https://example.org).', 'https://example.org'],
  ['see |[it](https://example.org).', 'https://example.org'],
  ['see [it](https://example.org)|.', 'https://example.org'],
  ['see [it](https://exa|mple.org).', 'https://example.org'],
  ['see <https://exa|mple.org>', 'https://example.org'],
  ['see www.exa|mple.org', 'https://www.example.org'],
  ['write [to|](mailto:ana@example.org)', 'mailto:ana@example.org'],
  ['see |it [there](https://example.org)', null],
  ['not [this|](javascript:alert(1))', null],
  ['not [this|](file:///etc/passwd)', null],
])('the link at the caret: %s', (marked, address) => {
  const state = EditorState.create({ doc: marked.replace('|', ''), extensions: [markdown.extension] })
  const link = linkAround(state, marked.indexOf('|'))
  expect(link?.address ?? null).toBe(address)
  // What is offered beneath a link stays where it is while the caret walks through it.
  if (link) expect(linkAround(state, link.from)).toEqual(linkAround(state, link.to))
})
