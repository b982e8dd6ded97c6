// Decides whether what one does to an observation is shown at once and stays so, and takes with a mark the words begun for it.
import { beforeEach, expect, test, vi } from 'vitest'
import type { Edit, Marked } from '../src/lib/daemon/types'
import { OwnEdits } from '../src/lib/observe/own-edits.svelte'

const { waiting, refused, forgotten } = vi.hoisted(() => ({ waiting: [] as Edit[], refused: [] as Edit[], forgotten: [] as string[] }))
vi.mock('../src/lib/daemon/taps.svelte', () => ({
  taps: { of: () => [...waiting], refusedOf: () => refused.map((edit) => ({ edit })), put: (_: string, edit: Edit) => waiting.push(edit) },
}))
vi.mock('../src/lib/observe/half.svelte', () => ({
  halfLines: { forget: (doc: string, field: string) => forgotten.push(`${doc} ${field}`) },
  rewordedField: (event: string) => `event/${event}`,
}))

beforeEach(() => {
  for (const list of [waiting, refused, forgotten]) list.length = 0
})

const a: Marked = { id: 'a', at_ms: 1, text: 'before' }

test('saved, but not read again yet, it is shown as one left it', () => {
  const own = new OwnEdits('notes', () => [a])
  own.put({ verb: 'describe_event', id: 'a', text: 'after' })
  waiting.length = 0
  expect(own.events).toEqual([{ ...a, text: 'after' }])
})

test('what another page left is shown while it waits, and what was refused is not', () => {
  waiting.push({ verb: 'add_event', event: { ...a, id: 'b', at_ms: 2 } })
  const own = new OwnEdits('notes', () => [a])
  waiting.push({ verb: 'add_event', event: { ...a, id: 'c', at_ms: 3 } })
  expect(own.events.map((one) => one.id)).toEqual(['a', 'b', 'c'])
  refused.push(...waiting.splice(0, 1))
  expect(own.events.map((one) => one.id)).toEqual(['a', 'c'])
})

test('words that were begun for a mark go with it', () => {
  const own = new OwnEdits('notes', () => [a])
  own.put({ verb: 'describe_event', id: 'a', text: 'after' })
  expect(forgotten).toEqual([])
  own.put({ verb: 'remove_event', id: 'a' })
  expect(own.events).toEqual([])
  expect(forgotten).toEqual(['notes event/a'])
})
