// Decides whether text copied from elsewhere comes in as the Markdown its author would have typed.
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { isTooLong, markdownOf } from '../src/lib/editor/paste'

/** What Turndown itself reads with, where there is no browser. */
const domino = createRequire(import.meta.url)('@mixmark-io/domino') as { createDocument(html: string): Document }

const read = (html: string) => markdownOf(`<html><body>${html}</body></html>`, (text) => domino.createDocument(text))

test('Google Docs: its wrapper is not bold, its weights are', () => {
  const { text } = read(`<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1"><h2 dir="ltr"><span style="font-weight:700">What we saw</span></h2>
    <p><span style="font-weight:400">The wait was </span><span style="font-weight:700">4 s</span><span style="font-style:italic">, twice</span><span>.</span></p>
    <ul><li dir="ltr" role="checkbox" aria-checked="true"><p role="presentation"><span>Ask the back row</span></p></li><li role="checkbox" aria-checked="false"><p><span>Count to three</span></p></li></ul></b>`)
  expect(text).toBe('## What we saw\n\nThe wait was **4 s***, twice*.\n\n- [x] Ask the back row\n- [ ] Count to three')
})

test('pictures are counted and left out, the text around them stays', () => {
  expect(read('<p>One<img src="https://example.org/a.png" alt="a"> two</p>')).toEqual({ text: 'One two', pictures: 1 })
})

test('links that lead nowhere safe are words', () => {
  const { text } = read('<p><a href="javascript:alert(1)">a</a> <a href="https://example.org/">b</a><script>c</script></p>')
  expect(text).toBe('a [b](https://example.org/)')
})

test('a table keeps its words', () => {
  expect(read('<table><tr><td>Ana</td><td>1</td></tr><tr><td>Ben</td><td>2</td></tr></table>').text).toBe('Ana · 1\nBen · 2')
})

test('what is too long to travel in one piece is known by letters and by bytes', () => {
  expect(isTooLong('x'.repeat(500_000))).toBe(false)
  expect(isTooLong('x'.repeat(500_001))).toBe(true)
  expect(isTooLong('漢'.repeat(333_000))).toBe(false)
  expect(isTooLong('漢'.repeat(334_000))).toBe(true)
  expect(isTooLong('\u0001'.repeat(170_000))).toBe(true)
})
