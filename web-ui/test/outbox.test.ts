// Decides whether taps outlive pages and daemons, in order, each of them once.
import { expect, test } from 'vitest'
import { Outbox, type Sent, type Tap } from '../src/lib/daemon/outbox'
import { Seal } from '../src/lib/daemon/seal'
import type { Edit } from '../src/lib/daemon/types'

const KEY = 'ab'.repeat(32)
const DOC = 'notes'
const tap = (id: string): Edit => ({ verb: 'add_event', event: { id, at_ms: 1, text: '' } })
const back = (id: string): Edit => ({ verb: 'remove_event', id })

/** What a browser keeps beyond its pages. */
class Shelf {
  readonly notes = new Map<string, string>()
  readonly slots = new Map<string, string[]>()
  full = false
  put = (name: string, sealed: string): void => {
    if (this.full) throw new Error('no room')
    this.notes.set(name, sealed)
  }
  get = (name: string): string | null => this.notes.get(name) ?? null
  remove = (name: string): void => void this.notes.delete(name)
  names = (): string[] => [...this.notes.keys()]
  secure = async (slot: string, sealed: string[]): Promise<void> => void this.slots.set(slot, sealed)
  secured = async (slot: string): Promise<string[] | null> => this.slots.get(slot) ?? null
  release = async (slot: string): Promise<void> => void this.slots.delete(slot)
  securedSlots = async (): Promise<string[]> => [...this.slots.keys()]
}

/** A daemon that counts an id once. */
class Counting {
  readonly done: Edit[] = []
  readonly ids = new Set<string>()
  away = false
  /** Does what is asked, and dies before it says so. */
  mute = false
  refuses = ''
  send = async (sent: Tap): Promise<Sent> => {
    await Promise.resolve()
    if (this.away) return { saved: false, again: true }
    if (this.refuses !== '') return { saved: false, again: false, why: this.refuses }
    if (!this.ids.has(sent.id)) this.done.push(sent.edit)
    this.ids.add(sent.id)
    return this.mute ? { saved: false, again: true } : { saved: true }
  }
}

let names = 0
let clock = 0

function page(shelf: Shelf, daemon: Counting, key = KEY): { outbox: Outbox; later: () => void } {
  const due: (() => void)[] = []
  const outbox = new Outbox({
    browser: shelf,
    seal: Seal.under(key),
    send: daemon.send,
    after: (_, run) => due.push(run),
    now: () => (clock += 1),
    newId: () => `tap-${(names += 1)}`,
    changed: () => undefined,
  })
  return { outbox, later: () => due.splice(0).forEach((run) => run()) }
}

const settled = (): Promise<void> => new Promise((done) => setTimeout(done))

test('taps arrive in order and leave nothing behind', async () => {
  const [shelf, daemon] = [new Shelf(), new Counting()]
  const { outbox } = page(shelf, daemon)
  for (const edit of [tap('a'), tap('b'), back('a')]) outbox.put(DOC, edit)
  expect(shelf.notes.size).toBe(3)
  await settled()
  expect(daemon.done).toEqual([tap('a'), tap('b'), back('a')])
  expect([outbox.waiting, shelf.notes.size, shelf.slots.size]).toEqual([0, 0, 0])
})

test('what is tapped while the daemon is away waits, and counts once when its answer was lost', async () => {
  const [shelf, daemon] = [new Shelf(), new Counting()]
  const { outbox, later } = page(shelf, daemon)
  daemon.mute = true
  outbox.put(DOC, tap('a'))
  await settled()
  daemon.away = true
  outbox.put(DOC, tap('b'))
  later()
  await settled()
  expect(outbox.of(DOC)).toEqual([tap('a'), tap('b')])
  expect(shelf.slots.size).toBe(2)
  daemon.away = daemon.mute = false
  outbox.retry()
  await settled()
  expect(daemon.done).toEqual([tap('a'), tap('b')])
  expect([outbox.waiting, shelf.notes.size, shelf.slots.size]).toEqual([0, 0, 0])
})

test('another page sends what a closed one left, from either of its stores, and nobody can read it there', async () => {
  const [shelf, daemon] = [new Shelf(), new Counting()]
  const before = page(shelf, daemon)
  daemon.away = true
  for (const id of ['a', 'b', 'c']) before.outbox.put(DOC, tap(id))
  before.later()
  await settled()
  shelf.notes.delete(shelf.names()[1]!)
  expect([...shelf.notes.values(), ...shelf.slots.values()].join()).not.toContain('add_event')
  daemon.away = false
  const stranger = page(shelf, daemon, 'cd'.repeat(32))
  await stranger.outbox.begin()
  await settled()
  expect([stranger.outbox.waiting, daemon.done.length]).toEqual([0, 0])
  const after = page(shelf, daemon)
  await after.outbox.begin()
  await settled()
  expect(daemon.done).toEqual([tap('a'), tap('b'), tap('c')])
  // The first page lives after all: what it sends again counts once.
  before.outbox.retry()
  await settled()
  expect(daemon.done.length).toBe(3)
  expect([shelf.notes.size, shelf.slots.size]).toEqual([0, 0])
})

test('a full browser still sends, and keeps on its disk what waits', async () => {
  const [shelf, daemon] = [new Shelf(), new Counting()]
  shelf.full = true
  daemon.away = true
  const { outbox, later } = page(shelf, daemon)
  outbox.put(DOC, tap('a'))
  later()
  await settled()
  expect([shelf.notes.size, shelf.slots.size]).toEqual([0, 1])
  daemon.away = false
  outbox.retry()
  await settled()
  expect([daemon.done.length, shelf.slots.size]).toEqual([1, 0])
})

test('what is refused is shown with its reason, holds nothing up, and is let go by the person', async () => {
  const [shelf, daemon] = [new Shelf(), new Counting()]
  const { outbox } = page(shelf, daemon)
  daemon.refuses = 'this instrument takes marks of another kind'
  outbox.put(DOC, tap('a'))
  await settled()
  daemon.refuses = ''
  outbox.put(DOC, tap('b'))
  await settled()
  expect(daemon.done).toEqual([tap('b')])
  expect(outbox.refusedOf(DOC).map(({ edit, why }) => [edit, why])).toEqual([[tap('a'), 'this instrument takes marks of another kind']])
  expect(shelf.notes.size).toBe(1)
  outbox.letGo(DOC)
  expect([outbox.refusedOf(DOC).length, shelf.notes.size]).toEqual([0, 0])
})
