// Decides whether a partnership is told as each of its two people would tell it, and recalled only when it may be.
import { expect, test } from 'vitest'
import type { DocumentDetail, History } from '../src/lib/daemon/types'
import { agreedOn, dueOf, isAlive, partnershipOf, toAgree, turnsOf, type Partnership } from '../src/lib/partnerships'
import type { Part, Visit } from '../src/lib/visits'

const DAY = 86_400_000
const NOW = new Date(2026, 10, 17, 9, 0).getTime()
const [ANA, BEN, CHIDI] = ['ana', 'ben', 'chidi'].map((id) => ({ id, name: id }))

const partnership = (changes: Partial<Partnership> = {}): Partnership => ({
  id: 'p', other: BEN!, state: 'accepted', mine: true, theirs: true, cadence: 'every_month',
  confidential: [false, false], debriefWithinADay: [false, false], agreedAloud: false, ...changes,
})

const visit = (changes: Partial<Visit>): Visit => ({
  id: 'v', focus: '', stage: 'closed', kind: 'pair', door: null, hosting: false, guest: false, parts: [], others: [BEN!], unanswered: [], mine: 'accepted', when: NOW - 10 * DAY, minutes: 25, began: null,
  period: '', room: '', debrief: null, notesWaived: false, notesHeld: false, notesUnread: false, answersUnread: false, reflected: true, latest: null, ...changes,
})

test('each of the two reads it from their own side', () => {
  const model = {
    kind: 'partnership', people: ['ana', 'ben'], answers: { ana: 'accepted' }, state: 'invited', agreed_confidential: ['ben'],
    agreed_debrief_within_a_day: [], agreed_aloud: false, journal: '',
  }
  const detail = { id: 'p', kind: 'partnership', model, people: [ANA, BEN] } as unknown as DocumentDetail
  expect(partnershipOf(detail, 'ana')).toMatchObject({ other: BEN, mine: true, theirs: false, confidential: [false, true] })
  expect(partnershipOf(detail, 'ben')).toMatchObject({ other: ANA, mine: false, theirs: true, confidential: [true, false] })
  expect(partnershipOf(detail, 'chidi')).toBeNull()
})

test('what was declined or ended asks for nothing', () => {
  expect((['invited', 'accepted', 'paused', 'declined', 'ended'] as const).filter((state) => isAlive(partnership({ state })))).toEqual(['invited', 'accepted', 'paused'])
})

const LONG_AGO = (): number => NOW - 100 * DAY
test.each<[string, Partial<Partnership>, Partial<Visit>[], boolean]>([
  ['the last visit is longer ago than they meant', {}, [{ when: NOW - 31 * DAY }], true],
  ['they met in time', {}, [{ when: NOW - 31 * DAY }, { when: NOW - 29 * DAY }], false],
  ['another is planned', {}, [{ when: NOW - 99 * DAY }, { stage: 'scheduled', when: NOW + DAY }], false],
  ['another was asked for', {}, [{ stage: 'proposed', when: null, unanswered: [BEN!] }], false],
  ['they never met', {}, [], true],
  ['visits with others do not count', {}, [{ others: [CHIDI!], when: NOW - DAY }], true],
  ['a visit that did not happen does not count', {}, [{ stage: 'did_not_happen', when: NOW - DAY }], true],
  ['they said no time', { cadence: null }, [], false],
  ['whenever they can', { cadence: 'when_we_can' }, [], false],
  ['they take a break', { state: 'paused' }, [], false],
])('%s', (_, changes, visits, due) => {
  expect(dueOf([partnership(changes)], visits.map(visit), 'ana', NOW, LONG_AGO).length > 0).toBe(due)
})

test('two who have just agreed are not reminded', () => {
  expect(dueOf([partnership()], [], 'ana', NOW, () => NOW - DAY)).toEqual([])
  expect(dueOf([partnership()], [visit({ when: NOW - 200 * DAY })], 'ana', NOW, () => NOW - DAY)).toEqual([])
})

test('where nobody knows when two agreed, only their visits count', () => {
  const due = (visits: Visit[]): number => dueOf([partnership()], visits, 'ana', NOW, () => null).length
  expect(due([])).toBe(0)
  expect(due([visit({ when: NOW - 31 * DAY })])).toBe(1)
  expect(due([visit({ when: NOW - 29 * DAY })])).toBe(0)
})

test('two have agreed on the first day on which both had written, whatever they write later', () => {
  const point = (person: { id: string; name: string } | null, day: number): History['points'][number] => ({ point: String(day), person, day_ms: day * DAY })
  const answered = [point(ANA!, 1), point(BEN!, 4)]
  expect(agreedOn(answered, ['ana', 'ben'])).toBe(4 * DAY)
  expect(agreedOn([...answered, point(ANA!, 30), point(BEN!, 40)], ['ana', 'ben'])).toBe(4 * DAY)
  expect(agreedOn([point(ANA!, 1), point(null, 4)], ['ana', 'ben'])).toBeNull()
  expect(agreedOn([], ['ana', 'ben'])).toBeNull()
})

