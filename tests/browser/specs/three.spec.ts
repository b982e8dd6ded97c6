// Decides whether three people can take part in one visit, each with what is theirs to do and to see.
import { look } from '../kit/looks'
import { agree, expect, test, textOf, truth, type Teacher } from '../kit/school'

/** A visit of Ana's to Ben, with Chidi invited into it by Ana. */
async function planned(ana: Teacher, ben: Teacher, chidi: Teacher, as: 'another visitor' | 'a facilitator of the talk'): Promise<string> {
  await ana.daemon.pairWith(chidi.daemon)
  const made = await ana.daemon.command('visit', 'propose', '--with', 'Ben', '--as', 'visitor', '--when', new Date().toISOString(), '--focus', 'Who waits?')
  const visit = String(made['document'])
  await ben.page.goto(`${ben.daemon.url}/#/documents/${visit}`)
  await ben.page.getByRole('button', { name: 'Accept' }).click()
  await ana.page.goto(`${ana.daemon.url}/#/documents/${visit}`)
  await ana.page.getByRole('button', { name: 'Invite somebody else' }).click()
  await ana.page.getByLabel('Who', { exact: true }).selectOption({ label: 'Chidi' })
  await ana.page.getByLabel('As', { exact: true }).selectOption({ label: as })
  await ana.page.getByRole('button', { name: 'Invite', exact: true }).click()
  await chidi.page.getByRole('link', { name: 'Visits' }).click()
  await chidi.page.getByRole('link', { name: /Ben/ }).first().click()
  await chidi.page.getByRole('button', { name: 'Accept' }).click()
  return visit
}

test('a facilitator has a say in the talk, sees the lesson’s plan as it stands, and is shown out of both', async ({ pair, chidi }) => {
  const { ana, ben } = pair
  const visit = await planned(ana, ben, chidi, 'a facilitator of the talk')

  // What those agree on who visit and are visited is there to be read.
  await expect(textOf(chidi.page, 'focus')).toContainText('Who waits?')
  await expect(textOf(chidi.page, 'focus')).toHaveAttribute('aria-readonly', 'true')
  await expect(chidi.page.getByLabel('Where the visitor sits')).toHaveCount(0)
  await expect(chidi.page.getByRole('button', { name: 'It didn’t happen' })).toHaveCount(0)
  await expect(chidi.page.getByRole('link', { name: 'Reflect' })).toHaveCount(0)
  await textOf(chidi.page, 'plan').click()
  await chidi.page.keyboard.type('I keep the time of the talk.')
  await expect(textOf(ben.page, 'plan')).toContainText('I keep the time of the talk.')
  await expect(truth(chidi.page)).toContainText('Reaches Ben through whoever is paired with them')
  await look(chidi.page, 'visit-facilitator')
  await chidi.page.getByRole('link', { name: 'Observe' }).click()
  await expect(chidi.page.getByText('Notes of this visit are for Ana to write')).toBeVisible()
  await expect(chidi.page.getByRole('button', { name: 'New notes' })).toHaveCount(0)

  // In the talk everybody writes, until the facilitator is shown out of the visit.
  await ana.page.getByRole('link', { name: 'Debrief', exact: true }).click()
  await ana.page.getByRole('button', { name: 'Begin the debrief' }).click()
  await chidi.page.getByRole('link', { name: 'Debrief', exact: true }).click()
  const talk = textOf(chidi.page, 'notes')
  await talk.click()
  await chidi.page.keyboard.type('Ben speaks first.')
  await expect(textOf(ana.page, 'notes')).toContainText('Ben speaks first.')
  await ana.page.goto(`${ana.daemon.url}/#/documents/${visit}`)
  await ana.page.getByRole('button', { name: 'Take Chidi out of this visit' }).click()
  await ana.page.getByRole('button', { name: 'Take out' }).last().click()
  // That both are gone is said once, with what becomes of his words.
  await expect(chidi.page.getByRole('button', { name: 'Keep them as new notes' })).toBeVisible()
  await expect(chidi.page.getByText('It was removed, or it is not shared with you')).toBeVisible()
})

