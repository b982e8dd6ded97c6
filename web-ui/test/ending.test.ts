// Decides whether a visit is over when the last of those who watch it has left, and not before.
import { expect, test } from 'vitest'
import type { DocumentDetail } from '../src/lib/daemon/types'
import { leaving } from '../src/lib/observe/ending'

const AT = 1_700_000_000_000

/** A visit of Ana and Chidi to Ben that goes on. */
const visit = (changes: object = {}, stage = 'observing'): DocumentDetail =>
  ({
    stage,
    model: { kind: 'visit', host: 'ben', people: { ana: 'visitor', ben: 'host', chidi: 'visitor', dara: 'facilitator' }, answers: {}, here: { ana: 'joined' }, ...changes },
  }) as unknown as DocumentDetail

test.each<[string, DocumentDetail | null, string[]]>([
  ['nobody else is there', visit(), ['leave', 'end']],
  ['the other visitor is there', visit({ here: { ana: 'joined', chidi: 'joined' } }), ['leave']],
  ['the other visitor has left', visit({ here: { chidi: 'left' } }), ['leave', 'end']],
  ['the other visitor withdrew', visit({ here: { chidi: 'joined' }, answers: { chidi: 'withdrew' } }), ['leave', 'end']],
  ['somebody else who is there does not visit', visit({ here: { dara: 'joined' } }), ['leave', 'end']],
  ['it is over', visit({}, 'written_up'), []],
  ['it has not begun', visit({}, 'prepared'), []],
  ['one does not visit', visit({ people: { ana: 'facilitator', ben: 'host' } }), []],
  ['the notes belong to no visit', null, []],
])('%s', (_name, detail, verbs) => {
  const said = leaving(detail, 'ana', AT)
  expect(said.map((edit) => edit.verb)).toEqual(verbs)
  expect(said.filter((edit) => edit.verb === 'end')).toEqual(verbs.includes('end') ? [{ verb: 'end', at_ms: AT }] : [])
})
