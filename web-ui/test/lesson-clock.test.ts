// Decides whether the time of a lesson is right on devices that sleep, are set, or were wrong all along.
import { expect, test } from 'vitest'
import { LessonClock, OBSERVED_MS_MAX, rememberedBeginning, type Told } from '../src/lib/observe/lesson-clock'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A device and the computer its daemon runs on; each has a count of its own and a clock that somebody set. */
function setUp() {
  const device = { steady: 5_000, wall: 1_700_000_000_000 }
  const computer = { count: 'first', steady: 90_000_000, wall: 1_800_000_000_000 }
  const kept: Told[] = []
  let reachable = true
  const clock = (began: Told | null = null) =>
    new LessonClock(
      {
        steady: () => device.steady,
        wall: () => device.wall,
        ask: () => Promise.resolve(reachable ? { count: computer.count, steady_ms: computer.steady, now_ms: computer.wall } : null),
        keep: (began) => void kept.push(began),
      },
      began,
    )
  /** Time passes; in its sleep a device's count stands still. */
  const pass = (milliseconds: number, asleep = false): void => {
    device.steady += asleep ? 0 : milliseconds
    device.wall += milliseconds
    computer.steady += milliseconds
    computer.wall += milliseconds
  }
  const begun = async (reached = 0, began: Told | null = null): Promise<LessonClock> => {
    const one = clock(began)
    await one.start(reached)
    return one
  }
  return { device, computer, kept, pass, begun, reach: (is: boolean) => (reachable = is) }
}

const settled = (): Promise<void> => new Promise((done) => setTimeout(done, 0))

test('it counts from where the notes end, whatever day the device believes it is', async () => {
  const { device, pass, begun } = setUp()
  device.wall -= 400 * DAY
  const clock = await begun(2 * MINUTE)
  pass(3 * MINUTE)
  expect(clock.now()).toBe(5 * MINUTE)
})

test.each([
  ['put forward by days', 3 * DAY],
  ['put forward by minutes', 5 * MINUTE],
  ['put back by days', -3 * DAY],
])('a device whose clock is %s in mid-lesson counts on as before', async (_, by) => {
  const { device, pass, begun } = setUp()
  const clock = await begun()
  pass(10 * MINUTE)
  clock.now()
  device.wall += by
  clock.now()
  await settled()
  pass(MINUTE)
  expect(clock.now()).toBe(11 * MINUTE)
})

test('what a device slept through in a lesson is counted, by what the daemon says', async () => {
  const { device, pass, begun } = setUp()
  const clock = await begun()
  pass(10 * MINUTE)
  clock.now()
  pass(7 * MINUTE, true)
  // Set as it woke, too.
  device.wall += 3 * MINUTE
  clock.now()
  await settled()
  expect(clock.now()).toBe(17 * MINUTE)
})

test('out of reach, a device that slept believes that it did, and never that it did for days', async () => {
  const { pass, begun, reach } = setUp()
  const clock = await begun()
  pass(10 * MINUTE)
  clock.now()
  reach(false)
  pass(7 * MINUTE, true)
  clock.now()
  await settled()
  expect(clock.now()).toBe(17 * MINUTE)
  pass(2 * DAY, true)
  clock.now()
  await settled()
  expect(clock.now()).toBe(17 * MINUTE)
  // In reach again, the daemon knows no lesson that went on for days either.
  reach(true)
  await clock.agree()
  expect(clock.now()).toBe(17 * MINUTE)
})

test('the daemon’s computer may be set, start anew, or sleep for a night: time neither jumps nor goes back', async () => {
  const { computer, pass, begun } = setUp()
  const clock = await begun()
  pass(10 * MINUTE)
  computer.wall += 3 * DAY
  await clock.agree()
  expect(clock.now()).toBe(10 * MINUTE)
  Object.assign(computer, { count: 'second', steady: 30_000 })
  await clock.agree()
  pass(MINUTE)
  expect(clock.now()).toBe(11 * MINUTE)
  computer.steady += 9 * HOUR
  await clock.agree()
  expect(clock.now()).toBe(11 * MINUTE)
})

test('loaded again, it goes on from when it began; after another lesson, where the notes end', async () => {
  const { computer, device, kept, pass, begun } = setUp()
  await begun()
  const began = kept.at(-1)!
  pass(20 * MINUTE)
  // The page’s count begins anew with the page, and meanwhile its device was set.
  device.steady = 3
  device.wall += 2 * DAY
  expect((await begun(12 * MINUTE, began)).now()).toBe(20 * MINUTE)
  expect((await begun(50 * MINUTE, began)).now(), 'what was typed in from paper reaches further').toBe(20 * MINUTE)
  pass(5 * HOUR)
  expect((await begun(21 * MINUTE, began)).now()).toBe(21 * MINUTE)
  // The daemon’s computer was started meanwhile: its clock is what there is.
  Object.assign(computer, { count: 'second', steady: 4 * MINUTE })
  for (const steady_ms of [80_000_000, 0, 3 * MINUTE]) {
    const restarted = { count: 'first', steady_ms, now_ms: computer.wall - 15 * MINUTE }
    expect((await begun(9 * MINUTE, restarted)).now(), `begun at ${steady_ms}`).toBe(15 * MINUTE)
  }
})

test('a page that is left open counts no longer than a day', async () => {
  const { pass, begun } = setUp()
  const clock = await begun()
  pass(40 * HOUR)
  expect(clock.now()).toBe(OBSERVED_MS_MAX)
})

test('what is remembered is read with care', () => {
  expect(rememberedBeginning('{"count":"a","steady_ms":5,"now_ms":7}')).toEqual({ count: 'a', steady_ms: 5, now_ms: 7 })
  for (const text of [null, '', '1700000000000', '{}', '{"steady_ms":5,"now_ms":7}', '{"count":"a","steady_ms":"5","now_ms":7}', 'null', '[1'])
    expect(rememberedBeginning(text)).toBeNull()
})
