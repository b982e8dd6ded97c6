// Decides how one's own lessons are drawn side by side: where each stands, how high, and what a goal has to do with them.
import type { LibraryInstrument, Schemas } from './daemon/types'

export type Repeated = Schemas['Repeated']
export type Chart = Schemas['Chart']
export type Line = Schemas['Line']
export type Spread = Schemas['Spread']
export type Lesson = Schemas['Lesson']

/** The drawing's own units: its width and height, and what stays free around the points for words. */
export const DRAWING = { width: 260, height: 112, left: 12, right: 12, top: 20, bottom: 22 }

export interface Point {
  /** Which lesson, counted from 0. */
  lesson: number
  value: number
  x: number
  y: number
  /** Where half of all pauses lie. */
  between: { top: number; bottom: number } | null
}

/** The highest number of a chart: all its lines are drawn by it, so that they can be looked at together. */
export function highest(chart: Chart): number {
  const numbers = chart.lines.flatMap((line) => [...line.values, ...(line.spreads ?? []).map((one) => one?.upper)])
  return Math.max(1, ...numbers.map((one) => one ?? 0))
}

/** Where a line's points stand: lesson after lesson at equal steps, and a gap where a lesson tells nothing. */
export function pointsOf(line: Line, lessons: number, most: number): Point[] {
  const { width, height, left, right, top, bottom } = DRAWING
  const x = (lesson: number): number => (lessons === 1 ? width / 2 : left + ((width - left - right) * lesson) / (lessons - 1))
  const y = (value: number): number => height - bottom - ((height - top - bottom) * Math.min(value, most)) / most
  return line.values.flatMap((value, lesson) => {
    if (value == null) return []
    const spread = line.spreads?.[lesson]
    const between = spread ? { top: y(spread.upper), bottom: y(spread.lower) } : null
    return [{ lesson, value, x: x(lesson), y: y(value), between }]
  })
}

/** Whether a goal says that it is looked at with this instrument, in whichever language. */
export function looksWith(goal: string | null | undefined, measured: Repeated, known: LibraryInstrument | undefined): boolean {
  const folded = (words: string): string => words.trim().toLowerCase()
  const name = folded(goal ?? '')
  if (name === '') return false
  const names = known?.shape ? [known.title.en, known.title.es, measured.title] : [measured.title]
  return names.some((one) => folded(one) === name)
}
