// Decides whether a visitor is asked about words that judge: in their own notes, as they type them, and nowhere else.
import { look } from '../kit/looks'
import { expect, test, textOf } from '../kit/school'

test('a judging word gets a question in one’s own notes; what was said, and a plan, get none', async ({ pair }) => {
  test.slow()
  const { ana } = pair
  const { page } = ana
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.url().endsWith('/api/v1/describe')) asked.push((request.postDataJSON() as { text: string }).text)
  })
  const judging = page.locator('.cm-judging')

  await page.getByRole('link', { name: 'Propose a visit' }).click()
  await page.getByRole('button', { name: 'Propose' }).click()
  await textOf(page, 'plan').click()
  await page.keyboard.type('A lovely plan.')
  await page.getByRole('link', { name: 'Observe' }).click()
  await page.getByRole('button', { name: 'New notes' }).click()
  const notes = textOf(page, 'notes')
  await notes.click()
  await page.keyboard.type('Ben said “lovely” at 10:05')
  await expect.poll(() => asked.at(-1)).toBe('Ben said “lovely” at 10:05')
  await page.keyboard.type('\nA lovely start at 9:00\nThe mood of the hour\nRow 4 reads')
  await expect(judging).toHaveText(['lovely', 'The mood of the hour'])
  // Of the plan nothing was asked, and of the notes only what was typed since.
  expect(asked.join('\n')).not.toContain('plan')
  expect(asked.at(-1)).not.toContain('said')
  await expect(judging.first()).toHaveAttribute('aria-description', /What did you see or hear/)

  // The question shows where one points, and where the caret is put; to a screen reader it is said.
  const tip = page.locator('.cm-judgingTip')
  await expect(tip).toHaveCount(0)
  await judging.first().hover()
  await expect(tip).toContainText('What did you see or hear that made you think so?')
  await page.mouse.move(0, 0)
  await expect(tip).toHaveCount(0)
  await judging.first().click()
  await expect(tip).toContainText('This says how good it was.')
  await expect(notes).toHaveAccessibleDescription(/What did you see or hear/)
  await look(page, 'real-notes-describe')
  await page.keyboard.press('Escape')
  await expect(tip).toHaveCount(0)
  await page.emulateMedia({ media: 'print' })
  await expect(judging.first()).toHaveCSS('text-decoration-line', 'none')
  await page.emulateMedia({ media: null })

  // Without the daemon there are no questions, and no complaint.
  await page.route('**/api/v1/describe', (route) => route.abort())
  await notes.click()
  await page.keyboard.press('Control+End')
  await page.keyboard.type('\nA brilliant end, 9:50')
  await expect(judging).toHaveText(['lovely', 'The mood of the hour'])
  await page.unroute('**/api/v1/describe')
  await page.keyboard.type(' or so')
  await expect(judging).toHaveText(['lovely', 'The mood of the hour', 'brilliant'])

  // Notes that are opened by their address are asked about like any other.
  await page.reload()
  await expect(notes).toContainText('brilliant')
  await notes.click()
  await page.keyboard.press('Control+End')
  await page.keyboard.type('\nA lovely close')
  await expect(judging).toHaveText(['lovely'])

  // Turned off, it stays off.
  await page.getByRole('navigation').getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('checkbox', { name: 'Ask me about words that judge' }).uncheck()
  await page.goBack()
  await textOf(page, 'notes').click()
  await page.keyboard.press('Control+End')
  const before = asked.length
  await page.keyboard.type('\nA terrible end')
  await expect(page.getByRole('contentinfo')).toContainText('Saved here')
  await expect(judging).toHaveCount(0)
  expect(asked).toHaveLength(before)
})
