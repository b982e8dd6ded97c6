// Decides whether a visit can be lived through by two teachers: asked, timed, watched, released, talked over, called off.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { look } from '../kit/looks'
import { expect, shown, test, textOf, truth, type Teacher } from '../kit/school'

/** Every byte of every file below a folder, in one string. */
async function bytesBelow(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => readFile(join(entry.parentPath, entry.name), 'latin1'))
  return (await Promise.all(files)).join('\n')
}

test('a visit from its proposal to its debrief, on two computers', async ({ pair }, info) => {
  // Five screens are looked at in six ways each on the way.
  test.slow()
  const { ana, ben } = pair
  await ana.page.getByRole('link', { name: 'Visits' }).click()
  await expect(ana.page.getByText('No visits yet')).toBeVisible()
  await look(ana.page, 'visits-none')
  await ana.page.getByRole('link', { name: 'Propose a visit' }).click()
  await ana.page.getByLabel('With').selectOption({ label: 'Ben' })
  await ana.page.getByLabel('Focus question').fill('Who answers?')
  await ana.page.getByRole('button', { name: 'Propose' }).click()
  await expect(ana.page.getByText('You visit Ben')).toBeVisible()

  await ben.page.getByRole('link', { name: 'Visits' }).click()
  await expect(ben.page.getByRole('heading', { name: 'Waiting for your answer' })).toBeVisible()
  await ben.page.getByRole('link', { name: /Ana visits you/ }).click()
  await ben.page.getByRole('button', { name: 'Accept' }).click()
  await expect(ben.page.getByRole('button', { name: 'Accept' })).toHaveCount(0)

  // Ben sets a time and a room; Ana sees it.
  await ben.page.getByLabel('When').fill('2030-03-05T10:15')
  await ben.page.getByLabel('How long').selectOption('25')
  await ben.page.getByLabel('Room').fill('Room 204')
  await ben.page.getByLabel('May the visitor').selectOption('yes')
  await ben.page.getByRole('button', { name: 'Save' }).click()
  await expect(ana.page.getByText('10:15 · 25 minutes · Room 204')).toBeVisible()
  await expect(ana.page.getByText('Scheduled', { exact: true })).toBeVisible()
  await expect(ana.page.getByLabel('May the visitor')).toHaveValue('yes')
  await look(ana.page, 'real-visit-plan')

  // A time that was agreed is moved by either, and stands moved for both.
  await ana.page.getByLabel('When').fill('2030-03-06T11:20')
  await ana.page.getByRole('button', { name: 'Save' }).click()
  for (const { page } of [ana, ben]) await expect(page.getByText('11:20 · 25 minutes · Room 204')).toBeVisible()
  await expect(ben.page.getByLabel('When')).toHaveValue('2030-03-06T11:20')
  await expect(ana.page.getByText('Scheduled', { exact: true })).toBeVisible()

  // The notes are Ana's alone.
  await ana.page.getByRole('link', { name: 'Observe' }).click()
  await ana.page.getByRole('button', { name: 'New notes' }).click()
  const notes = textOf(ana.page, 'notes')
  await notes.click()
  await ana.page.keyboard.type('Four voices answered. Zzyzx was here')
  for (let at = 0; at < 'Zzyzx was here'.length; at += 1) await ana.page.keyboard.press('Backspace')
  await expect(truth(ana.page)).toContainText('Nobody else can open this')
  await expect(truth(ana.page)).toContainText('Saved here')
  await look(ana.page, 'real-visit-observe')
  await expect(ana.page.getByText('Scheduled', { exact: true })).toBeVisible()
  await ben.page.getByRole('link', { name: 'Observe' }).click()
  await expect(ben.page.getByText('No notes yet')).toBeVisible()

  // Released, Ben holds the finished words and none of the drafting.
  await ana.page.getByRole('button', { name: 'Release…' }).click()
  await expect(ana.page.getByText('Ben will then hold a copy')).toBeVisible()
  await ana.page.getByRole('button', { name: 'Release to Ben' }).click()
  await expect(ana.page.getByText('Released to Ben: the words as they stood')).toBeVisible()
  await expect(textOf(ben.page, 'notes')).toHaveText('Four voices answered. ')
  // They stay as they were released, for both.
  await expect(textOf(ben.page, 'notes')).toHaveAttribute('aria-readonly', 'true')
  await expect(ben.page.getByRole('toolbar')).toHaveCount(0)
  // What stage it has come to, both learn from the notes themselves.
  for (const { page } of [ana, ben]) await expect(page.getByText('Written up', { exact: true })).toBeVisible()
  const href = await ana.page.getByRole('link', { name: 'What you released to Ben' }).getAttribute('href')
  expect(href).toContain('#/documents/')
  // All that Ben's disk holds, as it lies there and as his daemon can open it.
  const opened = info.outputPath('all-that-ben-holds')
  await ben.daemon.command('export', '--all', '--format', 'automerge', '--output', opened)
  const bytes = await bytesBelow(opened)
  expect(bytes).toContain('voices')
  for (const place of [bytes, await bytesBelow(ben.daemon.data)]) expect(place).not.toContain('zyzx')

  // The debrief is one text for both.
  await ana.page.getByRole('link', { name: 'Debrief', exact: true }).click()
  await ana.page.getByRole('button', { name: 'Begin the debrief' }).click()
  await textOf(ana.page, 'notes').click()
  await ana.page.keyboard.type('What we saw: ')
  for (const { page } of [ana, ben]) await expect(page.getByText('Debriefing', { exact: true })).toBeVisible()
  await ben.page.getByRole('link', { name: 'Today' }).click()
  await ben.page.getByRole('region', { name: 'Waiting for you' }).getByRole('link', { name: /Debrief with Ana/ }).click()
  await expect(textOf(ben.page, 'notes')).toContainText('What we saw: ')
  await ben.page.getByLabel('Next steps').getByRole('textbox').fill('Count to three.')
  await ben.page.getByLabel('Next steps').getByRole('button', { name: 'Add' }).click()
  await expect(ana.page.getByRole('checkbox', { name: 'Count to three.' })).toBeVisible()
  await look(ana.page, 'real-visit-debrief')
  await ben.page.getByRole('button', { name: 'We talked' }).click()
  await expect(ana.page.getByText('Closed', { exact: true })).toBeVisible()
  expect(await shown(ben.page, 'notes')).toBe('What we saw: ')
})

