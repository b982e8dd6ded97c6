// Decides how much fits a place of one document, as the daemon counts it, and by how much something is more.

/** Bytes of one typed passage (an entry, a step, an answer, a line of notes): two pages; longer writing belongs in a text. */
export const PASSAGE_BYTES_MAX = 8 * 1024
/** Bytes of a name, a title, a room, a label. */
export const SHORT_BYTES_MAX = 500
/** Bytes of a link. */
export const LINK_BYTES_MAX = 2_000

const encoder = new TextEncoder()

/** How many letters at the end would have to go for the rest to fit; none where all of it does. */
export function lettersOver(words: string, bytes: number): number {
  const all = words.trim()
  if (all.length * 3 <= bytes || encoder.encode(all).length <= bytes) return 0
  let room = bytes
  let over = 0
  for (const letter of all) {
    room -= encoder.encode(letter).length
    if (room < 0) over += 1
  }
  return over
}
