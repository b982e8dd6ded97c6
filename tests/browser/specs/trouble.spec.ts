// Decides whether what goes wrong is said where the person looks, with their words still there and a way on.
import { expect as see, test as pretended } from '@playwright/test'
import { look } from '../kit/looks'
import { ANA, Pretended, world } from '../kit/pretend'
import { expect, test, textOf, truth, type Teacher } from '../kit/school'

/** Notes of Ana's that Ben may write in, open on both pages. */
async function writingTogether(pair: { ana: Teacher; ben: Teacher }): Promise<{ ana: Teacher; ben: Teacher }> {
  const { ana, ben } = pair
  await ana.page.getByRole('button', { name: 'New notes' }).click()
  await textOf(ana.page, 'notes').click()
  await ana.page.keyboard.type('Four voices.')
  await ana.page.getByLabel('They may').selectOption('writer')
  await ana.page.getByRole('button', { name: 'Share', exact: true }).click()
  await expect(truth(ana.page)).toContainText('On Ben’s computer')
  await ben.page.locator(`a[href="${new URL(ana.page.url()).hash}"]`).click()
  await expect(textOf(ben.page, 'notes')).toHaveText('Four voices.')
  return pair
}

test('a document is taken back while somebody writes in it', async ({ pair }) => {
  const { ana, ben } = await writingTogether(pair)

  await ana.page.getByRole('button', { name: 'Stop sharing with Ben' }).click()
  await ana.page.getByRole('button', { name: 'Stop sharing', exact: true }).last().click()
  const gone = ben.page.getByRole('alert')
  await expect(gone).toContainText('it is not shared with you')
  await expect(textOf(ben.page, 'notes')).toHaveText('Four voices.')
  await expect(textOf(ben.page, 'notes')).toHaveAttribute('aria-readonly', 'true')
  await expect(truth(ben.page)).toHaveText('Saved here')
  await look(ben.page, 'taken-back')
  await ben.page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await gone.getByRole('button', { name: 'Copy the words' }).click()
  await expect(gone.getByText('Copied')).toBeVisible()
  expect(await ben.page.evaluate(() => navigator.clipboard.readText())).toBe('Four voices.')
  await expect(gone.getByRole('button', { name: 'Keep them as new notes' })).toBeVisible()
  await gone.getByRole('link', { name: 'Your writing' }).click()
  await expect(ben.page.getByText('Nothing here yet')).toBeVisible()
  await ben.page.goBack()
  await expect(ben.page.getByRole('heading', { level: 1, name: 'This is not here' })).toBeVisible()
})

test('what was typed while a document was taken back can be kept', async ({ pair }) => {
  const { ana, ben } = await writingTogether(pair)

  // Ben's computer sleeps while he types, and hears of both when it wakes.
  ben.daemon.freeze()
  await textOf(ben.page, 'notes').click()
  await ben.page.keyboard.press('ControlOrMeta+End')
  await ben.page.keyboard.type(' And six later.')
  await ana.page.getByRole('button', { name: 'Stop sharing with Ben' }).click()
  await ana.page.getByRole('button', { name: 'Stop sharing', exact: true }).last().click()
  await expect(ana.page.getByRole('button', { name: 'Stop sharing with Ben' })).toHaveCount(0)
  ben.daemon.thaw()
  await expect(ben.page.getByText('it is not shared with you')).toBeVisible()
  await expect(textOf(ben.page, 'notes')).toHaveText('Four voices. And six later.')
  await ben.page.getByRole('button', { name: 'Keep them as new notes' }).first().click()
  await expect(ben.page.getByRole('heading', { level: 1, name: 'This is not here' })).toHaveCount(0)
  await expect(textOf(ben.page, 'notes')).toContainText('And six later.')
  await expect(textOf(ben.page, 'notes')).not.toHaveAttribute('aria-readonly', 'true')
  await expect(textOf(ana.page, 'notes')).toHaveText('Four voices.')
})

test('a link that was used, and a browser that was never let in', async ({ ana, browser }) => {
  const link = await ana.daemon.launchLink()
  await ana.page.goto(link)
  await expect(ana.page.getByRole('heading', { level: 1, name: /Ana/ })).toBeVisible()
  await ana.page.goto(link)
  await expect(ana.page.getByText('A link into Rounds works once')).toBeVisible()
  await ana.page.getByRole('link', { name: 'go there' }).click()
  await expect(ana.page.getByRole('heading', { level: 1, name: /Ana/ })).toBeVisible()

  const context = await browser.newContext()
  const stranger = await context.newPage()
  await stranger.goto(ana.daemon.url)
  await expect(stranger.getByText('This browser has not been let in yet')).toBeVisible()
  await expect(stranger.getByText('rounds open')).toBeVisible()
  await context.close()
})

