// Decides whether an open text stays in step with a daemon that speaks first, late, or in answer to something else.
import { ChangeSet } from '@codemirror/state'
import { expect, test } from 'vitest'
import type { ClientMessage } from '../src/lib/daemon/protocol'
import { Texts } from '../src/lib/daemon/texts.svelte'

function setUp() {
  const sent: ClientMessage[] = []
  const events: string[] = []
  /** What runs later, with its wait. */
  const timers: { wait: number; run: () => void }[] = []
  const texts = new Texts(
    (message) => {
      sent.push(message)
      events.push(message.op)
      return true
    },
    {
      typed: (text) => void events.push(`kept ${text.keep()?.edits.batches.length ?? 0}`),
      settled: () => void events.push('settled'),
    },
    (wait, run) => {
      const timer = { wait, run }
      timers.push(timer)
      return () => void timers.splice(timers.indexOf(timer) >>> 0, 1)
    },
  )
  /** The one wait there is comes to its end; how long it was. */
  const ring = (): number => {
    expect(timers).toHaveLength(1)
    const { wait, run } = timers.pop()!
    run()
    return wait
  }
  const session = texts.use('d', 'notes')
  const type = (insert: string, at = session.text.length) =>
    session.typed(ChangeSet.of({ from: at, insert }, session.text.length))
  const say = (message: Record<string, unknown>) => texts.heard({ doc: 'd', field: 'notes', ...message } as never)
  const text = (words: string, version: number, epoch: number, known: string[] = []) =>
    say({ op: 'text', text: words, version, epoch, heads: [`${epoch}.${version}`], role: 'owner', known })
  const pushed = () => {
    const last = sent.at(-1)
    if (last?.op !== 'push') throw new Error('nothing was pushed')
    return last
  }
  const refuse = (id: string | null, code: string) => say({ op: 'refused', id, error: { code, message: 'not now' }, doc: 'd', field: undefined })
  return { sent, events, timers, ring, texts, session, type, say, text, pushed, refuse }
}

test('opens, pushes, and is done when the disk has it', () => {
  const { sent, texts, session, type, say, text, pushed } = setUp()
  expect(sent).toEqual([{ op: 'open', doc: 'd', field: 'notes' }])
  text('', 0, 1)
  type('a')
  const { updates } = pushed()
  say({ op: 'patches', epoch: 1, from: 0, updates, heads: ['1.1'] })
  expect(session.unsaved).toBe(1)
  texts.release(session)
  expect(texts.sessions).toHaveLength(1)
  say({ op: 'saved', ids: [updates[0]!.id] })
  expect(texts.sessions).toHaveLength(0)
  expect(sent.at(-1)).toEqual({ op: 'close', doc: 'd' })
})

test('a text that was read anew is not taken before it is known what it holds', () => {
  const { sent, session, type, say, text, pushed } = setUp()
  text('', 0, 1)
  type('once')
  const { updates } = pushed()
  say({ op: 'patches', epoch: 1, from: 0, updates, heads: ['1.1'] })
  text('once', 0, 2)
  expect(session.text.toString()).toBe('once')
  expect(sent.at(-1)).toEqual({ op: 'open', doc: 'd', field: 'notes', pending: [updates[0]!.id] })
  text('once', 0, 2, [updates[0]!.id])
  expect(session.text.toString()).toBe('once')
  // It is in the text, and the disk may not have it yet.
  expect(session.unsaved).toBe(1)
  say({ op: 'saved', ids: [updates[0]!.id] })
  expect(session.unsaved).toBe(0)
})

test('what is typed is kept before it is sent, and no longer once it is saved', () => {
  const { events, type, say, text, pushed } = setUp()
  text('', 0, 1)
  type('a')
  expect(events.slice(-2)).toEqual(['kept 1', 'push'])
  const { updates } = pushed()
  say({ op: 'patches', epoch: 1, from: 0, updates, heads: ['1.1'] })
  say({ op: 'saved', ids: [updates[0]!.id] })
  expect(events.at(-1)).toBe('settled')
})

