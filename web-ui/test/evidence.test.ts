// Decides whether the page asks about one's own words alone, and never about what somebody said.
import { expect, test } from 'vitest'
import type { Instrument, Judged, Speaker } from '../src/lib/daemon/types'
import { fieldsOf, isEvidence } from '../src/lib/fields'
import { askedAbout, lookedAt } from '../src/lib/observe/evidence'

const instrument = (id: string, labels: string[] = []): Instrument => ({ id, version: 1, title: id, labels })
const script = instrument('script')
const under = (speaker: Speaker | null, words: string) => lookedAt(script, null, speaker, words)

test('speech is left alone, what was seen is asked about, and a question only where it advises', () => {
  const saw = instrument('saw-heard-wonder', ['Vi', 'Oí', 'Me pregunto'])
  expect(['Vi', 'Oí', 'Me pregunto'].map((label) => lookedAt(saw, label, null, 'Un buen comienzo'))).toEqual(['own', null, 'wonder'])
  const focus = instrument('focus-students', ['Did', 'Said', 'Wrote'])
  expect(['Did', 'Said', 'Wrote'].map((label) => lookedAt(focus, label, null, 'A good start'))).toEqual(['own', null, 'own'])
  expect(lookedAt(focus, 'Said', null, '“A third”, very quietly'), 'around a quotation').toBe('own')
  expect(lookedAt(instrument('selective-verbatim', ['Questions']), 'Questions', 'teacher', 'lovely “start”')).toBeNull()
  expect(lookedAt(instrument('student-talk-three'), null, null, 'It is a lovely task')).toBeNull()
  expect(lookedAt(instrument('interesting-moments'), null, null, 'A lovely start')).toBe('own')
})

test('in a script the room’s lines are one’s own, and so is what stands around a quotation', () => {
  expect(under('room', 'A lovely quiet room')).toBe('own')
  for (const words of ['Explains it beautifully: “Look”', 'Dice «mira» con mucha paciencia', "Says 'look', very clearly"]) expect(under('teacher', words), words).toBe('own')
})

test('what is said to somebody is what was said, without quotation marks too', () => {
  for (const words of ['Good, you can sit down now', 'That is a lovely answer, isn’t it?', 'Let’s have a really good start', 'Well done, all', 'Sit down!', 'Muy bien, ahora os toca a vosotros', 'Vamos a hacerlo muy bien hoy']) {
    expect(under('teacher', words), words).toBeNull()
  }
})

test('of other lines under who spoke, words that judge are asked about and nothing else', () => {
  for (const words of ['Explains the fractions beautifully', 'Explica muy bien las fracciones', 'Walks to the window, doesn’t look happy']) expect(under('teacher', words), words).toBe('either')
  const mark = (rule: Judged['rule']): Judged => ({ from: 0, to: 4, rule, why: '', question: '' })
  expect(askedAbout('either', (['vague', 'advice', 'cause', 'thin'] as const).map(mark), true)).toBeNull()
  expect(askedAbout('either', [mark('vague'), mark('value')], false)?.rule).toBe('value')
  expect(askedAbout(null, [mark('value')], true)).toBeNull()
})

test('that a line shows nothing is said once it is put down', () => {
  const thin: Judged = { from: 0, to: 9, rule: 'thin', why: '', question: '' }
  expect(askedAbout('own', [thin], false)).toBeNull()
  expect(askedAbout('own', [thin], true)).toBe(thin)
})

test('of the texts, only the notes of a visit are looked at', () => {
  for (const kind of ['visit', 'debrief', 'goal', 'mirror', 'success_card', 'partnership', 'released_notes'] as const) {
    for (const field of fieldsOf(kind)) expect(isEvidence(kind, field), `${kind} ${field}`).toBe(false)
  }
  expect(isEvidence('note_set', 'notes')).toBe(true)
})
