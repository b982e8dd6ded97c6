// Decides whether what one taps in somebody's classroom is kept: in order, once each, with the daemon gone in between.
import { look } from '../kit/looks'
import { expect, test, textOf, type Teacher } from '../kit/school'
import type { Page } from '@playwright/test'

async function visit({ ana }: { ana: Teacher }): Promise<string> {
  const made = await ana.daemon.command('visit', 'propose', '--with', 'Ben', '--as', 'visitor', '--focus', 'Who waits?')
  const id = String(made['document'])
  await ana.page.goto(`${ana.daemon.url}/#/documents/${id}`)
  await expect(ana.page.getByRole('heading', { name: 'Who waits?' })).toBeVisible()
  return id
}

async function choose(page: Page, question: string): Promise<void> {
  await page.getByText('What do you want to know?').click()
  await page.getByText(question).click()
}

/** What the daemon itself has of notes. */
async function events({ daemon }: Teacher, address: string): Promise<{ label?: string; mark?: { kind: string; reply_ms?: number | null }; text: string; at_ms: number }[]> {
  const shown = await daemon.command('documents', 'show', address.split('/').pop()!)
  return (shown['model'] as { events: [] }).events
}

test('taps are kept while the daemon is away, counted once when it is back, and told in figures', async ({ pair }) => {
  test.slow()
  const { ana, ben } = pair
  const { page } = ana
  const id = await visit(pair)

  // The question is agreed on in the plan, and comes first when one begins.
  await page.getByText('Observe with an instrument').click()
  await page.getByText('How long were the pauses?').click()
  await page.getByRole('button', { name: 'Choose for this visit' }).click()
  await expect(page.getByText('Chosen for this visit: Wait time')).toBeVisible()
  await page.getByRole('link', { name: 'Observe', exact: true }).click()
  await choose(page, 'What kinds of question were asked')
  await expect(page.getByText('Types are descriptions, not a ladder of worth.')).toBeVisible()
  await look(page, 'observe-choose', ['light', 'phone-dark'])
  const labels = page.getByRole('group', { name: 'Labels' })
  await labels.getByLabel('Label 2', { exact: true }).fill('Good')
  await page.getByRole('button', { name: 'Start observing' }).click()
  await expect(page.getByText('Words of praise or blame rate people.')).toBeVisible()
  await labels.getByLabel('Label 2', { exact: true }).fill('Explain why')
  await page.getByRole('button', { name: 'Start observing' }).click()

  // A tally, with the daemon killed in the middle of tapping.
  const recall = page.getByRole('button', { name: /^Recall/ })
  await recall.click()
  await page.keyboard.press('2')
  await expect(page.getByRole('button', { name: /^Explain why/ })).toContainText('1')
  const tally = page.url()
  await look(page, 'observe-tally', ['light', 'phone-dark'])
  await page.getByRole('button', { name: 'Dim' }).click()
  await look(page, 'observe-not-dim', ['light', 'phone'])
  await page.getByRole('button', { name: 'Dim' }).click()
  for (let tap = 0; tap < 6; tap += 1) {
    await recall.click()
    if (tap === 2) await ana.daemon.kill()
  }
  await expect(recall).toContainText('7')
  await expect(page.getByText('Not saving — Rounds is not answering')).toBeVisible()
  await page.getByRole('button', { name: 'Undo: Recall' }).click()
  await page.getByRole('textbox', { name: 'Write what you hear' }).fill('“Why is that?”')
  await page.keyboard.press('Enter')
  await expect(recall).toContainText('6')
  await ana.daemon.restart()
  await expect(page.getByText('Saved here')).toBeVisible({ timeout: 20_000 })
  const counted = await events(ana, tally)
  expect(counted.filter((one) => one.label === 'Recall').length).toBe(6)
  expect(counted.filter((one) => one.label === 'Explain why').length).toBe(1)
  expect(counted.at(-1)?.text).toBe('“Why is that?”')
  expect(counted.length).toBe(8)

  // The page opened anew goes on with the same notes and the same clock.
  await page.goto(await ana.daemon.launchLink())
  await page.goto(tally)
  await expect(recall).toContainText('6')
  await expect(page.getByText('ends softly at 25:00'), 'nobody said how long').toBeVisible()
  // A lesson later, as the daemon counts it, the end shows, and nothing stops.
  await page.evaluate((key) => {
    const began = JSON.parse(localStorage.getItem(key)!) as { count: string; steady_ms: number; now_ms: number }
    const past = 26 * 60_000
    localStorage.setItem(key, JSON.stringify({ ...began, steady_ms: began.steady_ms - past, now_ms: began.now_ms - past }))
  }, `rounds-observe-${tally.split('/').pop()!}`)
  await page.reload()
  await expect(page.getByText('25:00 have passed')).toBeVisible()
  await expect(page.getByRole('timer')).toHaveText(/^26:/)
  // What shows the end moves nothing under a finger.
  const box = await page.locator('.observe').boundingBox()
  expect(box).toMatchObject({ x: 0, width: page.viewportSize()!.width })
  await look(page, 'observe-over', ['light', 'phone-dark'])
  await page.getByRole('button', { name: 'Hide counts' }).click()
  await expect(recall).not.toContainText('6')

  // Ending ends the visit as well, though the daemon is away; it is said once, behind the taps before it.
  await ana.daemon.kill()
  await recall.click()
  await page.getByRole('button', { name: 'End…' }).click()
  await page.getByRole('button', { name: 'End observing' }).click()
  await ana.daemon.restart()
  await expect(page.getByText('Written up', { exact: true })).toBeVisible({ timeout: 20_000 })
  const plan = (await ana.daemon.command('documents', 'show', id))['model'] as { ended_ms: number | null; here: Record<string, string> }
  expect(plan.ended_ms, 'only a host ends it for everybody').toBeNull()
  expect(Object.values(plan.here)).toEqual(['left'])
  await page.goto(await ana.daemon.launchLink())
  await page.goto(`${ana.daemon.url}/#/documents/${id}/observe`)
  await expect(page.getByRole('heading', { name: 'In figures' })).toBeVisible()
  await expect(page.getByRole('row', { name: /^Recall/ }).first()).toContainText('7')

  // Wait time, for a second set of notes: three clicks are tried out, then each pause is timed.
  await choose(page, 'How long were the pauses?')
  await page.getByRole('button', { name: 'Start observing' }).last().click()
  await expect(page.getByText('Try it first')).toBeVisible()
  for (let click = 0; click < 3; click += 1) await page.getByRole('button', { name: /Click once/ }).click()
  await page.getByRole('button', { name: 'A question ends' }).click()
  await look(page, 'observe-wait', ['phone-dark'])
  await page.getByRole('button', { name: /A reply begins/ }).click()
  await ana.daemon.kill()
  await page.getByRole('button', { name: /The reply ends/ }).click()
  await page.getByRole('button', { name: /Somebody speaks/ }).click()
  await page.getByRole('button', { name: 'A question ends' }).click()
  await page.getByRole('button', { name: 'no reply' }).click()
  await ana.daemon.restart()
  await expect(page.getByText('Saved here')).toBeVisible({ timeout: 20_000 })
  const waits = await events(ana, page.url())
  expect(waits.map((one) => one.mark?.kind)).toEqual(['wait', 'wait'])
  await page.goto(await ana.daemon.launchLink())
  await page.goto(`${ana.daemon.url}/#/documents/${id}/observe`)
  const pauses = page.getByRole('region', { name: 'Pauses counted' })
  await expect(pauses.getByRole('row', { name: /After a question/ })).toContainText('1')
  await expect(pauses.getByRole('row', { name: /No reply/ })).toContainText('1')
  await look(page, 'observe-after', ['light', 'phone-dark', 'print'])

  // What stands on paper is typed in later, with its time.
  await page.getByRole('button', { name: 'Type in from paper…' }).click()
  await page.getByLabel('Time since the start').fill('3:00')
  await page.getByLabel('Seconds until a reply').fill('4.5')
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  // The next one begins in the same field.
  await expect(page.getByLabel('Time since the start')).toBeFocused()
  await expect(page.getByText('reply after 4.5 s')).toBeVisible()
  await expect(pauses.getByRole('row', { name: /After a question/ })).toContainText('2')

  // Released, the one who was visited has the marks, the instrument and the figures.
  await page.getByRole('button', { name: 'Release…' }).first().click()
  await page.getByRole('button', { name: 'Release to Ben' }).click()
  await ben.page.goto(`${ben.daemon.url}/#/documents/${id}/observe`)
  await expect(ben.page.getByRole('heading', { name: 'In figures' })).toBeVisible({ timeout: 20_000 })
  await expect(textOf(ben.page, 'notes')).toBeVisible()
  await expect(ben.page.getByRole('button', { name: /^Remove/ })).toHaveCount(0)
})

