// Decides whether days come round as schools let them, and whether two people’s free times meet where they do and nowhere else.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  bothFree,
  cycleDay,
  daysFrom,
  daysIn,
  EMPTY,
  fallsAnew,
  freeOn,
  isShown,
  minuteOf,
  momentOf,
  nextPeriod,
  periodsOn,
  periodTrouble,
  schoolWeek,
  shownNoMore,
  timeOf,
  timesBothFree,
  timesToShow,
  weekAndDay,
  type FreeTime,
  type Timetable,
} from '../src/lib/timetable'
import { dayOf, daysAfter, isoDay } from '../src/lib/visits'

const day = (iso: string): Date => dayOf(iso)!
const at = (time: string): number => minuteOf(time)!
const period = (id: string, begins: string, ends: string) => ({ id, name: id.toUpperCase(), begins: at(begins), ends: at(ends) })
const free = (on: string, begins: string, ends: string): FreeTime => ({ on, begins: at(begins), ends: at(ends) })

/** Four periods; P2 is free on every day of the cycle, and the others are classes. */
function timetable(changes: Partial<Timetable> = {}): Timetable {
  const periods = [period('p1', '08:00', '08:45'), period('p2', '08:50', '09:35'), period('p3', '09:50', '10:35'), period('p4', '12:00', '12:45')]
  const filled: Timetable['filled'] = {}
  for (const which of daysIn({ ...EMPTY, ...changes })) {
    for (const { id } of periods) filled[`${which}.${id}`] = id === 'p2' ? { what: 'free' } : { what: 'class', label: 'secret', room: '204' }
  }
  return { ...EMPTY, periods, filled, ...changes }
}

const run = (one: Timetable, from: string, count: number): (number | null)[] => Array.from({ length: count }, (_, step) => cycleDay(one, daysAfter(day(from), step)))
const NONE = null

describe('which day it is', () => {
  test('the same each week, and nothing on a weekend', () => {
    // 2 March 2026 is a Monday.
    expect(run(timetable(), '2026-03-02', 8)).toEqual([1, 2, 3, 4, 5, NONE, NONE, 1])
  })

  test('A and B weeks take turns, also before the day they are counted from, and over a holiday', () => {
    const two = timetable({ cycle: { turning: 'weeks', count: 2, from: '2026-03-04' } })
    expect(run(two, '2026-03-02', 5)).toEqual([1, 2, 3, 4, 5])
    expect(run(two, '2026-03-09', 5)).toEqual([6, 7, 8, 9, 10])
    expect(run(two, '2026-02-23', 1)).toEqual([6])
    expect(run(two, '2026-02-16', 1)).toEqual([1])
    const off = { ...two, days: { '2026-03-09': { how: 'no_school' as const } } }
    expect(run(off, '2026-03-09', 8)).toEqual([NONE, 7, 8, 9, 10, NONE, NONE, 1])
    // From one year into the next.
    expect(cycleDay(two, day('2026-12-28'))).toBe(6)
    expect(cycleDay(two, day('2027-01-04'))).toBe(1)
  })

  test('days that rotate skip weekends and days off, and go on where they were', () => {
    const six = timetable({ cycle: { turning: 'school_days', count: 6, from: '2026-03-02' } })
    expect(run(six, '2026-03-02', 12)).toEqual([1, 2, 3, 4, 5, NONE, NONE, 6, 1, 2, 3, 4])
    const off = { ...six, days: { '2026-03-04': { how: 'no_school' as const }, '2026-03-07': { how: 'no_school' as const } } }
    expect(run(off, '2026-03-02', 12), 'a Saturday off moves nothing').toEqual([1, 2, NONE, 3, 4, NONE, NONE, 5, 6, 1, 2, 3])
    expect(run(six, '2026-02-26', 3), 'backwards too').toEqual([5, 6, NONE])
    expect(run(off, '2026-02-23', 1)).toEqual([2])
  })

  test('a rotation that is counted from a day off begins with the next school day', () => {
    const days = { '2026-03-02': { how: 'no_school' as const } }
    expect(run(timetable({ cycle: { turning: 'school_days', count: 4, from: '2026-03-02' }, days }), '2026-03-02', 3)).toEqual([NONE, 1, 2])
    expect(run(timetable({ cycle: { turning: 'school_days', count: 4, from: '2026-02-28' } }), '2026-02-28', 4)).toEqual([NONE, NONE, 1, 2])
  })

  test('a two-week holiday, and a count from years ago, are the same as walking through them', () => {
    const days: Timetable['days'] = {}
    for (const on of daysFrom(EMPTY, '2026-03-30', '2026-04-10', false) as string[]) days[on] = { how: 'no_school' }
    const five = timetable({ cycle: { turning: 'school_days', count: 5, from: '2016-09-01' }, days })
    let expected = 0
    for (let step = 0; step < 3_700; step += 1) {
      const date = daysAfter(day('2016-09-01'), step)
      const school = date.getDay() % 6 !== 0 && !(isoDay(date) in days)
      const found = cycleDay(five, date)
      if (found !== (school ? (expected % 5) + 1 : null)) expect.fail(`${isoDay(date)}: ${found}`)
      if (school) expected += 1
    }
    expect(expected).toBeGreaterThan(2_600)
  })

  test('a day that goes like another does not move the rotation, and may be a Saturday', () => {
    const days = { '2026-03-03': { how: 'like' as const, day: 5 }, '2026-03-07': { how: 'like' as const, day: 1 }, '2026-03-10': { how: 'like' as const, day: 9 } }
    const six = timetable({ cycle: { turning: 'school_days', count: 6, from: '2026-03-02' }, days })
    expect(run(six, '2026-03-02', 9)).toEqual([1, 5, 3, 4, 5, 1, NONE, 6, NONE])
  })
})