test('a visit is called off by the host, and taken up again', async ({ pair }) => {
  const { ana, ben } = pair
  await ana.page.getByRole('link', { name: 'Propose a visit' }).click()
  await ana.page.getByLabel('Ben visits me').check()
  await ana.page.getByLabel('When').fill('2030-03-05T10:15')
  // A usual length stands there, and any other is as good.
  await expect(ana.page.getByLabel('How long')).toHaveValue('25')
  await ana.page.getByLabel('How long').selectOption('Another length…')
  await ana.page.getByLabel('Length in minutes').fill('37')
  await ana.page.getByLabel('Length in minutes').scrollIntoViewIfNeeded()
  await look(ana.page, 'propose-length', ['light', 'phone-dark'])
  await ana.page.getByRole('button', { name: 'Propose' }).click()
  await ben.page.getByRole('link', { name: 'Visits' }).click()
  await ben.page.getByRole('link', { name: /You visit Ana/ }).click()
  await expect(ben.page.getByLabel('How long')).toHaveValue('37')
  await ben.page.getByRole('button', { name: 'Accept' }).click()
  await expect(ana.page.getByText('Scheduled', { exact: true })).toBeVisible()

  await ana.page.getByRole('button', { name: 'Call it off' }).click()
  await ana.page.getByRole('button', { name: 'Call it off' }).last().click()
  await expect(ben.page.getByText('This visit was called off')).toBeVisible()
  await ana.page.getByRole('button', { name: 'Take it up again' }).click()
  await expect(ben.page.getByText('Scheduled', { exact: true })).toBeVisible()

  await ben.page.getByRole('button', { name: 'Withdraw' }).click()
  await ben.page.getByRole('button', { name: 'Withdraw' }).last().click()
  await expect(ana.page.getByText('Called off', { exact: true })).toBeVisible()
  await expect(ana.page.getByRole('button', { name: 'Take it up again' }), 'it is for Ben to come back').toHaveCount(0)
  await ben.page.getByRole('button', { name: 'Take it up again' }).click()
  await expect(ana.page.getByText('Scheduled', { exact: true })).toBeVisible()

  // A no reads to Ana like any visit that is called off.
  const declined = String((await ana.daemon.command('visit', 'propose', '--with', 'Ben', '--focus', 'Who asks?'))['document'])
  await ana.page.goto(`${ana.daemon.url}/#/documents/${declined}`)
  await ben.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Visits' }).click()
  await ben.page.getByRole('link', { name: /Who asks/ }).click()
  await ben.page.getByRole('button', { name: 'Not this time' }).click()
  await expect(ben.page.getByText('Not this time', { exact: true })).toBeVisible()
  await expect(ana.page.getByText('Called off', { exact: true })).toBeVisible()
  await expect(ana.page.getByText('This visit was called off')).toBeVisible()
  await expect(ana.page.getByText(/not this time/i)).toHaveCount(0)
  const told = JSON.stringify(await ana.daemon.command('documents', 'show', declined)) + JSON.stringify(await ana.daemon.command('visit', 'list'))
  expect(told).not.toContain('declined')
})

