// Decides whether one's own lessons are drawn as they were counted: in order, by one scale, with gaps left as gaps.
import { expect, test } from 'vitest'
import type { LibraryInstrument } from '../src/lib/daemon/types'
import { en } from '../src/lib/i18n/en'
import { DRAWING, highest, looksWith, pointsOf, type Chart, type Line, type Repeated } from '../src/lib/lessons'
import { apart } from '../src/lib/put'
import { toldChart } from '../src/screens/growth/lessons/told'

const line = (values: (number | null)[], more: Partial<Line> = {}): Line => ({ name: { label: 'Recall' }, values, ...more })
const floor = DRAWING.height - DRAWING.bottom

test('points stand lesson after lesson, by the chart’s own highest number, and a gap stays a gap', () => {
  const chart: Chart = { measure: 'share', unit: 'thousandths', lines: [line([500, null, 250]), line([0, 1000, 0])] }
  const most = highest(chart)
  expect(most).toBe(1000)
  const points = pointsOf(chart.lines[0]!, 3, most)
  expect(points.map((one) => one.lesson)).toEqual([0, 2])
  expect(points.map((one) => one.x)).toEqual([DRAWING.left, DRAWING.width - DRAWING.right])
  expect(points.map((one) => one.y)).toEqual([floor - (floor - DRAWING.top) / 2, floor - (floor - DRAWING.top) / 4])
  expect(pointsOf(line([7]), 1, most)[0]!.x).toBe(DRAWING.width / 2)
})

test('half of all pauses lie within the bar, and a chart of nothing can be drawn', () => {
  const spread = { count: 5, shortest: 500, lower: 1000, upper: 4000, longest: 60_000 }
  const chart: Chart = { measure: 'medians', unit: 'milliseconds', lines: [line([2000], { spreads: [spread] })] }
  expect(highest(chart)).toBe(4000)
  const [point] = pointsOf(chart.lines[0]!, 1, 4000)
  expect(point!.between).toEqual({ top: DRAWING.top, bottom: floor - (floor - DRAWING.top) / 4 })
  expect(highest({ measure: 'share', unit: 'thousandths', lines: [line([0])] })).toBe(1)
})

test('a goal names its instrument in either language, or as people called their own', () => {
  const waits = { instrument: 'wait-time', title: 'Wait time', lessons: [], charts: [] } as unknown as Repeated
  const known = { id: 'wait-time', shape: 'wait', title: { en: 'Wait time', es: 'Tiempo de espera' } } as LibraryInstrument
  for (const name of ['Wait time', ' wait TIME ', 'Tiempo de espera']) expect(looksWith(name, waits, known), name).toBe(true)
  for (const name of ['', '  ', null, undefined, 'Talk share']) expect(looksWith(name, waits, known)).toBe(false)
  const own = { ...waits, title: 'Who begins' }
  const builder = { id: 'custom', shape: null, title: { en: 'Build our own', es: 'Construir el nuestro' } } as unknown as LibraryInstrument
  expect(looksWith('who begins', own, builder)).toBe(true)
  expect(looksWith('Build our own', own, builder)).toBe(false)
})

const day = (lesson: { when_ms?: number | null }): string => `day ${lesson.when_ms}`
const rows = (...at: number[]): { at: number; lesson: Repeated['lessons'][number] }[] =>
  at.map((one) => ({ at: one, lesson: { notes: `n${one}`, visit: null, when_ms: one, length_ms: 60_000 } }))

test('what is written into a goal says the day and every number, the first lesson named, and what to keep in mind', () => {
  const chart: Chart = { measure: 'share', unit: 'thousandths', lines: [line([500, 750]), line([500, null], { name: { label: 'A *volunteer*' } })] }
  expect(toldChart(en, { title: 'Chances', chart, rows: rows(0, 1), dayOf: day, caution: 'One lesson is one lesson.' })).toBe(
    '**Chances: Share of all marks**\n\n- day 0 (first): Recall 50%, A \\*volunteer\\* 50%\n- day 1: Recall 75%, A \\*volunteer\\* –\n\nKeep in mind: One lesson is one lesson.',
  )
})

test('pauses are written with how far apart they lie, rates with their time, and lessons that are not listed are counted', () => {
  const spread = { count: 14, shortest: 500, lower: 1000, upper: 4000, longest: 60_000 }
  const pauses: Chart = { measure: 'medians', unit: 'milliseconds', lines: [line([2000], { name: { label: 'Q' }, spreads: [spread] })] }
  expect(toldChart(en, { title: 'Wait', chart: pauses, rows: rows(0), dayOf: day, caution: undefined })).toContain(
    '- day 0 (first): Q 2.0 s (half of them 1.0 s to 4.0 s, 14 pauses)',
  )
  const rates: Chart = { measure: 'rate', unit: 'thousandths_of_one', lines: [line([1500, 0, 0, 2500])] }
  const told = toldChart(en, { title: 'Talk', chart: rates, rows: rows(0, 3), dayOf: day, caution: undefined })
  expect(told).toMatch(/^\*\*Talk: .+ \(in ten minutes\)\*\*\n/)
  expect(told).toMatch(/- day 3: Recall 2\.5\n\n\(2 lessons in between are not listed\.\)$/)
})

test('words from elsewhere stand apart from what is there', () => {
  expect(['', '  \n', 'one', 'one\n', 'one\n\n'].map((before) => apart(before, 'two', '\n\n'))).toEqual(['two', 'two', '\n\ntwo', '\ntwo', 'two'])
  expect(['one', 'one ', 'one\n'].map((before) => apart(before, 'two', ' '))).toEqual([' two', 'two', 'two'])
})
