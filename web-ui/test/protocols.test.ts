// Decides whether a protocol fits into the time that those who use it have.
import { expect, test } from 'vitest'
import type { Protocol } from '../src/lib/daemon/types'
import { lasting, minutesOf } from '../src/lib/lasting'

const of = (...minutes: number[]): Protocol => ({
  id: 'talk', version: 1, title: 'Talk', rules: [],
  phases: minutes.map((length, at) => ({ id: `p${at}`, title: null, minutes: length, speaks: 'both', prompts: [] })),
}) as unknown as Protocol

const minutes = (protocol: Protocol): number[] => protocol.phases.map((phase) => phase.minutes)

test('each part keeps its share, and the whole is as long as was said', () => {
  expect(minutes(lasting(of(3, 3, 3, 3), 12))).toEqual([3, 3, 3, 3])
  expect(minutes(lasting(of(3, 3, 3, 3), 15))).toEqual([4, 4, 4, 3])
  expect(minutes(lasting(of(5, 10, 5), 40))).toEqual([10, 20, 10])
  for (let all = 4; all <= 90; all += 1) expect(minutesOf(lasting(of(2, 7, 1, 10), all))).toBe(all)
})

test('no part that had a time is left without, and one without has none', () => {
  expect(minutes(lasting(of(1, 18, 1), 3))).toEqual([1, 1, 1])
  expect(minutes(lasting(of(0, 4), 10))).toEqual([0, 10])
  expect(minutes(lasting(of(0, 0), 10))).toEqual([0, 0])
})
