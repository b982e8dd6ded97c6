// Decides how long a key takes until its letter is painted, in a note of 20 KB in which a partner types.
//
//     npm run bench            in tests/browser, after `cargo xtask build`; ROUNDS_BIN names the daemon
//
// Two real daemons, paired, and two real pages; beside them, as the floor, an empty page with nothing but a text area. As root,
// `chrt -r 1 npm run bench` keeps what else the machine does out of the figures. What is measured, from the moment the browser gives a key's event:
//
// - work: until all that the page does about the key is done, keeping and sending included;
// - frame: until the frame with the letter is made, which includes waiting for the screen's next turn (16.7 ms apart).
//
// Frames that took longer than one turn are counted by the browser's own event timing, too. The figures are printed;
// nothing is asserted about them. `BENCH_KEYS` sets how many keys are measured.
import type { Page } from '@playwright/test'
import { expect, paste, shown, test, textOf, truth } from '../kit/school'

const KEYS = Number(process.env['BENCH_KEYS'] ?? 300)
/** Keys before the measured ones: the page's code is compiled by then. */
const WARMING_KEYS = 60
/** Letters of the note. */
const NOTE_UNITS = 20_000
/** Milliseconds between two keys: somebody who types well. */
const KEY_MS = 110
const PARTNER_KEY_MS = 130

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

function note(): string {
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

function said(figures: number[]): Record<string, number> {
  const sorted = figures.toSorted((one, other) => one - other)
  return Object.fromEntries([['p50', 0.5], ['p90', 0.9], ['p99', 0.99]].map(([name, share]) => [name, Math.round(at(sorted, Number(share)) * 100) / 100]))
}

async function measured(page: Page, what: string, partner: { typing: boolean }): Promise<void> {
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

test('keys in a note of 20 KB', async ({ pair }) => {
  const { ana, ben } = pair
  const when = '2027-03-02T10:15:00+01:00'
  const id = String((await ana.daemon.command('visit', 'propose', '--with', 'Ben', '--when', when))['document'])
  for (const { page } of [ana, ben]) {
    await page.goto(new URL(`#/documents/${id}`, page.url()).href)
    await textOf(page, 'plan').click()
  }
  await paste(ana.page, 'plan', { plain: note() })
  await expect.poll(() => shown(ben.page, 'plan')).toContain('back row')
  await ana.page.keyboard.press('ControlOrMeta+Home')
  await ana.page.keyboard.press('ArrowDown')
  await measured(ana.page, 'a note of 20 KB, alone', { typing: false })

  const partner = { typing: true }
  await ben.page.keyboard.press('ControlOrMeta+End')
  const beside = (async () => {
    while (partner.typing) await ben.page.keyboard.type('and so on. ', { delay: PARTNER_KEY_MS })
  })()
  await measured(ana.page, 'a note of 20 KB, a partner types', partner)

  // The daemon is gone: every letter is kept, beside all that wait already.
  partner.typing = false
  await beside
  await ana.daemon.kill()
  await expect(truth(ana.page)).toContainText('Rounds is not answering')
  await measured(ana.page, 'a note of 20 KB, nothing is saved', partner)

  const bare = await ana.page.context().newPage()
  await bare.setContent('<textarea style="width: 40rem; height: 40rem"></textarea>')
  await bare.locator('textarea').fill(note())
  await bare.locator('textarea').focus()
  await bare.keyboard.press('ControlOrMeta+Home')
  await measured(bare, 'the floor: a text area of 20 KB on an empty page', partner)
})
