// Decides whether a document is called by its first words and not by their marks, here as in the daemon.
import { expect, test } from 'vitest'
import { firstLine, unmarked } from '../src/lib/titles'

// As in `a_document_is_called_by_words_and_not_by_their_marks` of the daemon.
test.each([
  ['## What we saw', 'What we saw'],
  ['- [ ] Ask the back row', 'Ask the back row'],
  ['- [x] Ask the back row', 'Ask the back row'],
  ['> “four”', '“four”'],
  ['> - ## both', 'both'],
  ['*4 s* of silence', '*4 s* of silence'],
  ['#1 of three', '#1 of three'],
  ['##', '##'],
  ['  1. First ', '1. First'],
])('%s', (line, words) => {
  expect(unmarked(line)).toBe(words)
})

test('the first line that says anything, cut to what fits', () => {
  expect(firstLine(['\n  \n', '## What we saw\nand more'])).toBe('What we saw')
  expect(firstLine([])).toBe('')
  expect([...firstLine(['👍'.repeat(200)])]).toHaveLength(120)
})
