// Decides whether closing a page loses anything that still waits: it does not, none of it comes twice, and none lies open there.
import type { Page } from '@playwright/test'
import { look } from '../kit/looks'
import { expect, kept, shown, test, textOf, truth, type Teacher } from '../kit/school'

/** New notes, opened and ready to be written in; answers their id. */
async function begin({ page }: Teacher, words: string): Promise<string> {
  await page.getByRole('button', { name: 'New notes' }).click()
  await textOf(page, 'notes').click()
  await page.keyboard.type(words)
  await expect(truth(page)).toContainText('Saved here')
  return decodeURIComponent(new URL(page.url()).hash.split('/').at(-1)!)
}

/** Another page of the same browser, on the notes. */
async function openAgain(ana: Teacher, id: string): Promise<Page> {
  const page = await ana.page.context().newPage()
  await page.goto(await ana.daemon.launchLink())
  await page.goto(new URL(`#/documents/${id}`, page.url()).href)
  return page
}

/** What the daemon has on its disk. */
const stored = async ({ daemon }: Teacher, id: string) => (await daemon.command('text', 'show', id))['text']

test('closed in the very moment of the last key: every letter is there once, and the browser keeps nothing of it', async ({ ana }) => {
  const id = await begin(ana, 'Before. ')
  await ana.daemon.kill()
  await ana.page.keyboard.type('While it was away 😀.')
  await ana.page.close()
  await ana.daemon.restart()
  ana.page = await openAgain(ana, id)
  await expect.poll(() => stored(ana, id)).toBe('Before. While it was away 😀.')
  await expect.poll(() => shown(ana.page, 'notes')).toBe('Before. While it was away 😀.')
  await expect(truth(ana.page)).toContainText('Saved here')
  await expect.poll(() => kept(ana.page)).toEqual([])

  // And it can be written on.
  await textOf(ana.page, 'notes').click()
  await ana.page.keyboard.press('ControlOrMeta+End')
  await ana.page.keyboard.type(' After.')
  await expect.poll(() => stored(ana, id)).toBe('Before. While it was away 😀. After.')
  await expect.poll(() => kept(ana.page)).toEqual([])
})

test('what waits is not to be read in the browser, in either of its stores', async ({ ana }) => {
  const id = await begin(ana, 'Before. ')
  await ana.daemon.kill()
  await ana.page.keyboard.type('Nobody reads this.')
  await expect(truth(ana.page)).toContainText('Your words wait in this page')
  await expect.poll(async () => (await kept(ana.page)).length).toBe(3)
  const all = (await kept(ana.page)).join()
  for (const word of ['Before', 'Nobody', 'reads', 'notes', id]) expect(all).not.toContain(word)
})

test('a sleeping daemon answers nothing and refuses nothing: what was typed meanwhile is not lost with the page', async ({ ana }) => {
  const id = await begin(ana, 'Before. ')
  ana.daemon.freeze()
  await ana.page.keyboard.type('While it slept.')
  await ana.page.close()
  ana.daemon.thaw()
  ana.page = await openAgain(ana, id)
  await expect.poll(() => stored(ana, id)).toBe('Before. While it slept.')
  await expect.poll(() => shown(ana.page, 'notes')).toBe('Before. While it slept.')
  await expect.poll(() => kept(ana.page)).toEqual([])
})

test('the same, when it never wakes and is started again', async ({ ana }) => {
  const id = await begin(ana, 'Before. ')
  ana.daemon.freeze()
  await ana.page.keyboard.type('While it slept.')
  await ana.page.close()
  await ana.daemon.kill()
  await ana.daemon.restart()
  ana.page = await openAgain(ana, id)
  await expect.poll(() => stored(ana, id)).toBe('Before. While it slept.')
  await expect.poll(() => kept(ana.page)).toEqual([])
})

for (const how of ['there', 'killed', 'asleep'] as const) {
  test(`closed while somebody types at full speed, the daemon ${how}: what was shown is there, in order, once`, async ({ ana }) => {
    const id = await begin(ana, 'Before. ')
    if (how === 'killed') await ana.daemon.kill()
    if (how === 'asleep') ana.daemon.freeze()
    const words = Array.from({ length: 200 }, (_, index) => `word ${index}, `).join('')
    // Typing ends with the page.
    const typing = ana.page.keyboard.type(words).catch(() => undefined)
    await expect(textOf(ana.page, 'notes')).toContainText('word 20,')
    const seen = await shown(ana.page, 'notes')
    await ana.page.close()
    await typing
    if (how === 'killed') await ana.daemon.restart()
    if (how === 'asleep') ana.daemon.thaw()
    ana.page = await openAgain(ana, id)
    await expect(textOf(ana.page, 'notes')).toContainText('word 20,')
    await expect.poll(() => kept(ana.page)).toEqual([])
    const text = String(await stored(ana, id))
    expect(text.length).toBeGreaterThanOrEqual(seen.length)
    expect(`Before. ${words}`.startsWith(text), text).toBe(true)
    await expect.poll(() => shown(ana.page, 'notes')).toBe(text)
  })
}

