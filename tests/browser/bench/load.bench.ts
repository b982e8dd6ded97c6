// Decides how long a page takes until one can write in it, and what it transfers, in a note of 20 KB.
//
//     npm run bench            in tests/browser, after `cargo xtask build`; ROUNDS_BIN names the daemon
//
// A real daemon serves Rounds; beside it stands a page of automerge-repo's own parts with the same note, served by a web server that
// compressed it as well as brotli can. Each is opened in turn, the browser's cache empty (cold) and full (warm). What is measured:
//
// - first: until something is painted;
// - interactive: from navigating until the note's words stand in the editor and it takes letters;
// - transfer: bytes of all answers, as they came over the wire, until then.
//
// The figures are printed; nothing is asserted about them. `BENCH_LOADS` sets how often each is opened.
import type { CDPSession, Page } from '@playwright/test'
import { expect, paste, test, truth } from '../kit/school'
import { note, said } from './measure'
import { automergeRepo } from './peer'

const LOADS = Number(process.env['BENCH_LOADS'] ?? 9)

declare global {
  interface Window {
    interactive?: number
  }
}

/** Looks at every change of the page whether one can write; set before anything of the page runs. */
function look(words: string): void {
  const observer = new MutationObserver(() => {
    const editor = [...document.querySelectorAll<HTMLElement>('.cm-content')].find((one) => one.isContentEditable && one.textContent?.includes(words))
    if (!editor || document.querySelector('.settling')) return
    window.interactive = performance.now()
    observer.disconnect()
  })
  observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true })
}

async function opened(page: Page, cdp: CDPSession, url: string): Promise<{ first: number; interactive: number; bytes: number }> {
  let bytes = 0
  const count = ({ encodedDataLength }: { encodedDataLength: number }): void => void (bytes += encodedDataLength)
  cdp.on('Network.loadingFinished', count)
  // A page behind another one paints nothing.
  await page.bringToFront()
  await page.goto('about:blank')
  await page.goto(url)
  await expect.poll(() => page.evaluate(() => window.interactive ?? 0)).toBeGreaterThan(0)
  cdp.off('Network.loadingFinished', count)
  const times = await page.evaluate(() => ({
    first: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
    interactive: window.interactive ?? NaN,
  }))
  return { ...times, bytes }
}

test('a page is opened until one can write in it', async ({ ana }) => {
  await ana.page.getByRole('button', { name: 'New notes' }).click()
  await paste(ana.page, 'notes', { plain: note() })
  await expect(truth(ana.page)).toContainText('Saved here')
  const written = ana.page.url()
  const peer = await automergeRepo(note())
  const pages = [
    { what: 'Rounds', page: ana.page, url: written },
    { what: 'automerge-repo', page: await ana.page.context().newPage(), url: peer.url },
  ]
  for (const { page } of pages) await page.addInitScript(look, 'What we saw')
  for (const cache of ['cold', 'warm'] as const) {
    const runs = new Map(pages.map(({ what }) => [what, [] as Awaited<ReturnType<typeof opened>>[]]))
    const sessions = new Map(await Promise.all(pages.map(async ({ what, page }) => [what, await page.context().newCDPSession(page)] as const)))
    for (const cdp of sessions.values()) {
      await cdp.send('Network.enable')
      await cdp.send('Network.setCacheDisabled', { cacheDisabled: cache === 'cold' })
    }
    // The first opening fills the cache, and is not counted.
    for (let load = 0; load <= LOADS; load += 1)
      for (const { what, page, url } of pages) {
        const run = await opened(page, sessions.get(what)!, url)
        if (load > 0) runs.get(what)!.push(run)
      }
    // What one session asked of the cache holds for as long as it lasts.
    for (const cdp of sessions.values()) await cdp.detach()
    for (const [what, all] of runs)
      console.log(JSON.stringify({ what, cache, loads: all.length, first_ms: said(all.map((one) => one.first)), interactive_ms: said(all.map((one) => one.interactive)), transfer_bytes: Math.max(...all.map((one) => one.bytes)) }))
  }
  peer.end()
})
