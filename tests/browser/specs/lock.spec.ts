// Decides whether a locked page shows and gives nothing, and whether all that was typed is there once it is unlocked.
import type { Page } from '@playwright/test'
import { look } from '../kit/looks'
import { expect, kept, shown, test, textOf, truth, type Teacher } from '../kit/school'

const PASSPHRASE = 'correct horse battery'

async function setPassphrase(page: Page): Promise<void> {
  await page.getByLabel('New passphrase').fill(PASSPHRASE)
  await page.getByLabel('The same once more').fill(PASSPHRASE)
  await page.getByRole('button', { name: 'Set the passphrase' }).click()
  await expect(page.getByText('The passphrase is set.')).toBeVisible()
}

const question = (page: Page) => page.getByLabel('Passphrase', { exact: true })

async function unlock(page: Page): Promise<void> {
  await question(page).fill(PASSPHRASE)
  await page.keyboard.press('Enter')
  await expect(question(page)).toHaveCount(0)
}

/** All that a page knows by heart, and all that it shows. */
const everything = (page: Page) => page.evaluate(() => document.documentElement.outerHTML + JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))

/** What opens waiting words, as the daemon hands it to the pages of this browser now. */
const sealKey = async (page: Page) => /name="rounds-key" content="(\w*)"/.exec(await (await page.request.get(new URL('/', page.url()).href)).text())?.[1]

/** The page's clock is going to run ahead: what the daemon says of idleness, by its own, is to agree with it. */
async function aheadOf(page: Page): Promise<void> {
  await page.route('**/api/v1/lock', async (route) => {
    if (route.request().method() !== 'GET') return route.continue()
    const response = await route.fetch()
    await route.fulfill({ response, json: { ...((await response.json()) as object), idle: true } })
  })
}

const stored = async ({ daemon }: Teacher, id: string) => (await daemon.command('text', 'show', id, 'plan'))['text']

test('locked with one key in mid-sentence: nothing is shown or given, partners notice nothing, and the sentence is there once', async ({ pair: { ana, ben } }) => {
  const id = String((await ana.daemon.command('visit', 'propose', '--with', 'Ben'))['document'])
  const { page } = ana
  // Without a passphrase the key leads to where one is set.
  await page.keyboard.press('F8')
  await expect(page.getByRole('heading', { name: 'Lock', exact: true })).toBeFocused()
  await page.getByLabel('New passphrase').fill(PASSPHRASE)
  await page.getByLabel('The same once more').fill('correct house')
  await page.getByRole('button', { name: 'Set the passphrase' }).click()
  await expect(page.getByText('The two are not the same')).toBeVisible()
  await setPassphrase(page)
  await look(page, 'settings-lock')

  const other = await page.context().newPage()
  for (const one of [page, other]) {
    await one.goto(new URL(`/#/documents/${id}`, page.url()).href)
    await textOf(one, 'plan').click()
  }
  await page.bringToFront()
  await textOf(page, 'plan').click()
  await page.keyboard.type('Before. ')
  await expect(truth(page)).toContainText('Saved here')
  await expect.poll(() => shown(other, 'plan')).toBe('Before. ')

  // The daemon sleeps: what is typed now is not saved, and the screen is empty all the same.
  ana.daemon.freeze()
  await page.keyboard.type('Four voices.')
  await page.keyboard.press('F8')
  for (const one of [page, other]) {
    await expect(question(one)).toBeVisible()
    await expect(one).toHaveTitle('Rounds')
    // Whole words: the name of a built file may begin with anybody's name.
    expect(/\b(?:Before|voices|Ben)\b/.exec(await everything(one))).toBeNull()
  }
  const reloaded = page.waitForEvent('load')
  ana.daemon.thaw()
  await reloaded
  await expect(question(page)).toBeFocused()
  expect(await sealKey(page)).toBe('')
  expect((await kept(page)).length).toBeGreaterThan(0)
  await expect(ana.daemon.command('documents', 'list')).rejects.toThrow(/"locked"/)
  await look(page, 'locked')

  // Partners notice nothing.
  await ben.page.goto(new URL(`/#/documents/${id}`, ben.page.url()).href)
  await textOf(ben.page, 'plan').click()
  await ben.page.keyboard.press('ControlOrMeta+Home')
  await ben.page.keyboard.type('Ben: ')
  await expect(truth(ben.page)).toContainText('On Ana’s computer')

  await question(page).fill('battery horse correct')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toContainText('That is not the passphrase')
  await unlock(page)
  await expect.poll(() => shown(page, 'plan')).toBe('Ben: Before. Four voices.')
  await expect.poll(() => stored(ana, id)).toBe('Ben: Before. Four voices.')
  await expect.poll(() => kept(page)).toEqual([])
  // The other page is open when one comes back to it.
  await other.bringToFront()
  await other.evaluate(() => dispatchEvent(new Event('focus')))
  await expect.poll(() => shown(other, 'plan')).toBe('Ben: Before. Four voices.')
})

