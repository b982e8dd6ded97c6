// Decides whether a door is opened, seen, gone through in one tap and closed by two teachers on two computers.
import { look } from '../kit/looks'
import { expect, test } from '../kit/school'

/** This very minute: it is this week whatever day it is. */
function now(): string {
  const at = new Date()
  const two = (part: number): string => String(part).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`
}

test('Ben opens his door, Ana asks to come with one tap, and only Ben learns of it', async ({ pair }) => {
  test.slow()
  const { ana, ben } = pair
  await ben.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Visits' }).click()
  await ben.page.getByRole('link', { name: 'Open my door' }).click()
  // A time that is past is said to be, and taken.
  await ben.page.getByLabel('When it opens').fill('2026-01-05T10:15')
  await expect(ben.page.getByText('This time is past')).toBeVisible()
  await ben.page.getByLabel('When it opens').fill(now())
  await ben.page.getByLabel('How long').selectOption('25')
  await expect(ben.page.getByText('This time is past')).toHaveCount(0)
  await ben.page.getByLabel('Room').fill('Room 204')
  await ben.page.getByLabel('What one could see').fill('Pairs explain to each other how they began')
  await ben.page.getByLabel('How many may come').fill('1')
  await look(ben.page, 'door-open')
  await ben.page.getByRole('button', { name: 'Open it' }).click()
  await expect(ben.page.getByText('There is room for one more.')).toBeVisible()
  await look(ben.page, 'door-host')

  const open = ana.page.getByRole('region', { name: 'Doors open this week' })
  await expect(open.getByRole('listitem')).toContainText('Ben’s lesson')
  await expect(open.getByRole('listitem')).toContainText('Pairs explain to each other how they began')
  await look(ana.page, 'doors-today')
  await open.getByRole('button', { name: 'I’d like to come to Ben’s lesson' }).click()
  await expect(open.getByText('Ben has been asked. Nobody else is told.')).toBeVisible()
  const own = open.getByRole('link', { name: 'Your visit to Ben’s lesson' })
  await expect(own).toBeFocused()

  await expect(ben.page.getByText('Your door is full')).toBeVisible()
  await ben.page.getByRole('link', { name: 'Answer' }).click()
  await expect(ben.page.getByText('Ana would like to come through your open door')).toBeVisible()
  await ben.page.getByRole('button', { name: 'Accept' }).click()
  await own.click()
  await expect(ana.page.getByText('Scheduled', { exact: true })).toBeVisible()
  await expect(ana.page.getByText('Through Ben’s open door')).toBeVisible()

  await ana.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Visits' }).click()
  await expect(ana.page.getByRole('region', { name: 'Open doors' })).toBeVisible()
  await look(ana.page, 'doors-visits', ['light', 'phone-dark'])
  await ben.page.goBack()
  await ben.page.getByRole('button', { name: 'Close the door…' }).click()
  await ben.page.getByRole('button', { name: 'Close the door', exact: true }).click()
  await expect(ben.page.getByText('This door is closed')).toBeVisible()
  await expect(ana.page.getByRole('region', { name: 'Open doors' })).toHaveCount(0)
})