/** Begins to observe with the simplest instrument, from the visit's page. */
async function observe({ page, daemon }: Teacher, visit: string): Promise<void> {
  await page.goto(`${daemon.url}/#/documents/${visit}/observe`)
  await page.getByText('What do you want to know?').click()
  await page.getByText('Which moments are worth talking about?').click()
  await page.getByRole('button', { name: 'Start observing' }).click()
  await page.getByRole('button', { name: 'Mark this moment' }).click()
}

test('while it goes on, a visit is ended by its host, or left by its visitor, with one button that works', async ({ pair }) => {
  const { ana, ben } = pair
  const propose = async (): Promise<string> =>
    String((await ben.daemon.command('visit', 'propose', '--with', 'Ana', '--as', 'visitor', '--when', new Date().toISOString(), '--focus', 'Who waits?'))['document'])

  const ended = await propose()
  await observe(ben, ended)
  await ana.page.goto(`${ana.daemon.url}/#/documents/${ended}/plan`)
  await expect(ana.page.getByText('Observing', { exact: true })).toBeVisible()
  await expect(ana.page.getByRole('button', { name: 'Call it off' })).toHaveCount(0)
  await ana.page.getByRole('link', { name: 'Observe' }).click()
  await look(ana.page, 'visit-under-way')
  const pad = () => ben.page.locator('.observe main').boundingBox()
  const before = await pad()
  await ana.page.getByRole('button', { name: 'End the visit' }).click()
  await ana.page.getByRole('button', { name: 'End the visit' }).last().click()
  await expect(ana.page.getByText('Written up', { exact: true })).toBeVisible()
  await expect(ana.page.getByRole('button', { name: 'End the visit' })).toHaveCount(0)
  await expect(ben.page.getByText('The visit has been ended.')).toBeVisible()
  expect(await pad(), 'what is said of the end moves nothing one taps').toEqual(before)
  await look(ben.page, 'observe-ended', ['light', 'phone-dark'])

  // Ana would rather just talk: Ben is no longer reminded of his notes, until she thinks better of it.
  await ben.page.getByRole('button', { name: 'End…' }).click()
  await expect(ben.page.getByRole('button', { name: 'End observing' })).toBeFocused()
  expect(await pad(), 'nor does the question').toEqual(before)
  await ben.page.keyboard.press('Enter')
  await ben.page.getByRole('link', { name: 'Today' }).click()
  const reminder = ben.page.getByRole('link', { name: /Your notes, when you want/ })
  await expect(reminder).toBeVisible()
  await ana.page.getByRole('button', { name: 'I need no notes' }).click()
  await expect(ana.page.getByText('Closed', { exact: true })).toBeVisible()
  await look(ana.page, 'visit-waived')
  await expect(reminder).toHaveCount(0)
  await ben.page.goto(`${ben.daemon.url}/#/documents/${ended}/observe`)
  await expect(ben.page.getByText('Ana asks for no notes.')).toBeVisible()
  await look(ben.page, 'observe-waived', ['light', 'phone-dark'])
  await ana.page.getByRole('button', { name: 'I would like notes after all' }).click()
  await expect(ana.page.getByText('Written up', { exact: true })).toBeVisible()
  // Notes that came all the same do not take the way back from her.
  await ana.page.getByRole('button', { name: 'I need no notes' }).click()
  await expect(ben.page.getByText('Ana asks for no notes.')).toBeVisible()
  await ben.page.getByRole('button', { name: 'Release…' }).click()
  await ben.page.getByRole('button', { name: 'Release to Ana' }).click()
  await expect(ana.page.getByRole('textbox', { name: 'Notes' })).toBeVisible()
  await ana.page.getByRole('button', { name: 'I would like notes after all' }).click()
  await expect(ana.page.getByRole('button', { name: 'I would like notes after all' })).toHaveCount(0)

  // What Ben puts right and releases once more stands first, and says what came before it.
  await textOf(ben.page, 'notes').click()
  await ben.page.keyboard.type('Two of them were new. ')
  await expect(truth(ben.page)).toContainText('Saved here')
  await ben.page.getByRole('button', { name: 'Release once more…' }).click()
  await ben.page.getByRole('button', { name: 'Release to Ana' }).click()
  for (const { page } of [ana, ben]) await expect(page.getByText('Earlier version').first()).toBeVisible()
  await ana.page.reload()
  await expect(textOf(ana.page, 'notes')).toContainText('Two of them were new.')
  await look(ana.page, 'released-again', ['light', 'phone-dark'])

  const left = await propose()
  await observe(ben, left)
  await ben.page.goto(`${ben.daemon.url}/#/documents/${left}/plan`)
  await ben.page.getByRole('button', { name: 'Withdraw' }).click()
  await ben.page.getByRole('button', { name: 'Withdraw' }).last().click()
  await expect(ben.page.getByText('Written up', { exact: true })).toBeVisible()
  await ben.page.getByRole('link', { name: 'Observe' }).click()
  await expect(ben.page.getByRole('heading', { name: 'You withdrew' })).toBeVisible()
  await look(ben.page, 'visit-withdrew', ['light', 'phone-dark'])
  await ben.page.getByRole('button', { name: 'Keep my notes' }).click()
  await ana.page.goto(`${ana.daemon.url}/#/documents/${left}/plan`)
  await expect(ana.page.getByText('Written up', { exact: true })).toBeVisible()
})

