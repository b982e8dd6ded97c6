// Decides what a visit is to the person at this page: what they are in it, whom it waits for, and in which list it belongs.
import type { components } from './daemon/api'
import type { DocumentDetail, DocumentSummary, PersonName } from './daemon/types'
import { shownName } from './people'

type Schemas = components['schemas']
export type Stage = Schemas['Stage']
export type Answer = Schemas['Answer']
export type Part = Schemas['Part']
export type DebriefPlan = Schemas['DebriefPlan']
export type VisitKind = Schemas['VisitKind']
export type VisitRole = Schemas['VisitRole']
export type VisitModel = Extract<Schemas['Model'], { kind: 'visit' }>

/** Minutes a visit is taken to last when nobody said: the usual ones are shorter. */
const USUAL_MINUTES = 60
const MINUTE_MS = 60_000
/** How long something stays among what waits after its visit: two weeks, since what is let lie longer was let go. */
const RECENT_MS = 14 * 24 * 60 * MINUTE_MS
/** How soon before a visit one wants the notes rather than the plan: the way to the other room. */
const AT_THE_DOOR_MS = 15 * MINUTE_MS

export interface Visit {
  id: string
  focus: string
  stage: Stage
  kind: VisitKind
  /** The open door it comes through. */
  door: string | null
  hosting: boolean
  /** One neither visits nor is visited: there is no seat, no notes and no mirror for whoever facilitates the talk. */
  guest: boolean
  /** Everybody in it, and how they take part. */
  parts: { person: PersonName; part: Part }[]
  /** Everybody else in it. */
  others: PersonName[]
  /** Everybody in it who has not answered. */
  unanswered: PersonName[]
  mine: Answer | undefined
  when: number | null
  minutes: number | null
  /** When it began, where the page has read the visit itself. */
  began: number | null
  period: string
  room: string
  debrief: DebriefPlan | null
  /** The host asks for no notes. */
  notesWaived: boolean
  /** One’s own notes of it have gone to nobody. */
  notesHeld: boolean
  /** Notes of it came and were not looked at yet. */
  notesUnread: boolean
  /** Somebody answered the notes one released, and one has not looked since. */
  answersUnread: boolean
  /** One has written in one's own mirror of it. */
  reflected: boolean
  /** When it last went on in its plan, its notes or its talk, as far as is known. */
  latest: number | null
}

/** Those in a visit who take one part in it. */
export const takingPart = (visit: Visit, part: Part): PersonName[] => visit.parts.filter((one) => one.part === part).map((one) => one.person)

/** As what somebody takes part; whoever was only let in to read or write does not. */
export const partOf = ({ parts }: Pick<Visit, 'parts'>, person: string): Part | null => parts.find((one) => one.person.id === person)?.part ?? null

/** Whoever neither visits nor is visited. */
const isGuest = (part: Part | null): boolean => part !== 'host' && part !== 'visitor'

/** When it was: where nobody set a time, when it began, or else the latest that is known of it. */
export const timeOf = (visit: Visit): number | null => visit.when ?? visit.began ?? visit.latest

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
    kind: model.visit_kind,
    door: model.door ?? null,
    hosting: model.host === me,
    guest: isGuest(model.people[me] ?? null),
    parts: people.map((id) => ({ person: name(id), part: model.people[id]! })),
    others: people.filter((person) => person !== me).map(name),
    unanswered: people.filter((person) => model.answers[person] === undefined).map(name),
    mine: model.answers[me],
    when: model.when_ms ?? null,
    minutes: model.minutes ?? null,
    began: model.began_ms ?? null,
    period: model.period ?? '',
    room: model.room ?? '',
    debrief: model.debrief ?? null,
    notesWaived: model.notes_waived,
    notesHeld: false,
    notesUnread: false,
    answersUnread: false,
    reflected: false,
    latest: model.ended_ms ?? null,
  }
}

/** Whether one has left a visit as the last, so that it is over, and may be back in a moment. */
export const hasLeftLast = (visit: Visit, model: VisitModel, person: string): boolean =>
  visit.stage === 'written_up' && model.here[person] === 'left' && model.ended_ms == null && !model.stop_asked

/** Whether a visit is off once this person steps back from it: it goes on while another visitor is left. */
export function isOffWithout(model: VisitModel, person: string): boolean {
  const isOut = (one: string): boolean => ['declined', 'withdrew'].includes(model.answers[one] ?? '')
  return model.people[person] === 'visitor' && Object.entries(model.people).every(([one, part]) => part !== 'visitor' || one === person || isOut(one))
}

/** When something of a visit last changed, of what a list holds; how one looks back at it is not of the visit. */
export function latestOf(visit: string, rows: readonly DocumentSummary[]): number | null {
  const of = rows.filter((row) => row.id === visit || (row.visit === visit && row.kind !== 'mirror'))
  return of.length > 0 ? Math.max(...of.map((row) => row.updated_ms)) : null
}

