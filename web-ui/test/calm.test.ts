// Decides whether what is asked for with every letter is done soon, not with every letter, and at last once more.
import { expect, test } from 'vitest'
import { Calm } from '../src/lib/daemon/calm'

function setUp(first: number, pause: number) {
  const timers: { at: number; run: () => void }[] = []
  const done: number[] = []
  let now = 0
  const calm = new Calm(first, pause, () => void done.push(now), {
    now: () => now,
    after: (milliseconds, run) => void timers.push({ at: now + milliseconds, run }),
  })
  const until = (time: number) => {
    for (let next = timers[0]; next && next.at <= time; next = timers[0]) {
      timers.shift()
      now = next.at
      next.run()
    }
    now = time
  }
  return { calm, done, until }
}

test('what is asked several times is done once, soon; while it is asked on, once a pause; and after the last asking', () => {
  const { calm, done, until } = setUp(120, 1_000)
  for (let time = 0; time <= 3_000; time += 100) {
    until(time)
    calm.ask()
  }
  until(10_000)
  expect(done).toEqual([120, 1_120, 2_120, 3_120])
  calm.ask()
  until(20_000)
  expect(done.at(-1)).toBe(10_120)
})

test('without a first wait it is done at once', () => {
  const { calm, done, until } = setUp(0, 500)
  calm.ask()
  expect(done).toEqual([0])
  calm.ask()
  until(499)
  expect(done).toEqual([0])
  until(500)
  expect(done).toEqual([0, 500])
})
