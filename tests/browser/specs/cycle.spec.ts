// Decides whether the whole of it holds together for two teachers: from two first starts to a next step, printed, and taken back.
import { pathToFileURL } from 'node:url'
import type { Browser, Locator, Page } from '@playwright/test'
import { Daemon, hasBinary, BINARY } from '../kit/daemon'
import { expect, shown, test, textOf, truth } from '../kit/school'

/** What both together may do until a visit is agreed on: two names, a code, a proposal, a yes. */
const ACTIONS_MAX = 12

/** Counts what a hand does: a tap, or a field that is filled in. */
class Hands {
  actions = 0

  async tap(what: Locator): Promise<void> {
    this.actions += 1
    await what.click()
  }

  async fill(what: Locator, words: string): Promise<void> {
    this.actions += 1
    await what.fill(words)
  }
}

async function firstStart(name: string, browser: Browser): Promise<{ daemon: Daemon; page: Page }> {
  const daemon = await Daemon.start(name, false)
  const page = await (await browser.newContext()).newPage()
  await page.goto(await daemon.launchLink())
  return { daemon, page }
}

test('from two first starts through a visit to the next step', async ({ browser }, info) => {
  test.skip(!hasBinary() && !process.env['CI'], `no daemon to run at ${BINARY}`)
  test.slow()
  const [ana, ben] = [await firstStart('Ana', browser), await firstStart('Ben', browser)]
  const hands = new Hands()

  // Two names, a code said aloud, a proposal, a yes.
  for (const [{ page }, name] of [[ana, 'Ana'], [ben, 'Ben']] as const) {
    await hands.fill(page.getByLabel('Your name'), name)
    await hands.tap(page.getByRole('button', { name: 'Begin' }))
  }
  await hands.tap(ana.page.getByRole('button', { name: 'Show a code' }))
  await hands.fill(ben.page.getByLabel('Code from your partner'), await ana.page.getByTestId('pairing-code').innerText())
  // These computers are told where the other is, as discovery would do: no hand counts it.
  await ben.page.getByText('It does not find my partner').click()
  await ben.page.getByLabel('Address of your partner’s computer').fill(ana.daemon.ready.listen[0]!)
  await hands.tap(ben.page.getByRole('button', { name: 'Pair', exact: true }))
  await hands.tap(ben.page.getByRole('listitem').filter({ hasText: 'Ana' }).getByRole('link', { name: 'Propose a visit' }))
  await hands.tap(ben.page.getByRole('button', { name: 'Propose' }))
  await hands.tap(ana.page.getByRole('link', { name: 'Today' }))
  await hands.tap(ana.page.getByRole('region', { name: 'Waiting for you' }).getByRole('link', { name: /Ben/ }))
  await hands.tap(ana.page.getByRole('button', { name: 'Accept' }))
  await expect(ana.page.getByRole('button', { name: 'Accept' })).toHaveCount(0)
  expect(hands.actions).toBeLessThanOrEqual(ACTIONS_MAX)

  // Grow: a goal that the visit serves, by its name alone.
  const visit = new URL(ana.page.url()).hash
  await ana.page.getByRole('link', { name: 'Growth' }).click()
  await ana.page.getByRole('link', { name: 'Write a goal' }).click()
  await ana.page.getByLabel('What do you want to get better at?').fill('More voices after a question')
  await ana.page.getByRole('button', { name: 'Begin' }).click()
  await expect(ana.page.getByRole('heading', { level: 1, name: 'More voices after a question' })).toBeVisible()
  const goal = new URL(ana.page.url()).hash

  // Plan, both at once: when, what for, and with what.
  await ana.page.goto(`${ana.daemon.url}/${visit}`)
  await ana.page.getByLabel('Which of your goals does it serve?').selectOption({ label: 'More voices after a question' })
  await expect(ben.page.getByText('Serves the goal: More voices after a question')).toBeVisible()
  await ana.page.getByLabel('When').fill('2030-03-05T10:15')
  await ana.page.getByRole('button', { name: 'Save' }).click()
  await textOf(ben.page, 'focus').click()
  await ben.page.keyboard.type('Who speaks after a question?')
  await expect.poll(() => shown(ana.page, 'focus')).toBe('Who speaks after a question?')
  await ana.page.getByText('Observe with an instrument').click()
  await ana.page.getByText('How many invitations to respond').click()
  await ana.page.getByRole('button', { name: 'Choose for this visit' }).click()
  await expect(ben.page.getByText('Chosen for this visit: Chances to respond')).toBeVisible()

  // Visit: Ana's computer is shut, and for a while Ben's answers nothing either.
  await ana.daemon.kill()
  await ben.page.getByRole('link', { name: 'Observe', exact: true }).click()
  await ben.page.getByText('What do you want to know?').click()
  await ben.page.getByText('How many invitations to respond').click()
  await ben.page.getByRole('button', { name: 'Start observing' }).click()
  const volunteer = ben.page.getByRole('button', { name: /^A volunteer/ })
  await volunteer.click()
  await ben.daemon.kill()
  for (let tap = 0; tap < 3; tap += 1) await volunteer.click()
  await ben.page.getByRole('button', { name: /^With a partner/ }).click()
  await expect(ben.page.getByText('Not saving — Rounds is not answering')).toBeVisible()
  await ben.daemon.restart()
  await expect(ben.page.getByText('Saved here')).toBeVisible()
  await ben.page.getByRole('button', { name: 'End…' }).click()
  await ben.page.getByRole('button', { name: 'End observing' }).click()
  await expect(ben.page.getByRole('row', { name: /^A volunteer/ }).first()).toContainText('4')
  await textOf(ben.page, 'notes').click()
  await ben.page.keyboard.type('Qqqxx')
  for (let at = 0; at < 'Qqqxx'.length; at += 1) await ben.page.keyboard.press('Backspace')
  await ben.page.keyboard.type('After the third question a new voice, by the window.')
  await expect(truth(ben.page)).toContainText('Saved here')

  // Release: it waits for Ana's computer, and is there once it is on again.
  await ben.page.getByRole('button', { name: 'Release…' }).click()
  await ben.page.getByRole('button', { name: 'Release to Ana' }).click()
  await expect(ben.page.getByRole('link', { name: 'What you released to Ana' })).toBeVisible()
  const released = await ben.page.getByRole('link', { name: 'What you released to Ana' }).getAttribute('href')
  await ana.daemon.restart()
  await ana.page.getByRole('link', { name: 'Today' }).click()
  await ana.page.getByRole('region', { name: 'Waiting for you' }).getByRole('link', { name: /Notes from Ben/ }).click()
  await expect(textOf(ana.page, 'notes')).toHaveText('After the third question a new voice, by the window.')
  await expect(ana.page.getByRole('row', { name: /^A volunteer/ }).first()).toContainText('4')

  // Debrief: what was seen, what comes of it, and thanks.
  await ana.page.getByRole('link', { name: 'Debrief', exact: true }).click()
  await ana.page.getByRole('button', { name: 'Begin the debrief' }).click()
  await ben.page.getByRole('link', { name: 'Debrief', exact: true }).click()
  await textOf(ana.page, 'notes').click()
  await ana.page.keyboard.type('I had not seen who sat there. ')
  await expect.poll(() => shown(ben.page, 'notes')).toBe('I had not seen who sat there. ')
  await ana.page.getByRole('button', { name: /^Quote “/ }).first().click()
  await expect.poll(() => shown(ben.page, 'notes')).toMatch(/A volunteer 4/)
  await ben.page.getByLabel('A word of thanks to Ana').fill('Thank you for the open door.')
  await ben.page.getByRole('button', { name: 'Thank', exact: true }).click()
  await expect(ana.page.getByText('Thank you for the open door.')).toBeVisible()
  await ana.page.getByLabel('Next steps').getByRole('textbox').fill('Ask the window side first')
  await ana.page.getByLabel('Next steps').getByRole('button', { name: 'Add' }).click()
  await expect(ben.page.getByRole('checkbox', { name: 'Ask the window side first' })).toBeVisible()
  await ana.page.getByRole('button', { name: 'Make this an action of a goal' }).click()
  await ana.page.getByRole('button', { name: 'Make it an action', exact: true }).click()
  await ana.page.getByRole('button', { name: 'We talked' }).click()
  for (const { page } of [ana, ben]) await expect(page.getByText('Closed', { exact: true })).toBeVisible()

  // Print: the page that Ana keeps.
  await ana.page.getByRole('link', { name: 'Open the goal' }).click()
  await expect(ana.page.getByRole('checkbox', { name: 'Done: Ask the window side first' })).toBeVisible()
  await ana.page.getByText('Take a copy').click()
  const [file] = await Promise.all([
    ana.page.waitForEvent('download'),
    ana.page.getByRole('button', { name: 'A page to print' }).click(),
  ])
  const path = info.outputPath('goal.html')
  await file.saveAs(path)
  const sheet = await ana.page.context().newPage()
  await sheet.goto(pathToFileURL(path).href)
  await expect(sheet.getByText('Ask the window side first')).toBeVisible()
  expect((await sheet.pdf({ format: 'A4' })).length).toBeGreaterThan(1_000)
  await sheet.close()

  // Reflect: Ben's alone, for good.
  await ben.page.getByRole('link', { name: 'Reflect' }).click()
  await ben.page.getByRole('button', { name: 'Look back' }).click()
  await textOf(ben.page, 'start').click()
  await ben.page.keyboard.type('Wait until a second hand is up')
  await expect(truth(ben.page)).toContainText('Nobody else can open this')

  // What Ben released is Ana's as well; what Ana shows him of her goal is hers to end.
  await ben.page.goto(`${ben.daemon.url}/${released}`)
  await expect(ben.page.getByText('What you released belongs to Ana as well, and cannot be called back.')).toBeVisible()
  await expect(ben.page.getByRole('button', { name: 'Stop sharing with Ana' })).toHaveCount(0)
  await ana.page.goto(`${ana.daemon.url}/${goal}`)
  await ana.page.getByLabel('Share with').selectOption({ label: 'Ben' })
  await ana.page.getByRole('button', { name: 'Share', exact: true }).click()
  await ben.page.goto(`${ben.daemon.url}/${goal}`)
  await expect(ben.page.getByRole('heading', { level: 1, name: 'More voices after a question' })).toBeVisible()
  await ana.page.getByRole('button', { name: 'Stop sharing with Ben' }).click()
  await ana.page.getByRole('button', { name: 'Stop sharing', exact: true }).last().click()
  await expect(ben.page.getByRole('alert')).toContainText('it is not shared with you')
  await ana.page.goto(`${ana.daemon.url}/${released}`)
  await expect(textOf(ana.page, 'notes')).toBeVisible()
  const { documents } = (await ana.daemon.command('documents', 'list')) as { documents: { kind: string; id: string }[] }
  const kinds = documents.map((one) => one.kind)
  for (const shared of ['debrief', 'released_notes']) expect(kinds).toContain(shared)
  for (const his of ['mirror', 'note_set']) expect(kinds).not.toContain(his)

  for (const { page, daemon } of [ana, ben]) {
    await page.context().close()
    await daemon.remove()
  }
})