/** A visit as the daemon's list tells it, unopened; `around` are rows among which its notes and talk may be. */
export function visitOfRow(row: DocumentSummary, me: string, around: readonly DocumentSummary[] = []): Visit | null {
  const facts = row.facts
  if (!facts) return null
  const people = facts.people.map((one) => ({ ...one, person: { ...one.person, name: shownName(one.person.name) } }))
  return {
    id: row.id,
    focus: facts.focus,
    stage: facts.stage,
    kind: facts.visit_kind,
    door: facts.door ?? null,
    hosting: people.some((one) => one.part === 'host' && one.person.id === me),
    guest: isGuest(partOf({ parts: people }, me)),
    parts: people.map(({ person, part }) => ({ person, part })),
    others: people.filter((one) => one.person.id !== me).map((one) => one.person),
    unanswered: people.filter((one) => !one.answer).map((one) => one.person),
    mine: people.find((one) => one.person.id === me)?.answer ?? undefined,
    when: facts.when_ms ?? null,
    minutes: facts.minutes ?? null,
    began: null,
    period: facts.period ?? '',
    room: facts.room ?? '',
    debrief: facts.debrief ?? null,
    notesWaived: facts.notes_waived,
    notesHeld: facts.notes_held,
    notesUnread: facts.notes_unread,
    answersUnread: facts.answers_unread,
    reflected: facts.reflected,
    latest: facts.when_ms == null ? latestOf(row.id, [row, ...around]) : null,
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

/** What comes next by the clock: a visit, or the talk about one. */
export interface Next {
  visit: Visit
  what: 'visit' | 'debrief'
  at: number
  /** It is about to begin, or has. */
  near: boolean
}

export function nextOf(visits: readonly Visit[], me: string, now: number): Next | null {
  const found: Next[] = []
  for (const visit of visits) {
    const group = groupOf(visit, me, now)
    if (group === null || visit.stage === 'closed') continue
    if ((group === 'upcoming' || group === 'waiting') && visit.when !== null && endOf(visit, visit.when) >= now) {
      found.push({ visit, what: 'visit', at: visit.when, near: visit.stage === 'observing' || visit.when - AT_THE_DOOR_MS <= now })
    }
    if (group !== 'asked' && visit.debrief?.how === 'at' && visit.debrief.when_ms + USUAL_MINUTES * MINUTE_MS >= now) {
      found.push({ visit, what: 'debrief', at: visit.debrief.when_ms, near: visit.debrief.when_ms - AT_THE_DOOR_MS <= now })
    }
  }
  return found.toSorted((one, other) => one.at - other.at)[0] ?? null
}

/** What a visit waits for this person to do; offered, never demanded, and let go of after a while. */
export type Step = 'answer' | 'read' | 'answered' | 'release' | 'talk' | 'reflect'

export function stepsOf(visits: readonly Visit[], me: string, now: number): { visit: Visit; step: Step }[] {
  const steps: { visit: Visit; step: Step }[] = []
  for (const visit of inOrder(visits, 'earlier')) {
    const group = groupOf(visit, me, now)
    if (group === 'asked') steps.push({ visit, step: 'answer' })
    if (group === null || group === 'asked') continue
    if (visit.notesUnread) steps.push({ visit, step: 'read' })
    if (visit.answersUnread) steps.push({ visit, step: 'answered' })
    const time = timeOf(visit)
    const recent = time === null || time + RECENT_MS >= now
    // Whoever stepped back owes nothing, and after a drop-in nobody does.
    if (!recent || visit.mine === 'withdrew' || visit.mine === 'declined' || visit.kind === 'drop_in') continue
    const happened = visit.stage === 'written_up' || visit.stage === 'debriefing' || visit.stage === 'closed'
    const visited = !visit.hosting && !visit.guest
    if (happened && visited && !visit.reflected) steps.push({ visit, step: 'reflect' })
    if (visit.stage === 'closed') continue
    const over = group === 'earlier'
    if (visit.notesHeld && !visit.notesWaived && over && visited) steps.push({ visit, step: 'release' })
    if (visit.stage === 'debriefing' || visit.stage === 'written_up') steps.push({ visit, step: 'talk' })
  }
  const order: Step[] = ['answer', 'read', 'answered', 'talk', 'release', 'reflect']
  return steps.toSorted((one, other) => order.indexOf(one.step) - order.indexOf(other.step))
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

/** The days on which one teaches, and others only where something is on them. */
export function weekOf(monday: Date, visits: readonly Visit[], shown: (day: Date) => boolean): { day: Date; visits: Visit[] }[] {
  return Array.from({ length: 7 }, (_, at) => {
    const day = daysAfter(monday, at)
    const next = daysAfter(day, 1).getTime()
    const on = visits.filter((visit) => visit.when !== null && visit.when >= day.getTime() && visit.when < next)
    return { day, visits: inOrder(on, 'upcoming') }
  }).filter(({ day, visits: on }) => on.length > 0 || shown(day))
}

/** A moment as `<input type="datetime-local">` wants it. */
export function localMoment(moment: number | null): string {
  if (moment === null) return ''
  const date = new Date(moment)
  const two = (part: number): string => String(part).padStart(2, '0')
  return `${isoDay(date)}T${two(date.getHours())}:${two(date.getMinutes())}`
}
