// Decides whether what went well is shown to others only while whoever is named in it wishes so, and whether resources are found.
import { Daemon } from '../kit/daemon'
import { look } from '../kit/looks'
import { expect, shown, test, textOf, truth } from '../kit/school'

test('words of thanks become a card that Ana lets others see, and takes back', async ({ pair }) => {
  // Five screens are looked at in six ways each on the way.
  test.slow()
  const { ana, ben } = pair
  const chidi = await Daemon.start('Chidi')
  try {
    await ben.daemon.pairWith(chidi)
    const cards = async (): Promise<number> => ((await chidi.command('documents', 'list', '--kind', 'shown_card')) as { documents: unknown[] }).documents.length
    const { document: visit } = (await ben.daemon.command('visit', 'propose', '--with', 'Ana')) as { document: string }
    await ben.daemon.command('debrief', 'begin', visit)
    await ben.daemon.command('debrief', 'thank', visit, 'You waited, and six spoke.')
    await ben.page.goto(`${ben.daemon.url}/#/documents/${visit}/debrief`)
    await ben.page.getByRole('button', { name: 'Write it as a card' }).click()

    // Ben's words are his alone; Ana is named already.
    await ben.page.getByLabel('Name of the card').fill('Six voices')
    await expect(ben.page.getByRole('checkbox', { name: 'Ana' })).toBeChecked()
    await textOf(ben.page, 'text').click()
    await ben.page.keyboard.press('Control+End')
    await ben.page.keyboard.type(' One had not spoken before.')
    await expect(truth(ben.page)).toContainText('Saved here')
    const seeing = ben.page.getByRole('region', { name: 'Whether others may see it' })
    await expect(seeing).toContainText('Only you, so far.')
    await look(ben.page, 'success-draft')
    await seeing.getByRole('button', { name: 'Ask Ana…' }).click()
    await ben.page.getByRole('button', { name: 'Ask Ana', exact: true }).click()
    await expect(seeing).toContainText('Ana has not answered')
    await look(ben.page, 'success-asked', ['light', 'phone-dark'])

    // Ana is asked on her own page, and nobody else has anything.
    await ana.page.getByRole('link', { name: /Ben asks whether others may see what went well/ }).click()
    await expect(ana.page.getByRole('article')).toContainText('You waited, and six spoke. One had not spoken before.')
    expect(await cards()).toBe(0)
    await look(ana.page, 'success-asks')
    await ana.page.getByRole('button', { name: 'Others may see it' }).click()
    await expect(ana.page.getByText('You said that others may see it. Ben chooses who.')).toBeVisible()

    await seeing.getByRole('link', { name: 'Show it to others' }).click()
    await ben.page.getByLabel('Share with').selectOption({ label: 'Chidi' })
    await ben.page.getByRole('button', { name: 'Share' }).click()
    await expect(ben.page.getByText('can read', { exact: true })).toBeVisible()
    await expect(ben.page.getByRole('button', { name: 'Stop sharing with Ana' })).toHaveCount(0)
    await expect.poll(cards).toBe(1)
    await look(ben.page, 'success-shown', ['light', 'phone'])

    // She takes it back: Ben's computer ends what Chidi sees, and Ben is told.
    await ana.page.getByRole('button', { name: 'Take that back…' }).click()
    await ana.page.getByRole('alertdialog').getByRole('button', { name: 'Take it back' }).click()
    await expect(ana.page.getByText('You said that you would rather not.')).toBeVisible()
    await expect.poll(cards).toBe(0)
    await expect(ben.page.getByText('Ana would rather not')).toBeVisible()
    await expect(ben.page.getByText('You can show it to others when everybody named')).toBeVisible()
    await expect(ben.page.getByLabel('Share with')).toHaveCount(0)

    await ben.page.getByRole('link', { name: 'What went well' }).click()
    await expect(ben.page.getByText('About Ana · asked')).toBeVisible()
    await look(ben.page, 'successes')
  } finally {
    await chidi.remove()
  }
})

test('a resource says where it leads, and is at hand where two learn together', async ({ pair }) => {
  const { ana, ben } = pair
  await ana.page.goto(`${ana.daemon.url}/#/growth/resources`)
  await ana.page.getByRole('button', { name: 'Put something on the shelf' }).click()
  await ana.page.getByLabel('What it is called').fill('How long we wait')
  await ana.page.getByLabel('What it is about').fill('talk')
  await ana.page.getByRole('textbox', { name: 'Link' }).fill('javascript:alert(1)')
  await ana.page.getByLabel('Where else to find it').fill('The blue folder')
  await expect(ana.page.getByRole('alert')).toContainText('begins with http')
  await ana.page.getByRole('textbox', { name: 'Link' }).fill('https://example.org/wait')
  await textOf(ana.page, 'text').click()
  await ana.page.keyboard.type('It made me count.')
  await expect(truth(ana.page)).toContainText('Saved here')
  const link = ana.page.getByRole('link', { name: 'Opens example.org in a new tab' })
  await expect(link).toHaveAttribute('rel', 'noopener noreferrer')
  await expect(link).toHaveAttribute('target', '_blank')
  await look(ana.page, 'resource')
  await ana.page.getByLabel('Share with').selectOption({ label: 'Ben' })
  await ana.page.getByRole('button', { name: 'Share' }).click()
  await expect(ana.page.getByText('can read', { exact: true })).toBeVisible()

  await ben.page.goto(`${ben.daemon.url}/#/growth/resources`)
  await expect(ben.page.getByText('From Ana')).toBeVisible()
  await expect(ben.page.getByRole('link', { name: 'Opens example.org in a new tab' })).toBeVisible()
  await look(ben.page, 'resources')

  await ben.page.getByRole('link', { name: 'Visits' }).click()
  await ben.page.getByRole('link', { name: 'Propose a visit' }).click()
  await ben.page.getByLabel('Learn together; nobody visits').check()
  await ben.page.getByRole('button', { name: 'Propose' }).click()
  await ben.page.getByText('From the shelf').click()
  await ben.page.getByLabel('Resource').selectOption({ label: 'How long we wait' })
  await ben.page.getByRole('button', { name: 'Put it in' }).click()
  await expect.poll(() => shown(ben.page, 'plan')).toContain('https://example.org/wait')
})
