// Decides whether notes that were corrected stand after those that correct them, and only those.
import { expect, test } from 'vitest'
import { earlierOf, newestFirst, type Release } from '../src/lib/releases'

const release = (id: string, replaces: string[] = [], owners = ['ben']): Release => ({ id, owners, replaces })
const earlier = (...releases: Release[]): string[] => [...earlierOf(releases)].sort()

test('what its own writer released once more is an earlier version', () => {
  expect(earlier(release('first'), release('second'))).toEqual([])
  expect(earlier(release('first'), release('second', ['first']))).toEqual(['first'])
  expect(earlier(release('third', ['first', 'second']), release('first'), release('second', ['first']))).toEqual(['first', 'second'])
})

test('nobody makes an earlier version of what somebody else released, or of what is not here', () => {
  expect(earlier(release('bens'), release('chidis', ['bens'], ['chidi']))).toEqual([])
  expect(earlier(release('one', ['one', 'gone']))).toEqual([])
})

test('the newest stand first, and otherwise all stay where they were', () => {
  const rows = ['a', 'b', 'c', 'd'].map((id) => ({ id }))
  expect(newestFirst(rows, new Set(['a', 'c'])).map((row) => row.id)).toEqual(['b', 'd', 'a', 'c'])
  expect(newestFirst(rows, new Set())).toEqual(rows)
})