test('each instrument takes its mark on a screen of its own', async ({ pair }) => {
  test.slow()
  const { ana } = pair
  const { page } = ana
  const id = await visit(pair)
  /** Pads that stand there with other words are looked at once. */
  const observe = async (question: string, screen: string, mark: () => Promise<void>, last: RegExp, prepare?: () => Promise<void>): Promise<void> => {
    await page.goto(`${ana.daemon.url}/#/documents/${id}/observe`)
    await choose(page, question)
    await prepare?.()
    await page.locator('details[open]').last().getByRole('button', { name: 'Start observing' }).click()
    await expect(page.getByRole('timer')).toBeVisible()
    await mark()
    await expect(page.getByRole('button', { name: /^Undo: / })).toHaveText(last)
    if (screen !== '') await look(page, `observe-${screen}`, ['light', 'phone-dark'])
  }
  const tap = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' }).click()
  const write = async (text: string): Promise<void> => {
    await page.getByRole('textbox').first().fill(text)
    await tap('Keep')
  }
  await observe('What was said and done, in order?', 'script', () => write('“Look at the third line.”'), /Teacher · “Look/)
  // What is too much for a line stays where it was pasted.
  const line = page.getByRole('textbox').first()
  await line.fill('a'.repeat(9_000))
  await expect(page.getByText('This is 808 letters too long for one line.')).toBeVisible()
  await line.press('Enter')
  expect((await line.inputValue()).length).toBe(9_000)
  await line.fill('')
  await tap('End…')
  await tap('End observing')
  // A page of paper is put in with one action, and what has no time is named before any of it is.
  await tap('Type in from paper…')
  await page.getByText('Many lines at once').click()
  const lines = page.getByLabel('One line each, with the time since the start')
  await lines.fill('4:05 Students: “Sixteen”\nno time\n5:10 The room: a bell')
  await expect(page.getByText('One line has no time before it, or is too long:')).toBeVisible()
  await lines.fill('4:05 Students: “Sixteen”\n5:10 The room: a bell')
  await tap('Add 2 lines')
  await expect(page.getByText('The room · a bell')).toBeVisible()
  await expect(lines).toHaveValue('')
  await expect(lines).toBeFocused()
  await look(page, 'observe-late', ['light', 'phone-dark'])
  await observe('Who talked to whom?', 'turns', async () => {
    await tap('Teacher')
    await tap(/^Seat 7/)
  }, /Asks · Teacher → Seat 7/)
  await observe('Where did the teacher go and stop?', 'path', async () => {
    await tap('Front left')
    await tap(/^Seat 12/)
  }, /stopped at seat 12/)
  await tap('End…')
  await tap('End observing')
  await expect(page.getByRole('heading', { name: 'Time by part of the room' })).toBeVisible()
  await look(page, 'observe-map')
  await observe('What were students doing at each look?', 'sweep', async () => {
    // A seat that was skipped by mistake comes back.
    await tap('Nobody there')
    await expect(page.getByText('look at seat 2')).toBeVisible()
    await tap('Undo: sweep 1, seat 1 · Nobody there')
    await tap(/^On the task/)
  }, /sweep 1, seat 1/)
  await observe('How was the time used', 'grid', async () => {
    await tap('Presents content')
    await tap('Listen')
  }, /Interval 1: Presents content, Listen/)
  await observe('Who held the floor', 'states', () => tap(/^Teacher talks/), /Teacher talks/)
  await observe('What stood out, and what would I ask?', '', async () => {
    await page.getByRole('radio', { name: /^Wonder/ }).click()
    await write('Who reads first?')
  }, /Wonder · Who reads first\?/)
  await observe('What exactly was said of one agreed kind?', '', () => write('“Where is the third line?”'), /Questions · Teacher · “Where/)
  await observe('What was the time spent on?', '', () => tap(/^Transition/), /Transition/)
  await observe('What kind of responses to behaviour or work?', '', () => tap(/^Corrects in private/), /Corrects in private/)
  await observe('How many invitations to respond', '', () => tap(/^All together/), /All together/)
  await observe('A question the pair words together', '', () => tap(/^Hands up/), /Hands up/, async () => {
    await page.getByLabel('What you call it').fill('Hands')
    await tap('One more label')
    await page.getByLabel('Label 1', { exact: true }).fill('Hands up')
  })
  await observe('What do students say the task is?', 'ask', () => write('Adding thirds'), /Student A · Adding thirds/)
  await observe('What does the room itself show?', 'spots', async () => {
    await page.getByLabel('Place').fill('By the door')
    await page.getByLabel('What you see there').fill('A timetable')
    await tap('Keep')
  }, /By the door · A timetable/)
  for (const blank of ['verbal-flow', 'grid-2min', 'question-types', 'script']) {
    await page.goto(`${ana.daemon.url}/#/blank/${blank}`)
    await expect(page.getByRole('button', { name: 'Print' })).toBeVisible()
    await look(page, `blank-${blank}`, ['light', 'phone-dark', 'print'])
  }
  await observe('Which moments are worth talking about?', 'moments', async () => {
    await page.getByRole('radio', { name: 'Turning point' }).click()
    await tap('Mark this moment')
  }, /Turning point/, async () => {
    await tap('One more label')
    await page.getByLabel('Label 1', { exact: true }).fill('Turning point')
  })
  // A moment with a tag gets its words like any other.
  await page.getByRole('textbox', { name: /^What happened at/ }).fill('Two hands, then nine')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: /^Reword .*Turning point · Two hands, then nine/ })).toBeVisible()
  // So does one that was left without, afterwards.
  await tap('Mark this moment')
  await tap('End…')
  await tap('End observing')
  await tap(/^Reword \S+ Turning point$/)
  await page.getByRole('textbox', { name: /^What happened at/ }).fill('Then nobody')
  await tap('Save')
  await expect(page.getByRole('button', { name: /^Reword .*Turning point · Then nobody/ })).toBeVisible()
  await observe('How does the talk move?', 'beats', () => tap(/^Accepts feeling/), /Accepts feeling/)
  await observe('What did two or three students do with the task?', 'students', () => write('Cut the paper into thirds'), /Cut the paper into thirds/)
})