test('a visitor looks back at their own room, and nobody else ever does', async ({ pair }) => {
  const { ana, ben } = pair
  await ana.page.getByRole('link', { name: 'Propose a visit' }).click()
  await ana.page.getByRole('button', { name: 'Propose' }).click()
  await ben.page.getByRole('link', { name: 'Visits' }).click()
  await ben.page.getByRole('link', { name: /Ana visits you/ }).click()
  await expect(ben.page.getByRole('link', { name: 'Debrief', exact: true })).toBeVisible()

  // Ben is offered none, and nobody can be given Ana's.
  await expect(ben.page.getByRole('link', { name: 'Reflect' })).toHaveCount(0)
  await ana.page.getByRole('link', { name: 'Reflect' }).click()
  await ana.page.getByRole('button', { name: 'Look back' }).click()
  await textOf(ana.page, 'keep').click()
  await ana.page.keyboard.type('Waiting before I name somebody.')
  await textOf(ana.page, 'ideas').click()
  await ana.page.keyboard.type('Ask the back row first.')
  await expect(truth(ana.page)).toContainText('Saved here')
  await expect(truth(ana.page)).toContainText('Nobody else can open this')
  await expect(ana.page.getByText('This page can never be shared')).toBeVisible()
  await expect(ana.page.getByLabel('Share with')).toHaveCount(0)
  await look(ana.page, 'real-visit-reflect')
  const { documents } = (await ben.daemon.command('documents', 'list')) as { documents: { kind: string }[] }
  expect(documents.map((one) => one.kind)).not.toContain('mirror')
})

