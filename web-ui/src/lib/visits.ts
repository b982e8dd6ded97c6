// Decides what a visit is to the person at this page: what they are in it, whom it waits for, and in which list it belongs.
import type { components } from './daemon/api'
import type { DocumentDetail, PersonName } from './daemon/types'

type Schemas = components['schemas']
export type Stage = Schemas['Stage']
export type Answer = Schemas['Answer']
export type VisitModel = Extract<Schemas['Model'], { kind: 'visit' }>

/** Minutes a visit is taken to last when nobody said: the usual ones are shorter. */
const USUAL_MINUTES = 60
const MINUTE_MS = 60_000

export interface Visit {
  id: string
  focus: string
  stage: Stage
  hosting: boolean
  /** Everybody else in it. */
  others: PersonName[]
  /** Everybody in it who has not answered. */
  unanswered: PersonName[]
  mine: Answer | undefined
  when: number | null
  minutes: number | null
  period: string
  room: string
}

export type Group = 'asked' | 'waiting' | 'upcoming' | 'earlier'

export function visitModel(detail: DocumentDetail): VisitModel | null {
  return detail.model.kind === 'visit' ? detail.model : null
}

export function visitOf(detail: DocumentDetail, me: string): Visit | null {
  const model = visitModel(detail)
  if (!model) return null
  const name = (id: string): PersonName => detail.people.find((person) => person.id === id) ?? { id, name: '' }
  const people = Object.keys(model.people)
  return {
    id: detail.id,
    focus: model.focus,
    stage: detail.stage ?? 'proposed',
    hosting: model.host === me,
    others: people.filter((person) => person !== me).map(name),
    unanswered: people.filter((person) => model.answers[person] === undefined).map(name),
    mine: model.answers[me],
    when: model.when_ms ?? null,
    minutes: model.minutes ?? null,
    period: model.period ?? '',
    room: model.room ?? '',
  }
}

/** What did not take place leaves the lists; what nobody answered waits, and never lapses. */
export function groupOf(visit: Visit, me: string, now: number): Group | null {
  switch (visit.stage) {
    case 'cancelled':
    case 'declined':
    case 'did_not_happen':
      return null
    case 'written_up':
    case 'debriefing':
    case 'closed':
      return 'earlier'
    case 'observing':
      return 'upcoming'
    default:
      if (visit.unanswered.some((person) => person.id === me)) return 'asked'
      if (visit.stage === 'proposed' && visit.unanswered.length > 0) return 'waiting'
      return visit.when !== null && endOf(visit, visit.when) < now ? 'earlier' : 'upcoming'
  }
}

function endOf(visit: Visit, when: number): number {
  return when + (visit.minutes ?? USUAL_MINUTES) * MINUTE_MS
}

/** Soonest first, and last those without a time; of what is over, the latest first. */
export function inOrder(visits: readonly Visit[], group: Group): Visit[] {
  const at = (visit: Visit): number => visit.when ?? (group === 'earlier' ? -Infinity : Infinity)
  const compare = (one: Visit, other: Visit): number => (at(one) === at(other) ? 0 : at(one) < at(other) ? -1 : 1)
  return visits.toSorted((one, other) => (group === 'earlier' ? compare(other, one) : compare(one, other)))
}

/** The Monday of a day's week, at midnight where the page is. */
export function mondayOf(day: Date): Date {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() - ((day.getDay() + 6) % 7))
}

export function daysAfter(day: Date, days: number): Date {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + days)
}

/** “2026-11-16”, where the page is. */
export function isoDay(day: Date): string {
  const two = (part: number): string => String(part).padStart(2, '0')
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`
}

/** The day written so, or none. */
export function dayOf(text: string | null): Date | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text ?? '')
  if (!parts) return null
  const day = new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]))
  return isoDay(day) === text ? day : null
}

/** School days, and the weekend only where something is on it. */
export function weekOf(monday: Date, visits: readonly Visit[]): { day: Date; visits: Visit[] }[] {
  return Array.from({ length: 7 }, (_, at) => {
    const day = daysAfter(monday, at)
    const next = daysAfter(day, 1).getTime()
    const on = visits.filter((visit) => visit.when !== null && visit.when >= day.getTime() && visit.when < next)
    return { day, visits: inOrder(on, 'upcoming') }
  }).filter(({ visits: on }, at) => at < 5 || on.length > 0)
}

/** A moment as `<input type="datetime-local">` wants it. */
export function localMoment(moment: number | null): string {
  if (moment === null) return ''
  const date = new Date(moment)
  const two = (part: number): string => String(part).padStart(2, '0')
  return `${isoDay(date)}T${two(date.getHours())}:${two(date.getMinutes())}`
}