test('a question under way is taken back tap by tap, outlives the page, and is not lost at the end', async ({ pair }) => {
  const { ana } = pair
  const { page } = ana
  const id = await visit(pair)
  await page.goto(`${ana.daemon.url}/#/documents/${id}/observe`)
  await choose(page, 'How long were the pauses?')
  await page.locator('details[open]').last().getByRole('button', { name: 'Start observing' }).click()
  await page.getByRole('button', { name: 'I am ready' }).click()
  const pad = page.locator('.observe [data-key="1"]')
  const undo = page.getByRole('button', { name: /^Undo/ })
  await pad.click()
  await page.getByRole('button', { name: 'no reply', exact: true }).click()
  await expect(undo).toHaveText('Undo: no reply')

  // By the button and by key alike; the question before it stays.
  await pad.click()
  await pad.click()
  await expect(pad).toContainText('The reply ends')
  await expect(undo).toHaveText('Undo: A reply begins')
  await undo.click()
  await expect(pad).toContainText('A reply begins')
  await expect(undo).toHaveText('Undo: A question ends')
  await page.keyboard.press('Backspace')
  await expect(pad).toContainText('A question ends')
  await expect(undo).toHaveText('Undo: no reply')

  // What is written meanwhile is taken back before the tap that came first.
  await pad.click()
  await page.getByRole('textbox', { name: 'Write what you hear' }).fill('“Why?”')
  await page.keyboard.press('Enter')
  await expect(undo).toContainText('Why?')
  await undo.click()
  await pad.click()

  // A page opened anew goes on with the question, and takes it back as well.
  await page.reload()
  await expect(pad).toContainText('The reply ends')
  await expect(undo).toHaveText('Undo: A reply begins')
  const notes = page.url()
  await page.getByRole('button', { name: 'End…' }).click()
  await page.getByRole('button', { name: 'End observing' }).click()
  await expect(page.getByRole('region', { name: 'Pauses counted' }).getByRole('row', { name: /After a question/ })).toContainText('1')
  await expect.poll(async () => (await events(ana, notes)).map((one) => [one.mark?.kind, one.mark?.reply_ms != null])).toEqual([['wait', false], ['wait', true]])

  // That nobody replied is not put down unasked: the question waits for whoever goes on.
  const observed = async (): Promise<number> => ((await ana.daemon.command('documents', 'show', notes.split('/').pop()!))['model'] as { observed_ms?: number | null }).observed_ms ?? 0
  await expect.poll(observed).toBeGreaterThan(0)
  const before = await observed()
  await page.goto(notes)
  await pad.click()
  await page.getByRole('button', { name: 'End…' }).click()
  await page.getByRole('button', { name: 'End observing' }).click()
  await expect.poll(observed).toBeGreaterThan(before)
  await page.getByRole('link', { name: 'Go on observing' }).click()
  await expect(pad).toContainText('A reply begins')
  expect((await events(ana, notes)).length).toBe(2)
})

