// Decides how long a teacher waits for lists and searches when terms of writing lie behind them.
//
//     BENCH_DATA=DIR npm run bench lists      in tests/browser; `cargo xtask sample-term --terms 10 --release --data DIR` fills DIR
//
// A real daemon runs on a copy of that folder, a real page shows it. What is measured, from the tap or the last letter of a question:
//
// - screen: until the frame in which the screen's list stands is made, coming from another screen;
// - search: until the frame in which its results stand is made, with everything read by then.
//
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
const QUESTIONS = ['window', 'four voices table', 'waited after question', 'nobodywroteanythinglikethis']

/** Milliseconds until something shows, once it was asked for; looked at in every frame. */
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
        const look = (): void => {
          if (!document.querySelector(shows!) || document.querySelector('.settling')) return void requestAnimationFrame(look)
          const { port1, port2 } = new MessageChannel()
          port1.onmessage = () => done(performance.now() - began)
          port2.postMessage(null)
        }
        requestAnimationFrame(look)
      }),
    [ask, shows],
  )

test('lists and searches, terms on', async ({ page }) => {
  test.skip(FOLDER === undefined, 'BENCH_DATA names no folder')
  const daemon = await Daemon.on(FOLDER!, 'Ana')
  await page.goto(await daemon.launchLink())
  for (const { screen, hash, shows } of SCREENS) {
    const figures: number[] = []
    for (let time = 0; time <= TIMES; time += 1) {
      await until(page, '#/settings', '#computer')
      const took = await until(page, hash, shows)
      if (time > 0) figures.push(took)
    }
    console.log(JSON.stringify({ screen, times: figures.length, ms: said(figures) }))
  }
  await until(page, '#/search', '#words')
  const began = Date.now()
  await until(page, QUESTIONS[0]!, 'ul.sheet li mark')
  // What is read first is shown first; all of it is read when nothing is said to be missing.
  while (/\d.*still/.test(await page.getByRole('main').getByRole('status').innerText())) await page.waitForTimeout(50)
  console.log(JSON.stringify({ screen: 'first search, all of it read', ms: Date.now() - began }))
  for (const question of QUESTIONS) {
    const figures: number[] = []
    for (let time = 0; time <= TIMES; time += 1) {
      await until(page, '', 'header:not(:has(~ ul))')
      const shows = question.startsWith('nobody') ? 'main [role=status]:not(:empty)' : 'ul.sheet li mark'
      const took = await until(page, question, shows)
      if (time > 0) figures.push(took)
    }
    console.log(JSON.stringify({ search: question, times: figures.length, ms: said(figures) }))
  }
  await daemon.remove()
})
