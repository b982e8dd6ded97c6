// Decides whether two teachers write down their weeks for themselves, find a time at which both are free, and meet then.
import type { Page } from '@playwright/test'
import { look } from '../kit/looks'
import { expect, test, type Teacher } from '../kit/school'

const iso = (day: Date): string => `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, '0')}-${String(day.getDate()).padStart(2, '0')}`
/** The day on which they are free, and its number: no day of today's name, on which a time may be to come yet, or not any more. */
const [freeOn, number] = new Date().getDay() === 2 ? ['Wednesday', 3] as const : ['Tuesday', 2] as const
function nextFree(): Date {
  const now = new Date()
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + (((number - now.getDay() + 6) % 7) + 1))
}
const long = (day: Date): string => new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' }).format(day)
const openTimetable = async ({ page }: Teacher): Promise<void> => {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('link', { name: 'My timetable and free periods' }).click()
  await expect(page.getByRole('heading', { name: 'My timetable' })).toBeVisible()
}

async function bells(page: Page, periods: [name: string, begins: string, ends: string][]): Promise<void> {
  for (const [at, [name, begins, ends]] of periods.entries()) {
    await page.getByRole('button', { name: 'Add a period' }).click()
    await page.getByLabel(`Name of period ${at + 1}`).fill(name)
    await page.getByLabel(`${name} begins`).fill(begins)
    await page.getByLabel(`${name} ends`).fill(ends)
  }
  await page.getByRole('button', { name: 'Save the periods' }).click()
}

