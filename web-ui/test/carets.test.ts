// Decides whether a partner's caret keeps its place, and says whose it is when it moved and at no other time.
import { EditorState, Transaction, type TransactionSpec } from '@codemirror/state'
import { expect, test } from 'vitest'
import { caretField, hideCaret, showCaret } from '../src/lib/editor/carets'

const BEN = 'ben'

/** Ben stands behind “one”. */
function begin() {
  let state = EditorState.create({ doc: 'one two', extensions: [caretField] })
  const does = (spec: TransactionSpec): void => void (state = state.update(spec).state)
  const tells = (head: number, anchor = head): void =>
    does({ effects: showCaret.of({ person: BEN, name: 'Ben', colour: 'var(--person-1)', anchor, head }) })
  tells(3)
  return { does, tells, caret: () => state.field(caretField).get(BEN) }
}

const theirs = { annotations: Transaction.remote.of(true) }

test('it says so when it goes elsewhere, and not when it only tells the same again', () => {
  const { tells, caret } = begin()
  expect(caret()).toMatchObject({ head: 3, moves: 1 })
  tells(3)
  expect(caret()?.moves).toBe(1)
  tells(7)
  expect(caret()).toMatchObject({ head: 7, moves: 2 })
  tells(7, 4)
  expect(caret()).toMatchObject({ anchor: 4, head: 7, moves: 3 })
})

test('what one writes oneself before it moves it along in silence, also when it is told again', () => {
  const { does, tells, caret } = begin()
  does({ changes: { from: 0, insert: 'number ' } })
  expect(caret()).toMatchObject({ head: 10, moves: 1 })
  tells(10)
  expect(caret()?.moves).toBe(1)
  does({ changes: { from: 12, insert: 'x' }, ...theirs })
  expect(caret()).toMatchObject({ head: 10, moves: 1 })
})

test('whoever writes stays named, whether the caret or the letter is told first', () => {
  const { does, tells, caret } = begin()
  does({ changes: { from: 3, insert: '!' }, ...theirs })
  expect(caret()).toMatchObject({ head: 4, moves: 2 })
  tells(4)
  expect(caret()?.moves).toBe(2)
  tells(5)
  expect(caret()?.moves).toBe(3)
})

test('it never stands beyond the text, and goes with its person', () => {
  const { does, tells, caret } = begin()
  tells(99)
  expect(caret()?.head).toBe(7)
  does({ effects: hideCaret.of(BEN) })
  expect(caret()).toBe(undefined)
})
