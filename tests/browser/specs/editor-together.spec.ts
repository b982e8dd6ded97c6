// Decides whether several pages on one text, however they are torn apart, end with the same text and lose no letter.
import type { Page } from '@playwright/test'
import { agree, expect, paste, shown, test, textOf, truth, type Teacher } from '../kit/school'

/** A visit that both may write the plan of, opened on both pages with the caret in it. */
async function planTogether({ ana, ben }: { ana: Teacher; ben: Teacher }): Promise<string> {
  const when = '2027-03-02T10:15:00+01:00'
  const id = String((await ana.daemon.command('visit', 'propose', '--with', 'Ben', '--when', when))['document'])
  for (const { page } of [ana, ben]) await openOn(page, id)
  return id
}

async function openOn(page: Page, id: string): Promise<void> {
  await page.goto(new URL(`#/documents/${id}`, page.url()).href)
  await textOf(page, 'plan').click()
}

const stored = async ({ daemon }: Teacher, id: string) => (await daemon.command('text', 'show', id, 'plan'))['text']

test.slow()

const numbered = (name: string, from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `${name}${from + index};`)

/** How long two write together at least, in milliseconds. */
const TYPING_MS = 60_000

/** Every word there exactly once, and nothing else. */
function expectAll(text: string, words: string[]): void {
  for (const word of words) expect(text.split(word), `${word} in ${text}`).toHaveLength(2)
  expect(text.replaceAll(/\s/g, '')).toHaveLength(words.join('').length)
}

test('two teachers in one paragraph, with the link cut in the middle: one text, no lost letter, and undo is one’s own', async ({ wired }) => {
  const { ana, ben, wire } = wired
  const id = await planTogether(wired)
  const began = Date.now()
  const [hers, his]: [string[], string[]] = [[], []]
  /** Both write a few words more, a key at a time, without looking up. */
  const both = async (delay = 10): Promise<void> => {
    const from = 100 + hers.length
    const [mine, theirs] = [numbered('a', from, from + 5), numbered('b', from, from + 5)]
    hers.push(...mine)
    his.push(...theirs)
    await Promise.all([ana.page.keyboard.type(mine.join(''), { delay }), ben.page.keyboard.type(theirs.join(''), { delay: delay + 2 })])
  }
  const linked = async ({ daemon }: Teacher): Promise<boolean> => {
    const [partner] = (await daemon.command('status'))['partners'] as { state: string }[]
    return partner?.state === 'connected'
  }
  for (let piece = 0; piece < 5; piece += 1) await both()
  await agree(ana.page, ben.page, 'plan', [hers.at(-1)!, his.at(-1)!])

  // The cable is pulled in mid-word, and both write on in the same place until each daemon has noticed: nothing is refused, nothing arrives.
  const cut = both(20)
  await expect(textOf(ana.page, 'plan')).toContainText(hers.at(-5)!)
  wire.cut()
  await cut
  const apart = his.length
  while ((await linked(ana)) || (await linked(ben))) await both(30)
  await both()
  for (const { page } of [ana, ben]) await expect(truth(page)).toContainText('Saved here')
  await expect(truth(ana.page)).not.toContainText('On Ben’s computer')
  for (const word of his.slice(apart)) expect(await shown(ana.page, 'plan')).not.toContain(word)
  for (const word of hers.slice(apart)) expect(await shown(ben.page, 'plan')).not.toContain(word)

  // It is plugged in again, in mid-word too.
  const mended = both(20)
  wire.mend()
  await mended
  while (!(await linked(ana)) || !(await linked(ben))) await both(30)
  await both()
  // A minute of it, whatever the cable took.
  while (Date.now() - began < TYPING_MS) await both(20)
  const words = [...hers, ...his]
  const text = await agree(ana.page, ben.page, 'plan', words)
  expectAll(text, words)
  await expect.poll(() => stored(ana, id)).toBe(text)
  await expect.poll(() => stored(ben, id)).toBe(text)

  // Undo takes back one's own words, to the first, and not one of the partner's.
  await ana.page.keyboard.press('ControlOrMeta+z')
  for (let undone = await shown(ana.page, 'plan'); undone.includes('a'); undone = await shown(ana.page, 'plan')) {
    await ana.page.keyboard.press('ControlOrMeta+z')
  }
  expectAll(await agree(ana.page, ben.page, 'plan', his), his)
  for (let redone = await shown(ana.page, 'plan'); !redone.includes(hers.at(-1)!); redone = await shown(ana.page, 'plan')) {
    await ana.page.keyboard.press('ControlOrMeta+Shift+KeyZ')
  }
  expectAll(await agree(ana.page, ben.page, 'plan', words), words)
})

