// Decides whether typed text survives everything between the key and the disk.
import { ChangeSet } from '@codemirror/state'
import { describe, expect, test } from 'vitest'
import { OutOfStep, TextQueue, changesOf, splicesOf, textOf, type KeptText } from '../src/lib/daemon/queue'
import { Authority } from './authority'

/** A queue and the screen it feeds; the screen must always show what the queue holds. */
class Page {
  queue: TextQueue
  screen = textOf('')
  /** What was kept when a letter was typed last. */
  #kept = ''
  #ids = 0
  readonly #newId: () => string

  constructor(name: string) {
    this.#newId = () => `${name}-${++this.#ids}`
    this.queue = new TextQueue(this.#newId)
  }

  /** The page is closed, and another one goes on with what it kept. */
  closeAndOpen(daemon: Authority): void {
    const kept = this.queue.unsaved > 0 ? (JSON.parse(this.#kept) as KeptText) : null
    this.queue = kept ? TextQueue.from(kept, this.#newId) : new TextQueue(this.#newId)
    this.screen = this.queue.text
    const { pending } = this.queue.opening()
    const answer = daemon.open(pending ? { pending } : {})
    this.show(this.queue.replaced(daemon.string(), answer, answer.known))
  }

  type(at: number, insert: string, remove = 0): void {
    const changes = ChangeSet.of({ from: at, to: at + remove, insert: textOf(insert) }, this.screen.length, '\n')
    this.screen = changes.apply(this.screen)
    this.queue.typed(changes)
    const { base, edits } = this.queue.keep()!
    this.#kept = JSON.stringify({ base: base.sliceString(0, base.length, '\n'), edits })
  }

  show(changes: ChangeSet | null): void {
    if (changes) this.screen = changes.apply(this.screen)
    expect(this.screen.eq(this.queue.text)).toBe(true)
  }

  open(daemon: Authority): void {
    const answer = daemon.open(this.queue.opening())
    if (answer.op === 'text') this.show(this.queue.replaced(answer.text, answer, answer.known))
    else this.show(this.queue.resumed(answer.updates, answer, answer.known))
  }

  /** Pushes until nothing waits; other pages hear each echo. Returns the pushes made. */
  flush(daemon: Authority, others: Page[] = []): number {
    let pushes = 0
    for (let push = this.queue.next(); push; push = this.queue.next()) {
      pushes += 1
      const answer = daemon.push(push)
      if (answer.op === 'stale') this.queue.stale(answer.version)
      else if (answer.op === 'already') this.show(this.queue.saved(answer.ids))
      else for (const page of [this, ...others]) page.show(page.queue.received(answer.updates, answer))
    }
    return pushes
  }

  string(): string {
    return this.screen.sliceString(0, this.screen.length, '\n')
  }
}

function opened(daemon: Authority, name = 'ana'): Page {
  const page = new Page(name)
  page.open(daemon)
  return page
}

describe('typing', () => {
  test('is shown at once, sent one push at a time, and kept until the disk has it', () => {
    const daemon = new Authority('')
    const ana = opened(daemon)
    ana.type(0, 'H')
    const first = ana.queue.next()
    expect(first).toEqual({ version: 0, epoch: 1, updates: [{ id: 'ana-1', splices: [{ at: 0, delete: 0, insert: 'H' }] }] })
    ana.type(1, 'e')
    ana.type(2, 'y')
    expect(ana.queue.next()).toBeNull()

    const echo = daemon.push(first!)
    if (echo.op !== 'patches') throw new Error('refused')
    ana.show(ana.queue.received(echo.updates, echo))
    expect(ana.queue.unsaved).toBe(3)
    expect(ana.queue.next()).toMatchObject({ version: 1, updates: [{ id: 'ana-2', splices: [{ at: 1, delete: 0, insert: 'ey' }] }] })
    ana.queue.saved(['ana-1'])
    expect(ana.queue.unsaved).toBe(2)
  })

  test('what was typed and taken back is never sent', () => {
    const daemon = new Authority('a note')
    const ana = opened(daemon)
    ana.type(6, '!')
    ana.type(6, '', 1)
    expect(ana.queue.next()).toBeNull()
    expect(ana.queue.unsaved).toBe(0)
  })

  test('nothing is sent before the text has arrived', () => {
    const ana = new Page('ana')
    ana.type(0, 'early')
    expect(ana.queue.next()).toBeNull()
    ana.open(new Authority('the plan'))
    expect(ana.string()).toContain('early')
    expect(ana.string()).toContain('the plan')
  })

  test('a stale push is rebased and sent again under its own id', () => {
    const daemon = new Authority('tables')
    const ana = opened(daemon)
    ana.type(6, ' in rows')
    const push = ana.queue.next()!
    const theirs = daemon.write([{ at: 0, delete: 0, insert: 'Four ' }])
    expect(daemon.push(push)).toMatchObject({ op: 'stale', version: 1 })
    ana.queue.stale(1)
    expect(ana.queue.next()).toBeNull()
    ana.show(ana.queue.received(theirs.updates, theirs))
    expect(ana.string()).toBe('Four tables in rows')
    expect(ana.queue.next()).toEqual({ version: 1, epoch: 1, updates: [{ id: 'ana-1', splices: [{ at: 11, delete: 0, insert: ' in rows' }] }] })
  })

  test('patches that arrive before the word stale are enough to send again', () => {
    const daemon = new Authority('')
    const ana = opened(daemon)
    ana.type(0, 'a')
    ana.queue.next()
    const theirs = daemon.write([{ at: 0, delete: 0, insert: 'b' }])
    ana.show(ana.queue.received(theirs.updates, theirs))
    ana.queue.stale(1)
    expect(ana.queue.next()).toMatchObject({ version: 1 })
  })

  test('a gap in what is heard is noticed', () => {
    const daemon = new Authority('')
    const ana = opened(daemon)
    daemon.write([{ at: 0, delete: 0, insert: 'missed' }])
    const heard = daemon.write([{ at: 0, delete: 0, insert: 'heard' }])
    expect(() => ana.queue.received(heard.updates, heard)).toThrow(OutOfStep)
    expect(() => ana.queue.received([{ id: null, splices: [{ at: 9, delete: 1, insert: '' }] }], { from: 0, epoch: 1, heads: [] })).toThrow(OutOfStep)
  })

  test('what one types next stays with what one typed before, when somebody else wrote at the same place', () => {
    const daemon = new Authority('I')
    const ben = opened(daemon, 'ben')
    ben.type(1, ' w')
    const theirs = daemon.write([{ at: 1, delete: 0, insert: 'Please' }])
    ben.show(ben.queue.received(theirs.updates, theirs))
    expect(ben.string()).toBe('I wPlease')
    ben.flush(daemon)
    expect(daemon.string()).toBe('I wPlease')
  })

  test('hearing something twice changes nothing', () => {
    const daemon = new Authority('')
    const ana = opened(daemon)
    const heard = daemon.write([{ at: 0, delete: 0, insert: 'once' }])
    ana.show(ana.queue.received(heard.updates, heard))
    ana.show(ana.queue.received(heard.updates, heard))
    expect(ana.string()).toBe('once')
  })

  test('line ends other than a line feed keep their place', () => {
    const daemon = new Authority('one\r\ntwo')
    const ana = opened(daemon)
    ana.type(8, '!')
    ana.flush(daemon)
    expect(daemon.string()).toBe('one\r\ntwo!')
  })
})

describe.each([
  { tellsKnown: true, remembersIds: true },
  { tellsKnown: true, remembersIds: false },
  { tellsKnown: false, remembersIds: true },
  { tellsKnown: false, remembersIds: false },
])('after a lost connection, daemon %o', (manners) => {
  test('what was typed meanwhile is sent once, in order', () => {
    const daemon = new Authority('', manners)
    const ana = opened(daemon)
    ana.queue.disconnected()
    for (const [at, letter] of [...'kept words'].entries()) ana.type(at, letter)
    expect(ana.queue.next()).toBeNull()
    daemon.write([{ at: 0, delete: 0, insert: 'Ben wrote. ' }])
    ana.open(daemon)
    expect(ana.flush(daemon)).toBe(1)
    expect(ana.string()).toBe(daemon.string())
    expect(ana.string()).toContain('kept words')
    expect(ana.string()).toContain('Ben wrote. ')
  })

  test('an edit that arrived without its echo is not written twice', () => {
    const daemon = new Authority('', manners)
    const ana = opened(daemon)
    ana.type(0, 'once')
    daemon.push(ana.queue.next()!)
    ana.type(4, ', and more')
    daemon.save()
    ana.queue.disconnected()
    ana.open(daemon)
    ana.flush(daemon)
    expect(daemon.string()).toBe('once, and more')
    expect(ana.string()).toBe('once, and more')
    daemon.save()
  })

  test('the same, when the daemon started anew', () => {
    const daemon = new Authority('', manners)
    const ana = opened(daemon)
    ana.type(0, 'once')
    daemon.push(ana.queue.next()!)
    daemon.save()
    daemon.crash()
    ana.queue.disconnected()
    ana.open(daemon)
    ana.flush(daemon)
    expect(daemon.string()).toBe('once')
    expect(ana.string()).toBe('once')
  })

  test('accepted but not saved, then forgotten in a crash: it is written again, exactly as it stood', () => {
    const daemon = new Authority('We saw: ', manners)
    const ana = opened(daemon)
    ana.type(8, 'he')
    ana.flush(daemon)
    ana.type(10, 'o')
    ana.flush(daemon)
    const theirs = daemon.write([{ at: 0, delete: 0, insert: '# ' }])
    ana.show(ana.queue.received(theirs.updates, theirs))
    ana.type(12, 'll')
    expect(ana.string()).toBe('# We saw: hello')
    daemon.crash()
    ana.queue.disconnected()
    ana.type(ana.screen.length, ' there')
    ana.open(daemon)
    ana.flush(daemon)
    expect(daemon.string()).toBe('We saw: hello there')
    expect(ana.string()).toBe('We saw: hello there')
    for (const id of daemon.save()) ana.queue.saved([id])
    expect(ana.queue.unsaved).toBe(0)
  })

  test('a text that somebody else changed while the daemon was away', () => {
    const daemon = new Authority('first line\nsecond line\n', manners)
    const ana = opened(daemon)
    ana.type(10, ' (Ana)')
    ana.flush(daemon)
    daemon.crash()
    daemon.write([{ at: 0, delete: 0, insert: 'a new head\n' }])
    daemon.save()
    ana.queue.disconnected()
    ana.open(daemon)
    ana.flush(daemon)
    expect(ana.string()).toBe('a new head\nfirst line (Ana)\nsecond line\n')
    expect(daemon.string()).toBe(ana.string())
  })
})

test('a lost "saved" is asked for again, and the text stays as it is', () => {
  const daemon = new Authority('', { tellsKnown: false, remembersIds: false })
  const ana = opened(daemon)
  ana.type(0, 'words')
  ana.flush(daemon)
  daemon.save()
  ana.queue.disconnected()
  ana.open(daemon)
  expect(ana.queue.unsaved).toBe(1)
  ana.flush(daemon)
  expect(ana.queue.unsaved).toBe(0)
  expect(daemon.string()).toBe('words')
})

test('an echo that differs from what was sent wins', () => {
  const ana = opened(new Authority(''))
  ana.type(0, 'ab')
  const push = ana.queue.next()!
  ana.type(2, 'c')
  const echo = { id: push.updates[0]!.id, splices: [{ at: 0, delete: 0, insert: 'AB' }] }
  ana.show(ana.queue.received([echo], { from: 0, epoch: 1, heads: ['x'] }))
  expect(ana.string()).toBe('ABc')
  expect(ana.queue.next()).toMatchObject({ version: 1, updates: [{ splices: [{ at: 2, delete: 0, insert: 'c' }] }] })
})

test('a week without the daemon is sent in pieces, in order', () => {
  const daemon = new Authority('')
  const ana = opened(daemon)
  ana.queue.disconnected()
  let text = ''
  for (const page of ['a', 'b', 'c', 'd', 'e']) {
    ana.type(text.length, page.repeat(30_000))
    text += page.repeat(30_000)
  }
  ana.type(text.length, 'p'.repeat(400_000))
  ana.type(text.length + 400_000, '.')
  text += `${'p'.repeat(400_000)}.`
  ana.open(daemon)
  const sizes: number[] = []
  for (let push = ana.queue.next(); push; push = ana.queue.next()) {
    sizes.push(push.updates[0]!.splices.reduce((sum, splice) => sum + splice.insert.length, 0))
    const answer = daemon.push(push)
    if (answer.op === 'patches') ana.show(ana.queue.received(answer.updates, answer))
  }
  expect(sizes).toEqual([60_000, 60_000, 30_000, 400_000, 1])
  expect(daemon.string()).toBe(text)
})

test('letting go after a refusal shows the daemon’s text again', () => {
  const daemon = new Authority('shared')
  const ana = opened(daemon)
  ana.type(6, ' and refused')
  ana.queue.next()
  ana.show(ana.queue.abandon())
  expect(ana.string()).toBe('shared')
  expect(ana.queue.unsaved).toBe(0)
  ana.type(6, '!')
  ana.flush(daemon)
  expect(daemon.string()).toBe('shared!')
})

test('splices and edits are the same thing said twice', () => {
  const edit = ChangeSet.of([{ from: 0, to: 2, insert: 'X' }, { from: 4, insert: 'YZ' }, { from: 6, to: 8 }], 10)
  expect(changesOf(splicesOf(edit), 10).apply(textOf('0123456789')).toString()).toBe('X23YZ4589')
})

/** The first of the letters that stand, three times each, for words: none of them occurs otherwise. */
const FIRST_WORD = 0x4e00

/** Rounds of sending and saving within which everything must have settled. */
const ROUNDS_MAX = 500

/** Runs of the property below: well under a second; `SCHOOLS=20000` for a long look. */
const SCHOOLS = Number(process.env['SCHOOLS'] ?? 200)

/** Small and seeded, so that a failing run can be made again. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Two pages, one daemon, and everything that can go wrong between them, in an order given by the seed. */
function school(seed: number): void {
  const next = random(seed)
  const below = (limit: number): number => Math.floor(next() * limit)
  const manners = { tellsKnown: below(2) === 0, remembersIds: below(2) === 0 }
  const daemon = new Authority('A start 😀.\n', manners)
  const pages = ['ana', 'ben'].map((name) => ({ page: opened(daemon, name), inbox: [] as (() => void)[], up: true }))
  const typed: string[] = []
  const broadcast = (message: Extract<ReturnType<Authority['push']>, { op: 'patches' }>): void => {
    for (const { page, inbox, up } of pages) {
      if (up) inbox.push(() => page.show(page.queue.received(message.updates, message)))
    }
  }
  const save = (): void => {
    const ids = daemon.save()
    for (const { page, inbox, up } of pages) if (up) inbox.push(() => page.show(page.queue.saved(ids)))
  }
  const lose = (one: (typeof pages)[number]): void => {
    one.up = false
    one.inbox.length = 0
    one.page.queue.disconnected()
  }
  const push = (one: (typeof pages)[number]): void => {
    const message = one.up ? one.page.queue.next() : null
    if (!message) return
    const answer = daemon.push(message)
    if (answer.op === 'patches') broadcast(answer)
    else if (answer.op === 'stale') one.inbox.push(() => one.page.queue.stale(answer.version))
    else one.inbox.push(() => one.page.show(one.page.queue.saved(answer.ids)))
  }
  const deliver = (one: (typeof pages)[number]): void => one.inbox.shift()?.()
  const reopen = (one: (typeof pages)[number]): void => {
    lose(one)
    one.up = true
    one.page.open(daemon)
  }

  for (let step = 0; step < 120; step += 1) {
    const one = pages[below(2)]!
    const what = below(100)
    if (what < 40) {
      const word = String.fromCodePoint(FIRST_WORD + typed.length).repeat(3)
      typed.push(word)
      // Between whole words only, so that each can be counted at the end.
      const text = one.page.string()
      const places = [0, ...[...text.matchAll(/(.)\1\1|\n/gu)].map((match) => match.index + match[0].length)]
      one.page.type(places[below(places.length)]!, word)
    } else if (what < 65) push(one)
    else if (what < 85) deliver(one)
    else if (what < 92) save()
    else if (what < 97) lose(one)
    else if (what < 98) {
      daemon.crash()
      pages.forEach(lose)
    } else if (what < 99 || !manners.tellsKnown) reopen(one)
    else {
      lose(one)
      one.up = true
      one.page.closeAndOpen(daemon)
    }
  }
  for (const one of pages) if (!one.up) reopen(one)
  const settled = (): boolean => pages.every((one) => one.inbox.length === 0 && one.page.queue.unsaved === 0)
  for (let round = 0; round < ROUNDS_MAX && !settled(); round += 1) {
    for (const one of pages) {
      while (one.inbox.length > 0) deliver(one)
      push(one)
    }
    save()
  }

  const text = daemon.string()
  for (const { page } of pages) {
    expect(page.string(), `seed ${seed}`).toBe(text)
    expect(page.queue.unsaved, `seed ${seed}`).toBe(0)
  }
  for (const word of typed) expect(text.split(word).length - 1, `seed ${seed}: ${word} in ${text}`).toBe(1)
  expect(text.replace(/\p{Script=Han}/gu, '')).toBe('A start 😀.\n')
}

test('many schools: every word once, both pages the same', { timeout: 600_000 }, () => {
  for (let seed = 1; seed <= SCHOOLS; seed += 1) school(seed)
})
