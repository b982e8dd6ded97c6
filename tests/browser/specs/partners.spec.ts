// Decides whether two teachers, each with a daemon of their own, can meet, write together, and lose nothing.
import { look } from '../kit/looks'
import { agree, expect, shown, test, textOf, truth, type Teacher } from '../kit/school'

/** Ana proposes a visit on her page; both open it on theirs. */
async function shareVisit({ ana, ben }: { ana: Teacher; ben: Teacher }, focus: string): Promise<string> {
  await ana.page.getByRole('link', { name: 'Propose a visit' }).click()
  await ana.page.getByLabel('With').selectOption({ label: 'Ben' })
  await ana.page.getByLabel('Focus question').fill(focus)
  await ana.page.getByRole('button', { name: 'Propose' }).click()
  await expect(textOf(ana.page, 'focus')).toHaveText(focus)
  const hash = new URL(ana.page.url()).hash
  await ben.page.locator(`a[href="${hash}"]`).click()
  await expect(textOf(ben.page, 'focus')).toHaveText(focus)
  return decodeURIComponent(hash.split('/').at(-1)!)
}

test('two pages pair by a code that is said aloud', async ({ ana, ben }) => {
  for (const { page } of [ana, ben]) {
    await page.getByRole('navigation').getByRole('link', { name: 'People' }).click()
    await expect(page.getByText('Nobody yet')).toBeVisible()
  }
  await ana.page.getByRole('button', { name: 'Show a code' }).click()
  const code = await ana.page.getByTestId('pairing-code').innerText()
  await ana.page.getByText('If your partner’s computer does not find this one').click()
  const at = await ana.page.locator('.addresses code').first().innerText()

  // One's own code is known for what it is; a wrong one brings another to the screen it was meant for.
  await ana.page.getByLabel('Code from your partner').fill(code)
  await ana.page.getByRole('button', { name: 'Pair', exact: true }).click()
  await expect(ana.page.getByText('That is your own code')).toBeVisible()
  await ben.page.getByLabel('Code from your partner').fill(code.replace(/\d$/, (last) => String((Number(last) + 1) % 10)))
  await ben.page.getByText('It does not find my partner').click()
  await ben.page.getByLabel('Address of your partner’s computer').fill(at)
  await ben.page.getByRole('button', { name: 'Pair', exact: true }).click()
  await expect(ben.page.getByText('That code is not right.')).toBeVisible()
  await expect(ana.page.getByText('A wrong code was typed in')).toBeVisible()
  const next = await ana.page.getByTestId('pairing-code').innerText()
  expect(next).not.toBe(code)

  await ben.page.getByLabel('Code from your partner').fill(next)
  await ben.page.getByRole('button', { name: 'Pair', exact: true }).click()

  await expect(ana.page.getByText('You are paired with Ben')).toBeVisible()
  await expect(ben.page.getByText('You are paired with Ana')).toBeVisible()

  // That his computer is on is Ben's to show.
  const seen = ana.page.getByRole('navigation').getByText('Ben')
  await expect(seen).toHaveCount(0)
  await ben.page.getByRole('navigation').getByRole('link', { name: 'Settings' }).click()
  await ben.page.getByRole('checkbox', { name: 'Show partners when my computer is on' }).check()
  await expect(seen).toBeVisible()
  await ben.page.getByRole('checkbox', { name: 'Show partners when my computer is on' }).uncheck()
  await expect(seen).toHaveCount(0)
})

test('who is removed from one’s people gets nothing more, and keeps what they have', async ({ pair }) => {
  const { ana, ben } = pair
  await shareVisit(pair, 'Who answers?')
  await ben.page.getByRole('button', { name: 'Accept' }).click()
  await textOf(ana.page, 'plan').click()
  await ana.page.keyboard.type('Before.')
  await expect.poll(() => shown(ben.page, 'plan')).toBe('Before.')
  await ana.page.getByRole('navigation').getByRole('link', { name: 'People' }).click()
  await ana.page.getByRole('button', { name: 'Remove Ben' }).click()
  await look(ana.page, 'people-remove', ['light', 'phone-dark'])
  await ana.page.getByRole('button', { name: 'Yes, remove Ben' }).click()
  await expect(ana.page.getByText('Nobody yet')).toBeVisible()
  await ana.page.goBack()
  await textOf(ana.page, 'plan').click()
  await ana.page.keyboard.press('ControlOrMeta+End')
  await ana.page.keyboard.type(' After.')
  await expect(truth(ana.page)).toContainText('Will reach Ben once your computers are paired')
  await expect.poll(() => shown(ben.page, 'plan')).toBe('Before.')
})

