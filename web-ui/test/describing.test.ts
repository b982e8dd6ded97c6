// Decides whether marks stay with the words they are about while the text goes on changing.
import { ChangeSet, EditorState, Text, Transaction } from '@codemirror/state'
import { expect, test } from 'vitest'
import { ASKED_BYTES_MAX, judging, linesOf, looked, placed, shown, taken, textOf, type Marked } from '../src/lib/editor/describing'
import { markdown } from '../src/lib/editor/markdown'

const mark = (from: number, to: number, rule = 'value'): Marked => ({ from, to, rule, why: 'This judges.', question: 'What did you see?' })
const begin = (doc: string): EditorState => EditorState.create({ doc, extensions: [judging, markdown.extension] })
const fresh = (state: EditorState): string[] => linesOf(state).map((line) => state.doc.sliceString(line.from, line.to))
const type = (state: EditorState, from: number, insert: string, to = from): EditorState =>
  state.update({ changes: { from, to, insert }, selection: { anchor: from + insert.length } }).state
const words = (state: EditorState): string[] => state.field(judging).marks.map(({ from, to }) => state.doc.sliceString(from, to))

test('only lines that were typed in are looked at, each whole and once', () => {
  let state = begin('one\ntwo\nthree\n\nfive')
  expect(fresh(state)).toEqual([])
  state = type(state, 5, 'X')
  state = type(state, 6, 'Y')
  expect(fresh(state)).toEqual(['tXYwo'])
  state = type(state, 0, 'new\nold ')
  expect(fresh(state)).toEqual(['new', 'old one', 'tXYwo'])
  const before = begin('one\ntwo')
  expect(fresh(type(before, 3, '\nmore'))).toEqual(['more'])
  expect(fresh(type(before, 4, 'more\n'))).toEqual(['more'])
  expect(fresh(type(before, 2, '\n'))).toEqual(['on', 'e'])
  expect(fresh(type(before, 3, '', 4))).toEqual(['onetwo'])
  state = state.update({ effects: taken.of(null) }).state
  expect(fresh(state)).toEqual([])
})

test('what comes from another device is not looked at, nor the line it comes into', () => {
  let state = begin('one\ntwo')
  state = type(state, 0, 'my ')
  const remote = [Transaction.remote.of(true)]
  state = state.update({ changes: { from: state.doc.length, insert: ' theirs' }, annotations: remote }).state
  expect(fresh(state)).toEqual(['my one'])
  state = state.update({ changes: { from: 2, insert: ' and their' }, annotations: remote }).state
  expect(fresh(state)).toEqual([])
})

test('code is not looked at, nor a line that is larger than can be asked about', () => {
  let state = begin('')
  state = type(state, 0, 'a\n\n```\nlet good = 1\n```\n\nb')
  expect(fresh(state)).toEqual(['a', 'b'])
  state = type(state, 0, `${'x'.repeat(ASKED_BYTES_MAX)}\n`)
  expect(fresh(state)).toEqual(['a', 'b'])
})

test('an answer about some lines is put where they stand by then', () => {
  const doc = Text.of(['zero', '👍 good', 'two', 'bad day'])
  const lines = [{ from: 5, to: 12 }, { from: 17, to: 24 }]
  expect(textOf(doc, lines)).toBe('👍 good\nbad day')
  const marks = [mark(3, 7), mark(8, 11)]
  expect(placed(lines, marks, ChangeSet.empty(doc.length)).marks.map(({ from, to }) => doc.sliceString(from, to))).toEqual(['good', 'bad'])
  // A line was put above; the second line was changed, and is to be looked at again.
  const since = ChangeSet.of([{ from: 0, insert: 'new\n' }, { from: 24, insert: '!' }], doc.length)
  const after = since.apply(doc)
  const late = placed(lines, marks, since)
  expect(late.marks.map(({ from, to }) => after.sliceString(from, to))).toEqual(['good'])
  expect(late.lines).toEqual([{ from: 9, to: 16 }])
  // Nonsense is not drawn.
  expect(placed(lines, [mark(6, 9), mark(40, 50), mark(3, 3)], ChangeSet.empty(doc.length)).marks).toEqual([])
})

test('a mark goes along with its words, and goes when they change', () => {
  let state = begin('a good day, a bad night')
  state = state.update({ effects: looked.of({ lines: [{ from: 0, to: 23 }], marks: [mark(14, 17), mark(2, 6)] }) }).state
  expect(words(state)).toEqual(['good', 'bad'])
  state = type(state, 0, 'It was ')
  expect(words(state)).toEqual(['good', 'bad'])
  state = type(state, 13, 's')
  expect(words(state)).toEqual(['bad'])
  // A line that begins above or beneath is another one.
  state = type(type(state, state.doc.length, '\nThen'), 0, 'Before\n')
  expect(words(state)).toEqual(['bad'])
  expect(fresh(state)).toEqual(['Before', 'It was a goods day, a bad night', 'Then'])
  state = state.update({ effects: looked.of({ lines: [{ from: 0, to: state.doc.length }], marks: [] }) }).state
  expect(words(state)).toEqual([])
})

test('the question opens where the caret is put, and not while one types', () => {
  let state = begin('a good day')
  state = state.update({ effects: looked.of({ lines: [{ from: 0, to: 10 }], marks: [mark(2, 6)] }) }).state
  expect(state.field(judging).open).toBeNull()
  state = state.update({ selection: { anchor: 4 } }).state
  expect(state.field(judging).open).toMatchObject({ from: 2, to: 6 })
  state = state.update({ selection: { anchor: 2, head: 6 } }).state
  expect(state.field(judging).open).toBeNull()
  state = type(state.update({ selection: { anchor: 6 } }).state, 10, '.')
  expect(state.field(judging).open).toBeNull()
  expect(words(state)).toEqual(['good'])
})

test('that a line shows nothing is said once one has left it', () => {
  let state = type(begin('\nnext'), 0, 'The mood of the room')
  state = state.update({ effects: looked.of({ lines: [{ from: 0, to: 20 }], marks: [mark(0, 20, 'thin')] }) }).state
  expect(shown(state)).toEqual([])
  state = state.update({ selection: { anchor: 22 } }).state
  expect(shown(state)).toHaveLength(1)
  state = state.update({ selection: { anchor: 3 } }).state
  expect(shown(state)).toHaveLength(1)
})
