// Decides whether evidence is quoted where one writes, who speaks is told by name, and time left is told as it is.
import { Text } from '@codemirror/state'
import { expect, test } from 'vitest'
import type { DocumentDetail } from '../src/lib/daemon/types'
import { en } from '../src/lib/i18n/en'
import { quotedAt } from '../src/lib/editor/quoting'
import type { Visit } from '../src/lib/visits'
import { linesOf, otherReplies, repliesTo, sinceBeginning, standsReleased } from '../src/screens/visits/debrief/lines'
import { clock, leftNow } from '../src/screens/visits/debrief/remaining'
import { speaking } from '../src/screens/visits/debrief/speaking'

const quotes: [string, string, number, string][] = [
  ['into nothing', '', 0, '> 10:31 Why?\n\n|'],
  ['after the words on the line', 'What we saw', 4, 'What we saw\n\n> 10:31 Why?\n\n|'],
  ['between two lines', 'one\ntwo', 1, 'one\n\n> 10:31 Why?\n\n|\ntwo'],
  ['on an empty line', 'one\n\n', 5, 'one\n\n> 10:31 Why?\n\n|'],
  ['on an empty line beneath words', 'one\n', 4, 'one\n\n> 10:31 Why?\n\n|'],
  ['on a line of blanks', '  ', 1, '> 10:31 Why?\n\n|'],
]
test.each(quotes)('a quote lands %s', (_, before, at, after) => {
  const doc = Text.of(before.split('\n'))
  const { from, to, insert, caret } = quotedAt(doc, at, '10:31 Why?')
  const text = before.slice(0, from) + insert + before.slice(to)
  expect(`${text.slice(0, caret)}|${text.slice(caret)}`).toBe(after)
})

test('a quote of several lines is one quote', () => {
  expect(quotedAt(Text.of(['']), 0, 'T: Why?\n\nS: Because.').insert).toBe('> T: Why?\n>\n> S: Because.\n\n')
})

const released = (changes: Record<string, unknown> = {}): DocumentDetail =>
  ({
    model: {
      kind: 'released_notes',
      events: [
        { id: 'a', at_ms: 724_000, speaker: 'teacher', text: 'Why?' },
        { id: 'b', at_ms: 730_000, label: 'Recall', text: '' },
        { id: 'c', at_ms: 731_000, text: '' },
        { id: 'd', at_ms: 732_000, mark: { kind: 'wait' }, text: '' },
        { id: 'e', at_ms: 733_000, label: 'Asks', speaker: 'teacher', mark: { kind: 'turn', from: 'teacher', to: '12' }, text: '' },
      ],
      replies: [
        { id: '1', by: 'ben', to: { line: 2 }, text: 'I had not heard that.' },
        { id: '2', by: 'ben', to: { event: 'a' }, text: 'Too fast?' },
        { id: '3', by: 'ben', to: 'whole', text: 'Thank you.' },
        { id: '4', by: 'ben', to: { line: 9 }, text: 'Gone.' },
      ],
      ...changes,
    },
    texts: [{ field: 'notes', text: 'Four voices.\n\n  A girl by the door answered.' }],
  }) as unknown as DocumentDetail

test('notes are lines with what was marked at its moment first, and nothing empty', () => {
  const lines = linesOf(en, released())
  expect(lines.map((line) => [line.at, line.text])).toEqual([
    [724_000, 'Why?'],
    [730_000, 'Recall'],
    [731_000, 'a moment'],
    [732_000, 'no reply'],
    [733_000, 'Asks · Teacher → Seat 12'],
    [null, 'Four voices.'],
    [null, 'A girl by the door answered.'],
  ])
  expect(lines[6]!.to, 'a line keeps the number it has in the notes').toEqual({ line: 2 })
  expect(sinceBeginning(724_900)).toBe('12:04')
})

test('answers stand by what they answer, and none is lost', () => {
  const detail = released()
  const replies = detail.model.kind === 'released_notes' ? detail.model.replies : []
  const ids = (found: { id: string }[]) => found.map((reply) => reply.id)
  expect(ids(repliesTo(replies, { line: 2 }))).toEqual(['1'])
  expect(ids(repliesTo(replies, { event: 'a' }))).toEqual(['2'])
  expect(ids(otherReplies(replies, linesOf(en, detail)))).toEqual(['3', '4'])
})

const visit = {
  parts: [
    { person: { id: 'ana', name: 'Ana' }, part: 'visitor' },
    { person: { id: 'ben', name: 'Ben' }, part: 'host' },
    { person: { id: 'chidi', name: 'Chidi' }, part: 'visitor' },
  ],
} as unknown as Visit

test('who speaks is told by name, and oneself apart', () => {
  expect(speaking('host', visit.parts, 'ana')).toEqual({ who: 'named', names: ['Ben'], self: false })
  expect(speaking('visitor', visit.parts, 'ana')).toEqual({ who: 'named', names: ['Chidi'], self: true })
  expect(speaking('visitor', visit.parts, 'ben')).toEqual({ who: 'named', names: ['Ana', 'Chidi'], self: false })
  expect(speaking('facilitator', visit.parts, 'ben')).toEqual({ who: 'facilitator' })
  expect(speaking('host', [], 'ben'), 'nobody said who').toEqual({ who: 'everybody' })
  expect([speaking('silent', visit.parts, 'ana'), speaking('owner', visit.parts, 'ana')]).toEqual([{ who: 'silent' }, { who: 'oneself' }])
})

test('about a goal its owner speaks, to whoever reads it or to nobody', () => {
  const [ana, ben] = [{ id: 'ana', name: 'Ana' }, { id: 'ben', name: 'Ben' }]
  const both = [{ person: ana, part: 'owner' as const }, { person: ben, part: 'reader' as const }]
  expect(speaking('owner', both, 'ben')).toEqual({ who: 'named', names: ['Ana'], self: false })
  expect([speaking('owner', both, 'ana'), speaking('both', both, 'ana')]).toEqual([{ who: 'named', names: [], self: true }, { who: 'everybody' }])
  for (const speaks of ['owner', 'both', 'silent'] as const) expect(speaking(speaks, both.slice(0, 1), 'ana'), 'alone').toEqual({ who: 'oneself' })
  const joint = [{ person: ana, part: 'owner' as const }, { person: ben, part: 'owner' as const }]
  expect(speaking('owner', joint, 'ana')).toEqual({ who: 'named', names: ['Ben'], self: true })
})

test('what is left goes down from what the daemon said, and never below nothing', () => {
  const timing = (left_ms: number | null) => ({ phase: 'a', left_ms, over: false })
  expect(leftNow(timing(252_000), 0)).toBe(252_000)
  expect(leftNow(timing(252_000), 2_000)).toBe(250_000)
  expect(leftNow(timing(252_000), -50)).toBe(252_000)
  expect(leftNow(timing(1_000), 60_000)).toBe(0)
  expect(leftNow(timing(null), 5)).toBeNull()
  expect([clock(252_000), clock(59_001), clock(1), clock(0)]).toEqual(['4:12', '1:00', '0:01', '0:00'])
})

test('beside a talk, released notes stand for the set they were released from, and for no other', () => {
  const set = (released: string[]): DocumentDetail['model'] => ({ kind: 'note_set', events: [], released }) as unknown as DocumentDetail['model']
  expect(standsReleased(set(['given']), ['given'])).toBe(true)
  expect(standsReleased(set([]), ['given'])).toBe(false)
  expect(standsReleased(set(['given, and deleted since']), ['given'])).toBe(false)
})