test('strokes from a tally on paper are put in by the column, each a mark of its own', async ({ pair }) => {
  const { ana } = pair
  const { page } = ana
  const id = await visit(pair)
  // The form has a place for when.
  await page.goto(`${ana.daemon.url}/#/blank/question-types`)
  for (const column of ['0–5', '5–10', '25–30']) await expect(page.getByRole('columnheader', { name: column, exact: true })).toBeVisible()
  await expect(page.getByRole('row', { name: /^Recall/ })).toContainText('Teacher')

  await page.goto(`${ana.daemon.url}/#/documents/${id}/observe`)
  await choose(page, 'What kinds of question were asked')
  await page.locator('details[open]').last().getByRole('button', { name: 'Start observing' }).click()
  await expect(page.getByRole('timer')).toBeVisible()
  const notes = page.url()
  await page.getByRole('button', { name: 'End…' }).click()
  await page.getByRole('button', { name: 'End observing' }).click()
  await page.getByRole('button', { name: 'Type in from paper…' }).click()
  const time = page.getByRole('textbox', { name: 'Time since the start, or column' })
  const count = page.getByRole('textbox', { name: 'How many', exact: true })
  const add = page.getByRole('button', { name: 'Add', exact: true })
  await expect(count).toHaveValue('1')
  await time.fill('5–10')
  await page.getByRole('combobox', { name: 'What', exact: true }).selectOption('Recall')
  await count.fill('51')
  await add.click()
  await expect(page.getByText('Write how many as a whole number from 1 to 50.')).toBeVisible()
  await expect(page.getByText('Nothing has been marked yet.')).toBeVisible()
  await count.fill('3')
  await look(page, 'observe-late-tally', ['light', 'phone-dark'])
  await add.click()
  await expect(page.getByText('3 marks were added.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Remove 5:00 Recall' })).toHaveCount(3)
  await expect(time).toBeFocused()
  await expect(count).toHaveValue('1')
  // A column that was read wrong is taken back with one tap.
  await time.fill('0–5')
  await count.fill('4')
  await add.click()
  await expect(page.getByRole('button', { name: 'Remove 0:00 Recall' })).toHaveCount(4)
  await page.getByRole('button', { name: 'Take them back' }).click()
  await expect(page.getByRole('button', { name: 'Remove 0:00 Recall' })).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Take them back' })).toHaveCount(0)
  // One of them is as good as a tap: it goes alone.
  await page.getByRole('button', { name: 'Remove 5:00 Recall' }).first().click()
  await expect.poll(async () => (await events(ana, notes)).map((one) => [one.label, one.at_ms])).toEqual([['Recall', 300_000], ['Recall', 300_000]])
})

