// Decides which day of a timetable a date is, which periods it has, when somebody is free, and when two are.
//
// Days are days of the calendar, and times minutes by the clock on the school’s wall. They become moments here, by the clock
// of this computer: those who visit each other teach in one building, and a bell rings at 10:10 on either side of a change of
// the clocks.
import type { Schemas } from './daemon/types'
import { dayOf, daysAfter, isoDay } from './visits'

export type Timetable = Schemas['Timetable']
export type Cycle = Schemas['Cycle']
export type Period = Schemas['Period']
export type Filling = Schemas['Filling']
export type Otherwise = Schemas['Otherwise']
export type FreeTime = Schemas['FreeTime']

/** Monday to Friday: the days of a week on which there is school, unless somebody says otherwise. */
const WEEKDAYS = 5
const WEEK_DAYS = 7
/** Saturday and Sunday stand behind all other days of a cycle, so that no other day’s number depends on them. */
const WEEKENDS_FROM = 21
/** Periods of one day, as many as the daemon takes. */
export const PERIODS_MAX = 20
/** Days of a rotation, as many as the daemon takes. */
export const CYCLE_DAYS_MAX = 20
/** Weeks that take turns, likewise. */
export const WEEKS_MAX = 4
/** Days that one may say something about at once, as many as the daemon takes. */
export const DAYS_AT_ONCE_MAX = 100
/** Free times that one may show, as many as the daemon takes. */
export const FREE_TIMES_MAX = 1_000
/** Days ahead for which free periods may be shown: half a year. */
export const SHOWN_DAYS_MAX = 183
/** Days ahead for which they are shown unless somebody says otherwise: what one plans for. */
export const SHOWN_DAYS_USUAL = 56

const DAY_MS = 86_400_000
const DAY_MINUTES = 24 * 60
/** What the first period is like until somebody says otherwise. */
const FIRST = { name: '1', begins: 8 * 60, ends: 8 * 60 + 45 }
/** Minutes between two periods, likewise. */
const BREAK_MINUTES = 5

export const EMPTY: Timetable = { cycle: null, weekdays: [], periods: [], filled: {}, days: {}, shown: [], shown_until: null }

/** A period as it is on one day. */
export interface OnDay {
  id: string
  name: string
  begins: number
  ends: number
  filling: Filling | null
}

/** A time at which one is free, or two are, with what the school calls it where it is known. */
export interface Free extends FreeTime {
  name: string
}

/** What of a timetable says when there is school. */
type Turns = Pick<Timetable, 'cycle' | 'weekdays'>

/** The days of the week that have school: 0 is Monday. */
function taught({ weekdays = [] }: Turns): number[] {
  return weekdays.length === 0 ? Array.from({ length: WEEKDAYS }, (_, at) => at) : weekdays.map((day) => day - 1)
}

/** How many of them lie directly before a Monday: with them a week begins. */
function beforeMonday(days: readonly number[]): number {
  if (!days.includes(0) || days.length === WEEK_DAYS) return 0
  let before = 0
  while (days.includes(WEEK_DAYS - 1 - before)) before += 1
  return before
}

/** The days of the week that have school, in the order in which one works: 0 is Monday. */
export function schoolWeek(turns: Turns): number[] {
  const days = taught(turns)
  const before = beforeMonday(days)
  return [...days.slice(days.length - before), ...days.slice(0, days.length - before)]
}

/** Whether there is school on this day of the week as a rule. */
export const isTaught = (turns: Turns, day: Date): boolean => taught(turns).includes(weekdayOf(numberOf(day)))

/** Whether what one shows is chosen anew when days come round so: its periods then fall on other days. */
export function fallsAnew(own: Timetable, cycle: Cycle | null, weekdays: readonly number[]): boolean {
  if (own.shown.length === 0) return false
  if (JSON.stringify(cycle) !== JSON.stringify(own.cycle ?? null)) return true
  // Where days come round by the week, each stays what it is, whichever others have school.
  const before = taught(own).map((day) => day + 1)
  return own.cycle?.turning === 'school_days' && (before.length !== weekdays.length || before.some((day) => !weekdays.includes(day)))
}

