// Decides whether words that waited in a closed page are put away at once, taken over by one page only, sent once, and erased.
import { ChangeSet } from '@codemirror/state'
import { describe, expect, test } from 'vitest'
import { Keeper, type Kept, type Waiting } from '../src/lib/daemon/keeper'
import { TextQueue } from '../src/lib/daemon/queue'
import { Seal } from '../src/lib/daemon/seal'
import { Authority } from './authority'
import { Storage } from './pages'

const seal = Seal.under('ab'.repeat(32))!
let ids = 0
const newId = (): string => `u${(ids += 1)}`

/** A text on a page: typed into, perhaps before the daemon has said what stands there. */
class Writing implements Waiting {
  readonly doc: string
  readonly field = 'notes'
  readonly queue: TextQueue

  constructor(doc: string, queue = new TextQueue(newId)) {
    this.doc = doc
    this.queue = queue
  }

  keep() {
    return this.queue.keep()
  }

  /** Everything that waits is saved, as far as this page is concerned. */
  save(): void {
    const { pending } = this.queue.opening()
    if (!this.queue.connected) this.queue.replaced(this.queue.text.toString(), { version: 0, epoch: 1, heads: [] }, pending)
    for (let push = this.queue.next(); push; push = this.queue.next()) {
      this.queue.received(push.updates as never, { from: push.version, epoch: push.epoch, heads: [] })
      this.queue.saved(push.updates.map((update) => update.id))
    }
  }
}

/** A page of a browser, with its timers in hand. */
class Page {
  readonly storage: Storage
  readonly name: string
  readonly keeper: Keeper
  readonly adopted: Writing[] = []
  #timers: (() => void)[] = []