test('Ana and Ben are both free on one day, and Ana proposes to come then', async ({ pair }) => {
  test.slow()
  const { ana, ben } = pair
  const free = nextFree()
  const after = new Date(free.getFullYear(), free.getMonth(), free.getDate() + 7)

  // What is not right is said where one is looking, and nothing is taken.
  await openTimetable(ben)
  await bells(ben.page, [['1', '08:00', '08:45'], ['4', '08:30', '10:55']])
  await expect(ben.page.getByText('4 begins before 1 has ended.')).toBeVisible()
  await ben.page.getByLabel('4 begins').fill('11:00')
  await ben.page.getByRole('button', { name: 'Save the periods' }).click()
  await expect(ben.page.getByText('4 ends before it begins.')).toBeVisible()
  await ben.page.getByLabel('4 begins').fill('10:10')
  await ben.page.getByRole('button', { name: 'Save the periods' }).click()
  await expect(ben.page.getByText('Saved', { exact: true })).toBeVisible()

  // What to put in is chosen once; then each period is a tap.
  await ben.page.getByRole('radio', { name: 'Class' }).check()
  await ben.page.getByRole('textbox', { name: 'Class' }).fill('5B 🦆')
  await ben.page.getByRole('textbox', { name: 'Room' }).fill('Heron')
  await ben.page.getByRole('button', { name: 'Monday, 1: nothing yet' }).click()
  await ben.page.getByRole('button', { name: `${freeOn}, 1: nothing yet` }).click()
  await expect(ben.page.getByRole('button', { name: `${freeOn}, 1: 5B 🦆, room Heron` })).toBeVisible()
  await ben.page.getByRole('button', { name: `${freeOn}, 1: 5B 🦆, room Heron` }).click()
  await expect(ben.page.getByRole('button', { name: `${freeOn}, 1: nothing yet` })).toBeVisible()
  await ben.page.getByRole('radio', { name: 'Free' }).check()
  await ben.page.getByRole('button', { name: `${freeOn}, 4: nothing yet` }).click()
  await ben.page.getByRole('button', { name: 'Thursday, 4: nothing yet' }).click()
  await expect(ben.page.getByRole('button', { name: 'Thursday, 4: Free' })).toBeVisible()

  // He shows one of the two to Ana.
  const shows = ben.page.getByRole('region', { name: 'What I show' })
  await shows.getByLabel(`${freeOn}, 4`).check()
  await shows.getByLabel('Ana').check()
  await expect(shows.getByText(/They see \d+ free times/)).toBeVisible()
  await shows.getByText(/They see \d+ free times/).click()
  await expect(shows.getByRole('listitem').filter({ hasText: long(free) })).toContainText('10:10–10:55')
  await expect(shows.getByRole('listitem').filter({ hasText: 'Thursday' })).toHaveCount(1)
  await ben.page.getByText('Periods of the day').click()
  await ben.page.getByText('How the days come round').first().click()
  await look(ben.page, 'timetable')

  // Ana sees that he shows something, and what it takes to find a time together.
  await ana.page.goto(`${ana.daemon.url}/#/propose`)
  await expect(ana.page.getByText('Ben shows you free periods. Write down yours')).toBeVisible()
  await openTimetable(ana)
  await bells(ana.page, [['A', '09:00', '09:50'], ['B', '10:00', '10:50']])
  await ana.page.getByRole('radio', { name: 'Preparation' }).check()
  await ana.page.getByRole('button', { name: `${freeOn}, B: nothing yet` }).click()
  await expect(ana.page.getByRole('button', { name: `${freeOn}, B: Preparation` })).toBeVisible()

  // It is a reason to suggest him, and one tap where she proposes.
  await ana.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'People' }).click()
  await expect(ana.page.getByRole('region', { name: 'Somebody you might visit' })).toContainText(`You are both free: ${long(free)} · B · 10:10–10:50.`)
  await ana.page.goto(`${ana.daemon.url}/#/propose`)
  const both = ana.page.getByRole('group', { name: 'When you are both free' })
  await expect(both.getByRole('button')).toHaveText([`${long(free)} · B · 10:10–10:50`, `${long(after)} · B · 10:10–10:50`])
  await both.getByRole('button').first().click()
  await expect(ana.page.getByLabel('When')).toHaveValue(`${iso(free)}T10:10`)
  await expect(ana.page.getByLabel('How long')).toHaveValue('40')
  await look(ana.page, 'timetable-both', ['light', 'dark', 'phone-dark'])

  // A day without school is none on which both are free.
  const different = ben.page.getByRole('region', { name: 'Days that are different' })
  await different.getByLabel('Day', { exact: true }).fill(iso(after))
  await different.getByRole('button', { name: 'Note it' }).click()
  await expect(different.getByRole('listitem')).toContainText('no school')
  await expect(both.getByRole('button')).toHaveText([`${long(free)} · B · 10:10–10:50`])

  await ana.page.getByRole('button', { name: 'Propose' }).click()
  await expect(ana.page.getByText('Proposed', { exact: true })).toBeVisible()
  await ben.page.goto(`${ben.daemon.url}/#/visits/week/${iso(free)}`)
  const day = ben.page.getByRole('region', { name: new RegExp(`^${freeOn.slice(0, 3)} ${free.getDate()}`) })
  await expect(day.getByRole('link', { name: /10:10.*Ana/ })).toBeVisible()
  await expect(day.getByText('Free', { exact: true })).toBeVisible()
  await look(ben.page, 'timetable-week', ['light', 'dark', 'phone-dark'])

  // Of all he wrote, nothing but the times is with her.
  const { documents } = (await ana.daemon.command('documents', 'list', '--kind', 'free_periods')) as { documents: { id: string }[] }
  const theirs = JSON.stringify(await ana.daemon.command('documents', 'show', documents[0]!.id))
  for (const word of ['5B', 'Heron', 'no_school']) expect(theirs).not.toContain(word)

  // Put away, it takes with it what was shown of it.
  await openTimetable(ben)
  await ben.page.getByRole('button', { name: 'Put in the bin…' }).click()
  await ben.page.getByRole('alertdialog').getByRole('button', { name: 'Put in the bin' }).click()
  await expect(ben.page.getByText('Write down the periods of a school day first.')).toBeVisible()
  await ana.page.goto(`${ana.daemon.url}/#/documents/${documents[0]!.id}`)
  await expect(ana.page.getByRole('heading', { name: 'When Ben is free' })).toBeVisible()
  await expect(ana.page.getByText('No times are shown.')).toBeVisible()
})

test('a school that teaches on Saturdays has six days in its week, and a Saturday that holds something is shown', async ({ ana }) => {
  const { page } = ana
  await openTimetable(ana)
  await bells(page, [['1', '08:00', '08:45']])
  await expect(page.getByRole('columnheader')).toHaveText(['Period', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'])
  await page.getByRole('checkbox', { name: 'Saturday' }).check()
  await page.getByRole('button', { name: 'Save how they come round' }).click()
  await expect(page.getByRole('columnheader').last()).toHaveText('Saturday')
  await page.getByRole('radio', { name: 'Free' }).check()
  await page.getByRole('button', { name: 'Saturday, 1: nothing yet' }).click()
  await expect(page.getByRole('button', { name: 'Saturday, 1: Free' })).toBeVisible()
  await expect(page.getByRole('region', { name: 'What I show' }).getByLabel('Saturday, 1')).toBeVisible()
  await look(page, 'timetable-saturday', ['light', 'dark', 'phone-dark', 'print'])
  await page.goto(`${ana.daemon.url}/#/visits/week/2026-03-02`)
  await expect(page.getByRole('heading', { level: 3 })).toHaveText(['Mon 2', 'Tue 3', 'Wed 4', 'Thu 5', 'Fri 6', 'Sat 7'])
  await expect(page.getByRole('region', { name: 'Sat 7' })).toContainText('Free')
  await look(page, 'week-saturday', ['light', 'phone-dark'])
})