describe('schools that teach on other days', () => {
  test('a school with Saturdays has six days a week, and its other days keep their numbers', () => {
    const six = timetable({ weekdays: [1, 2, 3, 4, 5, 6] })
    expect(run(six, '2026-03-02', 8)).toEqual([1, 2, 3, 4, 5, 21, NONE, 1])
    const two = { ...six, cycle: { turning: 'weeks' as const, count: 2, from: '2026-03-02' } }
    expect(run(two, '2026-03-02', 14)).toEqual([1, 2, 3, 4, 5, 21, NONE, 6, 7, 8, 9, 10, 23, NONE])
    expect(daysIn(two)).toEqual([1, 2, 3, 4, 5, 21, 6, 7, 8, 9, 10, 23])
    expect(periodsOn(six, day('2026-03-07'))).toHaveLength(4)
    expect(freeOn(six, day('2026-03-07')).map((one) => one.name)).toEqual(['P2'])
    expect(timesToShow({ ...six, shown: ['21.p2'], shown_until: '2026-03-17' }, day('2026-03-02')).map((one) => one.on)).toEqual(['2026-03-07', '2026-03-14'])
  })

  test('from Sunday to Thursday, the week begins on Sunday, also where weeks take turns', () => {
    const sunday = timetable({ weekdays: [1, 2, 3, 4, 7] })
    expect(schoolWeek(sunday)).toEqual([6, 0, 1, 2, 3])
    expect(run(sunday, '2026-03-01', 7)).toEqual([22, 1, 2, 3, 4, NONE, NONE])
    const two = { ...sunday, cycle: { turning: 'weeks' as const, count: 2, from: '2026-03-04' } }
    expect(run(two, '2026-03-01', 14)).toEqual([22, 1, 2, 3, 4, NONE, NONE, 24, 6, 7, 8, 9, NONE, NONE])
    expect(daysIn(two)).toEqual([22, 1, 2, 3, 4, 24, 6, 7, 8, 9])
  })

  test('days that rotate go on with whatever day has school', () => {
    const four = timetable({ weekdays: [1, 2, 3, 4, 5, 6], cycle: { turning: 'school_days', count: 4, from: '2026-03-02' } })
    expect(run(four, '2026-03-02', 9)).toEqual([1, 2, 3, 4, 1, 2, NONE, 3, 4])
    const off = { ...four, days: { '2026-03-07': { how: 'no_school' as const } } }
    expect(run(off, '2026-03-06', 4), 'a Saturday off moves it').toEqual([1, NONE, NONE, 2])
    expect(run(four, '2026-02-27', 3), 'backwards too').toEqual([3, 4, NONE])
  })

  test('what is said of several days is said of those with school', () => {
    expect(daysFrom({ ...EMPTY, weekdays: [1, 2, 3, 4, 5, 6] }, '2026-03-06', '2026-03-09', false)).toEqual(['2026-03-06', '2026-03-07', '2026-03-09'])
  })

  test.each([[[]], [[1, 2, 3, 4, 5, 6, 7]], [[2, 3, 4, 5, 6]], [[1, 2, 3, 6, 7]], [[3]]])('a day and its number say each other: %j', (weekdays) => {
    for (const number of daysIn({ weekdays, cycle: { turning: 'weeks', count: 4, from: '2026-03-02' } })) {
      const [week, at] = weekAndDay(number)
      expect([week >= 0 && week < 4, schoolWeek({ weekdays }).includes(at)]).toEqual([true, true])
    }
  })
})

