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
async function events({ daemon }: Teacher, address: string): Promise<{ label?: string; mark?: { kind: string }; text: string; at_ms: number }[]> {
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
  await page.getByRole('button', { name: 'Undo “Recall' }).click()
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
  // A lesson later, as this browser counts it, the end shows, and nothing stops.
  await page.evaluate((notes) => localStorage.setItem(`rounds-observe-${notes}`, String(Date.now() - 26 * 60_000)), tally.split('/').pop()!)
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
  const observe = async (question: string, screen: string, mark: () => Promise<void>, last: RegExp): Promise<void> => {
    await page.goto(`${ana.daemon.url}/#/documents/${id}/observe`)
    await choose(page, question)
    await page.locator('details[open]').last().getByRole('button', { name: 'Start observing' }).click()
    await expect(page.getByRole('timer')).toBeVisible()
    await mark()
    await expect(page.getByRole('button', { name: /^Undo “/ })).toHaveText(last)
    await look(page, `observe-${screen}`, ['light', 'dark', 'phone', 'phone-dark'])
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
  await expect(page.getByText('One line has room for about 8,000 letters.')).toBeVisible()
  await line.press('Enter')
  expect((await line.inputValue()).length).toBe(9_000)
  await line.fill('')
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
  await observe('What were students doing at each look?', 'sweep', () => tap(/^On the task/), /sweep 1, seat 1/)
  await observe('How was the time used', 'grid', async () => {
    await tap('Presents content')
    await tap('Listen')
  }, /Interval 1: Presents content, Listen/)
  await observe('Who held the floor', 'states', () => tap(/^Teacher talks/), /Teacher talks/)
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
  await observe('Which moments are worth talking about?', 'moments', () => tap('Mark this moment'), /a moment/)
  await observe('How does the talk move?', 'beats', () => tap(/^Accepts feeling/), /Accepts feeling/)
  await observe('What did two or three students do with the task?', 'students', () => write('Cut the paper into thirds'), /Cut the paper into thirds/)
})
