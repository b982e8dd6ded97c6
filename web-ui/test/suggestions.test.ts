// Decides whether people are suggested for reasons that they themselves gave, and never in an order of merit.
import { expect, test } from 'vitest'
import { listed, suggestionsOf, yearOf, type Card, type Profile } from '../src/lib/suggestions'

const profile = (changes: Partial<Profile> = {}): Profile => ({
  kind: 'profile', name: null, role_label: null, grades: [], subjects: [], room: null, experience: null, shows_here: false, ...changes,
})
const card = (name: string, changes: Partial<Profile> = {}): Card => ({ id: `card-${name}`, person: { id: name, name }, profile: profile(changes) })

const mine = profile({ grades: ['Grade 5'], subjects: ['Maths'], experience: 'some_years' })
const reasons = (theirs: Partial<Profile>) =>
  suggestionsOf(mine, [card('Ben', theirs)], new Set(), new Set()).flatMap((one) => one.reasons)

test('each reason is one that both gave', () => {
  expect(reasons({})).toEqual([])
  expect(reasons({ grades: ['grade 5 '] })).toEqual([{ why: 'same_grade', grade: 'grade 5 ' }])
  expect(reasons({ grades: ['9', '6th'] })).toEqual([{ why: 'near_grades', theirs: '6th', mine: 'Grade 5' }])
  expect(reasons({ grades: ['Grade 7'] })).toEqual([])
  expect(reasons({ subjects: ['Music', 'Art'] })).toEqual([{ why: 'other_subjects', theirs: ['Music', 'Art'] }])
  expect(reasons({ subjects: ['maths', 'Art'] })).toEqual([])
  expect(reasons({ experience: 'some_years' })).toEqual([])
  expect(reasons({ experience: 'many_years' })).toEqual([{ why: 'experience', theirs: 'many_years' }])
  expect(suggestionsOf(profile(), [card('Ben', { grades: ['5'], experience: 'many_years' })], new Set(), new Set())).toEqual([])
})

test('a free period in common is a reason by itself', () => {
  const time = { on: '2026-03-03', begins: 610, ends: 655, name: '4' }
  const some = [card('Ben'), card('Chidi'), card('Dara')]
  const free = (person: string) => (person === 'Chidi' || person === 'Dara' ? time : undefined)
  const shown = suggestionsOf(profile(), some, new Set(['Dara']), new Set(), free)
  expect(shown.map((one) => [one.card.person.name, one.reasons])).toEqual([['Chidi', [{ why: 'both_free', time }]]])
})

test('partners and those put out of sight are left out; the rest stand by name', () => {
  const music = { subjects: ['Music'] }
  const some = [card('Dara', { ...music, grades: ['Grade 5'] }), card('Chidi', music), card('Ben', music), card('Ana', music)]
  const shown = suggestionsOf(mine, some, new Set(['Ben']), new Set(['card-Ana']))
  expect(shown.map((one) => one.card.person.name)).toEqual(['Chidi', 'Dara'])
})

test('a year is read where one is named', () => {
  expect([yearOf('5'), yearOf('Year 7'), yearOf('5º de primaria'), yearOf('K'), yearOf('5–6'), yearOf('Room 204')]).toEqual([5, 7, 5, null, null, null])
})

test('lists are written with commas, each word once', () => {
  expect(listed(' 5, 6 ;5\n, ')).toEqual(['5', '6'])
})