describe('which periods it has', () => {
  const on = (otherwise: Timetable['days'][string]): string[] =>
    periodsOn(timetable({ days: { '2026-03-02': otherwise } }), day('2026-03-02')).map((one) => `${one.name} ${timeOf(one.begins)}–${timeOf(one.ends)}`)

  test('a day that begins late or ends early keeps what lies whole within it', () => {
    expect(on({ how: 'ends', at: at('10:35') })).toEqual(['P1 08:00–08:45', 'P2 08:50–09:35', 'P3 09:50–10:35'])
    expect(on({ how: 'ends', at: at('10:34') })).toEqual(['P1 08:00–08:45', 'P2 08:50–09:35'])
    expect(on({ how: 'begins', at: at('09:00') })).toEqual(['P3 09:50–10:35', 'P4 12:00–12:45'])
    expect(on({ how: 'no_school' })).toEqual([])
  })

  test('shorter periods leave the breaks as they are, and make none longer', () => {
    expect(on({ how: 'short', minutes: 30 })).toEqual(['P1 08:00–08:30', 'P2 08:35–09:05', 'P3 09:20–09:50', 'P4 11:15–11:45'])
    expect(on({ how: 'short', minutes: 90 })).toEqual(['P1 08:00–08:45', 'P2 08:50–09:35', 'P3 09:50–10:35', 'P4 12:00–12:45'])
  })
})