test('a daemon is killed in the middle of a word, again and again, while its person and the partner write on', async ({ pair }) => {
  const { ana, ben } = pair
  const id = await planTogether(pair)
  const [hers, his] = [numbered('a', 100, 200), numbered('b', 100, 200)]
  const typing = Promise.all([
    ana.page.keyboard.type(hers.join(''), { delay: 12 }),
    ben.page.keyboard.type(his.join(''), { delay: 12 }),
  ])
  for (const word of ['b115;', 'b140;']) {
    await expect(textOf(ben.page, 'plan')).toContainText(word)
    await ben.daemon.kill()
    await expect(truth(ben.page)).toContainText('Your words wait in this page')
    await ben.daemon.restart()
    await expect(truth(ben.page)).toContainText(/Saved here|Saving/)
  }
  await typing
  // A letter that had left for the partner and was then written again would stand twice.
  const text = await agree(ana.page, ben.page, 'plan', [...hers, ...his])
  expectAll(text, [...hers, ...his])
  await expect.poll(() => stored(ana, id)).toBe(text)
  await expect.poll(() => stored(ben, id)).toBe(text)
})

test('three pages on one document, two of them one person’s', async ({ pair }) => {
  const { ana, ben } = pair
  const id = await planTogether(pair)
  const second = await ana.page.context().newPage()
  await second.goto(await ana.daemon.launchLink())
  await openOn(second, id)
  const names = ['a', 'b', 'c']
  const pages = [ana.page, ben.page, second]
  await Promise.all(pages.map((page, at) => page.keyboard.type(numbered(names[at]!, 100, 140).join(''), { delay: 10 })))
  const words = names.flatMap((name) => numbered(name, 100, 140))
  const text = await agree(ana.page, ben.page, 'plan', words)
  expectAll(text, words)
  expect(await agree(ana.page, second, 'plan', words)).toBe(text)
  await second.close()
})

test('emoji, combining marks and right-to-left words, written into and deleted by two', async ({ pair }) => {
  const { ana, ben } = pair
  const id = await planTogether(pair)
  const family = '👩‍👩‍👧‍👦'
  // One letter as two code points; typed letters beside it must not be drawn into it.
  const combined = 'n\u0303e\u0301'
  await ana.page.keyboard.insertText(`${family}${combined} שלום עולם 🇪🇸`)
  await agree(ana.page, ben.page, 'plan', [family, combined, 'שלום עולם', '🇪🇸'])
  await ben.page.keyboard.press('ControlOrMeta+End')
  await ben.page.keyboard.type(' مرحبا')
  await ana.page.keyboard.press('ControlOrMeta+Home')
  await ana.page.keyboard.type('> ')
  const text = `> ${family}${combined} שלום עולם 🇪🇸 مرحبا`
  await expect.poll(() => stored(ana, id)).toBe(text)
  await expect.poll(() => stored(ben, id)).toBe(text)

  // Backspace takes what a person sees as one sign, never half of a pair, also where the partner writes beside it.
  await ana.page.keyboard.press('ControlOrMeta+Home')
  for (const _ of '> ') await ana.page.keyboard.press('ArrowRight')
  await ana.page.keyboard.press('ArrowRight')
  await Promise.all([ana.page.keyboard.press('Backspace'), ben.page.keyboard.type('!')])
  const fewer = `> ${combined} שלום עולם 🇪🇸 مرحبا!`
  await expect.poll(() => stored(ana, id)).toBe(fewer)
  await expect.poll(() => stored(ben, id)).toBe(fewer)
  for (const { page } of [ana, ben]) await expect.poll(() => page.locator('[data-field="plan"] .cm-content').innerText()).not.toContain('\ufffd')
})

