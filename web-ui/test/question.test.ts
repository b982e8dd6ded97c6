// Decides whether a question under way is taken back tap by tap, outlives its page, and is not put down as what nobody saw.
import { expect, test } from 'vitest'
import type { Marked } from '../src/lib/daemon/types'
import type { Tap } from '../src/lib/observe/marking'
import { begunQuestion, isReplied, nextStep, questionMark, rememberedQuestion, tappedSteps, withoutTap, withTap, type Question } from '../src/lib/observe/question'
import { isTap, lastDone, type Done } from '../src/lib/observe/undo'

const asked = withTap(null, 1_000)
const replied = withTap(asked, 3_500)
const over = withTap(replied, 5_000)

test('each tap leads to the next, and back', () => {
  expect(over).toEqual({ at_ms: 1_000, reply_ms: 3_500, reply_end_ms: 5_000 })
  expect([null, asked, replied, over].map(nextStep)).toEqual(['ask', 'reply', 'end', 'follow'])
  expect(tappedSteps(null)).toEqual([])
  expect(tappedSteps(over)).toEqual(['ask', 'reply', 'end'])
  expect([over, replied, asked].map(withoutTap)).toEqual([replied, asked, null])
})

test('as it stands it makes a mark; that nobody replied is not said unasked', () => {
  expect(questionMark(over, 6_200)).toEqual({ at_ms: 1_000, mark: { kind: 'wait', reply_ms: 3_500, reply_end_ms: 5_000, follow_ms: 6_200 } })
  expect(questionMark(replied)).toEqual({ at_ms: 1_000, mark: { kind: 'wait', reply_ms: 3_500 } })
  expect(questionMark(asked)).toEqual({ at_ms: 1_000, mark: { kind: 'wait' } })
  expect([null, asked, replied, over].map(isReplied)).toEqual([false, false, true, true])
})

test('what was remembered of it is believed as far as it can be true', () => {
  for (const question of [asked, replied, over]) expect(rememberedQuestion(JSON.stringify(question), 5_000)).toEqual(question)
  const wrong: unknown[] = [null, 7, {}, { at_ms: 'soon' }, { at_ms: -1 }, { at_ms: 1_000, reply_ms: 500 }, { at_ms: 1_000, reply_end_ms: 2_000 }, { at_ms: 1_000, reply_ms: 5_001 } satisfies Question]
  for (const one of wrong) expect(rememberedQuestion(JSON.stringify(one), 5_000), JSON.stringify(one)).toBeNull()
  expect(rememberedQuestion(null, 5_000)).toBeNull()
  expect(rememberedQuestion('{', 5_000)).toBeNull()
  expect([null, '{', JSON.stringify(asked), JSON.stringify(replied), JSON.stringify(over)].map(begunQuestion)).toEqual([false, false, false, true, true])
})

test('what was done last is taken back first, be it a tap that is no mark', () => {
  const [a, b]: Marked[] = [{ id: 'a', at_ms: 1, text: '' }, { id: 'b', at_ms: 2, text: '' }]
  const marked: Done = { edits: [{ verb: 'add_event', event: b! }], back: [{ verb: 'remove_event', id: 'b' }] }
  const tap: Tap = { told: () => 'A question ends', back: () => undefined }
  expect(lastDone([marked, tap], [a!, b!])).toEqual({ event: null, tap, back: [] })
  expect(lastDone([tap, marked], [a!, b!])).toEqual({ event: b, tap: null, back: marked.back })
  expect(lastDone([], [a!, b!])).toEqual({ event: b, tap: null, back: [{ verb: 'remove_event', id: 'b' }] })
  expect(lastDone([], [])).toBeNull()
  expect([marked, tap].filter(isTap)).toEqual([tap])
})
