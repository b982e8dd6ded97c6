// Decides whether visits are sorted as their people would sort them.
import { expect, test } from 'vitest'
import type { DocumentDetail } from '../src/lib/daemon/types'
import { dayOf, groupOf, inOrder, isoDay, localMoment, mondayOf, visitOf, weekOf, type Group, type Stage, type Visit } from '../src/lib/visits'

const NOW = new Date(2026, 10, 17, 9, 0).getTime()
const HOUR = 3_600_000
const BEN = { id: 'ben', name: 'Ben' }
const ANA = { id: 'ana', name: 'Ana' }

const visit = (changes: Partial<Visit> = {}): Visit => ({
  id: 'v',
  focus: '',
  stage: 'scheduled',
  hosting: false,
  others: [BEN],
  unanswered: [],
  mine: 'accepted',
  when: NOW + HOUR,
  minutes: null,
  period: '',
  room: '',
  ...changes,
})

test.each<[string, Partial<Visit>, Group | null]>([
  ['agreed and to come', {}, 'upcoming'],
  ['agreed, without a time', { stage: 'proposed', when: null }, 'upcoming'],
  ['mine to answer', { stage: 'proposed', unanswered: [ANA] }, 'asked'],
  ['mine to answer, though its time is over', { stage: 'proposed', unanswered: [ANA], when: NOW - 99 * HOUR }, 'asked'],
  ['theirs to answer', { stage: 'proposed', unanswered: [BEN] }, 'waiting'],
  ['going on', { when: NOW - HOUR / 4, minutes: 30 }, 'upcoming'],
  ['begun', { stage: 'observing', when: NOW - 3 * HOUR }, 'upcoming'],
  ['over, and nobody wrote', { when: NOW - 2 * HOUR, minutes: 30 }, 'earlier'],
  ['written up', { stage: 'written_up' }, 'earlier'],
  ['closed', { stage: 'closed' }, 'earlier'],
  ...(['cancelled', 'declined', 'did_not_happen'] as Stage[]).map((stage): [string, Partial<Visit>, null] => [stage, { stage }, null]),
])('%s', (_name, changes, group) => {
  expect(groupOf(visit(changes), 'ana', NOW)).toBe(group)
})

test('soonest first, those without a time last; of what is over, the latest first', () => {
  const some = [visit({ id: 'none', when: null }), visit({ id: 'late', when: 2 }), visit({ id: 'soon', when: 1 })]
  expect(inOrder(some, 'upcoming').map((one) => one.id)).toEqual(['soon', 'late', 'none'])
  expect(inOrder(some, 'earlier').map((one) => one.id)).toEqual(['late', 'soon', 'none'])
})

test('a week has its school days, and its weekend where something is on it', () => {
  const monday = mondayOf(new Date(2026, 10, 22, 23, 59))
  expect(isoDay(monday)).toBe('2026-11-16')
  expect(weekOf(monday, []).map(({ day }) => isoDay(day))).toHaveLength(5)
  const saturday = visit({ when: new Date(2026, 10, 21, 10, 0).getTime() })
  const week = weekOf(monday, [saturday, visit({ when: new Date(2026, 10, 23).getTime() })])
  expect(week.map(({ visits }) => visits.length)).toEqual([0, 0, 0, 0, 0, 1])
})

test('days and moments are written as they are read', () => {
  expect(dayOf('2026-02-30')).toBeNull()
  expect(dayOf('now')).toBeNull()
  expect(isoDay(dayOf('2026-02-28')!)).toBe('2026-02-28')
  expect(localMoment(new Date(2026, 0, 5, 8, 3).getTime())).toBe('2026-01-05T08:03')
  expect(localMoment(null)).toBe('')
})

test('what a visit is to the one who looks at it', () => {
  const detail = {
    id: 'v',
    kind: 'visit',
    stage: 'proposed',
    role: 'owner',
    people: [ANA, BEN],
    model: { kind: 'visit', host: 'ben', people: { ana: 'visitor', ben: 'host' }, answers: { ana: 'accepted' }, focus: 'Who answers?', when_ms: 7 },
  } as unknown as DocumentDetail
  expect(visitOf(detail, 'ana')).toMatchObject({ hosting: false, others: [BEN], unanswered: [BEN], mine: 'accepted', when: 7 })
  expect(visitOf(detail, 'ben')).toMatchObject({ hosting: true, others: [ANA], mine: undefined })
})
