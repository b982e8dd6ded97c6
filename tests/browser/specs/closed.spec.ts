// Decides whether closing a page loses anything that still waits: it does not, and none of it lies open in the browser.
import { expect, shown, test, textOf, truth } from '../kit/school'

test('a page closed while its words wait: the next one sends them, once', async ({ ana }) => {
  await ana.page.getByRole('button', { name: 'New notes' }).click()
  await textOf(ana.page, 'notes').click()
  await ana.page.keyboard.type('Before. ')
  await expect(truth(ana.page)).toContainText('Saved here')
  const id = decodeURIComponent(new URL(ana.page.url()).hash.split('/').at(-1)!)
  await ana.daemon.kill()
  await ana.page.keyboard.type('While it was away 😀.')
  await expect(truth(ana.page)).toContainText('Your words wait in this page')

  // Put away, and not to be read there.
  const stored = () =>
    ana.page.evaluate(async () => {
      const open = indexedDB.open('rounds')
      await new Promise((done) => (open.onsuccess = done))
      const all = open.result.transaction('slots').objectStore('slots').getAll()
      await new Promise((done) => (all.onsuccess = done))
      open.result.close()
      return (all.result as { bytes: ArrayBuffer }[]).map(({ bytes }) => new TextDecoder('latin1').decode(bytes))
    })
  await expect.poll(async () => (await stored()).length).toBe(1)
  expect((await stored())[0]).not.toContain('away')

  const context = ana.page.context()
  await ana.page.close()
  await ana.daemon.restart()
  ana.page = await context.newPage()
  await ana.page.goto(await ana.daemon.launchLink())
  await expect(truth(ana.page)).toContainText('Saved here')
  await ana.page.locator(`a[href="#/documents/${id}"]`).click()
  await expect(textOf(ana.page, 'notes')).toContainText('While it was away')
  expect(await shown(ana.page, 'notes')).toBe('Before. While it was away 😀.')
  await expect.poll(async () => (await ana.daemon.command('text', 'show', id))['text']).toBe('Before. While it was away 😀.')
  await expect.poll(async () => (await stored()).length).toBe(0)

  // And it can be written on.
  await textOf(ana.page, 'notes').click()
  await ana.page.keyboard.press('ControlOrMeta+End')
  await ana.page.keyboard.type(' After.')
  await expect.poll(async () => (await ana.daemon.command('text', 'show', id))['text']).toBe('Before. While it was away 😀. After.')
})

test('a page closed on the text itself shows its words again at once', async ({ ana }) => {
  await ana.page.getByRole('button', { name: 'New notes' }).click()
  await textOf(ana.page, 'notes').click()
  const url = ana.page.url()
  await ana.page.keyboard.type('One. ')
  await expect(truth(ana.page)).toContainText('Saved here')
  await ana.page.waitForFunction(slots, 0)
  await ana.daemon.kill()
  await ana.page.keyboard.type('Two.')
  await expect(truth(ana.page)).toContainText('Your words wait in this page')
  await ana.page.waitForFunction(slots, 1)
  await ana.page.waitForFunction(settled)
  const context = ana.page.context()
  await ana.page.close()
  await ana.daemon.restart()
  ana.page = await context.newPage()
  await ana.page.goto(await ana.daemon.launchLink())
  await ana.page.goto(url)
  await expect(textOf(ana.page, 'notes')).toContainText('Two.')
  expect(await shown(ana.page, 'notes')).toBe('One. Two.')
  await expect(truth(ana.page)).toContainText('Saved here')
})

/** Whether the browser keeps this many texts that wait. */
async function slots(wanted: number): Promise<boolean> {
  const open = indexedDB.open('rounds')
  await new Promise((done) => (open.onsuccess = done))
  const count = open.result.transaction('slots').objectStore('slots').count()
  await new Promise((done) => (count.onsuccess = done))
  open.result.close()
  return count.result === wanted
}

/** Whether what the browser keeps has not been sealed anew for a while: the last letter typed is in it. */
async function settled(): Promise<boolean> {
  const open = indexedDB.open('rounds')
  await new Promise((done) => (open.onsuccess = done))
  const all = open.result.transaction('slots').objectStore('slots').getAll()
  await new Promise((done) => (all.onsuccess = done))
  open.result.close()
  const seal = JSON.stringify(all.result.map((kept: { nonce: Uint8Array }) => Array.from(kept.nonce)))
  const memory = window as unknown as { seal?: string; since?: number }
  if (memory.seal !== seal) {
    memory.seal = seal
    memory.since = performance.now()
  }
  return performance.now() - (memory.since ?? 0) > 500
}
