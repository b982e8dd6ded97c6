// Decides which texts a document of each kind has, in the order they are read, and which are but a line.
import type { Kind } from './daemon/types'

const FIELDS: Partial<Record<Kind, string[]>> = {
  visit: ['focus', 'plan'],
  note_set: ['notes'],
  released_notes: ['notes'],
  debrief: ['notes', 'next'],
  partnership: ['journal'],
  strategy_card: ['text'],
  instrument: ['question', 'caution'],
  success_card: ['text'],
  resource: ['text'],
  mirror: ['keep', 'start', 'stop', 'ideas'],
  goal: ['why', 'student_side', 'strategy', 'baseline', 'measure'],
}

export const fieldsOf = (kind: Kind): string[] => FIELDS[kind] ?? []

/** What was seen and heard: the texts in which the page asks about words that judge. A card of what went well is none: whose lesson it was, it does not say. */
export const isEvidence = (kind: Kind, field: string): boolean => kind === 'note_set' && field === 'notes'

/** A sentence rather than a page. */
export const isShort = (field: string): boolean => ['focus', 'keep', 'start', 'stop', 'why', 'student_side', 'baseline', 'measure', 'question', 'caution'].includes(field)