/** A visit of Ana's to Ben, or of his to her, so many days ago. */
const between = (way: 'there' | 'here', days: number, changes: Partial<Visit> = {}): Visit => {
  const as = (person: typeof ANA, part: Part): Visit['parts'][number] => ({ person: person!, part })
  const parts = way === 'there' ? [as(ANA, 'visitor'), as(BEN, 'host')] : [as(ANA, 'host'), as(BEN, 'visitor')]
  return visit({ id: `${way} ${days}`, hosting: way === 'here', parts, when: NOW - days * DAY, ...changes })
}
const turns = (...visits: Visit[]): [string | undefined, string | undefined, string | null] => {
  const found = turnsOf(visits, 'ana', 'ben', NOW)
  return [found.there?.id, found.here?.id, found.back]
}

test('the last visit each way is told, and the one back offered until it was made or is planned', () => {
  expect(turns()).toEqual([undefined, undefined, null])
  expect(turns(between('there', 9))).toEqual(['there 9', undefined, 'here'])
  expect(turns(between('here', 9))).toEqual([undefined, 'here 9', 'there'])
  expect(turns(between('here', 3), between('there', 9))).toEqual(['there 9', 'here 3', null])
  const again = [between('there', 2), between('here', 3), between('there', 9)]
  expect(turns(...again)).toEqual(['there 2', 'here 3', 'here'])
  expect(turns(...again, between('here', -2, { stage: 'scheduled' }))).toEqual(['there 2', 'here 3', null])
  expect(turns(...again, between('here', 0, { stage: 'proposed', when: null, unanswered: [BEN!] }))).toEqual(['there 2', 'here 3', null])
  expect(turns(...again, between('there', -2, { stage: 'scheduled' })), 'another the same way is none back').toEqual(['there 2', 'here 3', 'here'])
})

test('a visit that one of the two wrote down afterwards is one, before the other says so', () => {
  expect(turns(between('here', 9, { mine: undefined, unanswered: [ANA!] }))).toEqual([undefined, 'here 9', 'there'])
  expect(turns(between('here', 9, { unanswered: [BEN!] }))).toEqual([undefined, 'here 9', 'there'])
})

test('one visit back is enough, however many went before it', () => {
  expect(turns(between('there', 30), between('there', 20), between('here', 10))).toEqual(['there 20', 'here 10', null])
  // Of one without a time it is known that it was, and not when.
  expect(turns(between('there', 0, { when: null }), between('here', 10))).toEqual(['there 0', 'here 10', null])
  expect(turns(between('there', 0, { when: null }), between('there', 10))[0]).toBe('there 10')
  // One that was begun without a time was when it began.
  expect(turns(between('there', 2, { when: null, began: NOW - 2 * DAY }), between('here', 10), between('there', 30))).toEqual(['there 2', 'here 10', 'here'])
})

test.each<[string, Visit]>([
  ['what did not take place', between('there', 9, { stage: 'did_not_happen' })],
  ['what was planned, and whose time went by', between('there', 9, { stage: 'scheduled' })],
  ['what one stepped back from', between('there', 9, { mine: 'withdrew' })],
  ['learning together without a visit', between('there', 9, { kind: 'shared_learning' })],
  ['a visit that one facilitates', between('there', 9, { parts: [{ person: ANA!, part: 'facilitator' }, { person: BEN!, part: 'host' }] })],
  ['a visit of somebody among others who has not answered', between('here', 9, { others: [BEN!, CHIDI!], unanswered: [BEN!] })],
  ['a visit with somebody else', between('there', 9, { parts: [{ person: ANA!, part: 'visitor' }, { person: CHIDI!, part: 'host' }], others: [CHIDI!] })],
])('%s is no visit either way', (_, none) => {
  expect(turns(none)).toEqual([undefined, undefined, null])
})

test.each<[string, Partial<Partnership>[], { partnership: string | null } | null]>([
  ['two without a partnership could begin one', [], { partnership: null }],
  ['two who agreed on nothing could', [{}], { partnership: 'p' }],
  ['what only one said is not agreed', [{ confidential: [true, false], debriefWithinADay: [false, true] }], { partnership: 'p' }],
  ['what both said is', [{ confidential: [true, true] }], null],
  ['aloud is enough', [{ agreedAloud: true }], null],
  ['a break changes nothing', [{ state: 'paused' }], { partnership: 'p' }],
  ['whoever was asked is left in peace', [{ state: 'invited', theirs: false }], null],
  ['whoever is asked finds it with the question', [{ state: 'invited', mine: false }], { partnership: 'p' }],
  ['what was declined is not brought up again', [{ state: 'declined' }], null],
  ['what ended is not brought up again', [{ state: 'ended', agreedAloud: true }], null],
  ['what ended says nothing of the next', [{ id: 'old', state: 'ended', agreedAloud: true }, {}], { partnership: 'p' }],
  ['partnerships with others do not count', [{ other: CHIDI!, agreedAloud: true }], { partnership: null }],
])('around a visit, %s', (_, changes, found) => {
  expect(toAgree(changes.map(partnership), 'ben')).toEqual(found)
})