/** The days of the week, from 1, that have school no more with these, and of which one shows something. */
export function shownNoMore(own: Timetable, weekdays: readonly number[]): number[] {
  if (own.cycle?.turning === 'school_days') return []
  const gone = new Set(own.shown.map((slot) => weekAndDay(Number.parseInt(slot, 10))[1] + 1).filter((day) => !weekdays.includes(day)))
  return [...gone].toSorted((one, other) => one - other)
}

/** How a timetable numbers a day of the week in one of the weeks, both counted from 0. */
const slotDay = (week: number, weekday: number): number =>
  weekday < WEEKDAYS ? week * WEEKDAYS + weekday + 1 : WEEKENDS_FROM + week * (WEEK_DAYS - WEEKDAYS) + weekday - WEEKDAYS

/** Which week and which day of it that is, both counted from 0. */
export function weekAndDay(day: number): [week: number, weekday: number] {
  if (day < WEEKENDS_FROM) return [Math.floor((day - 1) / WEEKDAYS), (day - 1) % WEEKDAYS]
  const at = day - WEEKENDS_FROM
  return [Math.floor(at / (WEEK_DAYS - WEEKDAYS)), WEEKDAYS + (at % (WEEK_DAYS - WEEKDAYS))]
}

/** The days of the cycle as the timetable numbers them, in order. */
export function daysIn(turns: Turns): number[] {
  const { cycle } = turns
  if (cycle?.turning === 'school_days') return Array.from({ length: cycle.count }, (_, at) => at + 1)
  const week = schoolWeek(turns)
  return Array.from({ length: cycle?.count ?? 1 }, (_, of) => week.map((weekday) => slotDay(of, weekday))).flat()
}

export const slotOf = (day: number, period: string): string => `${day}.${period}`

export const isFree = (filling: Filling | null | undefined): boolean => filling != null && filling.what !== 'class'

/** Days since 1970, whatever the clocks did in between. */
const numberOf = (day: Date): number => Date.UTC(day.getFullYear(), day.getMonth(), day.getDate()) / DAY_MS
/** 0 is Monday; 1970 began on a Thursday. */
const weekdayOf = (number: number): number => (((number + 3) % 7) + 7) % 7
const modulo = (number: number, of: number): number => ((number % of) + of) % of

/** Days of the week that have school, from one day until before another that is not earlier. */
function weekdaysBetween(days: readonly number[], from: number, until: number): number {
  const weeks = Math.floor((until - from) / WEEK_DAYS)
  let count = weeks * days.length
  for (let at = from + weeks * WEEK_DAYS; at < until; at += 1) if (days.includes(weekdayOf(at))) count += 1
  return count
}

/** Days on which there is school, from one day until before another that is not earlier. */
function schoolDaysBetween(timetable: Timetable, from: number, until: number): number {
  const days = taught(timetable)
  const off = Object.entries(timetable.days).filter(([on, otherwise]) => {
    const day = otherwise.how === 'no_school' ? dayOf(on) : null
    const number = day ? numberOf(day) : NaN
    return number >= from && number < until && days.includes(weekdayOf(number))
  })
  return weekdaysBetween(days, from, until) - off.length
}

