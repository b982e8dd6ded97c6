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

  // Ten minutes for one idea, a line of thanks, and one thing to try, which nobody else is given.
  await ana.page.getByRole('link', { name: 'Observe', exact: true }).click()
  const offer = ana.page.getByRole('region', { name: 'Open-door drop-in, 12 minutes' })
  await expect(offer).toContainText('No debrief is owed.')
  await look(ana.page, 'drop-in-offer', ['light', 'dark', 'phone-dark'])
  await offer.getByRole('button', { name: 'Drop in' }).click()
  const going = ana.page.getByRole('region', { name: 'Protocol', exact: true })
  await going.getByRole('button', { name: 'Not now' }).click()
  await offer.getByRole('button', { name: 'Drop in' }).click()
  await going.getByRole('button', { name: 'Begin' }).click()
  await expect(going.getByRole('timer')).toContainText(/(9|10):\d\d left in this part/)
  await expect(ana.page.getByText('Observing', { exact: true })).toBeVisible()
  await going.getByRole('button', { name: 'Next part' }).click()
  await expect(ana.page.getByText('Written up', { exact: true }), 'thanking is having left').toBeVisible()
  await going.getByRole('button', { name: 'Write Ben a line of thanks' }).click()
  await going.getByLabel('A word of thanks to Ben…').fill('The pairs began by asking each other.')
  await going.getByRole('button', { name: 'Thank', exact: true }).click()
  await expect(going.getByRole('button', { name: 'Save', exact: true })).toBeVisible()
  await going.getByRole('textbox', { name: 'One thing I will try' }).click()
  await ana.page.keyboard.type('Partners begin with a question')
  await look(ana.page, 'drop-in', ['light', 'dark', 'phone-dark'])
  await expect(ben.page.getByText('Written up', { exact: true }), 'thanks are no talk').toBeVisible()
  await ben.page.getByRole('link', { name: 'Debrief', exact: true }).click()
  await expect(ben.page.getByText('The pairs began by asking each other.')).toBeVisible()
  await ben.page.goBack()
  await going.getByRole('button', { name: 'Done', exact: true }).click()
  await expect(going).toHaveCount(0)
  await expect(offer, 'it is over').toHaveCount(0)
  await ana.page.getByRole('link', { name: 'Reflect', exact: true }).click()
  await expect(ana.page.getByRole('textbox', { name: 'Ideas for my own room' })).toContainText('Partners begin with a question')

  await ana.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Visits' }).click()
  await expect(ana.page.getByRole('region', { name: 'Open doors' })).toBeVisible()
  await look(ana.page, 'doors-visits', ['light', 'phone-dark'])
  await ben.page.goBack()
  await ben.page.getByRole('button', { name: 'Close the door…' }).click()
  await ben.page.getByRole('button', { name: 'Close the door', exact: true }).click()
  await expect(ben.page.getByText('This door is closed')).toBeVisible()
  await expect(ana.page.getByRole('region', { name: 'Open doors' })).toHaveCount(0)
})
