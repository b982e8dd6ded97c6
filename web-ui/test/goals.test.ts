// Decides whether goals are sorted as their owners would sort them, and whether a week reminds of itself alone.
import { expect, test } from 'vitest'
import type { DocumentSummary } from '../src/lib/daemon/types'
import { goalOfRow, groupOf, linesOf, nextDue, thisWeek, type Goal } from '../src/lib/goals'

const ANA = { id: 'ana', name: 'Ana' }
const BEN = { id: 'ben', name: 'Ben' }
const CHIDI = { id: 'chidi', name: 'Chidi' }
/** A Tuesday. */
const NOW = new Date(2026, 10, 17, 9, 0)

const row = (owners: typeof ANA[], withOthers: typeof ANA[] = []): DocumentSummary =>
  ({
    id: 'g', kind: 'goal', title: 'More voices', with: withOthers, updated_ms: 0, visit: null, delivered_to: [], waiting_for: [], unread: false,
    facts: null, feedback_on: null, binned_ms: null, goes_ms: null,
    goal: { state: 'improve', owners, due: [], feedback: null, feedback_unread: false },
  }) as DocumentSummary

const goal = (changes: Partial<Goal>): Goal => ({ ...goalOfRow(row([ANA]), 'ana')!, ...changes })

test('a row says whose a goal is and who reads it', () => {
  const mine = goalOfRow(row([ANA], [BEN]), 'ana')!
  expect([mine.mine, mine.owners, mine.readers]).toEqual([true, [], [BEN]])
  const joint = goalOfRow(row([ANA, BEN], [BEN, CHIDI]), 'ana')!
  expect([joint.mine, joint.owners, joint.readers]).toEqual([true, [BEN], [CHIDI]])
  const theirs = goalOfRow(row([BEN], [BEN]), 'ana')!
  expect([theirs.mine, theirs.owners, theirs.readers]).toEqual([false, [BEN], []])
  expect(goalOfRow({ ...row([ANA]), goal: null }, 'ana')).toBeNull()
})

test('each goal stands in one list', () => {
  expect(groupOf(goal({}))).toBe('mine')
  expect(groupOf(goal({ owners: [BEN] }))).toBe('joint')
  expect(groupOf(goal({ owners: [BEN], state: 'set_aside' }))).toBe('rest')
  expect(groupOf(goal({ mine: false, state: 'met' }))).toBe('theirs')
})

test('a week reminds of what was meant for it, and of nothing older', () => {
  const due = ['2026-11-15', '2026-11-16', '2026-11-22', '2026-11-23'].map((on) => ({ on, text: on }))
  expect(thisWeek([goal({ due })], NOW).map((one) => one.due.on)).toEqual(['2026-11-16', '2026-11-22'])
  expect(nextDue(goal({ due }), NOW)?.on).toBe('2026-11-22')
  expect(nextDue(goal({ due: due.slice(0, 2) }), NOW)).toBeNull()
})

test('lines lose the marks of lists and nothing of their words', () => {
  const text = '# Next\n\n- [ ] Count to three\n* 3 voices first\n2. Ask the back row\nCount to three\n> quoted\n---x'
  expect(linesOf(text)).toEqual(['Next', 'Count to three', '3 voices first', 'Ask the back row', 'quoted', '---x'])
  expect(linesOf(' \n')).toEqual([])
})
