// Decides whether notes that were corrected stand after those that correct them, and only those; and whether one sees whose they are.
import { expect, test } from 'vitest'
import { earlierOf, newestFirst, titleAmong, type Release } from '../src/lib/releases'

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

test('where several people’s notes are there, each says whose it is', () => {
  const notes = (id: string, name: string, title: string) => ({ title, with: [{ id, name }] })
  const [moments, untitled, other] = [notes('chidi', 'Chidi', 'Moments'), notes('chidi', 'Chidi', ''), notes('ana', 'Ana', 'Moments')]
  expect(titleAmong(moments, [moments, untitled], 'Notes')).toBe('Moments')
  expect(titleAmong(untitled, [moments, untitled], 'Notes')).toBe('Notes')
  expect([moments, untitled, other].map((one, _, all) => titleAmong(one, all, 'Notes'))).toEqual(['Chidi · Moments', 'Chidi · Notes', 'Ana · Moments'])
})

test('two people of one name are two, and whoever is no longer known is not named', () => {
  const [one, other, nobody] = [{ title: 'Moments', with: [{ id: 'a', name: 'Ana' }] }, { title: 'Moments', with: [{ id: 'b', name: 'Ana' }] }, { title: 'Moments', with: [] }]
  expect(titleAmong(one, [one, other], 'Notes')).toBe('Ana · Moments')
  expect(titleAmong(nobody, [one, nobody], 'Notes')).toBe('Moments')
})
