// Decides whether goals can be lived with: written, dated, shared with a named reader, answered beside the plan, and logged in private.
import { look } from '../kit/looks'
import { expect, shown, test, textOf, truth } from '../kit/school'

/** A day of this week that is not over: today. */
const today = (): string => {
  const now = new Date()
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0')).join('-')
}

test('Ana writes a goal, names Ben as its reader, and Ben answers beside it', async ({ pair }) => {
  // Six screens are looked at in six ways each on the way.
  test.slow()
  const { ana, ben } = pair
  await ana.page.getByRole('link', { name: 'Growth' }).click()
  await expect(ana.page.getByText('Your first goal')).toBeVisible()
  await look(ana.page, 'growth-none')
  await ana.page.getByRole('link', { name: 'Write a goal' }).click()
  await ana.page.getByLabel('What do you want to get better at?').fill('More voices after a question')
  await look(ana.page, 'growth-new')
  await ana.page.getByRole('button', { name: 'Begin' }).click()
  await expect(ana.page.getByRole('heading', { level: 1, name: 'More voices after a question' })).toBeVisible()

  // The plan, by keyboard from text to text.
  await textOf(ana.page, 'why').click()
  await ana.page.keyboard.type('The same four answer. The others wait for them.')
  await textOf(ana.page, 'student_side').click()
  await ana.page.keyboard.type('Ten of them say something in a lesson.')
  await ana.page.getByLabel('What you look with').fill('Response chances')
  await ana.page.getByLabel('What you look with').press('Enter')
  await ana.page.getByLabel('Where this goal is').selectOption('improve')
  await ana.page.getByLabel('In a sentence').fill('Count to three before I call a name')
  await ana.page.getByLabel('By when').fill(today())
  await ana.page.getByLabel('In a sentence').press('Enter')
  await expect(ana.page.getByRole('checkbox', { name: 'Done: Count to three before I call a name' })).toBeVisible()
  await ana.page.getByLabel('What you notice').fill('Six voices in period 3.')
  await ana.page.getByRole('button', { name: 'Write it down' }).click()
  await expect(ana.page.getByText('Six voices in period 3.')).toBeVisible()

  // What it rests on is a link by name; what it leads to stays Ana's.
  const notes = (await ana.daemon.command('goal', 'list')) as { goals: { id: string }[] }
  await ana.page.getByRole('link', { name: 'Today' }).click()
  await expect(ana.page.getByRole('region', { name: 'This week' }).getByRole('link', { name: 'Count to three before I call a name' })).toBeVisible()
  await look(ana.page, 'growth-today')
  await ana.page.getByRole('button', { name: 'New notes' }).click()
  await textOf(ana.page, 'notes').click()
  await ana.page.keyboard.type('Who spoke, by table')
  await expect(truth(ana.page)).toContainText('Saved here')
  await ana.page.goto(`${ana.daemon.url.replace(/\/$/, '')}/#/documents/${notes.goals[0]!.id}`)
  await ana.page.getByRole('button', { name: /^Link evidence to/ }).click()
  await ana.page.getByLabel('What to call it here').fill('My notes of Monday')
  await ana.page.getByRole('button', { name: 'Link it' }).click()
  await expect(ana.page.getByRole('link', { name: 'My notes of Monday' })).toBeVisible()

  // Nobody sees it until Ana names them.
  await ben.page.getByRole('link', { name: 'Growth' }).click()
  await expect(ben.page.getByText('Your first goal')).toBeVisible()
  await ana.page.getByRole('button', { name: 'Only you can open it' }).click()
  await expect(ana.page.getByRole('heading', { name: 'Who can see this' })).toBeFocused()
  await ana.page.getByLabel('Share with').selectOption({ label: 'Ben' })
  await ana.page.getByRole('button', { name: 'Share' }).click()
  await expect(ana.page.getByText('can read, and write feedback')).toBeVisible()

  await ben.page.getByRole('link', { name: /More voices after a question/ }).click()
  await expect(ben.page.getByText('This goal is Ana’s.')).toBeVisible()
  await expect.poll(() => shown(ben.page, 'why')).toBe('The same four answer. The others wait for them.')
  await expect(ben.page.getByText('My notes of Monday')).toBeVisible()
  await expect(ben.page.getByRole('link', { name: 'My notes of Monday' })).toHaveCount(0)

  // Ben reads, and writes beside it: the plan takes nothing from him.
  await expect(textOf(ben.page, 'why')).toHaveAttribute('aria-readonly', 'true')
  for (const name of ['Where this goal is', 'In a sentence', 'What you notice']) await expect(ben.page.getByLabel(name)).toHaveCount(0)
  await expect(ben.page.getByRole('checkbox')).toHaveCount(0)
  await ben.page.getByLabel('Your words').fill('Which table did you stand at?')
  await ben.page.getByLabel('Your words').press('ControlOrMeta+Enter')
  await look(ben.page, 'growth-reader')
  const thread = ana.page.getByRole('region', { name: 'Feedback' })
  await expect(thread.getByText('Which table did you stand at?')).toBeVisible()
  await expect(thread.getByRole('button', { name: 'Take back what you said' })).toHaveCount(0)
  await thread.getByLabel('Your words').fill('At the door.')
  await thread.getByRole('button', { name: 'Add it' }).click()
  await expect(ben.page.getByText('At the door.')).toBeVisible()
  await look(ana.page, 'growth-goal')

  // Ana looks at it by its protocol, and Ben, who reads it, sees where she is; then the next time has its day.
  await ana.page.getByRole('region', { name: 'Goal check-in, 15 minutes' }).getByRole('button', { name: 'Look at it now' }).click()
  const looking = ana.page.getByRole('region', { name: 'Goal check-in, 15 minutes' })
  // A tap that was a mistake is taken back at once.
  await looking.getByRole('button', { name: 'Not now' }).click()
  await looking.getByRole('button', { name: 'Look at it now' }).click()
  await looking.getByRole('button', { name: 'Begin' }).click()
  await expect(ben.page.locator('[aria-current=step]')).toContainText('Ana speaks · 4 min')
  await expect(ana.page.locator('[aria-current=step]')).toContainText('You speak · 4 min')
  await expect(ben.page.getByRole('timer')).toContainText(/[34]:\d\d left in this part/)
  await expect(ben.page.getByRole('button', { name: 'Next part' })).toHaveCount(0)
  await look(ana.page, 'goal-check-in')
  for (let part = 1; part < 4; part += 1) await looking.getByRole('button', { name: 'Next part' }).click()
  await ana.page.getByLabel('When do we look again?').fill('2027-03-01')
  await ana.page.getByRole('button', { name: 'Put it among the actions' }).click()
  await expect(ana.page.getByRole('checkbox', { name: 'Done: Look at this goal again' })).toBeVisible()
  await look(ana.page, 'goal-check-in-next', ['light', 'phone-dark'])
  await looking.getByRole('button', { name: 'Done', exact: true }).click()
  await expect(ana.page.getByRole('button', { name: 'Look at it now' })).toBeVisible()
  await expect(ben.page.locator('[aria-current=step]')).toHaveCount(0)

  // Both end at once.
  await ana.page.getByRole('button', { name: 'Stop sharing with Ben' }).click()
  await ana.page.getByRole('button', { name: 'Stop sharing', exact: true }).last().click()
  await expect(ben.page.getByText('It was removed, or it is not shared with you')).toBeVisible()
  await expect(ben.page.getByLabel('Your words')).toHaveCount(0)
})