test('a session that is over says so, keeps what is typed, and goes on once it is opened again', async ({ ana }) => {
  const { page, daemon } = ana
  await page.getByRole('button', { name: 'New notes' }).click()
  await textOf(page, 'notes').click()
  await page.keyboard.type('Before. ')
  await expect(truth(page)).toContainText('Saved here')
  await page.context().clearCookies()
  await daemon.kill()
  await page.keyboard.type('And after.')
  await daemon.restart()
  await expect(page.getByRole('alert')).toContainText('Please open Rounds again')
  await expect(page.getByText('They wait in this browser')).toBeVisible()
  await expect(textOf(page, 'notes')).toHaveText('Before. And after.')

  const notes = new URL(page.url()).hash
  await page.goto(await daemon.launchLink())
  await page.goto(new URL(notes, daemon.url).href)
  await expect(textOf(page, 'notes')).toHaveText('Before. And after.')
  await expect(truth(page)).toContainText('Saved here')
})

pretended('a daemon of another version is said, and the page can be loaded again', async ({ page }) => {
  const daemon = new Pretended(world())
  await daemon.serve(page)
  await page.goto(daemon.address())
  await see(page.getByText('Nothing here yet')).toBeVisible()
  await daemon.goAway()
  daemon.version = '9.9.9'
  daemon.reachable = true
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await see(page.getByRole('alert')).toContainText('Rounds is another version now')
  await look(page, 'another-version')
  await page.getByRole('button', { name: 'Load again' }).click()
  await see(page.getByText('Nothing here yet')).toBeVisible()
  await see(page.getByText('Rounds is another version now')).toHaveCount(0)
})

pretended.describe('in Spanish', () => {
  pretended.use({ locale: 'es-ES' })

  pretended('a page of which only the first half has come says so in its language, and goes on when the rest is there', async ({ page }) => {
    const daemon = new Pretended(world())
    await daemon.serve(page)
    let comes = false
    await page.route(/\/assets\/rooms-/, (route) => (comes ? route.fallback() : route.abort('connectionrefused')))
    await page.goto(daemon.address('#/settings'))
    await see(page.getByRole('alert')).toContainText('Esta parte de Rounds no ha llegado')
    await see(page.getByRole('navigation').getByRole('link', { name: 'Ajustes' })).toBeVisible()
    await look(page, 'half-loaded-es')
    comes = true
    await see(page.getByRole('heading', { name: 'Ajustes', level: 1 })).toBeVisible()
    await see(page.getByRole('alert')).toHaveCount(0)
  })
})

pretended('an address that means no page is said, and Today stands beneath', async ({ page }) => {
  const daemon = new Pretended(world())
  await daemon.serve(page)
  await page.goto(daemon.address('#/nowhere'))
  await see(page.getByRole('alert')).toContainText('There is no page at this address')
  await see(page.getByText('Nothing here yet')).toBeVisible()
  await look(page, 'lost', ['light', 'phone-dark'])
  await page.getByRole('link', { name: 'Today' }).first().click()
  await see(page.getByRole('alert')).toHaveCount(0)
})

pretended('words from elsewhere stay words: markup, direction and length', async ({ page }) => {
  const name = `<img src=x onerror=alert(1)>\u202Egnp${'x'.repeat(10_000)}`
  const ben = { id: 'ben'.padEnd(52, 'e'), name }
  const title = '<script>alert(1)</script>\u202Eegnahc'
  const some = world({
    partners: [{ person: ben, state: 'connected', here: true, reason: '<b>why</b>', waiting_out: 0, waiting_in: 0 }],
    documents: [{ visit: null, delivered_to: [], waiting_for: [], unread: true, id: 'n', kind: 'released_notes', title, with: [ben], updated_ms: 0 }],
    details: {
      n: {
        detail: { id: 'n', kind: 'released_notes', model: { kind: 'released_notes' }, stage: null, texts: [], people: [ANA, ben], role: 'reader', problems: [] },
        holders: [{ person: ben, role: 'owner', devices: 1, copy: 'held', heard_of_revocation: null }],
      },
    },
  })
  page.on('dialog', () => see('a dialog').toBe('never shown'))
  const daemon = new Pretended(some)
  daemon.text = () => '<img src=x onerror=alert(1)> and [a link](javascript:alert(1))'
  await daemon.serve(page)
  await page.goto(daemon.address())
  await see(page.getByText('<script>alert(1)</script>')).toBeVisible()
  await look(page, 'hostile-today')
  for (const hash of ['#/documents/n', '#/people', '#/propose', '#/settings']) {
    await page.goto(daemon.address(hash))
    await see(page.getByRole('heading', { level: 1 })).toBeVisible()
    // The editor puts empty pictures of its own beside what it folds away.
    see(await page.locator('img:not(.cm-widgetBuffer), main script, a[href^="javascript:"]').count(), hash).toBe(0)
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    see(wide, `${hash} is wider than its window`).toBeLessThanOrEqual(0)
  }
})
