// Decides whether two build one instrument at once, are told where they write what would rate people, and see what it tells.
import { look } from '../kit/looks'
import { expect, shown, test, textOf, type Teacher } from '../kit/school'

const label = (one: Teacher, name: string | RegExp) => one.page.getByRole('textbox', { name })

/** The labels as they stand on somebody's page. */
const labels = (one: Teacher) => one.page.locator('ol input[id^="label-"]').evaluateAll((all) => all.map((input) => (input as HTMLInputElement).value))

async function add(one: Teacher, text: string): Promise<void> {
  await label(one, 'One more label').fill(text)
  await label(one, 'One more label').press('Enter')
  await expect(label(one, 'One more label')).toHaveValue('')
}

test('two build one instrument at once, observe with it, and keep what it was', async ({ wired }) => {
  test.slow()
  const { ana, ben, wire } = wired
  await ana.page.getByRole('link', { name: 'Growth' }).click()
  await ana.page.getByRole('link', { name: /^Instruments of your own/ }).click()
  await ana.page.getByRole('link', { name: 'Build an instrument' }).click()
  await ana.page.getByLabel('What you call it').fill('Who answers')
  await ana.page.getByLabel('With a partner').check()
  await ana.page.getByRole('button', { name: 'Begin' }).click()
  await expect(ana.page.getByRole('heading', { name: 'Who answers' })).toBeVisible()
  await expect(ana.page.getByText('It needs at least one label.')).toBeVisible()
  await add(ana, 'Hand up')

  await ben.page.goto(`${ben.daemon.url}/#/growth/instruments`)
  await ben.page.getByRole('link', { name: 'Who answers' }).click()
  await expect.poll(() => labels(ben)).toEqual(['Hand up'])

  // What rates is said while it is written, and stays to be worded otherwise.
  await label(ana, 'One more label').fill('Good')
  await expect(ana.page.getByRole('alert')).toHaveText('“Good”: Words of praise or blame rate people. A label names something two people could both point at.')
  await label(ana, 'One more label').press('Enter')
  await expect(label(ana, 'One more label')).toHaveValue('Good')
  await look(ana.page, 'instruments-refused', ['light', 'phone-dark'])
  await label(ana, 'One more label').fill('')

  // Both write while neither reaches the other.
  wire.cut()
  await textOf(ana.page, 'question').click()
  await ana.page.keyboard.type('Who answers after a question?')
  await label(ana, 'Label 1').fill('Raises a hand')
  await label(ana, 'Label 1').press('Tab')
  await add(ana, 'Often silent')
  await add(ana, 'Often')
  await label(ben, 'Label 1').fill('Puts a hand up')
  await label(ben, 'Label 1').press('Tab')
  await add(ben, 'Called on')
  await add(ben, 'Never')
  await ben.page.getByRole('button', { name: 'Move “Called on” up' }).click()
  await expect.poll(() => labels(ben)).toEqual(['Called on', 'Puts a hand up', 'Never'])
  wire.mend()
  await expect(async () => {
    const both = await labels(ana)
    expect(both).toHaveLength(5)
    expect(await labels(ben)).toEqual(both)
  }).toPass({ timeout: 30_000 })
  await expect.poll(() => shown(ben.page, 'question')).toBe('Who answers after a question?')
  for (const one of [ana, ben]) await expect(one.page.getByText('How often or how much, in general, rates people.').first()).toBeVisible()
  await look(ana.page, 'instruments-both', ['light', 'dark', 'phone-dark'])
  // Two wordings of one label, until either settles on one.
  await ben.page.getByRole('button', { name: /^Word it so: / }).click()
  await expect(ana.page.getByText('Worded at the same moment')).toHaveCount(0)
  await ana.page.getByRole('button', { name: 'Remove “Often”' }).click()
  await ben.page.getByRole('button', { name: 'Remove “Never”' }).click()
  await expect(ana.page.getByText('Ready to observe with.')).toBeVisible()
  await expect(ben.page.getByText('Ready to observe with.')).toBeVisible()

  // Tried out, nothing of it is kept; on paper it is a form.
  await ana.page.locator('summary', { hasText: 'Try it out' }).click()
  await ana.page.getByRole('button', { name: /^Called on/ }).click()
  await expect(ana.page.getByRole('status').filter({ hasText: 'Called on' })).toBeVisible()
  await look(ana.page, 'instruments-try', ['light', 'phone-dark'])
  expect(((await ana.daemon.command('documents', 'list', '--kind', 'note_set')) as { documents: unknown[] }).documents).toHaveLength(0)
  await ana.page.getByRole('link', { name: 'Blank form to print' }).click()
  await expect(ana.page.getByRole('row', { name: /Called on/ })).toBeVisible()
  await look(ana.page, 'instruments-blank', ['light', 'print'])
  await ana.page.goto(`${ana.daemon.url}/#/growth/instruments`)
  await expect(ana.page.getByText('made by Ben and you')).toBeVisible()
  await look(ana.page, 'instruments-list', ['light', 'phone-dark'])

  // In a visit it is offered beside the others.
  const made = await ana.daemon.command('visit', 'propose', '--with', 'Ben', '--as', 'visitor', '--length', '25m', '--focus', 'Voices')
  const visit = String(made['document'])
  await ana.page.goto(`${ana.daemon.url}/#/documents/${visit}`)
  await ana.page.getByText('Observe with an instrument').click()
  await ana.page.locator('summary', { hasText: 'Who answers after a question?' }).click()
  await expect(ana.page.getByText('Who answers · made by Ben and you')).toBeVisible()
  await look(ana.page, 'instruments-plan', ['light', 'phone-dark'])
  await ana.page.getByRole('button', { name: 'Choose for this visit' }).click()
  await expect(ana.page.getByText('Chosen for this visit: Who answers')).toBeVisible()
  await ben.page.goto(`${ben.daemon.url}/#/documents/${visit}`)
  await expect(ben.page.getByText('Chosen for this visit: Who answers')).toBeVisible()
  await ana.page.getByRole('link', { name: 'Observe', exact: true }).click()
  await ana.page.getByText('What do you want to know?').click()
  await ana.page.locator('summary', { hasText: 'Who answers after a question?' }).click()
  await ana.page.getByRole('button', { name: 'Start observing' }).click()
  await ana.page.getByRole('button', { name: /^Called on/ }).click()
  await ana.page.getByRole('button', { name: /^Often silent/ }).click()
  await ana.page.getByRole('button', { name: /^Called on/ }).click()
  await ana.page.getByRole('button', { name: 'End…' }).click()
  await ana.page.getByRole('button', { name: 'End observing' }).click()
  await expect(ana.page.getByRole('row', { name: /^Called on/ }).first()).toContainText('2')

  // What becomes of it later is nothing to these notes.
  await ben.page.goto(`${ben.daemon.url}/#/growth/instruments`)
  await ben.page.getByRole('link', { name: 'Who answers' }).click()
  await ben.page.getByRole('button', { name: 'Remove “Called on”' }).click()
  await expect(ana.page.getByText('The instrument has been changed since these notes began.')).toBeVisible()
  await expect(ana.page.getByRole('row', { name: /^Called on/ }).first()).toContainText('2')
  await look(ana.page, 'instruments-after', ['light'])
})

