// Decides whether what is shown of a document's past is of one point and one text, however late or badly the daemon answers.
import { beforeAll, expect, test, vi } from 'vitest'
import type { History, Sheet } from '../src/lib/daemon/types'

type Module = typeof import('../src/lib/looking-back.svelte')
let page: Module & Pick<typeof import('../src/lib/daemon/rest'), 'Failure'>

beforeAll(async () => {
  vi.stubGlobal('navigator', { languages: ['en-GB'] })
  vi.stubGlobal('document', { querySelector: () => null })
  page = { ...(await import('../src/lib/looking-back.svelte')), Failure: (await import('../src/lib/daemon/rest')).Failure }
})

interface Asking {
  field: string | undefined
  point: string | undefined
  answer: (text: string, points?: string[]) => void
  fail: () => void
}

/** A daemon that answers when it is told to. */
function begin() {
  const asked: Asking[] = []
  const past = new page.LookingBack({
    history: (field, point) =>
      new Promise<History>((done, failed) =>
        asked.push({
          field,
          point,
          answer: (text, points = ['a', 'b', 'c']) =>
            done({ schema: 1, points: points.map((one) => ({ point: one, day_ms: 0, person: null })), text, spans: [] }),
          fail: () => failed(new page.Failure(500, { code: 'internal', message: '' })),
        }),
      ),
    sheet: () => Promise.resolve({ kind: 'Try-out log', title: '', facts: [], parts: [] } as unknown as Sheet),
  })
  return { past, asked }
}

const settled = (): Promise<void> => new Promise((done) => setTimeout(done))

/** One looks at the plan as it is now. */
async function opened() {
  const { past, asked } = begin()
  void past.read('plan')
  asked[0]!.answer('now')
  await settled()
  return { past, asked }
}

test('the point and its words change together, and the last that was asked for stays', async () => {
  const { past, asked } = await opened()
  expect(past.seen).toMatchObject({ field: 'plan', at: 2, point: null, text: 'now' })
  void past.look(1)
  void past.look(0)
  expect(asked.slice(1).map((one) => one.point)).toEqual(['b', 'a'])
  expect(past.coming?.at).toBe(0)
  expect(past.seen).toMatchObject({ at: 2, text: 'now' })
  asked[2]!.answer('first')
  await settled()
  asked[1]!.answer('late')
  await settled()
  expect(past.seen).toMatchObject({ at: 0, text: 'first', point: { point: 'a' } })
  expect(past.coming).toBe(null)
})

test('a late answer about one text never stands under the name of another', async () => {
  const { past, asked } = await opened()
  void past.look(0)
  void past.read('focus')
  asked[2]!.answer('a question')
  await settled()
  asked[1]!.answer('first plan')
  await settled()
  expect(past.seen).toMatchObject({ field: 'focus', text: 'a question', at: 2 })
})

test('what could not be had leaves what stood there, is said, and can be asked for again', async () => {
  const { past, asked } = await opened()
  void past.look(0)
  asked[1]!.fail()
  await settled()
  expect(past.seen).toMatchObject({ at: 2, text: 'now' })
  expect(past.problem).not.toBe('')
  void past.retry()
  expect(asked[2]!.point).toBe('a')
  asked[2]!.answer('first')
  await settled()
  expect(past.seen).toMatchObject({ at: 0, text: 'first' })
  expect(past.problem).toBe('')
})

test('as it is now stays so while somebody writes, and an older point stays where it is', async () => {
  const { past, asked } = await opened()
  void past.read('plan')
  expect(past.coming).toBe(null)
  // Many letters are one more reading.
  void past.read('plan')
  void past.read('plan')
  asked[1]!.answer('now and more', ['a', 'b', 'd'])
  await settled()
  expect(past.seen).toMatchObject({ at: 2, point: null, text: 'now and more' })
  expect(asked).toHaveLength(3)
  asked[2]!.answer('now and more', ['a', 'b', 'd'])
  await settled()

  void past.look(1)
  asked[3]!.answer('second', ['a', 'b', 'd'])
  await settled()
  void past.read('plan')
  expect(asked[4]!.point).toBe('b')
  asked[4]!.answer('second', ['a', 'new', 'b', 'd'])
  await settled()
  expect(past.seen).toMatchObject({ at: 2, text: 'second', point: { point: 'b' } })
})

test('a point that its sitting has left behind is still what its words are of', async () => {
  const { past, asked } = await opened()
  void past.look(1)
  asked[1]!.answer('second', ['a', 'c'])
  await settled()
  expect(past.seen).toMatchObject({ at: 1, text: 'second', point: { point: 'b' } })
  void past.look(2)
  expect(asked[2]!.point).toBe(undefined)
})

test('words that never stood on the screen are told of once', async () => {
  const { past, asked } = await opened()
  void past.look(0)
  asked[1]!.answer('first')
  await settled()
  const same = past.unseen('plan')
  asked[2]!.answer('now')
  expect(await same).toBe(null)
  const other = past.unseen('plan')
  asked[3]!.answer('now, and Ben')
  expect(await other).toBe('now, and Ben')
  const then = past.unseen('plan')
  asked[4]!.answer('now, and Ben')
  expect(await then).toBe(null)
})

test('all of it is asked for with its points', async () => {
  const { past, asked } = begin()
  void past.read(page.ALL)
  expect(asked[0]).toMatchObject({ field: undefined, point: undefined })
  asked[0]!.answer('')
  await settled()
  expect(past.seen).toMatchObject({ field: page.ALL, at: 2, whole: { kind: 'Try-out log' } })
})