test('two teachers type into the same plan at once, and both see one text', async ({ pair }) => {
  const { ana, ben } = pair
  await shareVisit(pair, 'Who answers?')
  await ben.page.getByRole('button', { name: 'Accept' }).click()
  await expect(truth(ana.page)).toContainText('On Ben’s computer')
  const hers = 'Please sit by the door, and write down who answers first. '
  const his = 'I will count the seconds after each question, until the first voice. '
  await textOf(ana.page, 'plan').click()
  await textOf(ben.page, 'plan').click()
  await Promise.all([ana.page.keyboard.type(hers, { delay: 25 }), ben.page.keyboard.type(his, { delay: 20 })])
  await agree(ana.page, ben.page, 'plan', [hers.trim(), his.trim()])

  // The same sentence, from both ends.
  await ana.page.keyboard.press('ControlOrMeta+Home')
  await ben.page.keyboard.press('ControlOrMeta+End')
  await Promise.all([ana.page.keyboard.type('First: ', { delay: 25 }), ben.page.keyboard.type('Thank you 😀', { delay: 20 })])
  const text = await agree(ana.page, ben.page, 'plan', ['First: ', 'Thank you 😀'])
  expect(text).toHaveLength(hers.length + his.length + 'First: '.length + 'Thank you 😀'.length)

  // Undo takes back one's own words and leaves the partner's.
  await ana.page.keyboard.press('ControlOrMeta+z')
  const undone = await agree(ana.page, ben.page, 'plan', [his.trim(), 'Thank you 😀'])
  expect(undone.length).toBeLessThan(text.length)
})

test('the line of truth follows the words to the other computer', async ({ pair }) => {
  const { ana, ben } = pair
  await ana.page.getByRole('button', { name: 'New notes' }).click()
  const notes = textOf(ana.page, 'notes')
  await notes.click()
  await ana.page.keyboard.type('Four voices in ten minutes.')
  await expect(truth(ana.page)).toContainText('Saved here')
  await expect(truth(ana.page)).toContainText('Nobody else can open this')

  await ana.page.getByRole('button', { name: 'Share', exact: true }).click()
  await expect(truth(ana.page)).toContainText('On Ben’s computer')

  await ben.daemon.kill()
  await notes.click()
  await ana.page.keyboard.press('End')
  await ana.page.keyboard.type(' Then six.')
  await expect(truth(ana.page)).toContainText(/Will reach Ben when your computers next meet|cannot be reached/)
  await expect(truth(ana.page)).toContainText('Saved here')
  await ben.daemon.restart()
  await expect(truth(ana.page)).toContainText('On Ben’s computer')

  const hash = new URL(ana.page.url()).hash
  await ben.page.locator(`a[href="${hash}"]`).click()
  await expect(textOf(ben.page, 'notes')).toHaveText('Four voices in ten minutes. Then six.')
  await expect(ben.page.getByText('You can read this.')).toBeVisible()
  await look(ana.page, 'real-notes-shared')
})

test('a daemon killed and started again while somebody types loses nothing and repeats nothing', async ({ ana }) => {
  await ana.page.getByRole('button', { name: 'New notes' }).click()
  await textOf(ana.page, 'notes').click()
  const id = decodeURIComponent(new URL(ana.page.url()).hash.split('/').at(-1)!)
  const sentences = Array.from({ length: 40 }, (_, index) => `Line ${index} is here. `)
  const typing = (async () => {
    for (const sentence of sentences) await ana.page.keyboard.type(sentence, { delay: 12 })
  })()
  for (let kill = 0; kill < 3; kill += 1) {
    const before = sentences[kill * 10 + 5]!.trim()
    await expect(textOf(ana.page, 'notes')).toContainText(before)
    await ana.daemon.kill()
    await expect(truth(ana.page)).toContainText('Your words wait in this page')
    await ana.daemon.restart()
    await expect(truth(ana.page)).toContainText(/Saved here|Saving/)
  }
  await typing
  await expect(truth(ana.page)).toContainText('Saved here')
  const text = sentences.join('')
  expect(await shown(ana.page, 'notes')).toBe(text)
  await ana.daemon.kill()
  await ana.daemon.restart()
  expect((await ana.daemon.command('text', 'show', id))['text']).toBe(text)
})

test('every screen, as it is with real daemons', async ({ pair }) => {
  const { ana } = pair
  await look(ana.page, 'real-today-empty')
  await ana.page.getByRole('link', { name: 'Propose a visit' }).click()
  await expect(ana.page.getByLabel('With')).toBeVisible()
  await look(ana.page, 'real-propose')
  await ana.page.getByRole('navigation').getByRole('link', { name: 'Today' }).click()
  await shareVisit(pair, 'After I ask, who answers?')
  await look(ana.page, 'real-visit')
  await ana.page.getByRole('navigation').getByRole('link', { name: 'Today' }).click()
  await expect(ana.page.getByRole('heading', { name: 'Your writing' })).toBeVisible()
  await look(ana.page, 'real-today')
  await ana.page.getByRole('navigation').getByRole('link', { name: 'People' }).click()
  await ana.page.getByRole('button', { name: 'Show a code' }).click()
  await expect(ana.page.getByTestId('pairing-code')).toBeVisible()
  await look(ana.page, 'real-people')
})
