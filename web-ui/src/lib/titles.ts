// Decides what stands for the title of a document that the lists of this page do not hold: its first words, as the daemon's own list has them.

/** Characters of a first line that stand for a title: a line on a phone is shorter. */
const TITLE_LENGTH_MAX = 120

/** What makes a line a heading, a quotation or an entry of a list in Markdown, as often as it stands there. */
const MARKS = /^(?:(?:#+ |> |[-*+] |\[[ x]\] )\s*)+/

/** A line without its marks. */
export const unmarked = (line: string): string => line.trim().replace(MARKS, '')

/** The first line of some texts that says anything. */
export function firstLine(texts: readonly string[]): string {
  const lines = texts.flatMap((text) => text.split('\n')).map(unmarked)
  return [...(lines.find((line) => line !== '') ?? '')].slice(0, TITLE_LENGTH_MAX).join('')
}
