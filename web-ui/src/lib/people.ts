// Decides how a person looks: a name that fits a line, initials, and a colour that stays theirs on this page.
import type { Messages } from './i18n/en'

/** Colours in tokens.css, chosen to differ for every kind of colour vision. */
const COLOURS = 6

/** Characters of a name that a screen shows: more than any real one, less than would push the rest away. */
const NAME_CHARACTERS_MAX = 60

/** Characters that are not seen but turn the text around them: direction overrides and control characters. */
const UNSEEN = /[\p{Cc}\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/gu

/** A name as it may be shown: it came from another computer, and is believed to be neither short nor kind. */
export function shownName(name: string): string {
  const characters = [...name.replace(UNSEEN, '').trim()]
  if (characters.length <= NAME_CHARACTERS_MAX) return characters.join('')
  return `${characters.slice(0, NAME_CHARACTERS_MAX).join('')}…`
}

/** People whom a line names; of more, the first two are, so that it stays a line in a school of any size. */
const NAMED_MAX = 3

/** Names as a line has room for them: “Ben, Chidi and 15 others”. */
export function few(t: Messages, names: string[]): string {
  return t.list(names.length > NAMED_MAX ? [...names.slice(0, 2), t.others(names.length - 2)] : names)
}

export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter((word) => word !== '')
  const first = [...(words[0] ?? '')]
  const last = words.length > 1 ? [...words.at(-1)!] : []
  const letters = last.length > 0 ? [first[0], last[0]] : first.slice(0, 2)
  return letters.join('').toLocaleUpperCase()
}

/**
 * The first free colour from where the person's id points, in the order of ids, so that few people never share one; whoever
 * has one already keeps it.
 */
export function colours(ids: readonly string[], known: ReadonlyMap<string, number> = new Map()): Map<string, number> {
  const taken = new Map(known)
  const used = new Set(ids.flatMap((id) => known.get(id) ?? []))
  for (const id of [...new Set(ids)].filter((id) => !known.has(id)).sort()) {
    let colour = sum(id) % COLOURS
    for (let step = 0; step < COLOURS && used.size < COLOURS && used.has(colour); step += 1) colour = (colour + 1) % COLOURS
    used.add(colour)
    taken.set(id, colour)
  }
  return taken
}

function sum(id: string): number {
  let total = 7
  for (let at = 0; at < id.length; at += 1) total = (total * 31 + id.charCodeAt(at)) % 65_521
  return total
}

export const colourVariable = (colour: number | undefined): string => `var(--person-${colour ?? 0})`
