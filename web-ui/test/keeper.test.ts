// Decides whether words that waited in a closed page are put away, taken over by one page only, sent once, and erased.
import { ChangeSet } from '@codemirror/state'
import { expect, test } from 'vitest'
import { Keeper, type Kept, type Shelf, type Waiting } from '../src/lib/daemon/keeper'
import { TextQueue, type KeptText } from '../src/lib/daemon/queue'
import { Authority } from './authority'

/** A browser's storage, and which pages still live. */
class Browser {
  readonly slots = new Map<string, string>()
  readonly locks = new Map<string, object>()

  shelf(page: object): Shelf {
    return {
      put: async (slot, kept) => void this.slots.set(slot, JSON.stringify(kept)),
      take: async (slot) => (this.slots.has(slot) ? (JSON.parse(this.slots.get(slot)!) as Kept) : null),
      erase: async (slot) => void this.slots.delete(slot),
      slots: async () => [...this.slots.keys()],
      lock: async (slot) => {
        if (this.locks.has(slot)) return null
        this.locks.set(slot, page)
        return () => this.locks.delete(slot)
      },
    }
  }

  close(page: object): void {
    for (const [slot, owner] of this.locks) if (owner === page) this.locks.delete(slot)
  }
}

function page(browser: Browser, person = 'ana') {
  const self = {}
  const timers: (() => void)[] = []
  const keeper = new Keeper(browser.shelf(self), (_milliseconds, run) => void timers.push(run))
  keeper.person = person
  const settle = async () => {
    for (const run of timers.splice(0)) run()
    await keeper.takeOver(() => null)
  }
  return { self, keeper, settle }
}

const state: KeptText = { base: 'a', version: 1, epoch: 1, heads: [], accepted: [], waiting: [[1, [0, 'b']]], batches: [] }

function text(): Waiting & { kept: KeptText | null } {
  return {
    doc: 'd',
    field: 'notes',
    kept: state,
    keep() {
      return this.kept
    },
  }
}

test('what waits is put away, and erased once it is saved', async () => {
  const browser = new Browser()
  const { keeper, settle } = page(browser)
  const some = text()
  keeper.touched(some, true)
  expect(keeper.behind).toBe(true)
  await settle()
  expect(keeper.behind).toBe(false)
  expect(browser.slots.size).toBe(1)
  some.kept = null
  keeper.touched(some, false)
  await settle()
  expect(browser.slots.size).toBe(0)
  expect(browser.locks.size).toBe(0)
})

test('what is saved at once is never put away', async () => {
  const browser = new Browser()
  const { keeper, settle } = page(browser)
  const some = text()
  keeper.touched(some, true)
  some.kept = null
  keeper.touched(some, false)
  await settle()
  expect(browser.slots.size).toBe(0)
})

test('a living page keeps its own, a closed one is taken over by one page, and only for the same person', async () => {
  const browser = new Browser()
  const first = page(browser)
  first.keeper.touched(text(), true)
  await first.settle()
  const adopted: string[] = []
  const open = async (person: string) => {
    const next = page(browser, person)
    await next.keeper.takeOver((kept) => {
      adopted.push(`${person} ${kept.doc}`)
      return text()
    })
    return next
  }
  await open('ana')
  expect(adopted).toEqual([])
  browser.close(first.self)
  await open('ben')
  expect(adopted).toEqual([])
  await Promise.all([open('ana'), open('ana')])
  expect(adopted).toEqual(['ana d'])
  expect(browser.slots.size).toBe(1)
})

test('a browser that keeps nothing is no reason to stop', async () => {
  const broken = new Proxy({} as Shelf, { get: () => () => Promise.reject(new Error('no storage')) })
  const timers: (() => void)[] = []
  const keeper = new Keeper(broken, (_milliseconds, run) => void timers.push(run))
  keeper.person = 'ana'
  await keeper.takeOver(() => null)
  keeper.touched(text(), true)
  timers.forEach((run) => run())
  await keeper.takeOver(() => null)
})

/** A queue whose page was closed, as the next page finds it. */
function reopened(queue: TextQueue, newId: () => string): TextQueue {
  return TextQueue.from(JSON.parse(JSON.stringify(queue.keep())) as KeptText, newId)
}

test.each([
  ['nothing was sent', false, false, false],
  ['sent, and perhaps arrived', true, false, false],
  ['accepted, and lost by a crash', true, true, true],
  ['accepted, and on the disk', true, true, false],
])('every word once, when the page was closed: %s', (_name, sent, accepted, crashed) => {
  let ids = 0
  const newId = () => `u${(ids += 1)}`
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

  const next = reopened(first, newId)
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