describe('what is shown', () => {
  const from = day('2026-03-02')
  const shown = (changes: Partial<Timetable>): string[] =>
    timesToShow(timetable({ shown: ['1.p2'], shown_until: '2026-03-17', ...changes }), from).map((one) => `${one.on} ${timeOf(one.begins)}–${timeOf(one.ends)}`)

  test('it is the chosen periods, by date, as long as was said, and nothing beside them', () => {
    expect(shown({})).toEqual(['2026-03-02 08:50–09:35', '2026-03-09 08:50–09:35', '2026-03-16 08:50–09:35'])
    expect(shown({ shown_until: '2026-03-15' })).toHaveLength(2)
    expect(shown({ shown_until: null })).toEqual([])
    expect(shown({ shown_until: '2026-03-01' })).toEqual([])
    expect(shown({ shown: [] })).toEqual([])
    const times = timesToShow(timetable({ shown: ['1.p2'], shown_until: '2026-03-02' }), from)
    expect(times, 'no name, no class, no room').toEqual([{ on: '2026-03-02', begins: 530, ends: 575 }])
  })

  test('what is different about a day is different there too', () => {
    expect(shown({ days: { '2026-03-09': { how: 'no_school' } } })).toEqual(['2026-03-02 08:50–09:35', '2026-03-16 08:50–09:35'])
    expect(shown({ days: { '2026-03-09': { how: 'ends', at: at('09:00') } } })).toHaveLength(2)
    expect(shown({ days: { '2026-03-09': { how: 'short', minutes: 20 } } })[1]).toBe('2026-03-09 08:25–08:45')
    expect(shown({ days: { '2026-03-11': { how: 'like', day: 1 } } }), 'the chosen period of the day it goes like').toContain('2026-03-11 08:50–09:35')
    expect(shown({ days: { '2026-03-09': { how: 'like', day: 3 } } }), 'that one was not chosen').toHaveLength(2)
  })

  test('a class is never shown, whatever was chosen', () => {
    expect(shown({ shown: ['1.p1', '1.gone', '9.p2', 'nonsense'] })).toEqual([])
  })

  test('no further than half a year, whatever was said', () => {
    const times = timesToShow(timetable({ shown: ['1.p2'], shown_until: '9999-12-31' }), from)
    expect(times).toHaveLength(27)
  })

  test('the same times are the same in any order, and what is past does not count', () => {
    const [one, two, past] = [free('2026-03-02', '08:50', '09:35'), free('2026-03-09', '08:50', '09:35'), free('2026-03-01', '08:50', '09:35')]
    expect(isShown([one, two], [past, two, one], from)).toBe(true)
    expect(isShown([one], [one, two], from)).toBe(false)
    expect(isShown([one, two], [one], from)).toBe(false)
    expect(isShown([], [past], from)).toBe(true)
  })

  test('it is chosen anew only where its periods fall on other days', () => {
    const rotates = { turning: 'school_days', count: 6, from: '2026-03-02' } as const
    const [weekly, rotating] = [null, rotates].map((cycle) => timetable({ cycle, shown: ['1.p2'] })) as [Timetable, Timetable]
    const [usual, saturdays] = [[1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 6]]
    expect(fallsAnew(weekly, null, saturdays), 'one more day with school moves no other').toBe(false)
    expect(fallsAnew(weekly, rotates, usual)).toBe(true)
    expect(fallsAnew(rotating, rotates, saturdays), 'a rotation goes on with the Saturday').toBe(true)
    expect(fallsAnew(rotating, rotates, usual.toReversed()), 'nothing is different').toBe(false)
    expect(fallsAnew(rotating, { ...rotates, count: 5 }, usual)).toBe(true)
    expect(fallsAnew(timetable({ cycle: rotates }), null, saturdays), 'nothing is shown').toBe(false)
  })

  test('and a day that has school no more takes what is shown of it along', () => {
    const saturday = '21.p2'
    const shows = timetable({ shown: ['1.p2', saturday], weekdays: [1, 2, 3, 4, 5, 6] })
    expect(shownNoMore(shows, [1, 2, 3, 4, 5])).toEqual([6])
    expect(shownNoMore(shows, [2, 3])).toEqual([1, 6])
    expect(shownNoMore(shows, [1, 6])).toEqual([])
  })
})

describe('when both are free', () => {
  const theirs = [free('2026-03-03', '09:00', '10:00'), free('2026-03-04', '09:30', '10:30'), free('2026-03-02', '08:50', '09:35'), free('2026-03-30', '08:50', '09:35')]

  test('it is what they have in common, the soonest first, where it is long enough', () => {
    const times = timesBothFree(timetable(), theirs, day('2026-03-02'), 20, 14, 6)
    expect(times).toEqual([
      { ...free('2026-03-02', '08:50', '09:35'), name: 'P2' },
      { ...free('2026-03-03', '09:00', '09:35'), name: 'P2' },
    ])
    expect(timesBothFree(timetable(), theirs, day('2026-03-02'), 40, 14, 6)).toHaveLength(1)
    expect(timesBothFree(timetable(), theirs, day('2026-03-02'), 5, 14, 6)).toHaveLength(3)
    expect(timesBothFree(timetable(), theirs, day('2026-03-02'), 5, 14, 2)).toHaveLength(2)
  })

  test('what has begun is over for this', () => {
    expect(timesBothFree(timetable(), theirs, momentOf('2026-03-02', at('08:50'))!, 20, 14, 6).map((one) => one.on)).toEqual(['2026-03-03'])
  })

  test('periods that only touch have nothing in common', () => {
    const mine = [{ ...free('2026-03-02', '08:00', '09:00'), name: 'A' }]
    expect(bothFree(mine, [free('2026-03-02', '09:00', '10:00')], 0)).toEqual([{ ...free('2026-03-02', '09:00', '09:00'), name: 'A' }])
    expect(bothFree(mine, [free('2026-03-02', '09:00', '10:00')], 1)).toEqual([])
    expect(bothFree(mine, [free('2026-03-03', '08:00', '09:00')], 1)).toEqual([])
  })

  test('preparation is time that one has; what says nothing is not', () => {
    const one = timetable({ filled: { '1.p1': { what: 'prep' } } })
    expect(freeOn(one, day('2026-03-02')).map((time) => time.name)).toEqual(['P1'])
  })
})

