// Decides whether the page can be made one's own: a name, a language, a light; and whether it remembers.
import { expect, test } from '@playwright/test'
import { look } from '../kit/looks'
import { BEN, Pretended, world } from '../kit/pretend'

async function opened(page: import('@playwright/test').Page, hash: string): Promise<Pretended> {
  const some = world({ partners: [{ person: BEN, state: 'connected', here: true, reason: null, waiting_out: 0, waiting_in: 0 }] })
  const devices = [
    { device: 'abcdefghijkl', person: some.me, here: true, connected: false, certified_ms: Date.parse('2026-09-01T08:00:00Z') },
    { device: 'mnopqrstuvwx', person: BEN, here: false, connected: true, certified_ms: Date.parse('2026-09-02T08:00:00Z') },
  ]
  some.answers['/devices'] = { status: 200, body: { schema: 1, devices } }
  some.answers['GET /me'] = { status: 200, body: { schema: 1, person: some.me, shows_here: false } }
  some.answers['/tablet'] = { status: 200, body: { schema: 1, on: false, stuck: true, asked_on_it: false, addresses: [], fingerprint: null, ends_ms: null } }
  some.answers['/log'] = { status: 200, body: { schema: 1, lines: ['2026-11-22T15:00:00Z  INFO ready http=127.0.0.1:4477', '2026-11-22T15:01:00Z  INFO a link is down link=1'] } }
  const daemon = new Pretended(some)
  page.on('pageerror', (error) => expect(error, 'the page threw').toBeUndefined())
  page.on('console', (message) => expect(message.text()).not.toMatch(/content security policy/i))
  await daemon.serve(page)
  await page.goto(daemon.address(hash))
  return daemon
}

test('settings, and what this computer says of itself', async ({ page }) => {
  const daemon = await opened(page, '#/settings')
  await expect(page.getByRole('textbox', { name: 'Your name' })).toHaveValue('Ana')
  await expect(page.getByText('/home/ana/rounds')).toBeVisible()
  await expect(page.getByText('Ben’s device')).toBeVisible()
  await expect(page.getByText('the way in could not be opened again')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Open it again' })).toBeVisible()
  await page.getByRole('button', { name: 'Show them' }).click()
  await expect(page.getByText('a link is down')).toBeVisible()
  await look(page, 'settings')
  // What was not taken is not shown as if it had been.
  daemon.world.answers['PUT /me'] = { status: 503, body: { error: { code: 'not_saved', message: 'not now', hint: null } } }
  await page.getByText('Show partners when my computer is on').click()
  await expect(page.getByText('It could not be saved')).toBeVisible()
  await expect(page.getByRole('checkbox', { name: 'Show partners when my computer is on' })).not.toBeChecked()
  daemon.world.answers['PUT /me'] = { status: 200, body: { schema: 1, person: { id: daemon.world.me.id, name: 'Ana Maria' }, shows_here: true } }
  const showing = page.waitForRequest((request) => request.method() === 'PUT' && request.url().endsWith('/api/v1/me'))
  await page.getByRole('checkbox', { name: 'Show partners when my computer is on' }).check()
  expect((await showing).postDataJSON()).toEqual({ shows_here: true })
  await page.getByRole('textbox', { name: 'Your name' }).fill('Ana Maria')
  const renamed = page.waitForRequest('**/api/v1/me')
  daemon.world.me = { ...daemon.world.me, name: 'Ana Maria' }
  await page.getByRole('button', { name: 'Save' }).click()
  expect((await renamed).postDataJSON()).toEqual({ name: 'Ana Maria' })
  await expect(page.getByText('Saved', { exact: true })).toBeVisible()
  await expect(page.getByRole('textbox', { name: 'Your name' })).toHaveValue('Ana Maria')
})

test('dark stays dark after the page is opened again', async ({ page }) => {
  await opened(page, '#/settings')
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const light = await ground()
  await page.getByRole('radio', { name: 'Dark' }).check()
  expect(await ground()).not.toBe(light)
  await page.reload()
  await expect(page.getByRole('radio', { name: 'Dark' })).toBeChecked()
  expect(await ground()).not.toBe(light)
  await page.getByRole('radio', { name: 'As this computer' }).check()
  expect(await ground()).toBe(light)
})

test('Spanish, at once and from then on', async ({ page }) => {
  await opened(page, '#/settings')
  await page.getByLabel('Language', { exact: true }).selectOption('es')
  await expect(page.getByRole('heading', { level: 1, name: 'Ajustes' })).toBeVisible()
  await expect(page.locator('html')).toHaveAttribute('lang', 'es')
  await look(page, 'settings-es')
  await page.reload()
  await page.getByRole('navigation').getByRole('link', { name: 'Personas' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Personas' })).toBeVisible()
  await look(page, 'people-es')
  await page.getByRole('navigation').getByRole('link', { name: 'Visitas' }).click()
  await page.getByRole('link', { name: 'Semana', exact: true }).click()
  await expect(page.getByRole('link', { name: 'Anterior', exact: true })).toBeVisible()
  await look(page, 'week-es')
})

test.describe('with a browser that prefers Spanish', () => {
  test.use({ locale: 'es-ES' })
  test('the first start asks in Spanish', async ({ page }) => {
    const daemon = new Pretended(world({ me: { id: 'ana', name: '' } }))
    await daemon.serve(page)
    await page.goto(daemon.address())
    await expect(page.getByLabel('Tu nombre')).toBeVisible()
    await look(page, 'welcome-es')
  })
})