/** Which day of the cycle a date is, from 1; none when there is no school. */
export function cycleDay(timetable: Timetable, day: Date): number | null {
  const otherwise = timetable.days[isoDay(day)]
  if (otherwise?.how === 'no_school') return null
  // It may be a day without school, too.
  if (otherwise?.how === 'like') return daysIn(timetable).includes(otherwise.day) ? otherwise.day : null
  const number = numberOf(day)
  const weekday = weekdayOf(number)
  const days = taught(timetable)
  if (!days.includes(weekday)) return null
  const cycle = timetable.cycle
  const first = cycle ? dayOf(cycle.from) : null
  if (!cycle || !first) return slotDay(0, weekday)
  const from = numberOf(first)
  if (cycle.turning === 'weeks') {
    const before = beforeMonday(days)
    const weekOfDay = (one: number): number => Math.floor((one + weekdayOf(0) + before) / WEEK_DAYS)
    return slotDay(modulo(weekOfDay(number) - weekOfDay(from), cycle.count), weekday)
  }
  // What fell out moves the rest on; a day that goes like another is one of those that pass.
  const passed = number >= from ? schoolDaysBetween(timetable, from, number) : -schoolDaysBetween(timetable, number, from)
  return modulo(passed, cycle.count) + 1
}

/** The periods of a date, as the clock has them on that day. */
export function periodsOn(timetable: Timetable, day: Date): OnDay[] {
  const which = cycleDay(timetable, day)
  if (which === null) return []
  const otherwise = timetable.days[isoDay(day)]
  const periods = timetable.periods.map(({ id, name, begins, ends }): OnDay => ({ id, name, begins, ends, filling: timetable.filled[slotOf(which, id)] ?? null }))
  if (otherwise?.how === 'begins') return periods.filter((one) => one.begins >= otherwise.at)
  if (otherwise?.how === 'ends') return periods.filter((one) => one.ends <= otherwise.at)
  return otherwise?.how === 'short' ? shortened(periods, otherwise.minutes) : periods
}

/** Each period as long as it may be, and the breaks as long as ever. */
function shortened(periods: readonly OnDay[], minutes: number): OnDay[] {
  let saved = 0
  return periods.map((one) => {
    const begins = one.begins - saved
    const length = Math.min(one.ends - one.begins, minutes)
    saved += one.ends - one.begins - length
    return { ...one, begins, ends: begins + length }
  })
}

/** When one is free on a date, by one’s own timetable. */
export function freeOn(timetable: Timetable, day: Date): Free[] {
  const on = isoDay(day)
  return periodsOn(timetable, day)
    .filter((one) => isFree(one.filling))
    .map(({ name, begins, ends }) => ({ on, begins, ends, name }))
}

/** The times that are to be shown: of the periods that were chosen, those that are free, from a day on and no longer than said. */
export function timesToShow(timetable: Timetable, from: Date): FreeTime[] {
  const last = dayOf(timetable.shown_until ?? null)
  const times: FreeTime[] = []
  for (let at = 0; last !== null && at <= SHOWN_DAYS_MAX; at += 1) {
    const day = daysAfter(from, at)
    if (day > last) break
    const which = cycleDay(timetable, day)
    const chosen = periodsOn(timetable, day).filter((one) => which !== null && isFree(one.filling) && timetable.shown.includes(slotOf(which, one.id)))
    times.push(...chosen.map(({ begins, ends }) => ({ on: isoDay(day), begins, ends })))
  }
  return times
}

/** Whether the same times are shown from a day on; what is past by then is nobody’s news. */
export function isShown(wanted: readonly FreeTime[], shown: readonly FreeTime[], from: Date): boolean {
  const text = ({ on, begins, ends }: FreeTime): string => `${on} ${begins} ${ends}`
  const now = shown.filter((one) => one.on >= isoDay(from)).map(text)
  return wanted.length === now.length && wanted.every((one) => now.includes(text(one)))
}

/** What two have in common, with the name that the first one’s school has for it, where it is long enough. */
export function bothFree(mine: readonly Free[], theirs: readonly FreeTime[], minutes: number): Free[] {
  const common = mine.flatMap((one) =>
    theirs
      .filter((other) => other.on === one.on)
      .map((other) => ({ on: one.on, begins: Math.max(one.begins, other.begins), ends: Math.min(one.ends, other.ends), name: one.name })),
  )
  return common
    .filter((one) => one.ends - one.begins >= minutes)
    .toSorted((one, other) => (one.on === other.on ? one.begins - other.begins : one.on < other.on ? -1 : 1))
}