test('what two closed pages left for one text is sent one after the other, on a text that holds what was sent before', () => {
  const sent: ClientMessage[] = []
  const left = (id: string, words: string) => ({
    base: 'Both: ',
    edits: { since: [], version: 0, epoch: 1, heads: ['1.0'], accepted: [], waiting: [[6, [0, words]]], batches: [{ id, size: 1 }] },
  })
  const fresh = new Texts((message) => {
    sent.push(message)
    return true
  })
  const tell = (message: Record<string, unknown>) => fresh.heard({ doc: 'e', field: 'notes', ...message } as never)
  fresh.adopt('e', 'notes', left('u1', 'one.'))
  const second = fresh.adopt('e', 'notes', left('u2', 'two.'))
  const session = fresh.sessions[0]!
  expect(fresh.sessions).toHaveLength(1)
  expect(fresh.unsaved).toBe(2)
  expect(sent).toEqual([{ op: 'open', doc: 'e', field: 'notes', pending: ['u1'] }])
  tell({ op: 'text', text: 'Both: ', version: 0, epoch: 2, heads: ['2.0'], role: 'owner', known: [] })
  expect(sent.at(-1)).toMatchObject({ op: 'push', updates: [{ id: 'u1' }] })
  expect(session.text.toString()).toBe('Both: one.')
  tell({ op: 'patches', epoch: 2, from: 0, updates: [{ id: 'u1', splices: [{ at: 6, delete: 0, insert: 'one.' }] }], heads: ['2.1'] })
  expect(second.keep()).not.toBeNull()
  tell({ op: 'saved', ids: ['u1'] })
  expect(sent.at(-1)).toEqual({ op: 'open', doc: 'e', field: 'notes', pending: ['u2'] })
  // Typed while the answer is on its way: that goes first, and it is asked again.
  session.typed(ChangeSet.of({ from: 10, insert: ' New.' }, 10))
  const pushed = sent.at(-1) as unknown as { updates: { id: string; splices: unknown[] }[] }
  tell({ op: 'text', text: 'Both: one.', version: 1, epoch: 2, heads: ['2.1'], role: 'owner', known: [] })
  expect(session.text.toString()).toBe('Both: one. New.')
  tell({ op: 'patches', epoch: 2, from: 1, updates: pushed.updates, heads: ['2.2'] })
  tell({ op: 'saved', ids: [pushed.updates[0]!.id] })
  expect(sent.at(-1)).toEqual({ op: 'open', doc: 'e', field: 'notes', pending: ['u2'] })
  tell({ op: 'text', text: 'Both: one. New.', version: 2, epoch: 2, heads: ['2.2'], role: 'owner', known: [] })
  expect(second.keep()).toBeNull()
  expect(session.text.toString()).toContain('two.')
  expect(session.text.toString()).toContain('one. New.')
  expect(sent.at(-1)).toMatchObject({ op: 'push', updates: [{ id: 'u2' }] })
  expect(fresh.unsaved).toBe(1)
  tell({ op: 'patches', epoch: 2, from: 2, updates: (sent.at(-1) as unknown as { updates: unknown[] }).updates, heads: ['2.3'] })
  tell({ op: 'saved', ids: ['u2'] })
  expect(fresh.sessions).toHaveLength(0)
})

test('an answer to an opening leads to the version it names', () => {
  const { sent, texts, session, type, say, text } = setUp()
  text('a', 3, 1)
  texts.disconnected()
  type('b')
  texts.connected()
  say({ op: 'patches', epoch: 2, from: 0, version: 0, updates: [{ id: null, splices: [{ at: 0, delete: 0, insert: 'x' }] }], heads: ['2.0'], known: [] })
  expect(session.text.toString()).toBe('xab')
  expect(sent.at(-1)).toMatchObject({ op: 'push', epoch: 2, version: 0 })
})

test('a refusal stops the sending, keeps the words, and ends when they are let go', () => {
  const { sent, session, texts, type, say, text, pushed } = setUp()
  text('fixed', 0, 1)
  type(' words')
  const count = sent.length
  say({ op: 'refused', id: pushed().updates[0]!.id, error: { code: 'refused', message: 'no' }, doc: undefined, field: undefined })
  type('!')
  expect(sent).toHaveLength(count)
  expect(texts.refused).toBe(true)
  expect(session.text.toString()).toBe('fixed words!')
  session.letGo()
  expect(session.text.toString()).toBe('fixed')
  expect(texts.refused).toBe(false)
})

test('words that cannot be taken just now wait, and are sent again by themselves, once', () => {
  const { sent, timers, ring, session, texts, type, say, text, pushed, refuse } = setUp()
  text('so far', 0, 1)
  type(', and')
  const first = pushed().updates[0]!.id
  refuse(first, 'unavailable')
  expect([texts.refused, session.unsaved, session.text.toString()]).toEqual([false, 1, 'so far, and'])

  // Typed meanwhile, it goes out behind them and not before.
  const count = sent.length
  type(' more')
  expect(sent).toHaveLength(count)
  const waits = [ring()]
  expect(sent.at(-1)).toEqual({ op: 'open', doc: 'd', field: 'notes', heads: ['1.0'], pending: [first] })

  // Not yet: each time it is left alone for longer, though never for long.
  for (let time = 0; time < 9; time += 1) {
    refuse(null, 'unavailable')
    waits.push(ring())
  }
  expect(waits.slice(0, 3)).toEqual([250, 500, 1_000])
  expect(waits.at(-1)).toBe(15_000)

  text('so far', 0, 2)
  expect(pushed().updates).toEqual([{ id: first, splices: [{ at: 6, delete: 0, insert: ', and' }] }])
  say({ op: 'patches', epoch: 2, from: 0, updates: pushed().updates, heads: ['2.1'] })
  say({ op: 'saved', ids: [first] })
  const second = pushed()
  expect(second.updates[0]!.splices).toEqual([{ at: 11, delete: 0, insert: ' more' }])
  refuse(second.updates[0]!.id, 'unavailable')
  expect(ring(), 'it went well in between').toBe(250)
  // It was on the disk after all: it is known by its id, and does not stand there twice.
  text('so far, and more', 1, 2, [second.updates[0]!.id])
  say({ op: 'saved', ids: [second.updates[0]!.id] })
  expect([session.text.toString(), session.unsaved, timers.length]).toEqual(['so far, and more', 0, 0])
})