test('two visitors write notes of their own, and the visit goes on until both have left', async ({ pair, chidi }) => {
  const { ana, ben } = pair
  const visit = await planned(ana, ben, chidi, 'another visitor')
  for (const { page, daemon } of [ana, chidi]) {
    await page.goto(`${daemon.url}/#/documents/${visit}/observe`)
    await page.getByRole('button', { name: 'New notes' }).click()
    await textOf(page, 'notes').click()
    await page.keyboard.type('Four voices answered.')
    await expect(truth(page)).toContainText('Nobody else can open this')
    await page.getByRole('button', { name: 'I’m in the room' }).click()
    await expect(page.getByRole('button', { name: 'I’ve left' })).toBeVisible()
  }
  await chidi.page.getByRole('button', { name: 'I’ve left' }).click()
  await expect(chidi.page.getByRole('button', { name: 'I’m in the room' })).toBeVisible()
  await expect(ben.page.getByText('Observing', { exact: true })).toBeVisible()
  await ana.page.getByRole('button', { name: 'I’ve left' }).click()
  await expect(ben.page.getByText('Written up', { exact: true })).toBeVisible()

  // Each releases to whoever was visited, and to nobody else: notes go by nobody else's computer.
  await expect(chidi.page.getByText('Your computer and Ben’s are not paired yet.')).toBeVisible()
  for (const { page } of [ana, chidi]) {
    await page.getByRole('button', { name: 'Release…' }).click()
    await page.getByRole('button', { name: 'Release to Ben' }).click()
    await expect(page.getByText('Released to Ben: the words as they stood')).toBeVisible()
  }
  await chidi.daemon.pairWith(ben.daemon)
  await expect(chidi.page.getByText('Your computer and Ben’s are not paired yet.')).toHaveCount(0)
  await ben.page.goto(`${ben.daemon.url}/#/documents/${visit}/observe`)
  await expect(textOf(ben.page, 'notes')).toContainText('Four voices answered.')
  await expect(ben.page.getByRole('radiogroup', { name: 'Which notes' }).getByRole('radio')).toHaveCount(2)
  const { documents } = (await ana.daemon.command('documents', 'list', '--kind', 'released_notes')) as { documents: unknown[] }
  expect(documents, 'Ana holds her own').toHaveLength(1)
  await look(ben.page, 'visit-two-visitors', ['light', 'phone-dark'])
})

test('a goal of two is written by both at once, each ticking for themselves', async ({ pair }) => {
  const { ana, ben } = pair
  await ana.page.getByRole('link', { name: 'Growth' }).click()
  await ana.page.getByRole('link', { name: 'Write a goal' }).click()
  await ana.page.getByLabel('What do you want to get better at?').fill('More voices after a question')
  await ana.page.getByLabel('Ours: mine and a partner’s').check()
  await ana.page.getByRole('button', { name: 'Begin' }).click()
  await expect(ana.page.getByRole('heading', { level: 1, name: 'More voices after a question' })).toBeVisible()
  const { hash } = new URL(ana.page.url())
  await ben.page.goto(`${ben.daemon.url}/${hash}`)

  await textOf(ana.page, 'why').click()
  await textOf(ben.page, 'why').click()
  await Promise.all([ana.page.keyboard.type('The same four answer. ', { delay: 20 }), ben.page.keyboard.type('The others wait for them. ', { delay: 20 })])
  await agree(ana.page, ben.page, 'why', ['The same four answer.', 'The others wait for them.'])
  await expect(ana.page.locator('[data-field="why"] .cm-partner')).toContainText('Ben')

  await ana.page.getByLabel('In a sentence').fill('Count to three')
  await ana.page.getByLabel('In a sentence').press('Enter')
  const ticks = ({ page }: Teacher) => page.getByRole('checkbox', { name: 'Done: Count to three' })
  await ticks(ana).check()
  await expect(ana.page.getByRole('checkbox', { name: 'Done: Count to three' })).toBeChecked()
  await expect(ticks(ben)).not.toBeChecked()
  await look(ben.page, 'goal-of-two')
})