test('a line from looking back becomes an action, a visit names the goal, and what was tried stays private', async ({ pair }) => {
  const { ana, ben } = pair
  await ana.daemon.command('goal', 'new', '--title', 'More voices')
  await ana.page.getByRole('link', { name: 'Propose a visit' }).click()
  await ana.page.getByRole('button', { name: 'Propose' }).click()
  await ana.page.getByRole('link', { name: 'Reflect' }).click()
  await ana.page.getByRole('button', { name: 'Look back' }).click()
  await textOf(ana.page, 'start').click()
  await ana.page.keyboard.type('Ask the back row first')
  await expect(truth(ana.page)).toContainText('Saved here')
  await ana.page.getByRole('button', { name: 'Make this an action of a goal' }).click()
  await expect(ana.page.getByLabel('As an action')).toHaveValue('Ask the back row first')
  await look(ana.page, 'growth-make')
  await ana.page.getByRole('button', { name: 'Make it an action', exact: true }).click()
  await ana.page.getByRole('link', { name: 'Open the goal' }).click()
  await expect(ana.page.getByRole('checkbox', { name: 'Done: Ask the back row first' })).toBeVisible()

  await ana.page.getByRole('link', { name: 'Today' }).click()
  await ana.page.getByRole('link', { name: 'Propose a visit' }).click()
  await ana.page.getByLabel('Ben visits me').check()
  await ana.page.getByLabel('Which of your goals does it serve?').selectOption({ label: 'More voices' })
  await ana.page.getByRole('button', { name: 'Propose' }).click()
  await expect(ana.page.getByLabel('Which of your goals does it serve?').locator('option:checked')).toHaveText('More voices')
  await ben.page.getByRole('link', { name: 'Visits' }).click()
  await ben.page.getByRole('link', { name: /You visit Ana/ }).click()
  await expect(ben.page.getByText('Serves the goal: More voices')).toBeVisible()
  await ben.page.getByRole('link', { name: 'Growth' }).click()
  await expect(ben.page.getByText('Your first goal')).toBeVisible()

  await ana.page.getByRole('link', { name: 'Growth' }).click()
  await ana.page.getByRole('link', { name: 'What I tried: your private log' }).click()
  await ana.page.getByLabel('What I tried, and what happened').fill('Asked the back row. Two of them talked.')
  await ana.page.getByLabel('Belongs to').selectOption({ label: 'More voices' })
  await ana.page.getByLabel('Action').selectOption({ label: 'Ask the back row first' })
  await ana.page.getByRole('button', { name: 'Write it down' }).click()
  await expect(ana.page.getByText('Asked the back row. Two of them talked.')).toBeVisible()
  await look(ana.page, 'growth-tries')
  await ana.page.getByRole('button', { name: /^Remove what you tried/ }).click()
  await expect(ana.page.getByText('Asked the back row. Two of them talked.')).toHaveCount(0)
  await ana.page.getByRole('button', { name: 'Write the log anew…' }).click()
  await ana.page.getByRole('button', { name: 'Write it anew' }).click()
  await expect(ana.page.getByText('The log is written anew.')).toBeVisible()
  const { documents } = (await ben.daemon.command('documents', 'list')) as { documents: { kind: string }[] }
  expect(documents.map((one) => one.kind)).not.toContain('try_log')
})

