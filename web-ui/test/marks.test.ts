// Decides whether what one marks is shown right while it is on its way, and whether paper and seat maps are understood.
import { expect, test, vi } from 'vitest'
import type { Edit, LibraryInstrument, Marked } from '../src/lib/daemon/types'
import { en } from '../src/lib/i18n/en'
import { es } from '../src/lib/i18n/es'
import { frozen, rowsOfSeats, usual } from '../src/lib/observe/setup'
import { clock, inverse, isTooLong, moment, notShown, tallies, told, withOwn } from '../src/lib/observe/marks'

// There is no page here to ask a daemon from.
vi.mock('../src/lib/daemon/rest', () => ({ Failure: class extends Error {}, rest: {} }))

const event = (id: string, at_ms: number, more: Partial<Marked> = {}): Marked => ({ id, at_ms, text: '', ...more })
const add = (one: Marked): Edit => ({ verb: 'add_event', event: one })
const ids = (events: Marked[]): string[] => events.map((one) => one.id)

test('own marks stand on top of what the disk has, each once, in the order of their moments', () => {
  const [a, b, c] = [event('a', 1), event('b', 5), event('c', 3)]
  expect(ids(withOwn([a, b], [add(c), add(b)]))).toEqual(['a', 'c', 'b'])
  expect(ids(withOwn([a, b], [{ verb: 'remove_event', id: 'a' }]))).toEqual(['b'])
  expect(withOwn([a], [{ verb: 'describe_event', id: 'a', text: 'hands went up' }])[0]?.text).toBe('hands went up')
})

test('an own mark is let go of when the disk shows it and nothing of it waits', () => {
  const [a, b] = [event('a', 1), event('b', 5)]
  const edits = [add(a), add(b), { verb: 'remove_event', id: 'a' } as Edit]
  expect(notShown([], edits, edits)).toEqual(edits)
  expect(notShown([a], edits, [])).toEqual([add(b), { verb: 'remove_event', id: 'a' }])
  expect(notShown([b], [add(b)], [])).toEqual([])
})

test('what was done last can be taken back', () => {
  const a = event('a', 1, { text: 'before' })
  expect(inverse(add(a), [])).toEqual({ verb: 'remove_event', id: 'a' })
  expect(inverse({ verb: 'remove_event', id: 'a' }, [a])).toEqual(add(a))
  expect(inverse({ verb: 'describe_event', id: 'a', text: 'after' }, [a])).toEqual({ verb: 'describe_event', id: 'a', text: 'before' })
  expect(inverse({ verb: 'remove_event', id: 'z' }, [a])).toBeNull()
})

test('times are written and read as people write them', () => {
  for (const [text, wanted] of [['4:05', 245], ['0:00', 0], ['12', 720], ['1:02:00', 3720], ['4.05', 245]] as const) {
    expect(moment(text), text).toBe(wanted * 1000)
  }
  for (const text of ['', '4:75', 'soon', '1:2:3:4', '-1:00']) expect(moment(text), text).toBeNull()
  expect([clock(245_900), clock(3_720_000), clock(-5)]).toEqual(['4:05', '1:02:00', '0:00'])
})

test('a mark is told in words', () => {
  const marks: [Marked, string][] = [
    [event('a', 0, { label: 'Asks', mark: { kind: 'turn', from: 'teacher', to: '12' } }), 'Asks · Teacher → Seat 12'],
    [event('a', 1_000, { mark: { kind: 'wait', reply_ms: 3_500, reply_end_ms: 5_000, follow_ms: 6_200 } }), 'reply after 2.5 s · spoken again after 1.2 s'],
    [event('a', 1_000, { mark: { kind: 'wait' } }), 'no reply'],
    [event('a', 0, { mark: { kind: 'interval', index: 2, codes: ['Listen', 'Present'] } }), 'Interval 3: Listen, Present'],
    [event('a', 0, { speaker: 'student', text: 'Because it floats.' }), 'A student · Because it floats.'],
    [event('a', 0), 'a moment'],
  ]
  for (const [mark, words] of marks) expect(told(en, mark)).toBe(words)
  expect(told(es, marks[1]![0])).toBe('respuesta a los 2,5 s · se vuelve a hablar a los 1,2 s')
  expect([...tallies([event('a', 0, { label: 'Recall' }), event('b', 1, { label: 'Recall' }), event('c', 2)])]).toEqual([['Recall', 2]])
})

test('a map of rows and columns has a seat for each, inside the room, as many as it takes', () => {
  const seats = rowsOfSeats(20, 20)
  expect(new Set(seats.map((seat) => seat.id)).size).toBe(400)
  expect(seats.every(({ x = -1, y = -1 }) => x >= 0 && x <= 1000 && y >= 0 && y <= 1000)).toBe(true)
  expect(rowsOfSeats(1, 1)).toEqual([{ id: '1', x: 500, y: 565 }])
})

test('the frozen copy holds what was chosen, and no more', () => {
  const said = (words: string): LibraryInstrument['title'] => ({ en: words, es: `${words}, en español` })
  const library: LibraryInstrument = {
    id: 'task-sweep', version: 1, shape: 'sweep', title: said('Sweeps'), answers: said('What?'), caution: said('Samples.'),
    labels: [said('On the task'), said('Waiting')], student_labels: [], speakers: [], source: 'made up', host_agrees: false,
    seats: { map: true, least: 1, most: 400 }, interval_seconds: 3,
  }
  const chosen = { ...usual(library, 'en'), seats: rowsOfSeats(1, 2), labels: ['On the task', ' ', 'Helps '] }
  expect(frozen(library, chosen, 'en')).toEqual({
    id: 'task-sweep', version: 1, title: 'Sweeps', shape: 'sweep', labels: ['On the task', 'Helps'], student_labels: [], speakers: [],
    seats: rowsOfSeats(1, 2), interval_seconds: 3,
  })
  expect(usual(library, 'es').labels[0]).toBe('On the task, en español')
})

test('a line has room for two pages, counted as the daemon counts', () => {
  expect(isTooLong('a'.repeat(8 * 1024))).toBe(false)
  expect(isTooLong(`${'a'.repeat(8 * 1024)} \n`)).toBe(false)
  expect(isTooLong('é'.repeat(8 * 512 + 1))).toBe(true)
})
