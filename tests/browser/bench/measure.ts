// Decides how a key is measured: from the event that the browser gives until the page has dealt with it, and until its letter is painted.
import { expect, type Page } from '@playwright/test'

const KEYS = Number(process.env['BENCH_KEYS'] ?? 300)
/** Keys before the measured ones: the page's code is compiled by then. */
const WARMING_KEYS = 60
/** Letters of the note. */
const NOTE_UNITS = 20_000
/** Milliseconds between two keys: somebody who types well. */
const KEY_MS = 110
export const PARTNER_KEY_MS = 130

interface Figures {
  work: number[]
  frame: number[]
  late: number
}

declare global {
  interface Window {
    keys: Figures
  }
}

const PARAGRAPH =
  'After “Take a moment with that” it was *4 s*, and **four** voices at the window table. The back row answered twice; see [the plan](https://example.org).'

export function note(): string {
  const parts = ['## What we saw', '']
  while (parts.join('\n').length < NOTE_UNITS) parts.push(PARAGRAPH, '', '- [ ] Ask the back row first', '- Count to three', '')
  return parts.join('\n').slice(0, NOTE_UNITS)
}

/** Begins to measure the keys of this page. */
function watch(): void {
  const figures: Figures = { work: [], frame: [], late: 0 }
  window.keys = figures
  const after = (run: () => void): void => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = run
    port2.postMessage(null)
  }
  addEventListener(
    'keydown',
    (event) => {
      const { timeStamp } = event
      // A message is heard when everything that the key set off at once has run.
      addEventListener('input', () => after(() => figures.work.push(performance.now() - timeStamp)), { once: true })
      requestAnimationFrame(() => after(() => figures.frame.push(performance.now() - timeStamp)))
    },
    { capture: true },
  )
  const observer = new PerformanceObserver((list) => {
    figures.late += list.getEntries().filter((entry) => entry.name === 'keydown' && entry.duration > 16).length
  })
  observer.observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit)
}

const at = (sorted: number[], share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN

export function said(figures: number[]): Record<string, number> {
  const sorted = figures.toSorted((one, other) => one - other)
  return Object.fromEntries([['p50', 0.5], ['p90', 0.9], ['p95', 0.95], ['p99', 0.99]].map(([name, share]) => [name, Math.round(at(sorted, Number(share)) * 100) / 100]))
}

export async function measured(page: Page, what: string, partner: { typing: boolean }): Promise<void> {
  const typed = async (keys: number) => {
    for (let key = 0; key < keys; key += 1) await page.keyboard.type(key % 7 === 6 ? ' ' : 'e', { delay: KEY_MS })
  }
  await typed(WARMING_KEYS)
  await page.evaluate(watch)
  await typed(KEYS)
  await expect.poll(() => page.evaluate(() => window.keys.frame.length)).toBe(KEYS)
  const figures = await page.evaluate(() => window.keys)
  const { work, frame, late } = figures
  console.log(JSON.stringify({ what, partner: partner.typing, keys: work.length, work_ms: said(work), frame_ms: said(frame), frames_late: late }))
}
