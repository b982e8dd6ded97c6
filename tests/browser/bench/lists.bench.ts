// Decides how long a teacher waits for lists and searches when terms of writing lie behind them.
//
//     BENCH_DATA=DIR npm run bench lists      in tests/browser; `cargo xtask sample-term --terms 10 --release --data DIR` fills DIR
//
// A real daemon runs on a copy of that folder, a real page shows it. What is measured, from the tap or the last letter of a question:
//
// - screen: until the frame in which the screen's list stands is made, coming from another screen;
// - search: until the frame in which its results stand is made, with everything read by then.
//
// Each is asked when all that the one before it asked for has come, as it has when somebody reads what stands there.
// The figures are printed; nothing is asserted about them. `BENCH_TIMES` sets how often each is asked for.
import { test, type Page } from '@playwright/test'
import { Daemon } from '../kit/daemon'
import { said } from './measure'

const FOLDER = process.env['BENCH_DATA']
const TIMES = Number(process.env['BENCH_TIMES'] ?? 60)
const SCREENS = [
  { screen: 'today', hash: '#/', shows: '#writing' },
  { screen: 'visits', hash: '#/visits', shows: '.visits li a' },
  { screen: 'growth', hash: '#/growth', shows: '[id^="goals-"]' },
  { screen: 'people', hash: '#/people', shows: '#partners' },
]
const QUESTIONS = ['waits', 'hands window table', 'zyzzyva']

/** Milliseconds until something shows, once it was asked for; looked at after every frame. */
const until = (page: Page, ask: string, shows: string): Promise<number> =>
  page.evaluate(
    ([ask, shows]) =>
      new Promise<number>((done) => {
        const began = performance.now()
        if (ask!.startsWith('#/')) location.hash = ask!
        else {
          const field = document.querySelector<HTMLInputElement>('#words')!
          field.value = ask!
          field.dispatchEvent(new Event('input', { bubbles: true }))
        }
        // A message is heard when the frame is made, with all that was done for it.
        const { port1, port2 } = new MessageChannel()
        const next = (): void => void requestAnimationFrame(() => port2.postMessage(null))
        port1.onmessage = () => {
          if (document.querySelector(shows!) && !document.querySelector('.settling')) done(performance.now() - began)
          else next()
        }
        next()
      }),
    [ask, shows],
  )

/** Counts what the page waits for, and gives a way to wait until that is nothing. */
function quiet(page: Page): () => Promise<void> {
  let asked = 0
  let heard: () => void = () => undefined
  page.on('request', () => (asked += 1))
  const ended = (): void => {
    asked -= 1
    if (asked === 0) heard()
  }
  page.on('requestfinished', ended)
  page.on('requestfailed', ended)
  return async () => {
    for (;;) {
      // What has come may ask for more in the frame that shows it.
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
      if (asked === 0) return
      await new Promise<void>((done) => (heard = done))
    }
  }
}

test('lists and searches, terms on', async ({ page }) => {
  test.skip(FOLDER === undefined, 'BENCH_DATA names no folder')
  const daemon = await Daemon.on(FOLDER!, 'Ana')
  const still = quiet(page)
  await page.goto(await daemon.launchLink())
  for (const { screen, hash, shows } of SCREENS) {
    const figures: number[] = []
    for (let time = 0; time <= TIMES; time += 1) {
      await until(page, '#/settings', '#computer')
      await still()
      const took = await until(page, hash, shows)
      if (time > 0) figures.push(took)
    }
    console.log(JSON.stringify({ screen, times: figures.length, ms: said(figures) }))
  }
  await until(page, '#/search', '#words')
  const began = Date.now()
  await until(page, QUESTIONS[0]!, 'ul.sheet li mark')
  // What is read first is shown first; all of it is read when nothing is said to be missing.
  await still()
  console.log(JSON.stringify({ screen: 'first search, all of it read', ms: Date.now() - began }))
  for (const question of QUESTIONS) {
    const figures: number[] = []
    for (let time = 0; time <= TIMES; time += 1) {
      await until(page, '', 'main [role=status]:empty')
      await still()
      const took = await until(page, question, 'main [role=status]:not(:empty)')
      if (time > 0) figures.push(took)
    }
    console.log(JSON.stringify({ search: question, times: figures.length, ms: said(figures) }))
  }
  await daemon.remove()
})
