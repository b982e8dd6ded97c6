// Decides whether two teachers can talk about words of a text: at the words, wherever they move, until it is settled.
import type { Page } from '@playwright/test'
import { look } from '../kit/looks'
import { expect, test, textOf, truth, type Teacher } from '../kit/school'

const commented = (page: Page) => page.locator('[data-field="plan"] .cm-commented')
const sheet = (page: Page, name: string | RegExp) => page.getByRole('dialog', { name })

async function plan({ ana, ben }: { ana: Teacher; ben: Teacher }, words: string): Promise<string> {
  const visit = await ana.daemon.command('visit', 'propose', '--with', 'Ben', '--when', '2027-03-02T10:15:00+01:00')
  const id = String(visit['document'])
  for (const { page } of [ana, ben]) {
    await page.goto(new URL(`#/documents/${id}`, page.url()).href)
    await textOf(page, 'plan').click()
  }
  await ana.page.keyboard.type(words)
  await expect(textOf(ben.page, 'plan')).toContainText(words)
  return id
}

/** Selects words of the only line by the keys. */
async function select(page: Page, from: number, count: number): Promise<void> {
  await textOf(page, 'plan').click()
  await page.keyboard.press('ControlOrMeta+Home')
  for (let at = 0; at < from; at += 1) await page.keyboard.press('ArrowRight')
  for (let at = 0; at < count; at += 1) await page.keyboard.press('Shift+ArrowRight')
}

test('a comment is seen at its words, answered, goes along with the text, and is settled', async ({ pair }) => {
  const { ana, ben } = pair
  await plan(pair, 'After I ask, who answers first?')
  await select(ana.page, 13, 11)
  await ana.page.keyboard.press('ControlOrMeta+Alt+m')
  await expect(sheet(ana.page, 'On “who answers”').getByRole('textbox', { name: 'Your comment' })).toBeFocused()
  await ana.page.keyboard.type('The same four each time?')
  await ana.page.getByRole('button', { name: 'Add the comment' }).click()
  await expect(textOf(ana.page, 'plan')).toBeFocused()

  // Ben sees it at the words, and answers there.
  await expect(commented(ben.page)).toHaveText('who answers')
  await commented(ben.page).click()
  const his = sheet(ben.page, 'Comment by Ana on “who answers”')
  await expect(his).toContainText('The same four each time?')
  await his.getByRole('button', { name: 'Answer' }).click()
  await his.getByRole('textbox', { name: 'Your answer' }).fill('Mostly. Watch the back row.')
  await his.getByRole('button', { name: 'Answer' }).click()
  await expect(his.getByRole('textbox')).toHaveCount(0)
  await expect(his).toContainText('Watch the back row')
  // Only its writer takes it back; both own the plan, and so either may settle it.
  await expect(his.getByRole('button', { name: /^Remove/ })).toHaveCount(1)
  await ben.page.keyboard.press('Escape')
  await expect(his).toHaveCount(0)

  // The text moves before the words and at both their edges; the comment stays at them.
  await textOf(ben.page, 'plan').click()
  await ben.page.keyboard.press('ControlOrMeta+Home')
  await ben.page.keyboard.type('Decimals. ')
  await expect(textOf(ana.page, 'plan')).toContainText('Decimals. ')
  await expect(commented(ana.page)).toHaveText('who answers')

  // By the keys alone: the list beneath the text leads to the words, and what was said of them.
  const below = ana.page.locator('[data-field="plan"]').getByText('Comments (1)')
  await below.focus()
  await ana.page.keyboard.press('Enter')
  await ana.page.getByRole('button', { name: /^Show in the text/ }).focus()
  await ana.page.keyboard.press('Enter')
  const hers = sheet(ana.page, 'Your comment on “who answers”')
  await expect(hers).toBeFocused()
  await expect(hers).toContainText('Ben')
  await look(ana.page, 'comment')
  await hers.getByRole('button', { name: 'Resolve' }).click()
  for (const { page } of [ana, ben]) {
    await expect(page.getByText('Resolved (1)')).toHaveCount(1)
  }
  await ana.page.keyboard.press('Escape')
  for (const { page } of [ana, ben]) await expect(commented(page)).toHaveCount(0)

  // The words go; what was said of them stays, with what they were, and an answer opens it again.
  await select(ana.page, 0, 0)
  await ana.page.keyboard.press('ControlOrMeta+a')
  await ana.page.keyboard.type('Another plan.')
  await ben.page.getByText('Comments (0)').click()
  await ben.page.getByText('Resolved (1)').click()
  const gone = ben.page.locator('[data-field="plan"] li').filter({ hasText: 'The words it was about are gone.' })
  await expect(gone).toContainText('who answers')
  await gone.getByRole('button', { name: 'Answer' }).click()
  await gone.getByRole('textbox').fill('Still worth asking.')
  await gone.getByRole('button', { name: 'Answer' }).click()
  await expect(ana.page.getByText('Comments (1)')).toBeVisible()
})

test('a comment that is being written outlives the daemon, and waits where its writer went on', async ({ pair }) => {
  const { ana, ben } = pair
  const id = await plan(pair, 'After I ask, who answers first?')
  await expect(truth(ana.page)).toContainText('Saved here')
  await select(ana.page, 13, 3)
  await ana.page.getByRole('toolbar', { name: /Plan/ }).getByRole('button', { name: 'Comment' }).click()
  await ana.page.keyboard.type('All of them?')
  await ana.page.goto(new URL('#/', ana.page.url()).href)
  await ana.page.goto(new URL(`#/documents/${id}`, ana.page.url()).href)
  const begun = sheet(ana.page, 'On “who”')
  await expect(begun.getByRole('textbox')).toHaveValue('All of them?')
  await ana.daemon.kill()
  await expect(truth(ana.page)).not.toContainText('Saved here')
  await begun.getByRole('button', { name: 'Add the comment' }).click()
  await expect(begun).toContainText('It waits here')
  await ana.daemon.restart()
  await expect(begun).toHaveCount(0)
  await expect(commented(ben.page)).toHaveText('who')
})
