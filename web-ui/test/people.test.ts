// Decides whether names from other computers are shown safely, and people told apart.
import { expect, test } from 'vitest'
import { en } from '../src/lib/i18n/en'
import { es } from '../src/lib/i18n/es'
import { colours, few, initials, shownName } from '../src/lib/people'

test('initials', () => {
  expect(['Ana', 'Ben Okri', '  Chidi  E. ', 'é', ''].map(initials)).toEqual(['AN', 'BO', 'CE', 'É', ''])
})

test('a name cannot turn the line around, nor fill the screen', () => {
  expect(shownName('An\u202Ea\u0000')).toBe('Ana')
  expect([...shownName('😀'.repeat(10_000))]).toHaveLength(61)
  expect(shownName('Dara')).toBe('Dara')
})

test('a line names three people, and counts the rest of more', () => {
  expect(few(en, ['Ana', 'Ben', 'Chidi'])).toBe('Ana, Ben and Chidi')
  expect(few(en, ['Ana', 'Ben', 'Chidi', 'Dara'])).toBe('Ana, Ben and 2 others')
  expect(few(es, ['Ana', 'Ben', 'Chidi', 'Dara'])).toBe('Ana, Ben y 2 personas más')
  expect(few(en, [])).toBe('')
})

test('up to six people never share a colour, and keep theirs', () => {
  const ids = ['aa', 'ab', 'ba', 'bb', 'cc', 'dd']
  expect(new Set(colours(ids).values()).size).toBe(6)
  expect(colours([...ids].reverse())).toEqual(colours(ids))
  expect(colours([...ids, 'zz']).size).toBe(7)
  // Somebody new takes a colour that nobody beside them has, and whoever has one keeps it.
  const known = colours(ids.slice(0, 3))
  const more = colours([...ids.slice(0, 2), 'zz'], known)
  expect(ids.slice(0, 3).map((id) => more.get(id))).toEqual(ids.slice(0, 3).map((id) => known.get(id)))
  expect([more.get(ids[0]!), more.get(ids[1]!)]).not.toContain(more.get('zz'))
})