test('a page that crashes had no moment to say farewell, and loses nothing', async ({ ana }) => {
  const id = await begin(ana, 'Before. ')
  await ana.daemon.kill()
  await ana.page.keyboard.type('While it was away.')
  const crashed = ana.page.waitForEvent('crash')
  void ana.page.goto('chrome://crash').catch(() => undefined)
  await crashed
  await ana.daemon.restart()
  const next = await openAgain(ana, id)
  await ana.page.close()
  ana.page = next
  await expect.poll(() => stored(ana, id)).toBe('Before. While it was away.')
  await expect.poll(() => kept(ana.page)).toEqual([])
})

test('two pages on one text that both waited, closed: the words of both are there once', async ({ ana }) => {
  const id = await begin(ana, 'Both: ')
  const other = await openAgain(ana, id)
  await expect(textOf(other, 'notes')).toContainText('Both:')
  await ana.daemon.kill()
  await ana.page.keyboard.type('here, ')
  await textOf(other, 'notes').click()
  await other.keyboard.press('ControlOrMeta+Home')
  await other.keyboard.type('There and ')
  await ana.page.close()
  await other.close()
  await ana.daemon.restart()
  ana.page = await openAgain(ana, id)
  await expect.poll(() => stored(ana, id)).toBe('There and Both: here, ')
  await expect.poll(() => shown(ana.page, 'notes')).toBe('There and Both: here, ')
  await expect.poll(() => kept(ana.page)).toEqual([])
})

test('a page that stays open sends what the closed one left', async ({ ana }) => {
  const id = await begin(ana, 'Before. ')
  const other = await openAgain(ana, id)
  await expect(textOf(other, 'notes')).toContainText('Before.')
  await ana.daemon.kill()
  await ana.page.keyboard.type('Left behind.')
  await expect(truth(other)).toContainText('Rounds is not answering. Trying again')
  await ana.page.close()
  ana.page = other
  await expect(truth(other)).toContainText('Your words wait in this page')
  await ana.daemon.restart()
  await expect.poll(() => stored(ana, id)).toBe('Before. Left behind.')
  await expect.poll(() => shown(other, 'notes')).toBe('Before. Left behind.')
  await expect.poll(() => kept(other)).toEqual([])
})

test('taken over by a page that is closed too before the daemon is back: it all waits on', async ({ ana }) => {
  const id = await begin(ana, 'Before. ')
  const other = await openAgain(ana, id)
  await expect(textOf(other, 'notes')).toContainText('Before.')
  await ana.daemon.kill()
  await ana.page.keyboard.type('One. ')
  await ana.page.close()
  await expect(truth(other)).toContainText('Your words wait in this page')
  await textOf(other, 'notes').click()
  await other.keyboard.press('ControlOrMeta+Home')
  await other.keyboard.type('Two. ')
  await other.close()
  await ana.daemon.restart()
  ana.page = await openAgain(ana, id)
  await expect.poll(() => stored(ana, id)).toBe('Two. Before. One. ')
  await expect.poll(() => kept(ana.page)).toEqual([])
})

test('a partner wrote meanwhile: both texts are whole', async ({ pair: { ana, ben } }) => {
  const when = '2027-03-02T10:15:00+01:00'
  const id = String((await ana.daemon.command('visit', 'propose', '--with', 'Ben', '--when', when))['document'])
  const open = async ({ page }: Teacher) => {
    await page.goto(new URL(`#/documents/${id}`, page.url()).href)
    await textOf(page, 'plan').click()
  }
  await open(ana)
  await ana.page.keyboard.type('Before. ')
  await open(ben)
  await expect(textOf(ben.page, 'plan')).toContainText('Before.')
  await ana.daemon.kill()
  await ana.page.keyboard.type('Ana while away.')
  await ana.page.close()
  await ben.page.keyboard.press('ControlOrMeta+Home')
  await ben.page.keyboard.type('Ben: ')
  await expect(truth(ben.page)).toContainText('Saved here')
  await ana.daemon.restart()
  ana.page = await openAgain(ana, id)
  const plan = async (teacher: Teacher) => (await teacher.daemon.command('text', 'show', id, 'plan'))['text']
  await expect.poll(() => plan(ana)).toBe('Ben: Before. Ana while away.')
  await expect.poll(() => plan(ben)).toBe('Ben: Before. Ana while away.')
  await expect.poll(() => kept(ana.page)).toEqual([])
})

test('words for notes that were deleted meanwhile are shown wherever one is, and can be kept', async ({ ana }) => {
  const id = await begin(ana, 'Before. ')
  await ana.daemon.kill()
  await ana.page.keyboard.type('Nowhere to go.')
  await ana.page.close()
  await ana.daemon.restart()
  await ana.daemon.command('documents', 'delete', id)
  ana.page = await ana.page.context().newPage()
  await ana.page.goto(await ana.daemon.launchLink())
  const left = ana.page.getByRole('alert')
  await expect(left).toContainText('is not here any more')
  await expect(left).toContainText('Before. Nowhere to go.')
  await expect(truth(ana.page)).toContainText('Not saved')
  await look(ana.page, 'stranded', ['light', 'phone-dark'])
  await ana.page.reload()
  await left.getByRole('button', { name: 'Discard them…' }).click()
  await ana.page.keyboard.press('Escape')
  await left.getByRole('button', { name: 'Keep them as new notes' }).click()
  await expect(left).toHaveCount(0)
  await expect.poll(() => shown(ana.page, 'notes')).toBe('Before. Nowhere to go.')
  await expect(truth(ana.page)).toContainText('Saved here')
  await expect.poll(() => kept(ana.page)).toEqual([])
})
