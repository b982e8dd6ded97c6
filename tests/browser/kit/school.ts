// Decides how a test gets two teachers: each with a daemon, a page, and the other as partner.
import { expect, test as base, type Page } from '@playwright/test'
import { Daemon, hasBinary, BINARY } from './daemon'
import { Wire } from './wire'

export interface Teacher {
  daemon: Daemon
  page: Page
}

interface Fixtures {
  ana: Teacher
  ben: Teacher
  chidi: Teacher
  /** Ana and Ben, paired. */
  pair: { ana: Teacher; ben: Teacher }
  /** Ana and Ben, paired over a wire that can be cut; there is no other way from one to the other. */
  wired: { ana: Teacher; ben: Teacher; wire: Wire }
}

export const test = base.extend<Fixtures>({
  ana: async ({ browser }, use) => {
    await teacher('Ana', browser, use)
  },
  ben: async ({ browser }, use) => {
    await teacher('Ben', browser, use)
  },
  chidi: async ({ browser }, use) => {
    await teacher('Chidi', browser, use)
  },
  pair: async ({ ana, ben }, use) => {
    await ana.daemon.pairWith(ben.daemon)
    await use({ ana, ben })
  },
  wired: async ({ browser }, use) => {
    // Each on an address of its own, so that neither guesses the other's from the wire's.
    await teacher('Ana', browser, (ana) =>
      teacher('Ben', browser, async (ben) => {
        const wire = await Wire.between(ben.daemon.ready.listen[0]!, ana.daemon.ready.listen[0]!)
        await ana.daemon.pairWith(ben.daemon, wire.at)
        await use({ ana, ben, wire })
        wire.close()
      }, '127.0.12.2:0'), '127.0.12.1:0')
  },
})

async function teacher(
  name: string,
  browser: import('@playwright/test').Browser,
  use: (teacher: Teacher) => Promise<void>,
  listen?: string,
): Promise<void> {
  test.skip(!hasBinary() && !process.env['CI'], `no daemon to run at ${BINARY}: build it, or set ROUNDS_BIN`)
  const daemon = await Daemon.start(name, true, listen)
  const context = await browser.newContext()
  const page = await context.newPage()
  const troubles: string[] = []
  page.on('console', (message) => {
    // A refused style or script, or an exception, is a defect; a lost connection is part of some tests.
    if (message.type() === 'error' && /content security policy|refused to|uncaught/i.test(message.text())) {
      troubles.push(message.text())
    }
  })
  page.on('pageerror', (error) => troubles.push(String(error)))
  await page.goto(await daemon.launchLink())
  await use({ daemon, page })
  expect(troubles, `${name}'s page complained`).toEqual([])
  await context.close()
  await daemon.remove()
}

export { expect }

/** The text of one field, as the page shows it. */
export async function shown(page: Page, field: string): Promise<string> {
  return page.locator(`[data-field="${field}"] .cm-content`).evaluate((content) =>
    [...content.querySelectorAll('.cm-line')]
      .map((line) => {
        const copy = line.cloneNode(true) as HTMLElement
        copy.querySelectorAll('.cm-partner, .cm-placeholder').forEach((extra) => extra.remove())
        return copy.textContent ?? ''
      })
      .join('\n'),
  )
}

export const textOf = (page: Page, field: string) => page.locator(`[data-field="${field}"] .cm-content`)

/** Waits until both pages show one and the same text, and returns it. */
export async function agree(one: Page, other: Page, field: string, contains: string[]): Promise<string> {
  await expect(async () => {
    const text = await shown(one, field)
    for (const part of contains) expect(text).toContain(part)
    expect(await shown(other, field)).toBe(text)
  }).toPass({ timeout: 30_000 })
  return shown(one, field)
}

export const truth = (page: Page) => page.getByRole('contentinfo')

/** Everything this browser keeps of words that wait, in both of its stores, as it lies there. */
export async function kept(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const notes = Object.entries(localStorage).filter(([name]) => name.startsWith('rounds-kept/'))
    const database = await new Promise<IDBDatabase>((answer, fail) => {
      const opening = indexedDB.open('rounds-kept', 1)
      opening.onupgradeneeded = () => opening.result.createObjectStore('slots')
      opening.onsuccess = () => answer(opening.result)
      opening.onerror = () => fail(opening.error)
    })
    const all = database.transaction('slots').objectStore('slots').getAll()
    await new Promise((done) => (all.onsuccess = done))
    database.close()
    return [...notes.map((note) => note.join()), ...(all.result as string[][]).map((sealed) => sealed.join())]
  })
}

interface Clipboard {
  plain?: string
  html?: string
  picture?: boolean
}

/** Pastes into a text, as if it had been copied elsewhere. */
export async function paste(page: Page, field: string, clipboard: Clipboard): Promise<void> {
  await textOf(page, field).evaluate((target, { plain, html, picture }: Clipboard) => {
    const data = new DataTransfer()
    if (html !== undefined) data.setData('text/html', html)
    if (plain !== undefined) data.setData('text/plain', plain)
    if (picture) data.items.add(new File(['x'], 'a.png', { type: 'image/png' }))
    target.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
  }, clipboard)
}