test('an instrument and a map are put into a plan for both, and an odd file is refused with the reason', async ({ pair }) => {
  const { ana, ben } = pair
  await ana.page.goto(`${ana.daemon.url}/#/growth/new-instrument`)
  await ana.page.getByLabel('What you call it').fill('Where they look')
  await ana.page.getByRole('button', { name: 'Begin' }).click()
  await ana.page.getByLabel('Seat map: what each seat is doing').check()
  await add(ana, 'At the board')
  await add(ana, 'At a neighbour')
  const instrument = ana.page.url().split('/').pop()!
  const made = await ana.daemon.command('visit', 'propose', '--with', 'Ben', '--as', 'host', '--focus', 'Eyes')
  const visit = String(made['document'])
  await ana.page.goto(`${ana.daemon.url}/#/documents/${visit}`)
  await ana.page.getByText('Observe with an instrument').click()
  await ana.page.locator('summary', { hasText: 'Where they look' }).click()
  await ana.page.getByRole('button', { name: 'Choose, and let Ben read it' }).click()
  await expect(ana.page.getByText('Chosen for this visit: Where they look')).toBeVisible()

  // The map of the room is drawn once, by tap and by key, kept by its teacher and put into the plan.
  await ana.page.getByText('Draw the map of the room').click()
  await ana.page.getByLabel('Rows').fill('2')
  await ana.page.getByLabel('Seats in a row').fill('3')
  await ana.page.getByRole('button', { name: 'Draw these rows anew' }).click()
  await expect(ana.page.getByText('6 seats')).toBeVisible()
  await ana.page.getByRole('button', { name: 'Seat 6', exact: true }).click()
  await ana.page.getByRole('button', { name: 'Towards the board' }).press('Enter')
  await ana.page.getByRole('button', { name: 'Centre' }).press('Enter')
  await ana.page.getByRole('button', { name: 'One more seat' }).click()
  await look(ana.page, 'maps-draw', ['light', 'phone-dark'])
  await ana.page.getByText('Keep this map').first().click()
  await ana.page.getByLabel('What you call it').fill('Room 12')
  await ana.page.getByRole('button', { name: 'Keep this map' }).click()
  await expect(ana.page.getByText('“Room 12” is kept.')).toBeVisible()
  await ana.page.getByLabel('Rows').fill('30')
  await ana.page.getByLabel('Seats in a row').fill('30')
  await expect(ana.page.getByText('A map takes 400 seats at most.')).toBeVisible()
  // Numbers alone draw nothing over what was drawn by hand, and what was drawn over comes back.
  await ana.page.getByLabel('Rows').fill('2')
  await ana.page.getByLabel('Seats in a row').fill('5')
  await expect(ana.page.getByText('7 seats')).toBeVisible()
  const drawn = ana.page.getByRole('button', { name: 'Seat 6', exact: true })
  const stood = await drawn.getAttribute('style')
  await ana.page.getByRole('button', { name: 'Draw these rows anew' }).click()
  await expect(ana.page.getByText('10 seats')).toBeVisible()
  await ana.page.getByText('Undo', { exact: true }).click()
  await expect(ana.page.getByText('7 seats')).toBeVisible()
  await expect(drawn).toHaveAttribute('style', stood!)
  await ana.page.getByRole('button', { name: 'Use “Room 12”' }).click()
  await ana.page.getByRole('button', { name: 'Put it in the plan' }).click()
  await expect(ana.page.getByRole('img', { name: '7 seats' })).toBeVisible()
  await look(ana.page, 'maps-plan', ['light', 'phone-dark'])
  await ben.page.goto(`${ben.daemon.url}/#/documents/${visit}/observe`)
  await ben.page.getByText('What do you want to know?').click()
  await ben.page.locator('summary', { hasText: 'Where they look' }).click()
  await expect(ben.page.getByRole('button', { name: 'Seat 7', exact: true })).toBeVisible()
  await expect(ben.page.getByRole('button', { name: 'Seat 8', exact: true })).toHaveCount(0)
  await ben.page.getByRole('button', { name: 'Start observing' }).click()
  await ben.page.getByRole('button', { name: /^At the board/ }).click()
  await expect(ben.page.getByRole('button', { name: /^Undo: At the board/ })).toBeVisible()

  // A file with a scale, or with a thousand columns: the reason, where one is looking, and nothing kept of it.
  const file = await ana.page.evaluate(async (id) => {
    const token = document.querySelector<HTMLMetaElement>('meta[name="rounds-token"]')?.content ?? ''
    return (await fetch(`/api/v1/documents/${id}/export?format=json`, { headers: { 'X-Rounds-Token': token } })).json()
  }, instrument)
  const column = (text: string, index: number) => ({ id: `l${index}`, text })
  await ana.page.goto(`${ana.daemon.url}/#/settings`)
  for (const [texts, says] of [
    [['Often', 'Never'], '“Often” and “Never”: How often or how much, in general, rates people.'],
    [Array.from({ length: 1_000 }, (_, index) => `Column ${index} of the form`), 'An instrument takes 64 labels at most.'],
  ] as const) {
    const changed = { ...file, model: { ...file.model, labels: texts.map(column) } }
    await ana.page.getByLabel('Choose a file').setInputFiles({ name: 'instrument.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(changed)) })
    await expect(ana.page.getByText(says)).toBeVisible()
  }
  expect(((await ana.daemon.command('documents', 'list', '--kind', 'instrument')) as { documents: unknown[] }).documents).toHaveLength(1)
})
