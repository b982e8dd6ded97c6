// Decides whether a line that was begun outlives its page, once, in the field it was begun in, until it is put down.
import { expect, test } from 'vitest'
import { Seal } from '../src/lib/daemon/seal'
import { Halves, type Half } from '../src/lib/observe/half'
import { Storage } from './pages'

const KEY = 'ab'.repeat(32)
const half = (text: string, under: Half['under'] = {}): Half => ({ text, at: 4_000, under })

/** Everything that was promised before has happened. */
const settled = (): Promise<void> => new Promise((done) => setTimeout(done, 0))

let pages = 0

async function page(storage: Storage, key = KEY, showing = ['notes', 'other']): Promise<{ halves: Halves; later: () => Promise<void>; close: () => void }> {
  const owner = `page-${(pages += 1)}`
  const due: (() => void)[] = []
  const halves = new Halves({ browser: storage.seenBy(owner), seal: Seal.under(key), after: (_, run) => due.push(run), page: owner, changed: () => undefined })
  void halves.begin()
  for (const doc of showing) halves.seek(doc)
  await settled()
  const later = async (): Promise<void> => {
    for (const run of due.splice(0)) run()
    await settled()
  }
  return { halves, later, close: () => storage.close(owner) }
}

test('what stood in the field is there again, under what it was begun, sealed', async () => {
  const storage = new Storage()
  const first = await page(storage)
  first.halves.keep('notes', 'line', half('Two hands'))
  first.halves.keep('notes', 'line', half('Two hands went up', { label: 'Saw' }))
  expect([...storage.notes.values()].join()).not.toContain('hands')
  first.close()

  const stranger = await page(storage, 'cd'.repeat(32))
  expect(stranger.halves.get('notes', 'line')).toBeNull()
  stranger.close()

  const second = await page(storage)
  expect(second.halves.get('notes', 'line')).toEqual(half('Two hands went up', { label: 'Saw' }))
  expect(second.halves.get('notes', 'remark')).toBeNull()
  expect(second.halves.get('other', 'line')).toBeNull()
  expect(second.halves.fieldsOf('notes')).toEqual(['line'])
})

test('only a page that shows the notes goes on with their lines', async () => {
  const storage = new Storage()
  const first = await page(storage)
  first.halves.keep('notes', 'line', half('Two hands'))
  const elsewhere = await page(storage, KEY, [])
  first.close()
  for (let turn = 0; turn < 2; turn += 1) {
    await settled()
    await elsewhere.later()
  }
  expect(elsewhere.halves.fieldsOf('notes')).toEqual([])
  elsewhere.halves.seek('notes')
  await settled()
  expect(elsewhere.halves.get('notes', 'line')?.text).toBe('Two hands')
})

test('put down or emptied, nothing of it is left anywhere', async () => {
  const storage = new Storage()
  const first = await page(storage)
  first.halves.keep('notes', 'line', half('Two hands'))
  await first.later()
  expect(storage.shelf.size).toBe(1)
  first.halves.keep('notes', 'line', null)
  await first.later()
  expect([storage.notes.size, storage.shelf.size]).toEqual([0, 0])
  // On its way to the disk while it is put down, it is erased behind it.
  first.halves.keep('notes', 'line', half('Again'))
  first.halves.keep('notes', 'line', null)
  await first.later()
  expect([storage.notes.size, storage.shelf.size]).toEqual([0, 0])
  first.close()
  expect((await page(storage)).halves.fieldsOf('notes')).toEqual([])
})

test('with its mark goes everything that was begun for it, here and on pages that are gone', async () => {
  const storage = new Storage()
  const [first, second] = [await page(storage), await page(storage)]
  first.halves.keep('notes', 'event/a', half('From the first'))
  second.halves.keep('notes', 'event/a', half('From the second'))
  second.halves.keep('notes', 'line', half('Another'))
  first.close()
  await settled()
  await second.later()
  second.halves.forget('notes', 'event/a')
  await second.later()
  expect(second.halves.fieldsOf('notes')).toEqual(['line'])
  expect([storage.notes.size, storage.shelf.size]).toEqual([1, 1])
})

test('however many lines show a document, it is looked for once', async () => {
  const storage = new Storage()
  const browser = storage.seenBy('page')
  let walks = 0
  const halves = new Halves({ browser: { ...browser, names: () => ((walks += 1), browser.names()) }, seal: Seal.under(KEY), after: () => undefined, page: 'page', changed: () => undefined })
  await halves.begin()
  for (let line = 0; line < 220; line += 1) halves.seek('notes')
  await settled()
  expect(walks).toBe(1)
})

test('a power cut takes no more than the last letters, and a full store is no loss', async () => {
  const storage = new Storage()
  const first = await page(storage)
  first.halves.keep('notes', 'line', half('Two'))
  await first.later()
  const before = new Map<string, string>()
  first.halves.keep('notes', 'line', half('Two hands'))
  first.close()
  storage.powerCut(before)
  const second = await page(storage)
  expect(second.halves.get('notes', 'line')?.text).toBe('Two')

  storage.room = 0
  second.halves.keep('notes', 'line', half('Two hands, row 3'))
  expect(second.halves.behind).toBe(true)
  await second.later()
  expect(second.halves.behind).toBe(false)
  second.close()
  storage.room = Number.POSITIVE_INFINITY
  storage.powerCut(new Map())
  expect((await page(storage)).halves.get('notes', 'line')?.text).toBe('Two hands, row 3')
})

test('a line that is being written in another tab stays there until that tab is gone, and then waits for its turn', async () => {
  const storage = new Storage()
  const [first, second] = [await page(storage), await page(storage)]
  first.halves.keep('notes', 'line', half('From the first'))
  const third = await page(storage)
  expect(third.halves.get('notes', 'line')).toBeNull()
  third.halves.keep('notes', 'line', half('From the third'))
  third.halves.keep('notes', 'line', half('From the third too'))
  first.close()
  // Whichever of the two hears of its end first goes on with it.
  await settled()
  for (const one of [second, third]) await one.later()
  expect(second.halves.get('notes', 'line')?.text).toBe('From the first')
  second.close()
  await settled()
  await third.later()
  expect(third.halves.get('notes', 'line')?.text).toBe('From the third too')
  third.halves.keep('notes', 'line', null)
  expect(third.halves.get('notes', 'line')?.text).toBe('From the first')
  third.close()
  expect((await page(storage)).halves.get('notes', 'line')?.text).toBe('From the first')
})
