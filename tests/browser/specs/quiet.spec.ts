// Decides whether Today says quietly, and only where there is room for it, what one might do: a small step, a visit that is due, a look back.
import type { Page } from '@playwright/test'
import { look } from '../kit/looks'
import { expect, test, textOf } from '../kit/school'

const DAY_MS = 86_400_000

/** Opens Today as it will be so many days from now. */
async function today(page: Page, days: number): Promise<void> {
  await page.clock.setFixedTime(Date.now() + days * DAY_MS)
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'People' }).click()
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Today' }).click()
  await expect(page.getByRole('heading', { level: 1, name: /Ana|Ben/ })).toBeVisible()
}

test('one small step where nothing is planned, a line where two meant to meet, a look back some days after a visit', async ({ pair }) => {
  const { ana, ben } = pair
  await ana.page.reload()
  const step = ana.page.getByRole('region', { name: 'If you like' })
  await expect(step).toContainText('See a lesson of Ben’s: ten minutes are a visit.')
  await look(ana.page, 'today-gentle', ['light', 'dark', 'phone-dark'])
  await step.getByRole('link', { name: 'Ask to visit' }).click()
  await expect(ana.page.getByRole('heading', { level: 1, name: 'Propose a visit' })).toBeVisible()

  await ana.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'People' }).click()
  await ana.page.getByRole('button', { name: 'Become visiting partners with Ben' }).click()
  await ben.page.getByRole('link', { name: 'Answer' }).click()
  await ben.page.getByRole('button', { name: 'Yes, let us visit each other' }).click()
  await ben.page.getByLabel('How often you mean to visit').selectOption({ label: 'Every week' })
  await expect(ana.page.getByLabel('How often you mean to visit')).toHaveValue('every_week')
  // Now there is a journal, and telling of a lesson is the smallest step.
  await today(ana.page, 0)
  await expect(step).toContainText('Tell Ben about a lesson')
  const due = ana.page.getByText('You and Ben meant to visit each other about now.')
  await expect(due).toHaveCount(0)
  await today(ana.page, 9)
  await expect(due).toBeVisible()
  await look(ana.page, 'today-due', ['light', 'dark', 'phone-dark'])

  // A visit that was talked over: its visitor is asked, days later, and nobody else.
  const made = await ana.daemon.command('visit', 'propose', '--with', 'Ben', '--as', 'visitor', '--when', new Date().toISOString(), '--focus', 'Who waits?')
  await ana.daemon.command('debrief', 'talked', String(made['document']))
  await today(ana.page, 0)
  // At first she is asked for a look back at her own room; what she writes is asked about once more.
  await ana.page.getByRole('link', { name: /A look back at your own room/ }).click()
  await ana.page.getByRole('button', { name: 'Look back' }).click()
  await textOf(ana.page, 'start').click()
  await ana.page.keyboard.type('Wait longer')
  await expect(ana.page.getByText('Saved here')).toBeVisible()
  await today(ana.page, 0)
  await expect(step, 'the smallest step is another one now').not.toContainText('Tell Ben about a lesson')
  const later = ana.page.getByRole('region', { name: 'Some days ago you visited Ben' })
  await expect(later).toHaveCount(0)
  await today(ana.page, 8)
  await expect(later).toBeVisible()
  await look(ana.page, 'today-later', ['light', 'dark', 'phone-dark'])
  await today(ben.page, 8)
  await expect(ben.page.getByText('Some days ago')).toHaveCount(0)
  await later.getByRole('link', { name: 'Look back' }).click()
  await expect(ana.page.getByRole('heading', { name: 'Some days later' })).toBeVisible()

  const before = await ana.daemon.command('documents', 'list')
  await today(ana.page, 8)
  await later.getByRole('button', { name: 'Not now' }).click()
  await expect(later).toHaveCount(0)
  await ana.page.reload()
  await expect(ana.page.getByRole('heading', { level: 1, name: /Ana/ })).toBeVisible()
  await expect(later).toHaveCount(0)
  expect(await ana.daemon.command('documents', 'list'), 'nothing of it is kept').toEqual(before)
})
