// Decides whether a partnership is told as each of its two people would tell it, and recalled only when it may be.
import { expect, test } from 'vitest'
import type { DocumentDetail } from '../src/lib/daemon/types'
import { dueOf, isAlive, partnershipOf, type Partnership } from '../src/lib/partnerships'
import type { Visit } from '../src/lib/visits'

const DAY = 86_400_000
const NOW = new Date(2026, 10, 17, 9, 0).getTime()
const [ANA, BEN, CHIDI] = ['ana', 'ben', 'chidi'].map((id) => ({ id, name: id }))

const partnership = (changes: Partial<Partnership> = {}): Partnership => ({
  id: 'p', other: BEN!, state: 'accepted', mine: true, theirs: true, cadence: 'every_month',
  confidential: [false, false], debriefWithinADay: [false, false], agreedAloud: false, ...changes,
})

const visit = (changes: Partial<Visit>): Visit => ({
  id: 'v', focus: '', stage: 'closed', kind: 'pair', door: null, hosting: false, parts: [], others: [BEN!], unanswered: [], mine: 'accepted', when: NOW - 10 * DAY, minutes: 25, began: null,
  period: '', room: '', debrief: null, notesWaived: false, notesHeld: false, notesUnread: false, answersUnread: false, reflected: true, ...changes,
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
})
