// Decides whether two teachers go through a debrief together: one protocol on both pages, evidence quoted and answered, and what comes of it.
import { look } from '../kit/looks'
import { agree, expect, test, textOf, truth } from '../kit/school'

test('a debrief by a protocol, on two computers', async ({ pair }) => {
  // Six screens are looked at in six ways each on the way.
  test.slow()
  const { ana, ben } = pair
  // Ana hosts; Ben visits, after a talk about it.
  await ana.page.getByRole('link', { name: 'Propose a visit' }).click()
  await ana.page.getByLabel('Ben visits me').check()
  await ana.page.getByLabel('Focus question').fill('After I ask, how long do I wait?')
  await ana.page.getByRole('button', { name: 'Propose' }).click()
  await ben.page.getByRole('link', { name: 'Visits' }).click()
  await ben.page.getByRole('link', { name: /You visit Ana/ }).click()
  await ben.page.getByRole('button', { name: 'Accept' }).click()

  await ben.page.getByRole('region', { name: 'Prep talk, 12 minutes' }).getByRole('button', { name: 'Open it' }).click()
  const prep = ana.page.getByRole('region', { name: 'Prep talk', exact: true })
  await prep.getByRole('button', { name: 'Begin' }).click()
  for (const { page } of [ana, ben]) await expect(page.locator('[aria-current=step]')).toContainText('What we are trying out')
  await expect(prep.getByRole('timer')).toContainText(/[23]:\d\d left in this part/)
  await expect(ben.page.locator('[aria-current=step]')).toContainText('Ana speaks · 3 min')
  await expect(ana.page.locator('[aria-current=step]')).toContainText('You speak · 3 min')
  await look(ana.page, 'prep')

  // Ben writes, and releases.
  await ben.page.getByRole('link', { name: 'Observe' }).click()
  await ben.page.getByRole('button', { name: 'New notes' }).click()
  await textOf(ben.page, 'notes').click()
  await ben.page.keyboard.type('10:31 “Why not?” 0.6 s, the teacher answers.\n10:34 “Take a moment with that.” 4 s. New voice: a girl by the door.')
  await expect(truth(ben.page)).toContainText('Saved here')
  await ben.page.getByRole('button', { name: 'Release…' }).click()
  await ben.page.getByRole('button', { name: 'Release to Ana' }).click()
  await expect(ben.page.getByText('Released to Ana: the words as they stood')).toBeVisible()

  // Ana begins the debrief; the usual protocol stands there already.
  await ana.page.getByRole('link', { name: 'Debrief', exact: true }).click()
  await expect(ana.page.getByRole('combobox', { name: 'Protocol' }).locator('option:checked')).toHaveText('Pair debrief, 20 minutes')
  await ana.page.getByRole('button', { name: 'We’ll find each other' }).click()
  await expect(ana.page.getByRole('button', { name: 'We’ll find each other' })).toHaveAttribute('aria-pressed', 'true')
  await look(ana.page, 'debrief-begin')
  await ana.page.getByRole('button', { name: 'Begin the debrief' }).click()
  await ben.page.getByRole('link', { name: 'Debrief', exact: true }).click()
  const runner = (page: typeof ana.page) => page.getByRole('region', { name: 'Pair debrief, 20 minutes' })
  for (const { page } of [ana, ben]) await expect(runner(page).getByRole('heading', { name: 'The host remembers' })).toBeVisible()
  await expect(runner(ana.page).getByRole('timer')).toHaveCount(0)

  // Both go on at once, and are in one part.
  await runner(ben.page).getByRole('button', { name: 'Begin' }).click()
  for (const { page } of [ana, ben]) await expect(page.locator('[aria-current=step]')).toContainText('The host remembers')
  await Promise.all([ana, ben].map(({ page }) => runner(page).getByRole('button', { name: 'Next part' }).click()))
  for (const { page } of [ana, ben]) {
    await expect(page.locator('[aria-current=step]')).toContainText('What was recorded')
    await expect(runner(page).getByRole('timer')).toContainText(/[56]:\d\d left in this part/)
  }
  await expect(ana.page.locator('[aria-current=step]')).toContainText('Ben speaks · 6 min')

  // What is put down in a part stands in it on both pages, and only its writer changes it.
  await ben.page.getByLabel('Put something down').fill('24 questions in 25 minutes.')
  await ben.page.getByRole('button', { name: 'Add', exact: true }).first().click()
  await expect(ana.page.locator('[aria-current=step]')).toContainText('24 questions in 25 minutes.')
  await expect(ana.page.getByRole('button', { name: /^Change: 24/ })).toHaveCount(0)
  await expect(ben.page.getByRole('button', { name: /^Change: 24/ })).toBeVisible()

  // A line is quoted where one writes.
  await textOf(ana.page, 'notes').click()
  await ana.page.keyboard.type('What we saw')
  await ana.page.getByRole('button', { name: /^Quote: 10:34/ }).click()
  await agree(ana.page, ben.page, 'notes', ['What we saw', '“Take a moment with that.” 4 s.'])

  // A line is answered, and whoever released it is told.
  await ben.page.getByRole('link', { name: 'Today' }).click()
  await ana.page.getByRole('button', { name: /^Answer: 10:31/ }).click()
  await ana.page.getByLabel('Answer', { exact: true }).fill('I had not heard that.')
  await ana.page.getByRole('button', { name: 'Add the answer' }).click()
  await expect(ana.page.getByText('I had not heard that.')).toBeVisible()
  await ben.page.getByRole('link', { name: /Ana answered your notes/ }).click()
  await expect(ben.page.getByText('I had not heard that.')).toBeVisible()
  await ben.page.getByRole('link', { name: 'Today' }).click()
  await expect(ben.page.getByRole('link', { name: /Debrief with Ana/ })).toBeVisible()
  await expect(ben.page.getByRole('link', { name: /Ana answered your notes/ })).toHaveCount(0)
  await ben.page.getByRole('link', { name: /Debrief with Ana/ }).click()

  // What comes of it.
  // What is more than fits is neither cut nor sent.
  const step = ana.page.getByLabel('Next steps').getByRole('textbox')
  await step.fill('a'.repeat(8_200))
  await step.press('Enter')
  await expect(ana.page.getByText('This is 8 letters too long to be kept here.')).toBeVisible()
  expect((await step.inputValue()).length).toBe(8_200)
  await expect(step).toHaveAccessibleDescription(/8 letters too long/)
  await step.fill('Count to three before I call a name.')
  await expect(ana.page.getByText(/too long to be kept here/)).toHaveCount(0)
  await ana.page.getByLabel('Next steps').getByRole('button', { name: 'Add' }).click()
  await ben.page.getByRole('checkbox', { name: 'Count to three' }).check()
  await expect(ana.page.getByRole('checkbox', { name: 'Count to three' })).toBeChecked()
  await ben.page.getByLabel('What to watch next time').getByRole('textbox').fill('Who speaks after a wait.')
  await ben.page.getByLabel('What to watch next time').getByRole('button', { name: 'Add' }).click()
  await ben.page.getByLabel('A word of thanks to Ana').fill('Thank you for the door left open.')
  await ben.page.getByRole('button', { name: 'Thank', exact: true }).click()
  await expect(ana.page.getByText('Thank you for the door left open.')).toBeVisible()
  await expect(ana.page.getByText('Who speaks after a wait.')).toBeVisible()
  await look(ana.page, 'debrief')
  await look(ben.page, 'debrief-visitor')

  // Another protocol begins afresh, and what was put down stays.
  await ben.page.getByRole('button', { name: 'Another protocol' }).click()
  await ben.page.getByRole('combobox', { name: 'Protocol' }).selectOption('Five questions on the data, 15 minutes')
  await look(ben.page, 'debrief-another')
  await ben.page.getByRole('button', { name: 'Use this one' }).click()
  await expect(ana.page.getByRole('region', { name: 'Five questions on the data, 15 minutes' })).toBeVisible()
  await expect(ana.page.locator('[aria-current=step]')).toHaveCount(0)
  await expect(ana.page.getByText('24 questions in 25 minutes.')).toBeVisible()

  await ben.page.getByRole('button', { name: 'We talked' }).click()
  for (const { page } of [ana, ben]) await expect(page.getByText('Closed', { exact: true })).toBeVisible()
  // Tapped too early, either takes it back.
  await ana.page.getByRole('button', { name: 'We have not talked yet' }).click()
  for (const { page } of [ana, ben]) await expect(page.getByText('Debriefing', { exact: true })).toBeVisible()
  await ben.page.getByRole('button', { name: 'We talked' }).click()
  for (const { page } of [ana, ben]) await expect(page.getByText('Closed', { exact: true })).toBeVisible()

  // And Ben, alone.
  await ben.page.getByRole('link', { name: 'Reflect' }).click()
  await ben.page.getByRole('button', { name: 'Look back' }).click()
  await ben.page.getByRole('button', { name: 'Choose a protocol' }).click()
  await ben.page.getByRole('combobox', { name: 'Protocol' }).selectOption('Start, stop, keep, 7 minutes')
  await ben.page.getByRole('button', { name: 'Use this one' }).click()
  await ben.page.getByRole('button', { name: 'Begin' }).click()
  await expect(ben.page.locator('[aria-current=step]')).toContainText('For yourself · 2 min')
  await look(ben.page, 'reflect-protocol')
})
