// Decides whether a difference is true, and falls between words.
import { expect, test } from 'vitest'
import { difference } from '../src/lib/daemon/difference'
import { splicesOf, textOf } from '../src/lib/daemon/queue'

const cases: [string, string][] = [
  ['', ''],
  ['', 'new'],
  ['old', ''],
  ['same', 'same'],
  ['wait time', 'wait a time'],
  ['one\ntwo\nthree\n', 'one\n2\nthree\n'],
  ['one\ntwo', 'zero\none\ntwo'],
  ['one\ntwo', 'one\ntwo\nthree'],
  ['a\n\n\nb', 'a\n\nb'],
  ['smile 😀.', 'smile 😁.'],
  ['x😀😀y', 'x😀y'],
  ['e\u0301te\u0301', 'été'],
  ['שלום עולם', 'שלום, עולם'],
  ['aaaa', 'aa'],
]

test.each(cases)('%j becomes %j', (before, after) => {
  const changes = difference(textOf(before), textOf(after))
  expect(changes.apply(textOf(before)).eq(textOf(after))).toBe(true)
})

test('a changed word is changed whole', () => {
  expect(splicesOf(difference(textOf('who answers and when'), textOf('who answered and when')))).toEqual([{ at: 4, delete: 7, insert: 'answered' }])
})

test('a long text with changes at both ends keeps its middle', () => {
  const middle = Array.from({ length: 5_000 }, (_, line) => `line ${line}, as it was`).join('\n')
  const changes = difference(textOf(`a\n${middle}\nb`), textOf(`A\n${middle}\nB`))
  expect(splicesOf(changes)).toEqual([
    { at: 0, delete: 1, insert: 'A' },
    { at: middle.length + 3, delete: 1, insert: 'B' },
  ])
})
