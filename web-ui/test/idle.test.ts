// Decides nothing: shows when a page counts as left alone, and that every sign of somebody counts once.
import { beforeEach, describe, expect, it } from 'vitest'
import { Idle } from '../src/lib/lock/idle'

const MINUTES_5 = 300_000

describe('idleness', () => {
  let now: number
  let timers: { at: number; run: () => void }[]
  let over: number
  let told: number[]
  let idle: Idle
  let elsewhere: boolean

  const pass = (milliseconds: number): void => {
    const until = now + milliseconds
    for (;;) {
      const next = timers.filter((one) => one.at <= until).sort((one, other) => one.at - other.at)[0]
      if (!next) break
      timers = timers.filter((one) => one !== next)
      now = next.at
      next.run()
    }
    now = until
  }
  /** The lid is closed: time passes and no timer runs. */
  const sleep = (milliseconds: number): void => {
    now += milliseconds
    for (const one of timers) one.at += milliseconds
  }

  beforeEach(() => {
    ;[now, timers, over, told, elsewhere] = [1_000_000, [], 0, [], false]
    idle = new Idle({
      now: () => now,
      after: (milliseconds, run) => {
        const timer = { at: now + milliseconds, run }
        timers.push(timer)
        return () => (timers = timers.filter((one) => one !== timer))
      },
      elsewhere: (answer) => answer(elsewhere),
      over: () => (over += 1),
      tell: (at) => told.push(at),
    })
    idle.watch(MINUTES_5)
  })

  it('is over after the minutes, to the moment', () => {
    pass(MINUTES_5 - 1)
    expect(over).toBe(0)
    pass(1)
    expect(over).toBe(1)
  })

  it('waits for as long as somebody sits at another browser, and goes on where one touches it', () => {
    elsewhere = true
    pass(MINUTES_5 + 60_000)
    expect(over).toBe(0)
    idle.touched()
    elsewhere = false
    pass(MINUTES_5 - 1)
    expect(over).toBe(0)
    pass(1)
    expect(over).toBe(1)
  })

  it('begins anew with each touch, here or in another page', () => {
    pass(200_000)
    idle.touched()
    pass(200_000)
    idle.heard(now)
    pass(MINUTES_5 - 1)
    expect(over).toBe(0)
    pass(1)
    expect(over).toBe(1)
  })

  it('takes no other page at its word about what is to come', () => {
    idle.heard(now + 10 * MINUTES_5)
    pass(MINUTES_5)
    expect(over).toBe(1)
  })

  it('is over at the first touch after a long sleep', () => {
    sleep(10 * MINUTES_5)
    expect(over).toBe(0)
    idle.touched()
    expect(over).toBe(1)
    expect(told).toEqual([])
  })

  it('tells others of the first touch, and then every so often', () => {
    for (let second = 0; second < 40; second += 1) {
      idle.touched()
      pass(1_000)
    }
    expect(told).toEqual([1_000_000, 1_015_000, 1_030_000])
  })

  it('does not matter where there is no passphrase, and does once there is one', () => {
    idle.watch(null)
    idle.touched()
    pass(10 * MINUTES_5)
    expect([over, told]).toEqual([0, []])
    idle.touched()
    idle.watch(60_000)
    pass(60_000)
    expect(over).toBe(1)
  })
})
