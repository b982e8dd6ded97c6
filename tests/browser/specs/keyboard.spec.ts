// Decides whether somebody without a mouse gets from the first start to notes that their partner holds, and to the end of the talk about them.
import type { Page } from '@playwright/test'
import { Daemon, hasBinary, BINARY } from '../kit/daemon'
import { expect, test, textOf } from '../kit/school'

/** More stops than any screen has. */
const STOPS_MAX = 120

/** Walks from stop to stop until one is called so. */
async function reach(page: Page, role: 'link' | 'button' | 'textbox' | 'combobox', name: string | RegExp): Promise<void> {
  const wanted = page.getByRole(role, { name, exact: typeof name === 'string' }).first()
  await wanted.waitFor()
  for (let stop = 0; stop < STOPS_MAX; stop += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`no key leads to ${String(name)}`)
}

async function press(page: Page, role: 'link' | 'button', name: string | RegExp): Promise<void> {
  await reach(page, role, name)
  await page.keyboard.press('Enter')
}

test('by keyboard alone, from the first start to the end of a debrief', async ({ browser, ben }) => {
  test.slow()
  test.skip(!hasBinary() && !process.env['CI'], `no daemon to run at ${BINARY}`)
  const daemon = await Daemon.start('Ana', false)
  const page = await (await browser.newContext()).newPage()
  await page.goto(await daemon.launchLink())

  await reach(page, 'textbox', 'Your name')
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.type('Ana')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'People' })).toBeFocused()

  await ben.page.getByRole('link', { name: 'People' }).click()
  await ben.page.getByRole('button', { name: 'Show a code' }).click()
  const code = await ben.page.getByTestId('pairing-code').innerText()
  await reach(page, 'textbox', 'Code from your partner')
  await page.keyboard.type(code)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await reach(page, 'textbox', /Address of your partner/)
  await page.keyboard.type(ben.daemon.ready.listen[0]!)
  await page.keyboard.press('Enter')
  await expect(page.getByText('You are paired with Ben')).toBeVisible()

  await press(page, 'link', 'Today')
  await expect(page.getByRole('heading', { level: 1, name: /Ana/ })).toBeFocused()
  await press(page, 'link', 'Propose a visit')
  await reach(page, 'textbox', /^Focus question/)
  await page.keyboard.type('Who answers?')
  await page.keyboard.press('Enter')
  await expect(page.getByText('You visit Ben')).toBeVisible()
  await press(page, 'link', 'Observe')
  await press(page, 'button', 'New notes')
  await reach(page, 'textbox', 'Notes')
  await page.keyboard.type('Four voices answered.')
  await press(page, 'button', 'Release…')
  await press(page, 'button', 'Release to Ben')
  await expect(page.getByText('Released to Ben: the words as they stood')).toBeVisible()

  await ben.page.getByRole('link', { name: 'Today' }).click()
  await ben.page.getByRole('region', { name: 'Waiting for you' }).getByRole('link', { name: /Notes from Ana/ }).click()
  await expect(textOf(ben.page, 'notes')).toHaveText('Four voices answered.')

  // The talk about them: begun by its protocol, gone through part by part, and closed.
  await press(page, 'link', 'Debrief')
  await press(page, 'button', 'Begin the debrief')
  await press(page, 'button', 'Begin')
  await reach(page, 'textbox', 'Put something down')
  await page.keyboard.type('I remember the window table.')
  await press(page, 'button', 'Add')
  await expect(page.getByRole('listitem').filter({ hasText: 'I remember the window table.' }).first()).toBeVisible()
  for (let part = 1; part < 5; part += 1) {
    await press(page, 'button', 'Next part')
    await expect(page.getByText(`Part ${part + 1} of 5`)).toBeAttached()
  }
  await reach(page, 'textbox', 'Next steps')
  await page.keyboard.type('Wait five seconds')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('checkbox', { name: 'Wait five seconds' })).toBeVisible()
  await press(page, 'button', 'We talked')
  await expect(page.getByText('Closed', { exact: true })).toBeVisible()
  await expect(page.getByText('You talked. This visit is closed')).toBeVisible()
  await page.context().close()
  await daemon.remove()
})