test('what was counted in Ana’s own lessons stands side by side, for her alone', async ({ pair }) => {
  const { ana, ben } = pair
  const tally = async (labels: string[], day: string): Promise<void> => {
    await ana.page.getByRole('link', { name: 'Today' }).click()
    await ana.page.getByRole('button', { name: 'New notes' }).click()
    await ana.page.getByLabel('These notes are about a lesson of mine').check()
    await ana.page.getByLabel('Day of the lesson').fill(day)
    await ana.page.getByText('Observe with an instrument').click()
    await ana.page.getByText('How many invitations to respond').click()
    await ana.page.getByRole('button', { name: 'Start observing' }).click()
    for (const label of labels) await ana.page.getByRole('button', { name: new RegExp(`^${label}`) }).click()
    await ana.page.getByRole('button', { name: 'End…' }).click()
    await ana.page.getByRole('button', { name: 'End observing' }).click()
    await expect(ana.page.getByRole('heading', { name: 'In figures' })).toBeVisible()
  }
  await tally(['One student is called on', 'One student is called on', 'A volunteer', 'One student is called on'], '2026-11-03')
  await tally(['A volunteer', 'With a partner'], '2026-10-06')
  await ana.page.getByRole('link', { name: 'Growth' }).click()
  const own = ana.page.getByRole('region', { name: 'My lessons over time' })
  await expect(own.getByText('2 lessons')).toBeVisible()
  const rows = own.getByRole('region', { name: 'Share of all marks' }).getByRole('row')
  await expect(rows.nth(1)).toContainText('6 Oct 2026 (first)')
  await expect(rows.nth(1)).toContainText('50%')
  await expect(rows.nth(2)).toContainText('75%')
  await look(ana.page, 'growth-lessons')

  // A goal that is looked at with it shows the same.
  await ana.daemon.command('goal', 'new', '--title', 'More voices')
  await ana.page.getByRole('link', { name: /More voices/ }).click()
  await ana.page.getByLabel('What you look with').fill('Chances to respond')
  await ana.page.getByLabel('What you look with').press('Enter')
  await expect(ana.page.getByRole('region', { name: 'My lessons over time' }).getByText('2 lessons')).toBeVisible()
  await ben.page.getByRole('link', { name: 'Growth' }).click()
  await expect(ben.page.getByText('Your first goal')).toBeVisible()
  await expect(ben.page.getByText('My lessons over time')).toHaveCount(0)

  // Others read of it what she writes into the goal.
  const { goals } = (await ana.daemon.command('goal', 'list')) as { goals: { id: string }[] }
  await ana.daemon.command('share', goals[0]!.id, '--with', 'Ben', '--as', 'reader')
  await expect(own.getByText('whoever may see the goal, now (Ben) or later')).toBeVisible()
  await textOf(ana.page, 'measure').click()
  await ana.page.keyboard.type('More names in each lesson')
  await own.getByRole('button', { name: 'Write “Share of all marks” into the goal' }).click()
  await expect(own.getByText('Written into “How I will know”.')).toBeVisible()
  await look(ana.page, 'growth-lessons-in-goal')
  await own.getByRole('button', { name: 'Write “Share of all marks” into the goal' }).click()
  const words = async (): Promise<unknown> => (await ana.daemon.command('text', 'show', goals[0]!.id, 'measure'))['text']
  const told = String.raw`\*\*Chances to respond: Share of all marks\*\*\n\n- 6 Oct 2026 \(first\): [^\n]+\n- 3 Nov 2026: [^\n]+\n\nKeep in mind: [^\n]+`
  await expect.poll(words).toMatch(new RegExp(`^More names in each lesson\n\n${told}\n\n${told}$`))
  await ben.page.getByRole('link', { name: /More voices/ }).click()
  await expect(ben.page.getByText('6 Oct 2026 (first): ').first()).toContainText('A volunteer 50%')
  await expect(ben.page.getByText('My lessons over time')).toHaveCount(0)

  // After a start it may take a while until all of years are read: how many are left is said, and the rest comes by itself.
  await ana.page.goto('about:blank')
  let [asked, goOn] = [0, (): void => undefined]
  const going = new Promise<void>((go) => (goOn = go))
  await ana.page.route('**/api/v1/own-lessons', async (route) => {
    asked += 1
    if (asked === 1) return route.fulfill({ json: { schema: 1, measures: [], unread: 12, left_out: 0 } })
    await going
    return route.fallback()
  })
  await ana.page.goto(`${ana.daemon.url}/#/growth`)
  const reading = ana.page.getByText('12 sets of notes are still being read')
  await expect(reading).toBeVisible()
  goOn()
  await expect(own.getByText('2 lessons')).toBeVisible()
  await expect(reading).toHaveCount(0)
})
