// Decides whether what happens around a visit has its place: who takes part, what is noted for oneself, what took place or did not.
import { readFile } from 'node:fs/promises'
import { look } from '../kit/looks'
import { expect, test, textOf } from '../kit/school'

test('a visit that just took place, its roles, a line for oneself, a file for a calendar, and a stop', async ({ pair }) => {
  test.slow()
  const { ana, ben } = pair
  await ana.page.getByRole('link', { name: 'Propose a visit' }).click()
  // One comes into a visit when it is due, and not days before.
  const soon = await ana.page.evaluate(() => new Date(Date.now() + 600_000 - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 16))
  await ana.page.getByLabel('When').fill(soon)
  await ana.page.getByRole('button', { name: 'Propose', exact: true }).click()
  await expect(ana.page.getByText('You visit Ben')).toBeVisible()

  // Ana's own line is hers; her part is both of theirs.
  await ana.page.getByLabel('My class is with …').fill('Dara, in the library')
  await ana.page.getByLabel('My class is with …').press('Enter')
  await expect(ana.page.getByText('Saved, for you alone')).toBeVisible()
  await ana.page.getByLabel('What Ana looks after').selectOption('counter')
  await ben.page.getByRole('link', { name: 'Visits' }).click()
  await ben.page.getByRole('link', { name: /Ana visits you/ }).click()
  await expect(ben.page.getByLabel('What Ana looks after')).toHaveValue('counter')
  await expect(ben.page.getByLabel('My class is with …')).toHaveCount(0)
  await expect(ben.page.getByText('Dara')).toHaveCount(0)
  await ben.page.getByRole('button', { name: 'Accept' }).click()

  const downloading = ana.page.waitForEvent('download')
  await ana.page.getByRole('button', { name: 'Put into another calendar' }).click()
  const download = await downloading
  expect(download.suggestedFilename()).toBe('visit.ics')
  expect(await readFile(await download.path(), 'utf8')).toContain('SUMMARY:Visit to Ben\r\n')

  await ana.page.getByRole('button', { name: 'I’m in the room' }).click()
  await expect(ben.page.getByText('is in the room')).toBeVisible()
  await expect(ana.page.getByLabel('My class is with …')).toHaveValue('Dara, in the library')
  await look(ana.page, 'visit-taking')

  await ana.page.getByRole('link', { name: 'Observe' }).click()
  await ana.page.getByRole('button', { name: 'New notes' }).click()
  await textOf(ana.page, 'notes').click()
  await ana.page.keyboard.type('Four voices answered.')
  await ana.page.getByRole('button', { name: 'Ben asked me to stop' }).click()
  await expect(ana.page.getByRole('heading', { name: 'Ben asked you to stop' })).toBeVisible()
  await look(ana.page, 'visit-stopped', ['light', 'phone-dark'])
  await ana.page.getByRole('button', { name: 'Erase my notes…' }).click()
  await ana.page.getByRole('button', { name: 'Erase them' }).click()
  await expect(ana.page.getByText('Your notes are erased.')).toBeVisible()
  await expect(textOf(ana.page, 'notes')).toHaveCount(0)

  // After the fact, and without a visit.
  await ana.page.getByRole('link', { name: 'Today' }).click()
  await ana.page.getByRole('link', { name: 'Propose a visit' }).click()
  await ana.page.getByLabel('We just visited').check()
  await expect(ana.page.getByLabel('When it began')).not.toHaveValue('')
  await look(ana.page, 'propose-just', ['light', 'phone-dark'])
  await ana.page.getByRole('button', { name: 'Propose', exact: true }).click()
  await expect(ana.page.getByText('Written up', { exact: true })).toBeVisible()
  // What is over is no invitation any more: Ben is asked whether it was so.
  const { hash } = new URL(ana.page.url())
  await ben.page.evaluate((hash) => (location.hash = hash), hash)
  await expect(ben.page.getByText('This visit with Ana has taken place. Is that right?')).toBeVisible()
  await expect(ben.page.getByRole('button', { name: 'Not this time' })).toHaveCount(0)
  await look(ben.page, 'visit-was-it', ['light', 'phone-dark'])
  // What Ana wrote down is not taken back by a tap.
  await ben.page.getByRole('button', { name: 'It didn’t happen' }).click()
  await expect(ben.page.getByText('It leaves both your lists, and nobody is asked why.')).toBeVisible()
  await ben.page.getByRole('button', { name: 'Cancel' }).click()
  await ben.page.getByRole('button', { name: 'Yes', exact: true }).click()
  await expect(ben.page.getByText('Is that right?')).toHaveCount(0)
  await ana.page.getByRole('link', { name: 'Today' }).click()
  await ana.page.getByRole('link', { name: 'Propose a visit' }).click()
  await ana.page.getByLabel('Learn together; nobody visits').check()
  await ana.page.getByLabel('When').fill(soon)
  await expect(ana.page.getByText(/At that time you also have: You visit Ben/)).toBeVisible()
  await ana.page.getByRole('button', { name: 'Propose', exact: true }).click()
  await expect(ana.page.getByText('You learn with Ben')).toBeVisible()
  await expect(ana.page.getByRole('link', { name: 'Observe' })).toHaveCount(0)
})

test('alone, a visit to one’s own room is planned, and a partner is invited into it later', async ({ ana, ben }) => {
  await ana.page.getByRole('link', { name: 'Visits' }).click()
  await ana.page.getByRole('link', { name: 'Plan a visit' }).click()
  await expect(ana.page.getByLabel('With', { exact: true })).toHaveCount(0)
  await ana.page.getByLabel('Focus question').fill('Who answers?')
  await look(ana.page, 'plan-alone')
  await ana.page.getByRole('button', { name: 'Begin the plan' }).click()
  await expect(ana.page.getByText('Nobody is invited yet.')).toBeVisible()
  await textOf(ana.page, 'plan').click()
  await ana.page.keyboard.type('Sit by the window.')
  await look(ana.page, 'plan-alone-visit')

  await ana.daemon.pairWith(ben.daemon)
  await ana.page.getByRole('button', { name: 'Invite somebody' }).click()
  await ana.page.getByRole('button', { name: 'Invite', exact: true }).click()
  await ben.page.getByRole('link', { name: 'Visits' }).click()
  await ben.page.getByRole('link', { name: /You visit Ana/ }).click()
  await expect(textOf(ben.page, 'plan')).toHaveText('Sit by the window.')
  await ben.page.getByRole('button', { name: 'Accept' }).click()
  await expect(ana.page.getByText('Ben visits you')).toBeVisible()
})
