// Decides whether a file's name is one that every system takes and a person knows again.
import { expect, test } from 'vitest'
import { fileName } from '../src/lib/files'

test('a name says what it is of', () => {
  expect(fileName('After I ask, who answers?', 'html')).toBe('After I ask, who answers.html')
  expect(fileName('¿Quién responde? 4º B', 'md')).toBe('¿Quién responde 4º B.md')
})

test('every system takes it', () => {
  expect(fileName('../../etc/passwd', 'json')).toBe('etc passwd.json')
  expect(fileName('a\u0000b\u202Ec\nd', 'md')).toBe('a b c d.md')
  expect(fileName('CON', 'md')).toBe('Rounds CON.md')
  expect(fileName('... ', 'md')).toBe('Rounds.md')
  expect(fileName('', 'automerge')).toBe('Rounds.automerge')
  expect([...fileName('😀'.repeat(500), 'md')].length).toBe(63)
})
