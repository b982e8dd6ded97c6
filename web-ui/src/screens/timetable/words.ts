// Decides what the days of a timetable are called, and what stands in a period.
import { language } from '../../lib/i18n/index.svelte'
import { weekAndDay, type Cycle, type Filling, type Free } from '../../lib/timetable'
import { dayOf } from '../../lib/visits'

const FIRST_LETTER = 'A'.charCodeAt(0)

/** “Monday”, “Tuesday B” or “Day 3”. */
export function dayName(cycle: Cycle | null | undefined, day: number): string {
  const { t } = language
  if (cycle?.turning === 'school_days') return t.timetable.dayNumber(day)
  const [week, at] = weekAndDay(day)
  const weekday = language.weekdayName(at)
  if (!cycle || cycle.count < 2) return weekday
  return t.timetable.weekLetter(String.fromCharCode(FIRST_LETTER + week), weekday)
}

/** “5B”, “Preparation” or “Free”; nothing where nothing is written down. */
export function whatIn(filling: Filling | null | undefined): string {
  if (!filling) return ''
  return filling.label || language.t.timetable.uses[filling.what]
}

/** “5B, room 204”; or that there is nothing yet. */
export function allIn(filling: Filling | null | undefined): string {
  const { timetable } = language.t
  return [whatIn(filling) || timetable.nothing, filling?.room ? timetable.inRoom(filling.room) : ''].filter(Boolean).join(', ')
}

/** “10:10–10:55” */
export const fromUntil = (begins: number, ends: number): string => `${language.clock(begins)}–${language.clock(ends)}`

/** “Tuesday 3 March · 4 · 10:10–10:55” */
export function whenFree(free: Free): string {
  const day = dayOf(free.on)
  return language.t.timetable.bothWhen(day ? language.longDay(day) : free.on, free.name, language.clock(free.begins), language.clock(free.ends))
}
