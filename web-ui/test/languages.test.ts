// Decides whether every language says everything, and says it itself.
import { expect, test } from 'vitest'
import { en } from '../src/lib/i18n/en'
import { es } from '../src/lib/i18n/es'

/** Words that are the same in both languages. */
const SAME = new Set(['Rounds', 'Plan', 'No'])

function walk(one: unknown, other: unknown, path: string, visit: (path: string, one: unknown, other: unknown) => void): void {
  if (typeof one !== 'object' || one === null) return visit(path, one, other)
  expect(Object.keys(other as object).sort(), path).toEqual(Object.keys(one).sort())
  for (const [key, value] of Object.entries(one)) walk(value, (other as Record<string, unknown>)[key], `${path}.${key}`, visit)
}

test('Spanish says everything that English says, in its own words', () => {
  let count = 0
  walk(en, es, 'en', (path, one, other) => {
    count += 1
    expect(typeof other, path).toBe(typeof one)
    if (typeof one === 'string' && !SAME.has(one)) expect(other, path).not.toBe(one)
    if (typeof one === 'string') expect(other, path).not.toBe('')
  })
  expect(count).toBeGreaterThan(200)
})

test('counts and names read well', () => {
  expect(es.truth.willCount(1, 'Dara')).toBe('1 cosa llegará a Dara cuando vuestros ordenadores se encuentren')
  expect(es.truth.on(['Ben', 'Chidi'])).toBe('En los ordenadores de Ben y Chidi')
  expect(en.truth.on(['Ben', 'Chidi'])).toBe('On Ben’s and Chidi’s computers')
  expect(es.visits.visitsYou('Ben y Chidi', 2)).toBe('Ben y Chidi te visitan')
})
