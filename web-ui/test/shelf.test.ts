// Decides whether cards of what went well stand once, with how far each has come, and whether links lead only where they say.
import { expect, test } from 'vitest'
import { differs, hostOf, successesOf, wordsOfResource } from '../src/lib/shelf'
import type { DocumentDetail, DocumentSummary } from '../src/lib/daemon/types'

const ana = { id: 'a', name: 'Ana' }
const ben = { id: 'b', name: 'Ben' }

const draft = (id: string, asked: string | null): DocumentDetail =>
  ({
    id, kind: 'success_card', role: 'owner', people: [ana],
    model: { kind: 'success_card', title: 'Six voices', text: '', tags: ['talk'], people: ['a'], visit: null, asked: asked === null ? [] : [asked] },
    texts: [{ field: 'text', text: 'Ana waited.' }],
  }) as unknown as DocumentDetail

const shown = (id: string, by: typeof ana, may: boolean, role = 'reader'): [DocumentSummary, DocumentDetail] => [
  { id, title: 'Six voices', with: [ana], card: { by, people: [ana], may_be_seen: may, asks_me: false } } as unknown as DocumentSummary,
  { id, kind: 'shown_card', role, people: [ana, ben], model: { kind: 'shown_card', title: 'Six voices', text: 'Ana waited.', tags: ['talk'], people: ['a'], answers: {}, words: 'w' }, texts: [] } as unknown as DocumentDetail,
]

test('what one asked about stands with its card, and what others show stands by itself', () => {
  const found = successesOf([draft('d1', 'c1'), draft('d2', null), draft('d3', 'c3')], [shown('c1', ben, false, 'owner'), shown('c3', ben, true, 'owner'), shown('c9', ana, true)])
  expect(found.map(({ id, state, mine }) => [id, state, mine])).toEqual([
    ['d1', 'asked', true],
    ['d2', 'draft', true],
    ['d3', 'may', true],
    ['c9', 'may', false],
  ])
  expect(found.map((one) => one.people.map((person) => person.name))).toEqual([['Ana'], ['Ana'], ['Ana'], ['Ana']])
  expect(successesOf([], [shown('c1', ben, false, 'owner')]).map((one) => one.mine), 'its card was deleted').toEqual([true])
})

test('other words, or other people, are not what was asked about', () => {
  const asked = { kind: 'shown_card' as const, title: 'T', text: 'Ana waited.', tags: ['b', 'a'], people: ['a'], answers: {}, words: 'w' }
  const card = { kind: 'success_card' as const, title: 'T', text: '', tags: ['a', 'b'], people: ['a'], visit: null, asked: ['c'] }
  expect(differs(card, ' Ana waited.\n', asked)).toBe(false)
  expect(differs(card, 'Ana waited. Then ten.', asked)).toBe(true)
  expect(differs({ ...card, title: null }, 'Ana waited.', asked)).toBe(true)
  expect(differs({ ...card, tags: [] }, 'Ana waited.', asked)).toBe(true)
  expect(differs({ ...card, people: ['a', 'c'] }, 'Ana waited.', asked)).toBe(true)
})

test('a link leads to a host over http, or nowhere', () => {
  expect(hostOf('https://example.org:8080/a?b#c')).toBe('example.org:8080')
  expect(hostOf('http://example.org')).toBe('example.org')
  for (const not of ['', 'example.org', 'javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd']) expect(hostOf(not), not).toBe(null)
})

test('a resource is taken up with what it is, where it is and why it helped', () => {
  expect(wordsOfResource({ title: 'Wait time', link: 'https://example.org', reference: '', text: ' It counts. ' })).toBe('**Wait time**\nhttps://example.org\nIt counts.')
})
