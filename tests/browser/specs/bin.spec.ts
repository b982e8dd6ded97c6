// Decides whether what somebody puts away can be found again, and what it takes to lose it.
import { look } from '../kit/looks'
import { expect, test, textOf, truth } from '../kit/school'

test('a document goes to the bin, comes back, and is deleted only on a second word', async ({ pair }) => {
  const { ana, ben } = pair
  const { page } = ana
  await page.getByRole('button', { name: 'New notes' }).click()
  await textOf(page, 'notes').click()
  await page.keyboard.type('Four voices answered')
  await expect(truth(page)).toContainText('Saved here')
  await page.getByRole('button', { name: 'Share', exact: true }).click()
  await expect(truth(page)).toContainText('On Ben’s computer')

  await page.getByRole('button', { name: 'Put in the bin…' }).click()
  await expect(page.getByText('Ben can go on reading it')).toBeVisible()
  await page.getByRole('button', { name: 'Put in the bin', exact: true }).click()
  await expect(page.getByText('In the bin since')).toBeVisible()
  await expect(page.getByRole('heading', { level: 1, name: 'Four voices answered' })).toBeVisible()
  await look(page, 'binned')
  await page.getByRole('link', { name: 'Today' }).click()
  await expect(page.getByText('Nothing here yet')).toBeVisible()

  await page.getByRole('link', { name: 'Bin', exact: true }).click()
  await expect(page.getByText('deleted for good on')).toBeVisible()
  await page.getByRole('button', { name: 'Put back: Four voices answered' }).click()
  await expect(page.getByText('The bin is empty.')).toBeVisible()
  await page.getByRole('link', { name: 'Today' }).click()
  await page.getByRole('link', { name: /Four voices answered/ }).click()

  await page.getByRole('button', { name: 'Put in the bin…' }).click()
  await page.getByRole('button', { name: 'Put in the bin', exact: true }).click()
  await page.goto(new URL('#/bin', page.url()).href)
  const now = page.getByRole('button', { name: 'Delete now: Four voices answered' })
  await now.click()
  await page.keyboard.press('Escape')
  await expect(now).toBeFocused()
  await now.click()
  await expect(page.getByText('Ben can go on reading it')).toBeVisible()
  await look(page, 'bin-delete')
  await page.getByRole('button', { name: 'Delete for good' }).click()
  await expect(page.getByText('The bin is empty.')).toBeVisible()
  const { documents } = (await ana.daemon.command('documents', 'list')) as { documents: unknown[] }
  expect(documents).toEqual([])

  // Ben's copy is Ben's.
  await ben.page.getByRole('link', { name: /Four voices answered/ }).click()
  await expect(textOf(ben.page, 'notes')).toHaveText('Four voices answered')
})