test('a composition goes on while the partner writes in the same line, and is undone as one', async ({ pair }) => {
  const { ana, ben } = pair
  const id = await planTogether(pair)
  await ana.page.keyboard.type('Before ')
  await agree(ana.page, ben.page, 'plan', ['Before '])
  const keyboard = await ana.page.context().newCDPSession(ana.page)
  const compose = (text: string) => keyboard.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length })
  await compose('に')
  await ben.page.keyboard.press('ControlOrMeta+Home')
  await ben.page.keyboard.type('Ben: ')
  await compose('にほ')
  await expect(textOf(ana.page, 'plan')).toContainText('Ben: ')
  await compose('にほん')
  await ben.page.keyboard.type('two ')
  await compose('日本')
  await keyboard.send('Input.insertText', { text: '日本' })
  await ana.page.keyboard.type(' after')
  const text = 'Ben: two Before 日本 after'
  await expect.poll(() => shown(ana.page, 'plan')).toBe(text)
  await expect.poll(() => stored(ben, id)).toBe(text)
  await expect.poll(() => stored(ana, id)).toBe(text)

  // A composition that is given up leaves nothing.
  await compose('ま')
  await compose('')
  await ana.page.keyboard.type('.')
  await expect.poll(() => stored(ben, id)).toBe(`${text}.`)
})

test('large pastes reach the partner whole, and what would be too large is refused in a sentence', async ({ pair }) => {
  const { ana, ben } = pair
  const id = await planTogether(pair)
  const long = Array.from({ length: 8_000 }, (_, at) => `Who answers? ${at} `).join('').slice(0, 100_000)
  const lines = Array.from({ length: 1_000 }, (_, at) => `- line ${at}`).join('\n')
  await ana.page.keyboard.type('Kept. ')
  await paste(ana.page, 'plan', { plain: long })
  await ana.page.keyboard.press('Enter')
  await paste(ana.page, 'plan', { plain: lines })
  const text = `Kept. ${long}\n${lines}`
  await expect.poll(() => stored(ana, id)).toBe(text)
  await expect.poll(() => stored(ben, id)).toBe(text)

  // Too long in one piece, by letters and by bytes: what was there stays, and is written on.
  for (const flood of ['x'.repeat(500_001), '漢'.repeat(400_000)]) {
    await paste(ana.page, 'plan', { plain: flood })
    await expect(ana.page.getByText('too long to paste')).toBeVisible()
    await ana.page.keyboard.type('.')
  }
  await expect.poll(() => stored(ben, id)).toBe(`${text}..`)

  // The same beyond what a text may hold as a whole: said where one looks, what was typed still there, and a way on.
  for (let piece = 0; piece < 2; piece += 1) await paste(ana.page, 'plan', { plain: 'y'.repeat(450_000) })
  await expect(ana.page.getByRole('alert')).toContainText('was not accepted')
  await ana.page.getByRole('button', { name: 'Discard them…' }).click()
  await ana.page.getByRole('button', { name: 'Discard them', exact: true }).click()
  await expect(ana.page.getByRole('alert')).toHaveCount(0)
  await textOf(ana.page, 'plan').click()
  await ana.page.keyboard.press('ControlOrMeta+Home')
  await ana.page.keyboard.type('On: ')
  await expect.poll(async () => String(await stored(ben, id)).slice(0, 10)).toBe('On: Kept. ')
  await expect(truth(ana.page)).toContainText('Saved here')
})

test('a pasted picture is refused in a sentence, and what was there stays', async ({ ana }) => {
  await ana.page.getByRole('button', { name: 'New notes' }).click()
  await textOf(ana.page, 'notes').click()
  await ana.page.keyboard.type('Four voices. ')
  await paste(ana.page, 'notes', { picture: true })
  await expect(ana.page.getByText('Pictures cannot be kept')).toBeVisible()
  await paste(ana.page, 'notes', { html: '<p>Then <b>six</b><img src="data:image/png;base64,AA=="></p>', plain: 'Then six' })
  await expect(ana.page.getByText('Pictures cannot be kept')).toBeVisible()
  await ana.page.keyboard.type('.')
  await expect.poll(() => shown(ana.page, 'notes')).toContain('Four voices.')
  const id = decodeURIComponent(new URL(ana.page.url()).hash.split('/').at(-1)!)
  const stored = async () => (await ana.daemon.command('text', 'show', id))['text']
  await expect.poll(stored).toBe('Four voices. Then **six**.')
})
