// Decides what a strategy card and a vocabulary are to the person at this page, and whether a file may be one.
import type { DocumentDetail, PersonName, Schemas } from './daemon/types'

export type Vocabulary = Schemas['Vocabulary']
export type Term = Schemas['Term']

/** Bytes of a vocabulary's file: eight hundred names with their tags, with room. */
export const FILE_BYTES_MAX = 256 * 1024

export interface Card {
  id: string
  title: string
  text: string
  tags: string[]
  mine: boolean
  /** Everybody else who may read it; of somebody else's card, whose it is. */
  others: PersonName[]
}

export interface Brought {
  id: string
  vocabulary: Vocabulary
}

export function cardOf(detail: DocumentDetail, withOthers: PersonName[]): Card | null {
  if (detail.model.kind !== 'strategy_card') return null
  const text = detail.texts.find((one) => one.field === 'text')?.text ?? ''
  return { id: detail.id, title: detail.model.title ?? '', text, tags: detail.model.tags, mine: detail.role === 'owner', others: withOthers }
}

export function broughtOf(detail: DocumentDetail): Brought | null {
  return detail.model.kind === 'vocabulary' && detail.model.title !== '' ? { id: detail.id, vocabulary: detail.model } : null
}

/** “talk, waiting” as tags: each once, none empty. */
export function tagsOf(line: string): string[] {
  const tags = line.split(/[,;\n]/).map((tag) => tag.trim())
  return [...new Set(tags.filter((tag) => tag !== ''))]
}

/** Every tag, in the order of the alphabet. */
export const tagsIn = (of: readonly { tags: string[] }[], code: string): string[] =>
  [...new Set(of.flatMap((one) => one.tags))].toSorted((one, other) => one.localeCompare(other, code))

/** What of a card is put into a goal: its name, and how it goes. */
export const wordsOf = (card: { title: string; text: string }): string => [card.title && `**${card.title}**`, card.text.trim()].filter(Boolean).join('\n\n')

/** A file as JSON, or why it is none: the daemon says whether what is in it is a vocabulary. */
export function readFile(text: string): { json: Vocabulary } | 'not_json' | 'not_one' {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return 'not_json'
  }
  const whole = typeof json === 'object' && json !== null && !Array.isArray(json) && 'rounds_vocabulary' in json
  return whole ? { json: json as Vocabulary } : 'not_one'
}
