// Decides whether a visit ends softly when it was meant to, and after the usual time where nobody said.
import { expect, test } from 'vitest'
import { MINUTES_MAX, offeredWith, softEnd, USUAL_LENGTH, USUAL_LENGTHS } from '../src/lib/lengths'

test('as an instrument has it, else as the visit, else after the usual time; notes without a visit have no end', () => {
  expect(softEnd(15, { minutes: 40 })).toBe(15)
  expect(softEnd(null, { minutes: 40 })).toBe(40)
  expect(softEnd(undefined, { minutes: null })).toBe(25)
  expect(softEnd(undefined, undefined)).toBe(0)
})

test('the usual lengths are offered, and one that was agreed on otherwise stands among them', () => {
  expect(offeredWith('')).toEqual([...USUAL_LENGTHS])
  expect(offeredWith('25')).toEqual([...USUAL_LENGTHS])
  expect(offeredWith('37')).toEqual([10, 15, 20, 25, 30, 37, 45, 60])
  expect(USUAL_LENGTHS).toContain(USUAL_LENGTH)
  expect(Math.max(...USUAL_LENGTHS)).toBeLessThan(MINUTES_MAX)
})
