import { describe, expect, it } from 'vitest'
import { Settling } from '../src/lib/settling.svelte'

function staged(): { settling: Settling; at: { underway: number; now: number }; frames: (count: number) => void } {
  const at = { underway: 0, now: 0 }
  let waiting: (() => void)[] = []
  const settling = new Settling({ underway: () => at.underway, frame: (run) => void waiting.push(run), now: () => at.now })
  const frames = (count: number): void => {
    for (let one = 0; one < count; one += 1) {
      at.now += 16
      const due = waiting
      waiting = []
      due.forEach((run) => run())
    }
  }
  return { settling, at, frames }
}

describe('a screen that was just gone to', () => {
  it('is shown in the frame before which all has come', () => {
    const { settling, at, frames } = staged()
    at.underway = 2
    settling.begin()
    expect(settling.now).toBe(true)
    frames(3)
    at.underway = 1
    frames(1)
    expect(settling.now).toBe(true)
    at.underway = 0
    frames(1)
    expect(settling.now).toBe(false)
  })

  it('is shown at once where nothing is asked for', () => {
    const { settling, frames } = staged()
    settling.begin()
    frames(1)
    expect(settling.now).toBe(false)
  })

  it('is shown as it is before anybody could feel it as waiting', () => {
    const { settling, at, frames } = staged()
    at.underway = 1
    settling.begin()
    frames(9)
    expect(settling.now).toBe(true)
    frames(1)
    expect(settling.now).toBe(false)
  })

  it('of two, gone to one after the other, waits for the second', () => {
    const { settling, at, frames } = staged()
    at.underway = 1
    settling.begin()
    frames(1)
    settling.begin()
    frames(4)
    expect(settling.now).toBe(true)
    at.underway = 0
    frames(1)
    expect(settling.now).toBe(false)
  })
})
