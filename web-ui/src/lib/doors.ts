// Decides what an open door is to the person at this page: whose it is, whether it is to come, and in which list it belongs.
import type { components } from './daemon/api'
import type { DocumentDetail, DocumentSummary, PersonName } from './daemon/types'
import { shownName } from './people'
import { daysAfter, mondayOf } from './visits'

type Schemas = components['schemas']
export type DoorModel = Extract<Schemas['Model'], { kind: 'open_door' }>

/** Minutes a door is taken to stay open when nobody said. */
const USUAL_MINUTES = 60
const MINUTE_MS = 60_000
/** People for whom there may be room at most; the daemon takes no more. */
export const PLACES_MAX = 100

/** Somebody who wants to come through one’s own door. */
export interface Coming {
  person: PersonName
  visit: string
  answer: Schemas['Answer'] | null
}

export interface Door {
  id: string
  host: PersonName
  mine: boolean
  see: string
  when: number | null
  minutes: number | null
  period: string
  room: string
  places: number | null
  closed: boolean
  /** Told to its host alone. */
  coming: Coming[]
  left: number | null
  /** One’s own visit through it. */
  visit: string | null
}

/** A door as the daemon’s list tells it, unopened. */
export function doorOfRow(row: DocumentSummary, me: string): Door | null {
  const facts = row.door
  if (!facts) return null
  const named = (person: PersonName): PersonName => ({ ...person, name: shownName(person.name) })
  return {
    id: row.id,
    host: named(facts.host),
    mine: facts.host.id === me,
    see: facts.see,
    when: facts.when_ms ?? null,
    minutes: facts.minutes ?? null,
    period: facts.period ?? '',
    room: facts.room ?? '',
    places: facts.places ?? null,
    closed: facts.closed,
    coming: facts.coming.map((one) => ({ person: named(one.person), visit: one.visit, answer: one.answer ?? null })),
    left: facts.places_left ?? null,
    visit: facts.visit ?? null,
  }
}

export function doorModel(detail: DocumentDetail): DoorModel | null {
  return detail.model.kind === 'open_door' ? detail.model : null
}

/** Its lesson is not over, and its host has not closed it. */
export function isOpen(door: Door, now: number): boolean {
  return !door.closed && door.when !== null && door.when + (door.minutes ?? USUAL_MINUTES) * MINUTE_MS >= now
}

const soonest = (one: Door, other: Door): number => (one.when ?? Infinity) - (other.when ?? Infinity)

/** Those one can still go through, one’s own among them, the soonest first. */
export function openOnes(doors: readonly Door[], now: number): Door[] {
  return doors.filter((door) => isOpen(door, now)).toSorted(soonest)
}

/** Others’ doors until the end of this week. */
export function openThisWeek(doors: readonly Door[], now: Date): Door[] {
  const end = daysAfter(mondayOf(now), 7).getTime()
  return openOnes(doors, now.getTime()).filter((door) => !door.mine && (door.when ?? Infinity) < end)
}

/** Those of one day, the soonest first. */
export function doorsOn(doors: readonly Door[], day: Date, now: number): Door[] {
  const [from, until] = [day.getTime(), daysAfter(day, 1).getTime()]
  return openOnes(doors, now).filter((door) => door.when !== null && door.when >= from && door.when < until)
}