test('four hundred seats on a narrow phone, and pages pasted into one line', async ({ pair }) => {
  const { ana } = pair
  const { page } = ana
  const id = await visit(pair)
  await page.setViewportSize({ width: 320, height: 640 })
  await page.goto(`${ana.daemon.url}/#/documents/${id}/observe`)
  await choose(page, 'Who talked to whom?')
  const chosen = page.locator('details[open]').last()
  await chosen.getByLabel('Rows').fill('21')
  await chosen.getByLabel('Seats in a row').fill('20')
  await expect(chosen.getByRole('alert')).toContainText('400')
  await chosen.getByLabel('Rows').fill('20')
  await chosen.getByRole('button', { name: 'Draw these rows' }).click()
  await expect(chosen.getByText('400 seats')).toBeVisible()
  await chosen.getByRole('button', { name: 'Start observing' }).click()
  await page.getByRole('button', { name: 'Teacher' }).click()
  await page.getByRole('button', { name: /^Seat 400/ }).click()
  await expect(page.getByRole('button', { name: /^Undo: / })).toHaveText(/Asks · Teacher → Seat 400/)
  await look(page, 'observe-seats-400', ['light', 'phone-dark'])
  await page.getByRole('button', { name: 'End…' }).click()
  await page.getByRole('button', { name: 'End observing' }).click()
  await expect(page.getByRole('heading', { name: 'In figures' })).toBeVisible()
  await look(page, 'observe-seats-400-after', ['light', 'phone-dark', 'print'])

  await page.goto(`${ana.daemon.url}/#/documents/${id}/observe`)
  await choose(page, 'What was said and done, in order?')
  await page.locator('details[open]').last().getByRole('button', { name: 'Start observing' }).click()
  await expect(page.getByRole('timer')).toBeVisible()
  const line = page.getByRole('textbox').first()
  await line.fill('ñ'.repeat(100_000))
  await expect(page.getByText('too long for one line')).toBeVisible()
  await line.press('Enter')
  expect((await line.inputValue()).length, 'what was pasted stays').toBe(100_000)
  await look(page, 'observe-line-too-long', ['light', 'phone-dark'])
  await line.fill('“Six.”')
  await line.press('Enter')
  await expect(page.getByRole('button', { name: /^Undo: / })).toHaveText(/“Six.”/)
})

