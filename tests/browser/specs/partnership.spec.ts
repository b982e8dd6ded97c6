// Decides whether two people can agree to visit each other, and end it, without anybody keeping count.
import { look } from '../kit/looks'
import { expect, test, textOf } from '../kit/school'

test('a partnership is asked for, agreed, written in, rested and ended', async ({ pair }) => {
  const { ana, ben } = pair
  await ana.page.getByRole('navigation').getByRole('link', { name: 'People' }).click()
  await ana.page.getByRole('button', { name: 'Become visiting partners with Ben' }).click()
  await expect(ana.page.getByRole('heading', { name: 'You asked Ben to be your visiting partner' })).toBeVisible()
  // Whether an invitation that nobody answered has arrived is not told.
  await expect(ana.page.getByText('On Ben’s computer')).toHaveCount(0)

  await ben.page.getByRole('navigation').getByRole('link', { name: 'Today' }).click()
  await expect(ben.page.getByText('Ana would like to be your visiting partner')).toBeVisible()
  await ben.page.getByRole('link', { name: 'Answer' }).click()
  await look(ben.page, 'partnership-asked')
  await ben.page.getByRole('button', { name: 'Yes, let us visit each other' }).click()
  await expect(ana.page.getByRole('heading', { name: 'You and Ben visit each other' })).toBeVisible()

  await ana.page.getByLabel('How often you mean to visit').selectOption({ label: 'Every month' })
  await expect(ben.page.getByLabel('How often you mean to visit')).toHaveValue('every_month')
  await ben.page.getByLabel('What I see and hear in a visit stays between us').check()
  await expect(ana.page.getByText('Ben agreed')).toBeVisible()
  await textOf(ana.page, 'journal').click()
  await ana.page.keyboard.type('We begin with the fractions lesson.')
  await expect(textOf(ben.page, 'journal')).toContainText('We begin with the fractions lesson.')
  await look(ana.page, 'partnership')

  await ben.page.getByRole('button', { name: 'We agreed aloud' }).click()
  await expect(ana.page.getByText('You agreed aloud.')).toBeVisible()
  await ana.page.getByRole('button', { name: 'Take a break' }).click()
  await expect(ben.page.getByRole('heading', { name: 'You and Ana are taking a break' })).toBeVisible()
  await ben.page.getByRole('button', { name: 'Go on' }).click()
  await ben.page.getByRole('button', { name: 'End the partnership…' }).click()
  await ben.page.getByRole('button', { name: 'End it' }).click()
  await expect(ana.page.getByRole('heading', { name: 'You and Ben are not visiting partners now' })).toBeVisible()
  await expect(textOf(ana.page, 'journal')).toContainText('We begin with the fractions lesson.')
  await ana.page.getByRole('navigation').getByRole('link', { name: 'People' }).click()
  await expect(ana.page.getByRole('button', { name: 'Become visiting partners with Ben' })).toBeVisible()

  // What was written goes on in another one, without its drafting, once somebody asks anew.
  await ben.page.getByRole('link', { name: 'History: who wrote what, and when' }).click()
  await ben.page.getByRole('button', { name: 'Start a clean copy…' }).click()
  await expect(ben.page.getByText('Ana is asked anew to be your visiting partner')).toBeVisible()
  await look(ben.page, 'partnership-anew', ['light', 'phone-dark'])
  await ben.page.getByRole('button', { name: 'Start the clean copy' }).click()
  await expect(ben.page.getByText('You asked Ana to be your visiting partner')).toBeVisible()
  await expect(textOf(ben.page, 'journal')).toContainText('We begin')
})

