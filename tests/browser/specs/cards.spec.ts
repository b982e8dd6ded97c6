// Decides whether strategies can be written down, shown to somebody, brought in from a file, and taken up where one writes.
import { look } from '../kit/looks'
import { expect, shown, test, textOf, truth } from '../kit/school'

const file = (content: unknown) => ({ name: 'talk.json', mimeType: 'application/json', buffer: Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)) })

test('a card is written, shown to Ben, and taken up in a goal of his', async ({ pair }) => {
  const { ana, ben } = pair
  await ana.page.getByRole('link', { name: 'Growth' }).click()
  await ana.page.getByRole('link', { name: 'Strategies: your cards and vocabularies' }).click()
  await ana.page.getByRole('button', { name: 'Write a card' }).click()
  await ana.page.getByLabel('Name of the card').fill('Think, pair, share')
  await ana.page.getByLabel('What it is about').fill('talk, waiting, talk')
  await textOf(ana.page, 'text').click()
  await ana.page.keyboard.type('A minute alone, two in pairs, then all.')
  await expect(truth(ana.page)).toContainText('Saved here')
  await expect(ana.page.getByLabel('What it is about')).toHaveValue('talk, waiting')
  await ana.page.getByLabel('Share with').selectOption({ label: 'Ben' })
  await ana.page.getByRole('button', { name: 'Share' }).click()
  await expect(ana.page.getByText('can read', { exact: true })).toBeVisible()
  await look(ana.page, 'cards-card')

  await ben.page.getByRole('link', { name: 'Growth' }).click()
  await ben.page.getByRole('link', { name: 'Strategies: your cards and vocabularies' }).click()
  await expect(ben.page.getByText('Ana’s card')).toBeVisible()
  await ben.page.getByRole('link', { name: 'Think, pair, share' }).click()
  await expect(textOf(ben.page, 'text')).toHaveAttribute('aria-readonly', 'true')
  await expect(ben.page.getByLabel('Name of the card')).toHaveCount(0)

  // Its words become Ben's own.
  await ben.daemon.command('goal', 'new', '--title', 'More voices')
  await ben.page.getByRole('link', { name: 'Growth' }).click()
  await ben.page.getByRole('link', { name: /More voices/ }).click()
  await ben.page.getByText('Begin from a strategy').click()
  await ben.page.getByLabel('Strategy', { exact: true }).selectOption({ label: 'Think, pair, share' })
  await ben.page.getByRole('button', { name: 'Put it in' }).click()
  await expect.poll(() => shown(ben.page, 'strategy')).toContain('A minute alone, two in pairs, then all.')
})

test('a vocabulary comes from a file, is refused where it rates, and is offered in a goal and a plan', async ({ pair }) => {
  const { ana } = pair
  const { page } = ana
  await page.goto(`${ana.daemon.url}/#/growth/cards`)
  const bring = page.getByLabel('Bring in a file…')
  const targets = [{ name: 'Who speaks after a question?', tags: ['talk'] }]
  for (const [content, says] of [
    ['{', 'it is not JSON'],
    [{ title: 'Talk' }, 'This file is not a vocabulary'],
    [{ rounds_vocabulary: 2, title: 'Talk', targets }, 'This file is of another form'],
    [{ rounds_vocabulary: 1, title: 'Talk', targets, scores: [1] }, 'holds something that a vocabulary does not'],
    [{ rounds_vocabulary: 1, title: 'Talk', targets: [{ name: 'Weak' }, { name: 'Good' }] }, 'Words of praise or blame rate people'],
    ['x'.repeat(300 * 1024), 'This file is too large'],
  ] as const) {
    await bring.setInputFiles(file(content))
    await expect(page.getByRole('alert')).toContainText(says)
  }
  await bring.setInputFiles(file({ rounds_vocabulary: 1, title: 'Talk', strategies: [{ name: 'Wait after a question' }], targets }))
  await expect(page.getByRole('status').filter({ hasText: '“Talk” is here now.' })).toBeVisible()
  await page.locator('summary', { hasText: 'Talk' }).click()
  await look(page, 'cards-vocabulary')
  const { documents } = (await ana.daemon.command('documents', 'list', '--kind', 'vocabulary')) as { documents: unknown[] }
  expect(documents, 'nothing of a refused file is kept').toHaveLength(1)

  await ana.daemon.command('goal', 'new', '--title', 'More voices')
  await page.getByRole('navigation').getByRole('link', { name: 'Growth' }).click()
  await page.getByRole('link', { name: /More voices/ }).click()
  await page.getByText('Begin from a strategy').click()
  await page.getByLabel('Strategy', { exact: true }).selectOption({ label: 'Wait after a question' })
  await page.getByRole('button', { name: 'Put it in' }).click()
  await expect.poll(() => shown(page, 'strategy')).toBe('Wait after a question')

  // Something to try is one tap from an invitation, with its goal and its words.
  await page.getByLabel('In a sentence').fill('Count to three before I call a name')
  await page.getByLabel('In a sentence').press('Enter')
  await page.getByRole('link', { name: 'Invite somebody to see: Count to three' }).click()
  await expect(page.getByLabel('Ben visits me')).toBeChecked()
  await expect(page.getByLabel('Focus question')).toHaveValue('Count to three before I call a name')
  await expect(page.getByLabel('Which of your goals does it serve?').locator('option:checked')).toHaveText('More voices')
  await page.getByRole('button', { name: 'Propose' }).click()
  await page.getByText('From your vocabulary').click()
  await page.getByLabel('What to look at').selectOption({ label: 'Who speaks after a question? (talk)' })
  await page.getByRole('button', { name: 'Put it in' }).click()
  await expect.poll(() => shown(page, 'focus')).toBe('Count to three before I call a name Who speaks after a question?')
})