test('a line that was begun outlives the page, is asked about gently, and is reworded where it stands', async ({ pair }) => {
  test.slow()
  const { ana } = pair
  const { page } = ana
  const id = await visit(pair)
  await page.goto(`${ana.daemon.url}/#/documents/${id}/observe`)
  await choose(page, 'What was said and done, in order?')
  await page.locator('details[open]').last().getByRole('button', { name: 'Start observing' }).click()
  const line = page.getByRole('textbox', { name: 'What was said or done' })
  await page.getByRole('radio', { name: 'The room' }).click()
  await line.pressSequentially('A lovely start')
  await expect(page.getByText('What did you see or hear that made you think so?')).toBeVisible()
  await look(page, 'observe-asked', ['light', 'phone-dark'])

  // Gone in the middle of a word, with the daemon away; what was chosen beside it is there again, too.
  const screen = page.url()
  await line.pressSequentially(', two ha')
  await page.goto('about:blank')
  await page.goto(await ana.daemon.launchLink())
  await page.goto(`${ana.daemon.url}/#/documents/${id}/observe`)
  await expect(page.getByText('A line that you began is kept.')).toBeVisible()
  await page.goto(screen)
  await expect(line).toHaveValue('A lovely start, two ha')
  await expect(page.getByRole('radio', { name: 'The room' })).toBeChecked()
  await line.fill('The mood of the hour')
  await line.press('Enter')
  await expect(line).toHaveValue('')

  // That it shows nothing is said once it is put down; from there it is reworded.
  await expect(page.getByText('What would a camera have shown?')).toBeVisible()
  await page.getByRole('button', { name: 'Reword it' }).click()
  const words = page.getByRole('textbox', { name: /^What happened at/ })
  await expect(words).toBeFocused()
  await words.fill('Rain on the windows,')
  await page.reload()
  await expect(words).toHaveValue('Rain on the windows,')
  await look(page, 'observe-reword', ['light', 'phone-dark'])
  await words.fill('Rain on the windows, lamps on')
  await words.press('Enter')
  const kept = page.getByRole('button', { name: /^Reword .*Rain on the windows, lamps on/ })
  await expect(kept).toBeFocused()
  await expect(page.getByText('What would a camera have shown?')).toHaveCount(0)
  await page.getByRole('button', { name: /^Undo/ }).click()
  await expect(page.getByRole('button', { name: /^Reword .*The mood of the hour/ })).toBeVisible()

  // Afterwards too, until it is released.
  await page.getByRole('button', { name: 'End…' }).click()
  await page.getByRole('button', { name: 'End observing' }).click()
  await page.getByRole('button', { name: /^Reword .*The mood of the hour/ }).click()
  await words.fill('Rain on the windows')
  await expect(page.getByText('You began new words for a line above')).toBeVisible()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByText('You began new words for a line above')).toHaveCount(0)
  await expect(page.getByRole('button', { name: /^Reword .*Rain on the windows/ })).toBeVisible()
  await expect(page.getByText('A line that you began is kept.')).toHaveCount(0)
  await expect.poll(async () => (await events(ana, screen)).map((one) => one.text)).toEqual(['Rain on the windows'])
  await look(page, 'observe-reworded', ['light', 'phone-dark', 'print'])
})
