// Decides whether whoever stops watching a visit that goes on has left it, and says nothing of any other.
import { expect, test } from 'vitest'
import type { DocumentDetail } from '../src/lib/daemon/types'
import { leaving } from '../src/lib/observe/ending'

/** A visit of Ana and Chidi to Ben that goes on. */
const visit = (changes: object = {}, stage = 'observing'): DocumentDetail =>
  ({
    stage,
    model: { kind: 'visit', host: 'ben', people: { ana: 'visitor', ben: 'host', chidi: 'visitor', dara: 'facilitator' }, answers: {}, here: { ana: 'joined' }, ...changes },
  }) as unknown as DocumentDetail

test.each<[string, DocumentDetail | null, string[]]>([
  ['nobody else is there', visit(), ['leave']],
  ['the other visitor is there', visit({ here: { ana: 'joined', chidi: 'joined' } }), ['leave']],
  ['it is over', visit({}, 'written_up'), []],
  ['it has not begun', visit({}, 'prepared'), []],
  ['one does not visit', visit({ people: { ana: 'facilitator', ben: 'host' } }), []],
  ['the notes belong to no visit', null, []],
])('%s', (_name, detail, verbs) => {
  expect(leaving(detail, 'ana').map((edit) => edit.verb)).toEqual(verbs)
})
