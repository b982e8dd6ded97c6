// Decides whether what is quietly suggested comes when it may help, and goes when it was done, waved away or let lie.
import { expect, test } from 'vitest'
import type { DocumentSummary } from '../src/lib/daemon/types'
import { gentle, gentleWith, type Known } from '../src/lib/gentle'
import type { Goal } from '../src/lib/goals'
import { ASKED_AFTER_DAYS, ASKED_FOR_DAYS, askedLater, isLater, stillWaved } from '../src/lib/later'
import type { Partnership } from '../src/lib/partnerships'
import type { Visit } from '../src/lib/visits'

const DAY_MS = 86_400_000
const NOW = new Date(2026, 10, 22, 9).getTime()
const BEN = { id: 'ben', name: 'Ben' }
const CHIDI = { id: 'chidi', name: 'Chidi' }

const visit = (changes: Partial<Visit>): Visit => ({
  id: 'v', focus: '', stage: 'closed', kind: 'pair', door: null, hosting: false, guest: false, parts: [], others: [BEN], unanswered: [], mine: 'accepted', when: NOW - 8 * DAY_MS,
  minutes: null, began: null, period: '', room: '', debrief: null, notesWaived: false, notesHeld: false, notesUnread: false, answersUnread: false, reflected: true, latest: null,
  ...changes,
})
const mirror = (updated: number): DocumentSummary => ({ id: 'm', kind: 'mirror', visit: 'v', updated_ms: updated }) as DocumentSummary

test('a visit is recalled some days after it was talked over, for a while', () => {
  const days = (count: number): Visit => visit({ when: NOW - count * DAY_MS })
  expect(isLater(days(ASKED_AFTER_DAYS - 1), NOW)).toBe(false)
  expect(isLater(days(ASKED_AFTER_DAYS), NOW)).toBe(true)
  expect(isLater(days(ASKED_AFTER_DAYS + ASKED_FOR_DAYS), NOW)).toBe(false)
  // The talk was days after the visit.
  expect(isLater(visit({ debrief: { how: 'at', when_ms: NOW - 2 * DAY_MS } }), NOW)).toBe(false)
  // Many talks end without anybody saying so.
  expect(isLater(visit({ stage: 'debriefing' }), NOW)).toBe(true)
  // Only whoever visited has a mirror, and only what is closed was talked over.
  for (const changes of [{ hosting: true }, { guest: true }, { kind: 'shared_learning' as const }, { stage: 'written_up' as const }, { when: null }]) expect(isLater(visit(changes), NOW)).toBe(false)
})

test('a visit that nobody set a time for is recalled after what is known of it', () => {
  const untimed = (changes: Partial<Visit>): Visit => visit({ when: null, ...changes })
  expect(isLater(untimed({ began: NOW - 8 * DAY_MS }), NOW)).toBe(true)
  expect(isLater(untimed({ latest: NOW - 8 * DAY_MS }), NOW)).toBe(true)
  expect(isLater(untimed({ latest: NOW - DAY_MS }), NOW)).toBe(false)
  expect(isLater(untimed({ latest: NOW - 60 * DAY_MS }), NOW)).toBe(false)
})

test('one visit is recalled at a time, until one wrote in its mirror or waved it away', () => {
  const [older, newer] = [visit({ id: 'older', when: NOW - 12 * DAY_MS }), visit({ id: 'v' })]
  expect(askedLater([older, newer], [], NOW, [])?.id).toBe('v')
  expect(askedLater([older, newer], [], NOW, ['v'])?.id).toBe('older')
  expect(askedLater([newer], [mirror(NOW - 7 * DAY_MS)], NOW, [])?.id).toBe('v')
  expect(askedLater([newer], [mirror(NOW - DAY_MS)], NOW, [])).toBeNull()
  expect(stillWaved([older, newer], NOW, ['older', 'gone'])).toEqual(['older'])
  expect(stillWaved([older], NOW + 30 * DAY_MS, ['older'])).toEqual([])
})

const goal = (changes: Partial<Goal>): Goal => ({ id: 'g', title: 'More voices', state: 'learn', mine: true, owners: [], readers: [], due: [], feedbackUnread: false, unread: false, ...changes })
const partnership = (changes: Partial<Partnership>): Partnership => ({
  id: 'p', other: BEN, state: 'accepted', mine: true, theirs: true, cadence: null, confidential: [false, false], debriefWithinADay: [false, false], agreedAloud: false,
  ...changes,
})
const known = (changes: Partial<Known>): Known => ({ me: 'ana', now: NOW, visits: [], goals: [], partnerships: [partnership({})], talked: [], ...changes })
const step = (changes: Partial<Known>): string | undefined => gentleWith(BEN, known(changes))?.step

test('the smallest thing that two have not done is suggested, and then nothing', () => {
  expect(step({})).toBe('talk')
  expect(step({ talked: ['p'] })).toBe('visit')
  expect(step({ talked: ['p'], goals: [goal({})] })).toBe('share')
  const shown = [goal({ readers: [BEN] })]
  expect(step({ talked: ['p'], goals: shown })).toBe('visit')
  const visited = visit({ when: NOW - 60 * DAY_MS })
  expect(step({ talked: ['p'], goals: shown, visits: [visited] })).toBe('host')
  expect(step({ goals: shown, visits: [visited] }), 'who visited has talked').toBe('host')
  expect(step({ goals: shown, visits: [visited, visit({ id: 'w', hosting: true })] })).toBeUndefined()
  expect(step({ goals: shown, visits: [visit({ kind: 'shared_learning' })] }), 'learning together is a talk, and no visit').toBe('visit')
  // What did not take place is neither done nor held against anybody.
  expect(step({ goals: shown, talked: ['p'], visits: [visit({ stage: 'cancelled' })] })).toBe('visit')
})

test('whoever was asked and has not answered, or takes a break, is left in peace', () => {
  for (const state of ['invited', 'paused'] as const) expect(step({ partnerships: [partnership({ state })] })).toBeUndefined()
  expect(step({ partnerships: [partnership({ state: 'ended' })] })).toBe('visit')
  const both = [partnership({ other: CHIDI, id: 'q' })]
  expect(gentle([BEN, CHIDI], known({ partnerships: both }))?.partner.id).toBe('chidi')
  expect(gentle([], known({}))).toBeNull()
})
