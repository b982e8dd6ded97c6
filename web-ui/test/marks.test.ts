// Decides whether what one marks is shown right while it is on its way, and whether paper and seat maps are understood.
import { expect, test, vi } from 'vitest'
import type { Edit, LibraryInstrument, Marked } from '../src/lib/daemon/types'
import { en } from '../src/lib/i18n/en'
import { es } from '../src/lib/i18n/es'
import { linesFrom, namesOf } from '../src/lib/observe/late'
import { frozen, isTimed, rowsOfSeats, usual } from '../src/lib/observe/setup'
import { clock, inverse, isMomentary, isTooLong, isWorded, moment, notShown, tallies, told, withOwn } from '../src/lib/observe/marks'

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

test('what was refused is not shown from here, also once it was let go of', () => {
  const [a, b] = [event('a', 1), event('b', 5)]
  const [removed, added]: [Edit, Edit] = [{ verb: 'remove_event', id: 'a' }, add(b)]
  expect(notShown([a], [removed, added], [], [removed])).toEqual([added])
  // What was done before to the same mark counts again.
  const says = (text: string): Edit => ({ verb: 'describe_event', id: 'a', text })
  const [first, second] = [says('first'), says('second')]
  expect(notShown([a], [first, second], [], [second])).toEqual([first])
})

test('what was done and taken back while it was on its way is shown as the disk has it', () => {
  const a = event('a', 1, { text: 'before' })
  const says = (text: string): Edit => ({ verb: 'describe_event', id: 'a', text })
  const reworded = [says('after'), says('before')]
  expect(withOwn([a], notShown([a], reworded, []))[0]?.text).toBe('before')
  const removed = [{ verb: 'remove_event', id: 'a' } as Edit, add(a)]
  expect(ids(withOwn([a], notShown([a], removed, [])))).toEqual(['a'])
  // Until the disk shows it, it is shown from here; of a new mark, both.
  const fresh = [add(event('b', 2)), { verb: 'describe_event', id: 'b', text: 'after' } as Edit]
  expect(withOwn([a], notShown([a], fresh, [])).at(-1)?.text).toBe('after')
  expect(notShown([a], [...fresh, { verb: 'remove_event', id: 'b' }], [])).toEqual([])
  expect(withOwn([a], notShown([a], [says('after')], []))[0]?.text).toBe('after')
})

test('a tap marks a moment, with tags to choose from or without', () => {
  const moments = { id: 'interesting-moments', version: 1, title: 'Moments' }
  expect(isMomentary(moments)).toBe(true)
  expect(isMomentary({ ...moments, labels: ['Turning point'] })).toBe(true)
  expect(isMomentary({ ...moments, id: 'saw-heard-wonder', labels: ['Saw'] })).toBe(false)
})

test('a mark told in words may get some, also when it has none', () => {
  const [moments, tally] = [{ id: 'interesting-moments', version: 1, title: 'Moments', labels: ['Turning point'] }, { id: 'tally', version: 1, title: 'Tally', shape: 'tally' as const }]
  const tagged = event('a', 1, { label: 'Turning point' })
  expect(isWorded(moments, tagged)).toBe(true)
  expect(isWorded(tally, tagged)).toBe(false)
  expect(isWorded(tally, event('b', 1, { text: '“Why is that?”' })), 'a remark').toBe(true)
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
    seats: rowsOfSeats(1, 2),
  })
  expect(usual(library, 'es').labels[0]).toBe('On the task, en español')
})

test('a line has room for two pages, counted as the daemon counts', () => {
  expect(isTooLong('a'.repeat(8 * 1024))).toBe(false)
  expect(isTooLong(`${'a'.repeat(8 * 1024)} \n`)).toBe(false)
  expect(isTooLong('é'.repeat(8 * 512 + 1))).toBe(true)
})

test('how long a beat is matters where there are beats or intervals, and not in sweeps', () => {
  const of = (shape: NonNullable<LibraryInstrument['shape']>, interval_seconds: number | null): LibraryInstrument =>
    ({ id: 'one', version: 1, shape, interval_seconds, title: { en: '', es: '' }, answers: { en: '', es: '' }, caution: { en: '', es: '' }, labels: [], source: '' })
  expect((['beat', 'grid', 'sweep', 'tally'] as const).map((shape) => isTimed(of(shape, 3), 'tally'))).toEqual([true, true, false, false])
  const sweep = of('sweep', 3)
  expect(frozen(sweep, { ...usual(sweep, 'en'), intervalSeconds: 9 }, 'en').interval_seconds).toBeUndefined()
})

test('many lines from paper are read at once, and what cannot be read is named', () => {
  const names = namesOf(en, { id: 'script', version: 1, title: '', speakers: ['teacher', 'student'], labels: ['Did'] })
  const read = linesFrom('0:30 A bell\r\n\n4:05 – Teacher: “Look: the third line.”\n1:02:00  did: cuts paper\n12.40 Note: Ana’s table', en, names)
  expect(read.wrong).toEqual([])
  expect(read.lines).toEqual([
    { at_ms: 30_000, text: 'A bell' },
    { at_ms: 245_000, text: '“Look: the third line.”', speaker: 'teacher' },
    { at_ms: 3_720_000, text: 'cuts paper', label: 'Did' },
    { at_ms: 760_000, text: 'Note: Ana’s table' },
  ])
  expect(linesFrom(`no time\n4:75 x\n4:05\n1:00 ${'a'.repeat(9_000)}`, en, names).wrong.map((one) => one.number)).toEqual([1, 2, 3, 4])
})