/** Times to come at which both are free, the soonest first: from now on, for so many days, and no more than so many. */
export function timesBothFree(mine: Timetable, theirs: readonly FreeTime[], now: Date, minutes: number, days: number, most: number): Free[] {
  const found: Free[] = []
  for (let at = 0; at < days && found.length < most; at += 1) {
    const day = daysAfter(now, at)
    found.push(...bothFree(freeOn(mine, day), theirs, minutes).filter((one) => (momentOf(one.on, one.begins)?.getTime() ?? 0) > now.getTime()))
  }
  return found.slice(0, most)
}

/** The moment at which the clock on the wall says so; none for what is no date. */
export function momentOf(on: string, minute: number): Date | null {
  const day = dayOf(on)
  return day ? new Date(day.getFullYear(), day.getMonth(), day.getDate(), Math.floor(minute / 60), minute % 60) : null
}

/** What the next period is likely to be: as long as the last one, after as long a break, one number on; none after midnight. */
export function nextPeriod(periods: readonly Pick<Period, 'name' | 'begins' | 'ends'>[]): Pick<Period, 'name' | 'begins' | 'ends'> | null {
  const [last, before] = periods.toReversed()
  if (!last) return FIRST
  const begins = last.ends + (before ? Math.max(0, last.begins - before.ends) : BREAK_MINUTES)
  const ends = begins + (last.ends - last.begins)
  const number = /^(.*?)(\d+)$/u.exec(last.name)
  return ends > DAY_MINUTES ? null : { name: number ? `${number[1]}${Number(number[2]) + 1}` : '', begins, ends }
}

/** What keeps these from being the periods of a day, and of which of them it is to be said. */
export function periodTrouble(periods: readonly Period[]): { what: 'name' | 'ends' | 'overlap' | 'too_many'; name: string; other: string } | null {
  const said = (what: 'name' | 'ends' | 'overlap' | 'too_many', name = '', other = '') => ({ what, name, other })
  if (periods.length > PERIODS_MAX) return said('too_many')
  if (periods.some((one) => one.name.trim() === '')) return said('name')
  const backwards = periods.find((one) => one.ends <= one.begins)
  if (backwards) return said('ends', backwards.name)
  const sorted = periods.toSorted((one, other) => one.begins - other.begins)
  const at = sorted.findIndex((one, index) => index > 0 && one.begins < sorted[index - 1]!.ends)
  return at < 0 ? null : said('overlap', sorted[at]!.name, sorted[at - 1]!.name)
}

/** The days that something is said of: one, or those with school from it to another; or why there are none. */
export function daysFrom(turns: Turns, first: string, last: string, weekendsToo: boolean): string[] | 'backwards' | 'too_many' | 'weekend' {
  const [from, until] = [dayOf(first), dayOf(last || first)]
  if (!from || !until || until < from) return 'backwards'
  if (numberOf(until) - numberOf(from) > DAYS_AT_ONCE_MAX * 7) return 'too_many'
  const days: string[] = []
  for (let day = from; day <= until; day = daysAfter(day, 1)) {
    if (weekendsToo || isTaught(turns, day)) days.push(isoDay(day))
  }
  if (days.length > DAYS_AT_ONCE_MAX) return 'too_many'
  return days.length === 0 ? 'weekend' : days
}

/** “10:15” as the minute of the day, and back. */
export function minuteOf(time: string): number | null {
  const parts = /^(\d{1,2}):(\d{2})(?::\d{2})?$/.exec(time)
  const minute = parts ? Number(parts[1]) * 60 + Number(parts[2]) : NaN
  return minute < DAY_MINUTES ? minute : null
}

export function timeOf(minute: number): string {
  const two = (part: number): string => String(part).padStart(2, '0')
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`
}
