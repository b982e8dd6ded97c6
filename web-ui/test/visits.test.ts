// Decides whether visits are sorted as their people would sort them.
import { expect, test } from 'vitest'
import type { DocumentDetail, DocumentSummary } from '../src/lib/daemon/types'
import { dayOf, groupOf, inOrder, isOffWithout, isoDay, localMoment, mondayOf, nextOf, stepsOf, visitOf, visitOfRow, weekOf, type Group, type Stage, type Visit, type VisitModel } from '../src/lib/visits'

const NOW = new Date(2026, 10, 17, 9, 0).getTime()
const HOUR = 3_600_000
const BEN = { id: 'ben', name: 'Ben' }
const ANA = { id: 'ana', name: 'Ana' }

const visit = (changes: Partial<Visit> = {}): Visit => ({
  id: 'v',
  focus: '',
  stage: 'scheduled',
  kind: 'pair',
  door: null,
  hosting: false,
  guest: false,
  parts: [],
  others: [BEN],
  unanswered: [],
  mine: 'accepted',
  when: NOW + HOUR,
  minutes: null,
  began: null,
  period: '',
  room: '',
  debrief: null,
  notesWaived: false,
  notesHeld: false,
  notesUnread: false,
  answersUnread: false,
  reflected: true,
  latest: null,
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

test('a week has the days one teaches, and others where something is on them', () => {
  const school = (day: Date): boolean => day.getDay() % 6 !== 0
  const monday = mondayOf(new Date(2026, 10, 22, 23, 59))
  expect(isoDay(monday)).toBe('2026-11-16')
  expect(weekOf(monday, [], school).map(({ day }) => isoDay(day))).toHaveLength(5)
  const saturday = visit({ when: new Date(2026, 10, 21, 10, 0).getTime() })
  const week = weekOf(monday, [saturday, visit({ when: new Date(2026, 10, 23).getTime() })], school)
  expect(week.map(({ visits }) => visits.length)).toEqual([0, 0, 0, 0, 0, 1])
  expect(weekOf(monday, [], (day) => school(day) || day.getDay() === 6).map(({ day }) => isoDay(day)).at(-1)).toBe('2026-11-21')
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
  expect(visitOf(detail, 'ana')?.parts).toEqual([{ person: ANA, part: 'visitor' }, { person: BEN, part: 'host' }])
  expect(visitOf(detail, 'ben')).toMatchObject({ hosting: true, others: [ANA], mine: undefined })
})

test('a row of the list says what opening the visit would', () => {
  const row = {
    id: 'v', kind: 'visit', title: 'Who answers?', with: [BEN], updated_ms: 1, delivered_to: [], waiting_for: [], unread: false,
    facts: {
      stage: 'written_up', focus: 'Who answers?', when_ms: 7, minutes: 25, notes_waived: false, notes_held: false, notes_unread: true, answers_unread: false,
      people: [{ person: { id: 'ben', name: '\u202eBen' }, part: 'host', answer: 'accepted' }, { person: ANA, part: 'visitor' }],
    },
  } as unknown as DocumentSummary
  expect(visitOfRow(row, 'ana')).toMatchObject({ hosting: false, others: [BEN], unanswered: [ANA], stage: 'written_up', when: 7, notesUnread: true })
  expect(visitOfRow({ ...row, facts: null }, 'ana')).toBeNull()
})

test('whoever neither visits nor is visited is a guest of the visit', () => {
  const row = { id: 'v', facts: { people: [{ person: BEN, part: 'host' }, { person: ANA, part: 'visitor' }, { person: { id: 'dara', name: 'Dara' }, part: 'facilitator' }] } } as unknown as DocumentSummary
  const model = { kind: 'visit', host: 'ben', people: { ana: 'visitor', ben: 'host', dara: 'facilitator' }, answers: {} }
  const detail = { id: 'v', people: [], model } as unknown as DocumentDetail
  for (const [who, guest] of [['ana', false], ['ben', false], ['dara', true], ['chidi', true]] as const) {
    expect(visitOfRow(row, who)?.guest, who).toBe(guest)
    expect(visitOf(detail, who)?.guest, who).toBe(guest)
  }
})

test('a visit without a time has the latest change of its plan, its notes or its talk, and not of one’s mirror', () => {
  const row = (changes: object): DocumentSummary => ({ id: 'v', kind: 'visit', updated_ms: 5, facts: { people: [], when_ms: null }, ...changes }) as unknown as DocumentSummary
  const around = [row({ id: 'n', kind: 'released_notes', visit: 'v', updated_ms: 7 }), row({ id: 'm', kind: 'mirror', visit: 'v', updated_ms: 9 }), row({ id: 'd', kind: 'debrief', visit: 'w', updated_ms: 9 })]
  expect(visitOfRow(row({}), 'ana')?.latest).toBe(5)
  expect(visitOfRow(row({}), 'ana', around)?.latest).toBe(7)
  expect(visitOfRow(row({ facts: { people: [], when_ms: 3 } }), 'ana', around)?.latest).toBeNull()
})

test('a visit goes on without somebody while another visitor is left', () => {
  const off = (who: string, answers: object, people: object = { ana: 'visitor', ben: 'host', chidi: 'visitor', dara: 'facilitator' }): boolean =>
    isOffWithout({ people, answers } as unknown as VisitModel, who)
  expect(off('ana', {}, { ana: 'visitor', ben: 'host' })).toBe(true)
  expect(off('ana', { chidi: 'accepted' })).toBe(false)
  expect(off('ana', {}), 'Chidi may still come').toBe(false)
  for (const answer of ['declined', 'withdrew']) expect(off('ana', { chidi: answer })).toBe(true)
  expect(off('dara', { ana: 'withdrew', chidi: 'accepted' })).toBe(false)
})

test('the next thing is the soonest visit or talk that is not over', () => {
  const soon = visit({ id: 'soon' })
  const later = visit({ id: 'later', when: NOW + 5 * HOUR })
  const talk = visit({ id: 'talk', stage: 'written_up', when: NOW - 24 * HOUR, debrief: { how: 'at', when_ms: NOW + HOUR / 2, place: null } })
  const past = visit({ id: 'past', when: NOW - 3 * HOUR, minutes: 20 })
  expect(nextOf([later, past, soon], 'ana', NOW)).toMatchObject({ what: 'visit', visit: { id: 'soon' }, near: false })
  expect(nextOf([later, soon, talk], 'ana', NOW)).toMatchObject({ what: 'debrief', visit: { id: 'talk' }, at: NOW + HOUR / 2 })
  expect(nextOf([visit({ when: NOW + HOUR / 6 })], 'ana', NOW)).toMatchObject({ near: true })
  expect(nextOf([{ ...talk, stage: 'closed' }, visit({ stage: 'cancelled' }), visit({ when: null }), past], 'ana', NOW)).toBeNull()
  expect(nextOf([visit({ stage: 'proposed', unanswered: [ANA], mine: undefined })], 'ana', NOW), 'an invitation is not an appointment').toBeNull()
})

test('what waits for one is offered in order, and let go of after a while', () => {
  const over = { when: NOW - 24 * HOUR }
  const steps = (...some: Visit[]) => stepsOf(some, 'ana', NOW).map((one) => one.step)
  const asked = visit({ stage: 'proposed', unanswered: [ANA], mine: undefined })
  expect(steps(visit({ ...over, notesHeld: true }), asked, visit({ ...over, stage: 'written_up', notesUnread: true }))).toEqual(['answer', 'read', 'talk', 'release'])
  expect(steps(visit({ notesHeld: true })), 'before the visit notes are only begun').toEqual([])
  expect(steps(visit({ ...over, stage: 'debriefing' }))).toEqual(['talk'])
  expect(steps(visit({ ...over, stage: 'debriefing', notesHeld: true, notesWaived: true })), 'notes that nobody asks for').toEqual(['talk'])
  expect(steps(visit({ ...over, stage: 'written_up', notesHeld: true, mine: 'withdrew' })), 'whoever stepped back owes nothing').toEqual([])
  expect(steps(visit({ ...over, kind: 'drop_in', stage: 'written_up', notesHeld: true, reflected: false })), 'after a drop-in nobody owes anything').toEqual([])
  expect(steps(visit({ ...over, stage: 'closed', notesHeld: true, notesUnread: true }))).toEqual(['read'])
  expect(steps(visit({ when: NOW - 30 * 24 * HOUR, stage: 'written_up', notesHeld: true }))).toEqual([])
  expect(steps(visit({ stage: 'cancelled', notesHeld: true }))).toEqual([])
  expect(steps(visit({ ...over, stage: 'written_up', answersUnread: true }))).toEqual(['answered', 'talk'])
  expect(steps(visit({ ...over, notesHeld: true, hosting: true })), 'a host has nobody to release notes to').toEqual([])
  expect(steps(visit({ ...over, stage: 'closed', reflected: false }))).toEqual(['reflect'])
  expect(steps(visit({ ...over, stage: 'closed', reflected: false, hosting: true })), 'a mirror is the visitor’s').toEqual([])
  expect(steps(visit({ ...over, stage: 'debriefing', reflected: false, notesHeld: true, guest: true })), 'a facilitator has neither notes nor a mirror').toEqual(['talk'])
  const untimed = { when: null, stage: 'written_up' as const, notesHeld: true }
  expect(steps(visit({ ...untimed, latest: NOW - 24 * HOUR })), 'without a time, by what is known of it').toEqual(['talk', 'release'])
  for (const what of ['latest', 'began']) expect(steps(visit({ ...untimed, [what]: NOW - 30 * 24 * HOUR })), what).toEqual([])
})