test('notes that were begun stay when it is not taken that one is in the room', async ({ pair }) => {
  const { ana } = pair
  const visit = String((await ana.daemon.command('visit', 'propose', '--with', 'Ben', '--as', 'visitor', '--focus', 'Who waits?'))['document'])
  await ana.page.route('**/api/v1/documents/*/edits', (route) => {
    const { edit } = route.request().postDataJSON() as { edit: { verb: string } }
    return edit.verb === 'join' ? route.fulfill({ status: 403, json: { schema: 1, error: { code: 'refused', message: 'no' } } }) : route.continue()
  })
  await ana.page.goto(`${ana.daemon.url}/#/documents/${visit}/observe`)
  await ana.page.getByText('What do you want to know?').click()
  await ana.page.getByText('Which moments are worth talking about?').click()
  await ana.page.getByRole('button', { name: 'Start observing' }).click()
  await expect(ana.page.getByRole('alert')).toContainText('Your notes are begun, and stay yours.')
  await expect(ana.page.getByRole('link', { name: 'Observe all the same' })).toBeInViewport()
  await look(ana.page, 'observe-unjoined', ['light', 'phone-dark'])
  await ana.page.getByRole('link', { name: 'Observe all the same' }).click()
  await ana.page.getByRole('button', { name: 'Mark this moment' }).click()
  await expect(ana.page.getByText('Saved here')).toBeVisible()
  const { documents } = (await ana.daemon.command('documents', 'list', '--kind', 'note_set')) as { documents: { id: string }[] }
  expect(documents).toHaveLength(1)
  const { model } = (await ana.daemon.command('documents', 'show', documents[0]!.id)) as { model: { events: unknown[] } }
  expect(model.events).toHaveLength(1)
})

test('whoever only writes notes begins the visit with a tap, and its host can end it', async ({ pair }) => {
  const { ana, ben } = pair
  const proposed = await ana.daemon.command('visit', 'propose', '--with', 'Ben', '--as', 'visitor', '--when', new Date().toISOString(), '--focus', 'Who waits?')
  const visit = String(proposed['document'])
  await ben.page.goto(`${ben.daemon.url}/#/documents/${visit}`)
  await ben.page.getByRole('button', { name: 'Accept' }).click()
  await ana.page.goto(`${ana.daemon.url}/#/documents/${visit}/observe`)
  await ana.page.getByRole('button', { name: 'New notes' }).click()
  await textOf(ana.page, 'notes').click()
  await ana.page.keyboard.type('Before the lesson: who waits?')
  // Notes may be begun days before; being there is said with a tap of its own.
  await expect(ana.page.getByText('Scheduled', { exact: true })).toBeVisible()
  await ana.page.getByRole('button', { name: 'I’m in the room' }).click()
  await expect(ana.page.getByRole('button', { name: 'I’ve left' })).toBeVisible()
  await look(ana.page, 'observe-here', ['light', 'phone-dark'])
  await ben.page.getByRole('link', { name: 'Observe' }).click()
  await ben.page.getByRole('button', { name: 'End the visit' }).click()
  await ben.page.getByRole('button', { name: 'End the visit' }).last().click()
  await expect(ana.page.getByText('Written up', { exact: true })).toBeVisible()
  await expect(ana.page.getByRole('button', { name: 'I’m in the room' })).toHaveCount(0)
})