test('what cannot be opened says why, is tried on, and holds up no other text', () => {
  const { sent, ring, session, texts, text, say, refuse } = setUp()
  const other = texts.use('e', 'notes')
  refuse(null, 'unreadable')
  expect([session.refused?.code, other.refused]).toEqual(['unreadable', null])
  say({ op: 'text', doc: 'e', text: 'there', version: 0, epoch: 1, heads: [], role: 'owner', known: [] })
  expect(other.text.toString()).toBe('there')
  expect(ring()).toBe(250)
  expect(sent.at(-1)).toEqual({ op: 'open', doc: 'd', field: 'notes' })
  text('readable after all', 0, 1)
  expect([session.refused, session.text.toString()]).toEqual([null, 'readable after all'])
  // What is not here any more is looked for by itself.
  texts.disconnected()
  texts.connected()
  refuse(null, 'not_found')
  expect(session.refused).toBeNull()
})

test('words that wait for another try go at once when the connection is made anew, and not a second time', () => {
  const { sent, timers, texts, type, text, pushed, refuse } = setUp()
  text('', 0, 1)
  type('a')
  refuse(pushed().updates[0]!.id, 'unavailable')
  texts.disconnected()
  expect(timers).toHaveLength(0)
  texts.connected()
  expect(sent.filter((message) => message.op === 'open')).toHaveLength(2)
})

test('two fields of one document are two texts', () => {
  const { texts, session, text } = setUp()
  const other = texts.use('d', 'next')
  text('for the notes', 0, 1)
  expect(session.opened).toBe(true)
  expect(other.opened).toBe(false)
  expect(texts.use('d', 'notes')).toBe(session)
})

test('words whose document is gone are all told, and are kept until the person lets go of them', () => {
  const gone = setUpGone()
  expect(gone.texts.stranded).toEqual([])
  gone.session.gone = true
  expect(gone.texts.refused).toBe(true)
  expect(gone.texts.stranded).toEqual([gone.session])
  expect(gone.session.left).toEqual(['Both: one.', 'Both: two.'])
  expect(gone.settled).toEqual([])

  // A part of the page that shows the text says so itself.
  const shown = gone.texts.use('e', 'notes')
  expect(gone.texts.stranded).toEqual([])
  gone.texts.release(shown)
  expect(gone.texts.stranded).toEqual([gone.session])

  gone.texts.letGoOfAll(gone.session)
  expect(gone.settled).toHaveLength(2)
  expect(gone.texts.sessions).toEqual([])
  expect(gone.texts.refused).toBe(false)
})

test('a document that is here again takes the words after all', () => {
  const { texts, session, sent } = setUpGone()
  session.gone = true
  texts.heard({ op: 'text', doc: 'e', field: 'notes', text: 'Both: ', version: 0, epoch: 2, heads: ['2.0'], role: 'owner', known: [] })
  expect(texts.stranded).toEqual([])
  expect(sent.at(-1)).toMatchObject({ op: 'push', updates: [{ id: 'u1' }] })
})

/** Two closed pages left words for a text. */
function setUpGone() {
  const sent: ClientMessage[] = []
  const settled: unknown[] = []
  const texts = new Texts(
    (message) => {
      sent.push(message)
      return true
    },
    { typed: () => undefined, settled: (text) => text.keep() === null && settled.push(text) },
  )
  const left = (id: string, words: string) => ({
    base: 'Both: ',
    edits: { since: [], version: 0, epoch: 1, heads: ['1.0'], accepted: [], waiting: [[6, [0, words]]], batches: [{ id, size: 1 }] },
  })
  texts.adopt('e', 'notes', left('u1', 'one.'))
  texts.adopt('e', 'notes', left('u2', 'two.'))
  return { texts, sent, settled, session: texts.sessions[0]! }
}
