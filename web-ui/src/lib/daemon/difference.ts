// Decides which edits turn one text into another, whole words at a time, so that nothing lands inside a word.
import { diff } from '@codemirror/merge'
import { ChangeSet, type Text } from '@codemirror/state'

/** Comparisons before the search settles for a coarser answer: keeps a 100 KB text under a few milliseconds. */
const SCAN_STEPS_MAX = 500
/** Different words that fit the code units standing for them; a text with more is replaced whole. */
const WORDS_MAX = 0xd800

/** A word, a letter of a script that writes without spaces, a run of spaces, or any other single character. */
const TOKEN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{N}\p{M}]+|\s+|./gsu

export function difference(before: Text, after: Text): ChangeSet {
  if (before.eq(after)) return ChangeSet.empty(before.length)
  const [from, to] = trimmed(before.sliceString(0, before.length, '\n'), after.sliceString(0, after.length, '\n'))
  if (from.text === '' || to.text === '') return ChangeSet.of({ from: from.start, to: from.start + from.text.length, insert: to.text }, before.length, '\n')
  const numbers = new Map<string, number>()
  const old = read(from.text, from.start, numbers)
  const fresh = read(to.text, to.start, numbers)
  if (numbers.size > WORDS_MAX) {
    const whole = { from: from.start, to: from.start + from.text.length, insert: to.text }
    return ChangeSet.of(whole, before.length, '\n')
  }
  const changes = diff(old.code, fresh.code, { scanLimit: SCAN_STEPS_MAX }).map((change) => ({
    from: old.starts[change.fromA]!,
    to: old.starts[change.toA]!,
    insert: to.text.slice(fresh.starts[change.fromB]! - to.start, fresh.starts[change.toB]! - to.start),
  }))
  return ChangeSet.of(changes, before.length, '\n')
}

interface Part {
  text: string
  start: number
}

/** What remains when the lines that both texts begin and end with are left out. */
function trimmed(before: string, after: string): [Part, Part] {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start += 1
  start = before.lastIndexOf('\n', start - 1) + 1
  let end = 0
  while (end < shorter - start && before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)) end += 1
  const lineEnd = before.indexOf('\n', before.length - end)
  end = lineEnd < 0 ? 0 : before.length - lineEnd
  return [
    { text: before.slice(start, before.length - end), start },
    { text: after.slice(start, after.length - end), start },
  ]
}

/** A text as one code unit a word, and where each word begins (and the last ends). */
function read(text: string, offset: number, numbers: Map<string, number>): { code: string; starts: number[] } {
  const starts: number[] = []
  let code = ''
  for (const [word] of text.matchAll(TOKEN)) {
    let number = numbers.get(word)
    if (number === undefined) numbers.set(word, (number = numbers.size))
    code += String.fromCharCode(number)
    starts.push(offset)
    offset += word.length
  }
  starts.push(offset)
  return { code, starts }
}
