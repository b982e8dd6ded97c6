// Decides whether what somebody half remembers can be found again, by keyboard, as they type.
import { look } from '../kit/looks'
import { expect, test, textOf, truth } from '../kit/school'

test('words are found as they are typed, in what is one’s own and in what was shared', async ({ pair }) => {
  const { ana, ben } = pair
  await ben.page.getByRole('button', { name: 'New notes' }).click()
  await textOf(ben.page, 'notes').click()
  await ben.page.keyboard.type('After the question about Ámbar there was a pause of four seconds.')
  await ben.page.getByRole('button', { name: 'Share', exact: true }).click()
  await expect(truth(ben.page)).toContainText('On Ana’s computer')

  const { page } = ana
  await page.getByRole('button', { name: 'New notes' }).click()
  await textOf(page, 'notes').click()
  await page.keyboard.type('A pause / and then three hands')
  await expect(truth(page)).toContainText('Saved here')

  // In a text a stroke is a stroke; elsewhere it is the way to search.
  await page.getByRole('link', { name: 'Today' }).click()
  await page.getByRole('heading', { level: 1 }).focus()
  await page.keyboard.press('/')
  await expect(page.getByRole('searchbox')).toBeFocused()
  await page.keyboard.type('PAUSE')
  await expect(page.getByText('Found in 2 documents')).toBeVisible()
  await page.keyboard.type(' ambar')
  await expect(page.getByText('Found in 1 document')).toBeVisible()
  await expect(page.locator('mark')).toHaveText(['Ámbar', 'pause'])
  await look(page, 'search')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(textOf(page, 'notes')).toContainText('about Ámbar')
  await page.goBack()
  await expect(page.getByRole('searchbox')).toHaveValue('PAUSE ambar')
  await expect(page.getByText('Found in 1 document')).toBeVisible()
  await page.getByRole('searchbox').fill('never written')
  await expect(page.getByText('Nothing has all of these words.')).toBeVisible()
})