describe('clocks that are put forward and back', () => {
  const before = process.env['TZ']
  beforeAll(() => {
    process.env['TZ'] = 'Europe/London'
  })
  afterAll(() => {
    if (before === undefined) delete process.env['TZ']
    else process.env['TZ'] = before
  })

  test('a bell rings at the same time on the wall, and days are counted by the calendar', () => {
    // The clocks go forward on 29 March 2026 and back on 25 October.
    expect(momentOf('2026-03-27', 610)?.toISOString()).toBe('2026-03-27T10:10:00.000Z')
    expect(momentOf('2026-03-30', 610)?.toISOString()).toBe('2026-03-30T09:10:00.000Z')
    expect(momentOf('2026-10-26', 610)?.toISOString()).toBe('2026-10-26T10:10:00.000Z')
    const six = timetable({ cycle: { turning: 'school_days', count: 6, from: '2026-03-27' } })
    expect(run(six, '2026-03-27', 5)).toEqual([1, NONE, NONE, 2, 3])
    expect(run({ ...six, cycle: { turning: 'school_days', count: 6, from: '2026-10-23' } }, '2026-10-23', 5)).toEqual([1, NONE, NONE, 2, 3])
    const times = timesToShow(timetable({ shown: ['5.p2', '1.p2'], shown_until: '2026-03-31' }), day('2026-03-27'))
    expect(times.map((one) => one.begins)).toEqual([530, 530])
  })
})

describe('what is written down', () => {
  test('the next period follows the one before it', () => {
    expect(nextPeriod([])).toEqual({ name: '1', begins: 480, ends: 525 })
    expect(nextPeriod([period('1', '08:00', '08:45')])).toEqual({ name: '2', begins: 530, ends: 575 })
    expect(nextPeriod([period('p9', '08:00', '09:00'), period('p10', '09:15', '10:30')])).toEqual({ name: 'P11', begins: 645, ends: 720 })
    expect(nextPeriod([period('lunch', '12:00', '12:40')])?.name).toBe('')
    expect(nextPeriod([period('late', '23:00', '23:50')])).toBe(null)
  })

  test('what is wrong with periods is said of one of them', () => {
    const [one, two] = [period('a', '08:00', '08:45'), period('b', '08:45', '09:30')]
    expect(periodTrouble([two, one])).toBe(null)
    expect(periodTrouble([one, { ...two, begins: at('08:40') }])).toEqual({ what: 'overlap', name: 'B', other: 'A' })
    expect(periodTrouble([{ ...one, ends: at('08:00') }])).toEqual({ what: 'ends', name: 'A', other: '' })
    expect(periodTrouble([{ ...one, name: ' ' }])?.what).toBe('name')
    expect(periodTrouble(Array.from({ length: 21 }, () => one))?.what).toBe('too_many')
  })

  test('days are one, or the weekdays from one to another', () => {
    expect(daysFrom(EMPTY, '2026-03-06', '', false)).toEqual(['2026-03-06'])
    expect(daysFrom(EMPTY, '2026-03-06', '2026-03-09', false)).toEqual(['2026-03-06', '2026-03-09'])
    expect(daysFrom(EMPTY, '2026-03-07', '', false)).toBe('weekend')
    expect(daysFrom(EMPTY, '2026-03-07', '', true)).toEqual(['2026-03-07'])
    expect(daysFrom(EMPTY, '2026-03-09', '2026-03-06', false)).toBe('backwards')
    expect(daysFrom(EMPTY, '', '', false)).toBe('backwards')
    expect(daysFrom(EMPTY, '2026-01-01', '2026-12-31', false)).toBe('too_many')
    expect(daysFrom(EMPTY, '1900-01-01', '9999-12-31', false)).toBe('too_many')
    expect(daysFrom(EMPTY, '0001-01-01', '', false), 'no year of any school').toBe('backwards')
  })

  test('times of the day are read as people and browsers write them', () => {
    expect([minuteOf('8:05'), minuteOf('08:05'), minuteOf('23:59:00'), minuteOf('24:00'), minuteOf(''), minuteOf('8.05')]).toEqual([485, 485, 1439, null, null, null])
    expect([timeOf(485), timeOf(0)]).toEqual(['08:05', '00:00'])
    expect(momentOf('2026-02-30', 0)).toBe(null)
  })
})
