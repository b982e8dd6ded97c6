// Decides what a blank form has room for, and how its strokes become marks: it asks for what is typed in later, no less and no more.
import type { Instrument, Marked, Shape } from '../daemon/types'
import { moment } from './marks'

/** Minutes of a tally's column, and of all that fit a page. */
const [COLUMN_MINUTES, PAGE_MINUTES] = [5, 30]
/** Strokes put in with one action: one every six seconds of a column is more than anybody draws. */
export const STROKES_MAX = 50

/** “5–10” */
const COLUMN = /^(\d{1,3})\s*[-–—]\s*\d{1,3}$/u

/** “0–5”, “5–10”: the columns of a tally. */
export const minuteColumns = (): string[] =>
  Array.from({ length: PAGE_MINUTES / COLUMN_MINUTES }, (_, index) => `${index * COLUMN_MINUTES}–${(index + 1) * COLUMN_MINUTES}`)

/** Milliseconds of a time, or of where a column of minutes begins; null where it is neither. */
export const columnMoment = (text: string): number | null => moment(COLUMN.exec(text.trim())?.[1] ?? text)

/** How many strokes were written; null where that is no whole number, or too many for one action. */
export function strokesOf(text: string): number | null {
  const count = /^\d{1,4}$/.test(text.trim()) ? Number(text) : 0
  return count >= 1 && count <= STROKES_MAX ? count : null
}

/** A mark for each stroke, all of one moment; words that were written beside them stand with the first. */
export function strokes(of: Omit<Marked, 'id'>, count: number, newId: () => string): Marked[] {
  return Array.from({ length: count }, (_, index) => ({ ...of, id: newId(), text: index === 0 ? (of.text ?? '') : '' }))
}

/** Fields of which one says nothing without the others. */
const TOGETHER = [['text'], ['at'], ['speaker'], ['place'], ['label', 'count'], ['number', 'seat', 'picked'], ['reply', 'talk', 'follow']] as const
/** What stands in the fields of what is typed in later. */
export type Filled = Readonly<Record<Exclude<(typeof TOGETHER)[number][number], 'number' | 'picked'>, string> & { number: number | null; picked: readonly string[] }>

/** What stands there once marks are taken back: what they were made of, but for what was filled in since they left the fields to the next. */
export function regained(made: Filled, left: Filled, now: Filled): Filled {
  const said = (one: Filled[keyof Filled]): string => String(one ?? '')
  const untouched = (field: keyof Filled): boolean => said(now[field]) === '' || said(now[field]) === said(left[field])
  const back = TOGETHER.filter((fields) => fields.every(untouched)).flat()
  return { ...now, ...Object.fromEntries(back.map((field) => [field, made[field]])) }
}

/** Whether a mark must have its time: an interval has it from its number, and what a room shows has none. */
export const needsTime = (shape: Shape): boolean => shape !== 'grid' && shape !== 'spot'

/** Columns of a ruled form, by the names of their words. */
export type Column = 'sinceStart' | 'who' | 'what' | 'whichStudent' | 'question' | 'words' | 'from' | 'to' | 'place' | 'saw' | 'sweepNumber' | 'secondsToReply' | 'secondsOfReply' | 'secondsAfter'

/** The columns of a form that is ruled, or of what is ruled beneath its map; null where it is neither. */
export function ruledColumns(shape: Shape, { speakers, seats, labels }: Pick<Instrument, 'speakers' | 'labels'> & { seats?: unknown }): Column[] | null {
  switch (shape) {
    case 'tally':
    case 'grid':
    case 'beat':
      return null
    case 'wait':
      return ['sinceStart', 'secondsToReply', 'secondsOfReply', 'secondsAfter']
    case 'turn':
      return ['sinceStart', 'from', 'to', 'what']
    case 'path':
      return ['sinceStart', 'place']
    case 'sweep':
      return ['sweepNumber', 'sinceStart']
    case 'ask':
      return ['sinceStart', 'whichStudent', 'question', 'words']
    case 'spot':
      return ['place', 'saw']
    case 'state':
      return ['sinceStart', 'what']
    case 'line': {
      const told: [unknown[], Column][] = [[speakers ?? [], 'who'], [seats ? [seats] : [], 'whichStudent'], [labels ?? [], 'what']]
      return ['sinceStart', ...told.filter(([of]) => of.length > 0).map(([, column]) => column), 'words']
    }
  }
}
