// Decides where a line of evidence lands in a text when somebody quotes it: on lines of its own, at the caret.
import type { Text } from '@codemirror/state'

export interface Quoted {
  from: number
  to: number
  insert: string
  /** Where the caret goes on: one writes of what one quoted. */
  caret: number
}

/** Puts `words` as a Markdown quote at the line of `at`, or after it where something stands on it. */
export function quotedAt(doc: Text, at: number, words: string): Quoted {
  const line = doc.lineAt(at)
  const blank = line.text.trim() === ''
  const above = blank && line.number > 1 ? doc.line(line.number - 1).text.trim() : ''
  const before = !blank ? '\n\n' : above === '' ? '' : '\n'
  const quote = words.split('\n').map((one) => `> ${one}`.trimEnd()).join('\n')
  // A line right beneath a quote would be taken for a part of it.
  const insert = `${before}${quote}\n\n`
  const from = blank ? line.from : line.to
  return { from, to: line.to, insert, caret: from + insert.length }
}