test('left alone for five minutes it locks, half a form and all; in Spanish, and by a command', async ({ ana }) => {
  const { page } = ana
  await page.getByRole('link', { name: 'Settings' }).click()
  await setPassphrase(page)
  await page.clock.install()
  await aheadOf(page)
  await page.reload()
  await page.getByLabel('Your name').fill('Ana Maria')
  await page.clock.fastForward('04:50')
  await page.mouse.move(200, 200)
  await page.clock.fastForward('04:50')
  await expect(page.getByLabel('Your name')).toHaveValue('Ana Maria')
  await page.clock.fastForward('00:20')
  await expect(question(page)).toBeFocused()
  await expect.poll(() => sealKey(page)).toBe('')
  // The page loads itself anew meanwhile.
  await expect(async () => expect(await everything(page)).not.toContain('Maria')).toPass()
  await unlock(page)
  await expect(page.getByLabel('Your name')).toHaveValue('Ana Maria')

  await page.getByLabel('Locks by itself after').selectOption('15')
  await expect(page.getByText('Saved', { exact: true })).toBeVisible()
  await page.clock.fastForward('05:10')
  await expect(page.getByLabel('Your name')).toHaveValue('Ana Maria')

  await page.getByLabel('Language', { exact: true }).selectOption('es')
  await ana.daemon.command('lock')
  await expect(page.getByLabel('Contraseña', { exact: true })).toBeFocused()
  await expect.poll(() => sealKey(page)).toBe('')
  await look(page, 'locked-es')
})

test('one browser does not lock another in which somebody sits', async ({ ana, browser }) => {
  const { page } = ana
  await page.getByRole('link', { name: 'Settings' }).click()
  await setPassphrase(page)
  const context = await browser.newContext()
  const left = await context.newPage()
  await left.clock.install()
  await left.goto(await ana.daemon.launchLink())
  await expect(left.getByRole('heading', { level: 1, name: /Ana/ })).toBeVisible()
  // Somebody writes in the first browser, while for the second a whole evening passes.
  await page.getByLabel('Your name').fill('Ana Maria')
  const asked = left.waitForResponse((response) => response.url().endsWith('/api/v1/lock') && response.request().method() === 'GET')
  await left.clock.fastForward('05:10')
  expect(await (await asked).json()).toMatchObject({ locked: false, idle: false })
  await expect(left.getByRole('heading', { level: 1, name: /Ana/ })).toBeVisible()
  expect((await ana.daemon.command('status'))['person']).toMatchObject({ name: 'Ana' })
  await aheadOf(left)
  // Both load anew when it locks; a browser that is closed in the middle of that may never end.
  const anew = [left, page].map((one) => one.waitForEvent('load'))
  await left.clock.fastForward('05:10')
  await Promise.all(anew)
  await expect(question(left)).toBeVisible()
  await expect(question(page)).toBeVisible()
  await context.close()
})