test('both are told who last visited whom, and the visit back is a tap away', async ({ pair }) => {
  const { ana, ben } = pair
  await ana.page.getByRole('navigation').getByRole('link', { name: 'People' }).click()
  await ana.page.getByRole('button', { name: 'Become visiting partners with Ben' }).click()
  await ben.page.getByRole('link', { name: 'Answer' }).click()
  await ben.page.getByRole('button', { name: 'Yes, let us visit each other' }).click()
  for (const { page } of [ana, ben]) await expect(page.getByText('You visit each other in turn, and either of you may begin.')).toBeVisible()

  const yesterday = new Date(Date.now() - 86_400_000).toISOString()
  const made = await ana.daemon.command('visit', 'propose', '--with', 'Ben', '--as', 'visitor', '--when', yesterday, '--focus', 'Who waits?')
  await ana.daemon.command('debrief', 'talked', String(made['document']))
  await expect(ana.page.getByText(/You were in Ben’s room: .*\d.*\. Ben was in yours: not yet\./)).toBeVisible()
  await expect(ben.page.getByText(/You were in Ana’s room: not yet\. Ana was in yours: .*\d.*\./)).toBeVisible()
  await look(ana.page, 'partnership-turns', ['light', 'dark', 'phone-dark'])

  // Ben would visit, and Ana be visited; on what holds then they have not agreed yet, which stops nobody.
  await ben.page.getByRole('link', { name: 'Propose the visit back' }).click()
  await expect(ben.page.getByRole('radio', { name: 'I visit Ana' })).toBeChecked()
  const partnership = ana.page.url()
  await ana.page.getByRole('link', { name: 'Propose the visit back' }).click()
  await expect(ana.page.getByRole('radio', { name: 'Ben visits me' })).toBeChecked()
  const agree = ana.page.getByText('If you like, agree with Ben first on what stays between you.')
  await expect(agree).toBeVisible()
  await look(ana.page, 'propose-agree', ['light', 'phone-dark'])
  await ana.page.getByRole('link', { name: 'Agree on it' }).click()
  await expect(ana.page).toHaveURL(partnership)
  await ana.page.getByRole('button', { name: 'We agreed aloud' }).click()
  await expect(ana.page.getByText('You agreed aloud.')).toBeVisible()
  await ana.page.getByRole('link', { name: 'Propose the visit back' }).click()
  await expect(ana.page.getByLabel('With', { exact: true })).toHaveValue(/./)
  await expect(agree).toHaveCount(0)
  await ana.page.getByRole('button', { name: 'Propose' }).click()
  await expect(ana.page.getByText('Ben visits you')).toBeVisible()

  // Once it is asked for, nobody is told of it again.
  await ana.page.goto(partnership)
  await expect(ana.page.getByText(/Ben was in yours: not yet\./)).toBeVisible()
  await expect(ana.page.getByRole('link', { name: 'Propose the visit back' })).toHaveCount(0)
})

test('an invitation is taken back, and whoever was asked is asked no more', async ({ pair }) => {
  const { ana, ben } = pair
  await ana.page.getByRole('navigation').getByRole('link', { name: 'People' }).click()
  await ana.page.getByRole('button', { name: 'Become visiting partners with Ben' }).click()
  const asked = ben.page.getByText('Ana would like to be your visiting partner')
  await expect(asked).toBeVisible()
  await ana.page.getByRole('button', { name: 'Take it back…' }).click()
  const sure = ana.page.getByRole('alertdialog')
  await expect(sure).toContainText('Ben is not asked any more.')
  await look(ana.page, 'partnership-take-back', ['light', 'dark', 'phone-dark'])
  await sure.getByRole('button', { name: 'Take it back' }).click()
  await expect(ana.page.getByRole('heading', { name: 'You and Ben are not visiting partners now' })).toBeVisible()
  await expect(ana.page.getByText('Either of you can ask at any time, under People.')).toBeVisible()

  await expect(asked).toHaveCount(0)
  await ben.page.getByRole('navigation').getByRole('link', { name: 'People' }).click()
  await expect(ben.page.getByRole('button', { name: 'Become visiting partners with Ana' })).toBeVisible()
})

test('somebody to visit is suggested for what both show, and let go of without a trace', async ({ pair }) => {
  const { ana, ben } = pair
  for (const [{ page }, grades, experience] of [[ana, 'Grade 5', 'Some years'], [ben, '6', 'My first years']] as const) {
    await page.getByRole('navigation').getByRole('link', { name: 'Settings' }).click()
    await page.getByLabel('Grades you teach').fill(grades)
    await page.getByLabel('How long you have taught').selectOption({ label: experience })
    const card = page.getByRole('region', { name: 'What those you pair with see of you' })
    await card.getByRole('button', { name: 'Save' }).click()
    await expect(card.getByText('Saved', { exact: true })).toBeVisible()
  }
  await look(ben.page, 'settings-card', ['light', 'phone-dark'])
  await ana.page.getByRole('navigation').getByRole('link', { name: 'People' }).click()
  const suggested = ana.page.getByRole('region', { name: 'Somebody you might visit' })
  await expect(suggested.getByRole('listitem')).toContainText('Teaches 6, next to your Grade 5.')
  await expect(suggested.getByRole('listitem')).toContainText('Is in their first years of teaching.')
  await look(ana.page, 'people-suggestions', ['light', 'dark', 'phone-dark'])
  const before = (await ben.daemon.command('documents', 'list')) as { documents: unknown[] }
  await suggested.getByRole('button', { name: 'Not now: Ben' }).click()
  await expect(suggested).toHaveCount(0)
  await ana.page.reload()
  await expect(ana.page.getByRole('button', { name: 'Become visiting partners with Ben' })).toBeVisible()
  await expect(suggested).toHaveCount(0)
  expect(await ben.daemon.command('documents', 'list')).toEqual(before)
})
