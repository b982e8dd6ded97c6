// Decides whether strokes on paper become marks of their own, and whether a blank form has room for what is asked for later.
import { expect, test } from 'vitest'
import type { Shape } from '../src/lib/daemon/types'
import { columnMoment, minuteColumns, needsTime, regained, ruledColumns, strokes, strokesOf, STROKES_MAX, type Filled } from '../src/lib/observe/paper'

test('a time is a moment, or the column in which a stroke stands', () => {
  expect(minuteColumns()).toEqual(['0–5', '5–10', '10–15', '15–20', '20–25', '25–30'])
  expect(minuteColumns().map(columnMoment)).toEqual([0, 5, 10, 15, 20, 25].map((minutes) => minutes * 60_000))
  for (const [text, seconds] of [['5-10', 300], [' 5 — 10 ', 300], ['4:05', 245], ['12', 720]] as const) expect(columnMoment(text), text).toBe(seconds * 1000)
  for (const text of ['', '5–', '–10', 'soon', '5–10–15']) expect(columnMoment(text), text).toBeNull()
})

test('strokes are counted up to a bound', () => {
  expect(['1', ' 7 ', String(STROKES_MAX)].map(strokesOf)).toEqual([1, 7, STROKES_MAX])
  for (const text of ['', '0', '-1', '1.5', 'two', String(STROKES_MAX + 1), '99999']) expect(strokesOf(text), text).toBeNull()
})

test('each stroke is a mark of its own at the time of its column, and words are said once', () => {
  let made = 0
  const found = strokes({ at_ms: 300_000, label: 'Recall', speaker: 'teacher', text: '“When?”' }, 3, () => `new-${(made += 1)}`)
  const one = { at_ms: 300_000, label: 'Recall', speaker: 'teacher' }
  expect(found).toEqual([{ ...one, id: 'new-1', text: '“When?”' }, { ...one, id: 'new-2', text: '' }, { ...one, id: 'new-3', text: '' }])
})

test('a form has a column for the time where one is asked for when it is typed in, and only there', () => {
  const ruled: Shape[] = ['line', 'state', 'wait', 'turn', 'path', 'sweep', 'ask', 'spot']
  for (const shape of ruled) expect(ruledColumns(shape, {})!.includes('sinceStart'), shape).toBe(needsTime(shape))
  // These have their times printed on them.
  for (const shape of ['tally', 'grid', 'beat'] as const) expect(ruledColumns(shape, {}), shape).toBeNull()
  expect(ruledColumns('line', { speakers: ['teacher', 'student'] })).toEqual(['sinceStart', 'who', 'words'])
  expect(ruledColumns('line', { speakers: [], seats: { map: false, least: 1, most: 3 }, labels: ['Did'] })).toEqual(['sinceStart', 'whichStudent', 'what', 'words'])
  expect(ruledColumns('line', { speakers: [], seats: null, labels: [] })).toEqual(['sinceStart', 'words'])
})

test('what is taken back stands in the fields again, but for what was filled in since', () => {
  const empty: Filled = { text: '', at: '', speaker: '', place: '', label: '', count: '1', number: 1, seat: '', picked: [], reply: '', talk: '', follow: '' }
  const tally: Filled = { ...empty, text: 'all at once', at: '5–10', label: 'Recall', count: '4' }
  const after: Filled = { ...tally, text: '', count: '1' }
  expect(regained(tally, after, after)).toEqual(tally)
  expect(regained(tally, after, { ...after, at: '', label: '' })).toEqual(tally)
  // Words that were begun stay; so does what was chosen, with its own number.
  expect(regained(tally, after, { ...after, text: 'one more', at: '10–15' })).toEqual({ ...tally, text: 'one more', at: '10–15' })
  expect(regained(tally, after, { ...after, label: 'Why' })).toEqual({ ...tally, label: 'Why', count: '1' })
  // The codes of one interval do not come into another.
  const grid: Filled = { ...empty, text: 'loud', number: 5, picked: ['Talk', 'Write'] }
  const next: Filled = { ...grid, text: '', number: 6, picked: [] }
  expect(regained(grid, next, next)).toEqual(grid)
  expect(regained(grid, next, { ...next, number: null })).toEqual(grid)
  expect(regained(grid, next, { ...next, picked: ['Read'] })).toEqual({ ...next, text: 'loud', picked: ['Read'] })
  const wait: Filled = { ...empty, at: '4:05', reply: '3', talk: '2' }
  expect(regained(wait, { ...empty, at: '4:05' }, { ...empty, at: '4:05', reply: '1' })).toEqual({ ...empty, at: '4:05', reply: '1' })
})