  constructor(storage: Storage, name: string, key: Seal | null = seal) {
    this.storage = storage
    this.name = name
    this.keeper = new Keeper(storage.seenBy(name), key, (_milliseconds, run) => void this.#timers.push(run), name)
  }

  async begin(): Promise<this> {
    await this.keeper.begin(({ doc, text }: Kept) => {
      const writing = new Writing(doc, TextQueue.from(JSON.parse(JSON.stringify(text)) as Kept['text'], newId))
      this.adopted.push(writing)
      return writing
    })
    return this
  }

  /** A text that stands there, ready to be typed into. */
  open(doc: string, text: string): Writing {
    const writing = new Writing(doc)
    writing.queue.replaced(text, { version: 0, epoch: 1, heads: ['h'] })
    return writing
  }

  type(writing: Writing, insert: string): void {
    const { length } = writing.queue.text
    writing.queue.typed(ChangeSet.of({ from: length, insert }, length))
    this.keeper.typed(writing)
  }

  saved(writing: Writing): void {
    writing.save()
    this.keeper.settled(writing)
  }

  /** Time passes: everything that was put off is done. */
  async wait(): Promise<void> {
    await settled()
    while (this.#timers.length > 0) {
      for (const run of this.#timers.splice(0)) run()
      await settled()
    }
    await settled()
  }

  close(): void {
    this.#timers = []
    this.storage.close(this.name)
  }

  found(): string[] {
    return this.adopted.map((one) => `${one.doc}: ${one.queue.text.toString()}`)
  }
}

/** Lets everything that is ready to go on do so: each step of the browser's takes a few turns. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) await Promise.resolve()
}

const empty = (storage: Storage) => expect([...storage.notes.keys(), ...storage.shelf.keys()]).toEqual([])

test('a letter is kept when the key’s event has ended: no clock and no answer is waited for', async () => {
  const storage = new Storage()
  const first = await new Page(storage, 'one').begin()
  const notes = first.open('d', 'Before. ')
  for (const letter of 'While away 😀') first.type(notes, letter)
  expect(first.keeper.behind).toBe(false)
  first.close()
  const next = await new Page(storage, 'two').begin()
  expect(next.found()).toEqual(['d: Before. While away 😀'])
})

test('what lies there cannot be read, and not at another place', async () => {
  const storage = new Storage()
  const page = await new Page(storage, 'one').begin()
  page.type(page.open('d', 'secret before'), 'secret words')
  await page.wait()
  expect(storage.notes.size).toBe(2)
  expect(storage.shelf.size).toBe(1)
  const all = [...storage.notes.values(), ...storage.shelf.values()].join()
  for (const word of ['secret', 'before', 'words', 'notes', 'heads']) expect(all).not.toContain(word)
  const [name, sealed] = [...storage.notes][0]!
  expect(seal.open(sealed, name)).not.toBeNull()
  expect(seal.open(sealed, `${name}0`)).toBeNull()
  expect(Seal.under('cd'.repeat(32))!.open(sealed, name)).toBeNull()
  expect(seal.open(`${sealed.slice(0, -1)}${sealed.endsWith('a') ? 'b' : 'a'}`, name)).toBeNull()
  expect(seal.open('', name)).toBeNull()
})

test('once saved it is erased, at once and everywhere; the text of a while ago goes soon after', async () => {
  const storage = new Storage()
  const page = await new Page(storage, 'one').begin()
  const notes = page.open('d', 'Before. ')
  page.type(notes, 'a')
  await page.wait()
  page.type(notes, 'b')
  page.saved(notes)
  await settled()
  expect([...storage.notes.keys()].filter((name) => name.endsWith('edits'))).toEqual([])
  expect(storage.shelf.size).toBe(0)
  await page.wait()
  empty(storage)

  // Also when it was saved while it was being put on the disk, and when the page is left at that moment.
  page.type(notes, 'c')
  const waiting = page.wait()
  page.saved(notes)
  await waiting
  empty(storage)
  page.type(notes, 'd')
  page.saved(notes)
  page.keeper.leave()
  empty(storage)
})

test('a letter in a long text costs no more than one in a short one', async () => {
  const storage = new Storage()
  const page = await new Page(storage, 'one').begin()
  const notes = page.open('d', 'x'.repeat(100_000))
  let written = 0
  const put = storage.notes.set.bind(storage.notes)
  storage.notes.set = (name, sealed) => {
    written += sealed.length
    return put(name, sealed)
  }
  for (let letter = 0; letter < 500; letter += 1) {
    page.type(notes, 'a')
    page.saved(notes)
  }
  // The text itself is written anew now and then, and never with each letter.
  expect(written).toBeLessThan(500 * 6_000)
  await page.wait()
  empty(storage)
})

test('typing on after all was saved keeps every letter, whatever was erased between', async () => {
  const storage = new Storage()
  let text = 'Start. '
  const page = await new Page(storage, 'one').begin()
  const notes = page.open('d', text)
  for (let letter = 0; letter < 300; letter += 1) {
    page.type(notes, String(letter % 10))
    text += String(letter % 10)
    if (letter % 3 === 0) page.saved(notes)
    if (letter % 50 === 0) await page.wait()
    if (letter % 7 === 1) {
      // As another page would find it now.
      const copy = new Storage()
      for (const [name, sealed] of storage.notes) copy.notes.set(name, sealed)
      expect((await new Page(copy, 'two').begin()).found()).toEqual(letter % 3 === 0 ? [] : [`d: ${text}`])
    }
  }
})

test('a living page keeps its own; one of the others takes over what it leaves, as soon as it is gone', async () => {
  const storage = new Storage()
  const first = await new Page(storage, 'one').begin()
  const second = await new Page(storage, 'two').begin()
  first.type(first.open('d', ''), 'words')
  const third = await new Page(storage, 'three').begin()
  await settled()
  expect([...second.found(), ...third.found()]).toEqual([])
  first.close()
  await Promise.all([second.wait(), third.wait()])
  expect([...second.found(), ...third.found()]).toEqual(['d: words'])
  const [heir, other] = second.found().length > 0 ? [second, third] : [third, second]
  heir.close()
  await settled()
  await other.wait()
  expect(other.found()).toEqual(['d: words'])
  other.saved(other.adopted[0]!)
  await other.wait()
  empty(storage)
})

test('a page that is just being closed lets the next one begin, and is taken over then', async () => {
  const storage = new Storage()
  const first = await new Page(storage, 'one').begin()
  first.type(first.open('d', ''), 'words')
  const next = await new Page(storage, 'two').begin()
  expect(next.found()).toEqual([])
  first.close()
  await settled()
  await next.wait()
  expect(next.found()).toEqual(['d: words'])
})

test('the last letters of a closed page arrive only after the rest was taken over: they are added, once', async () => {
  const storage = new Storage()
  const [first, second] = [new Page(storage, 'one'), new Page(storage, 'two')]
  for (const page of [first, second]) await page.begin()
  const notes = first.open('d', 'Before. ')
  first.type(notes, 'ab')
  storage.lags = true
  // Long enough that the text of a while ago is told anew, too.
  for (let letter = 0; letter < 150; letter += 1) {
    first.type(notes, 'x')
    if (letter % 2 === 0) notes.save()
  }
  first.type(notes, 'cd')
  first.close()
  await second.wait()
  expect(second.found()).toEqual(['d: Before. ab'])
  storage.lags = false
  storage.letThrough()
  await second.wait()
  expect(second.found().at(-1)).toBe(`d: Before. ab${'x'.repeat(150)}cd`)
  // The first is one id's, and each that is added another's.
  const pending = second.adopted.flatMap((one) => one.queue.opening().pending ?? [])
  expect(new Set(pending).size).toBe(second.adopted.length)
  for (const one of second.adopted) second.saved(one)
  await second.wait()
  expect([...storage.notes.keys()].filter((name) => name.endsWith('edits'))).toEqual([])
})

test('a closed page of which nothing has arrived yet but its name: nothing is erased, and all is taken over when it arrives', async () => {
  const storage = new Storage()
  const [first, second] = [new Page(storage, 'one'), new Page(storage, 'two')]
  for (const page of [first, second]) await page.begin()
  const notes = first.open('d', 'Before. ')
  first.type(notes, 'saved.')
  first.saved(notes)
  storage.lags = true
  first.type(notes, ' Waiting.')
  first.close()
  await second.wait()
  expect(second.found()).toEqual([])
  storage.lags = false
  storage.letThrough()
  await second.wait()
  expect(second.found()).toEqual(['d: Before. saved. Waiting.'])
})

test('two pages that both waited are both taken over', async () => {
  const storage = new Storage()
  const pages = [await new Page(storage, 'one').begin(), await new Page(storage, 'two').begin()]
  pages.forEach((page, index) => page.type(page.open('d', 'Both: '), `words ${index}`))
  pages.forEach((page) => page.close())
  const next = await new Page(storage, 'three').begin()
  expect(next.found().sort()).toEqual(['d: Both: words 0', 'd: Both: words 1'])
  for (const one of next.adopted) next.saved(one)
  await next.wait()
  empty(storage)
})

test('what was sealed for another daemon stays for that one, and damage keeps nothing else back', async () => {
  const storage = new Storage()
  const hers = await new Page(storage, 'one').begin()
  hers.type(hers.open('d', ''), 'hers')
  hers.close()
  const foreign = new Map(storage.notes)
  const his = await new Page(storage, 'two', Seal.under('cd'.repeat(32))!).begin()
  expect(his.found()).toEqual([])
  his.type(his.open('e', ''), 'his')
  his.close()
  for (const [name, sealed] of foreign) expect(storage.notes.get(name)).toBe(sealed)
  storage.notes.set('zero/1/edits', 'damaged')
  const next = await new Page(storage, 'three').begin()
  expect(next.found()).toEqual(['d: hers'])
})

test('after a power cut the disk’s copy is taken, and the later one of two', async () => {
  const storage = new Storage()
  const first = await new Page(storage, 'one').begin()
  const notes = first.open('d', '')
  first.type(notes, 'early')
  const written = new Map(storage.notes)
  first.type(notes, ' and late')
  await first.wait()
  first.type(notes, ', lost')
  first.close()
  storage.powerCut(written)
  const next = await new Page(storage, 'two').begin()
  expect(next.found()).toEqual(['d: early and late'])
  next.close()
  storage.powerCut(new Map())
  expect((await new Page(storage, 'three').begin()).found()).toEqual([])
})

test('no room: the disk’s store takes it, and until then leaving the page is warned of', async () => {
  const storage = new Storage()
  storage.room = 1_000
  const page = await new Page(storage, 'one').begin()
  const notes = page.open('d', 'x'.repeat(5_000))
  page.type(notes, 'kept')
  expect(page.keeper.behind).toBe(true)
  expect(storage.notes.size).toBe(0)
  await page.wait()
  expect(page.keeper.behind).toBe(false)
  page.close()
  const next = await new Page(storage, 'two').begin()
  expect(next.found()).toEqual([`d: ${'x'.repeat(5_000)}kept`])
})

test('a browser that keeps nothing is no reason to stop, and leaving is warned of while words wait', async () => {
  const broken = new Proxy({} as Storage, { get: () => () => new Proxy({}, { get: () => () => Promise.reject(new Error('no')) }) })
  for (const page of [new Page(broken, 'one'), new Page(new Storage(), 'one', null)]) {
    await page.begin()
    const notes = page.open('d', '')
    page.type(notes, 'words')
    expect(page.keeper.behind).toBe(true)
    await page.wait()
    page.saved(notes)
    expect(page.keeper.behind).toBe(false)
  }
  expect(Seal.under('')).toBeNull()
  expect(Seal.under('xy'.repeat(32))).toBeNull()
})

test('without a disk’s store, closing a page still loses nothing', async () => {
  const storage = new Storage()
  storage.shelfWorks = false
  const page = await new Page(storage, 'one').begin()
  page.type(page.open('d', ''), 'words')
  await page.wait()
  page.close()
  expect((await new Page(storage, 'two').begin()).found()).toEqual(['d: words'])
})

/** A queue whose page was closed, as the next page finds it. */
function reopened(queue: TextQueue): TextQueue {
  const { base, edits } = queue.keep()!
  return TextQueue.from(JSON.parse(JSON.stringify({ base: base.toString(), edits })) as Kept['text'], newId)
}

describe.each([
  ['nothing was sent', false, false, false],
  ['sent, and perhaps arrived', true, false, false],
  ['accepted, and lost by a crash', true, true, true],
  ['accepted, and on the disk', true, true, false],
])('every word once, when the page was closed: %s', (_name, sent, accepted, crashed) => {
  test('and opened again', () => {
    const daemon = new Authority('start')
    const first = new TextQueue(newId)
    const opening = daemon.open(first.opening())
    first.replaced(daemon.string(), opening as never)
    daemon.save()
    const type = (queue: TextQueue, insert: string) => queue.typed(ChangeSet.of({ from: queue.text.length, insert }, queue.text.length))
    type(first, ' one')
    if (sent) {
      const echo = daemon.push(first.next()!)
      if (accepted && echo.op === 'patches') first.received(echo.updates as never, echo as never)
    }
    type(first, ' two 😀')
    expect(first.keep()).not.toBeNull()
    if (crashed) daemon.crash()
    else daemon.save()
    daemon.write([{ at: 0, delete: 0, insert: 'Ben: ' }])

    const next = reopened(first)
    expect(next.text.toString()).toBe('start one two 😀')
    const { pending } = next.opening()
    const answer = daemon.open(pending ? { pending } : {})
    next.replaced(daemon.string(), answer as never, answer.known)
    for (let push = next.next(); push; push = next.next()) {
      const echo = daemon.push(push)
      if (echo.op === 'patches') next.received(echo.updates as never, echo as never)
      else if (echo.op === 'already') next.saved(echo.ids)
    }
    expect(daemon.string()).toBe('Ben: start one two 😀')
    expect(next.text.toString()).toBe(daemon.string())
    next.saved(daemon.save())
    expect(next.keep()).toBeNull()
  })
})

test('what was kept before it was sent, and grew before it went, is not sent again', () => {
  const daemon = new Authority('')
  const first = new TextQueue(newId)
  first.replaced('', daemon.open({}) as never)
  const type = (insert: string) => first.typed(ChangeSet.of({ from: first.text.length, insert }, first.text.length))
  type('ab')
  const older = reopened(first)
  type('cd')
  const echo = daemon.push(first.next()!)
  if (echo.op !== 'patches') throw new Error('refused')
  daemon.save()
  const { pending } = older.opening()
  const answer = daemon.open({ pending: pending! })
  older.replaced(daemon.string(), answer as never, answer.known)
  // Only whether the disk has it is asked.
  const asked = older.next()!
  expect(asked.updates.flatMap((update) => update.splices)).toEqual([])
  const told = daemon.push(asked)
  if (told.op === 'already') older.saved(told.ids)
  expect(older.next()).toBeNull()
  expect(older.keep()).toBeNull()
  expect(older.text.toString()).toBe('abcd')
  expect(daemon.string()).toBe('abcd')
})
