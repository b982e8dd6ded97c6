// Decides whether one's own lessons are drawn as they were counted: in order, by one scale, with gaps left as gaps.
import { expect, test } from 'vitest'
import type { LibraryInstrument } from '../src/lib/daemon/types'
import { DRAWING, highest, looksWith, pointsOf, type Chart, type Line, type Repeated } from '../src/lib/lessons'

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
