// Decides whether doors are shown while one can go through them, and whether times that meet are told.
import { expect, test } from 'vitest'
import { doorsMeeting, isPast, overAt, talkAfter, visitsMeeting } from '../src/lib/clashes'
import type { DocumentSummary } from '../src/lib/daemon/types'
import { doorOfRow, doorsOn, isOpen, openOnes, openThisWeek, type Door } from '../src/lib/doors'
import type { Visit } from '../src/lib/visits'

/** A Tuesday. */
const NOW = new Date(2026, 10, 17, 9, 0).getTime()
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const ANA = { id: 'ana', name: 'Ana' }
const BEN = { id: 'ben', name: 'Ben' }

const door = (changes: Partial<Door> = {}): Door => ({
  id: 'd', host: BEN, mine: false, see: '', when: NOW + HOUR, minutes: 25, period: '', room: '', places: null, closed: false, coming: [],
  left: null, visit: null, ...changes,
})

const visit = (changes: Partial<Visit> = {}): Visit => ({
  id: 'v', focus: '', stage: 'scheduled', kind: 'pair', door: null, hosting: false, guest: false, parts: [], others: [BEN], unanswered: [], mine: 'accepted',
  when: NOW + HOUR, minutes: 25, began: null, period: '', room: '', debrief: null, notesWaived: false, notesHeld: false, notesUnread: false, answersUnread: false,
  reflected: false, latest: null, ...changes,
})

test('a row says whose door it is, and fits names to be shown', () => {
  const facts = {
    host: { id: 'ben', name: '\u202eBen' }, when_ms: 7, minutes: 25, period: null, room: '204', see: 'Pairs', places: 2, closed: false,
    coming: [{ person: { id: 'chidi', name: ' Chidi ' }, visit: 'v' }], places_left: 1, visit: null,
  }
  const row = { id: 'd', kind: 'open_door', door: facts } as unknown as DocumentSummary
  const shown = doorOfRow(row, 'ben')
  expect(shown).toMatchObject({ mine: true, host: BEN, room: '204', left: 1, coming: [{ person: { name: 'Chidi' }, visit: 'v', answer: null }] })
  expect(doorOfRow(row, 'ana')?.mine).toBe(false)
  expect(doorOfRow({ ...row, door: null }, 'ana')).toBeNull()
})

test('a door is open until its lesson is over, or its host closes it', () => {
  expect(isOpen(door(), NOW)).toBe(true)
  expect(isOpen(door({ when: NOW - 20 * MINUTE }), NOW)).toBe(true)
  expect(isOpen(door({ when: NOW - 26 * MINUTE }), NOW)).toBe(false)
  expect(isOpen(door({ when: NOW - 50 * MINUTE, minutes: null }), NOW)).toBe(true)
  expect(isOpen(door({ closed: true }), NOW)).toBe(false)
  expect(isOpen(door({ when: null }), NOW)).toBe(false)
})

test('this week’s doors are others’, until Sunday, the soonest first', () => {
  const some = [
    door({ id: 'sunday', when: NOW + 5 * DAY }), door({ id: 'monday', when: NOW + 6 * DAY }), door({ id: 'soon' }), door({ id: 'mine', mine: true }),
    door({ id: 'over', when: NOW - DAY }),
  ]
  expect(openThisWeek(some, new Date(NOW)).map((one) => one.id)).toEqual(['soon', 'sunday'])
  expect(openOnes(some, NOW).map((one) => one.id)).toEqual(['soon', 'mine', 'sunday', 'monday'])
  expect(doorsOn(some, new Date(2026, 10, 22), NOW).map((one) => one.id)).toEqual(['sunday'])
})

test('a time is past once its end is', () => {
  expect(isPast({ when: NOW - 10 * MINUTE, minutes: 25 }, NOW)).toBe(false)
  expect(isPast({ when: NOW - 26 * MINUTE, minutes: 25 }, NOW)).toBe(true)
  expect(isPast({ when: NOW - MINUTE, minutes: null }, NOW)).toBe(true)
})

test('a talk is offered for when its visit is over, as long as nobody said otherwise, and never in the past', () => {
  expect(overAt({ when: NOW, minutes: 45 })).toBe(NOW + 45 * MINUTE)
  expect(overAt({ when: NOW, minutes: null })).toBe(NOW + 25 * MINUTE)
  expect(talkAfter({ when: NOW, minutes: 45 }, NOW)).toBe(NOW + 45 * MINUTE)
  expect(talkAfter({ when: NOW - DAY, minutes: 45 }, NOW)).toBeNull()
})

test('what else is on then is told, but neither itself nor what is off', () => {
  const at = (from: number, minutes: number | null = 25) => ({ when: NOW + from, minutes })
  const meeting = (time: { when: number; minutes: number | null }, one: Visit, except = '') => visitsMeeting(time, [one], ANA.id, NOW, except).length
  expect(meeting(at(HOUR + 20 * MINUTE), visit())).toBe(1)
  expect(meeting(at(HOUR + 25 * MINUTE), visit()), 'one begins as the other ends').toBe(0)
  expect(meeting(at(HOUR - 25 * MINUTE), visit())).toBe(0)
  expect(meeting(at(10 * MINUTE, null), visit()), 'an hour, when nobody said').toBe(1)
  expect(meeting(at(HOUR), visit(), 'v')).toBe(0)
  expect(meeting(at(HOUR), visit({ stage: 'cancelled' }))).toBe(0)
  expect(meeting(at(HOUR), visit({ when: null }))).toBe(0)
  expect(doorsMeeting(at(HOUR), [door(), door({ id: 'mine', mine: true })], NOW, '').map((one) => one.id)).toEqual(['mine'])
  expect(doorsMeeting(at(HOUR), [door({ mine: true, closed: true })], NOW, '')).toEqual([])
  expect(doorsMeeting(at(HOUR), [door({ mine: true })], NOW, 'd')).toEqual([])
})
