// Decides whether words that do not fit are told by how much, as the daemon counts, and whether any field still cuts them.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LINK_BYTES_MAX, PASSAGE_BYTES_MAX, SHORT_BYTES_MAX, lettersOver } from '../src/lib/bounds'
import { tagsOf } from '../src/lib/strategies'

test('letters that are too many are counted in whatever script', () => {
  expect(lettersOver('a'.repeat(500), 500)).toBe(0)
  expect(lettersOver(` ${'a'.repeat(500)}\n`, 500)).toBe(0)
  expect(lettersOver('a'.repeat(512), 500)).toBe(12)
  expect(lettersOver('ñ'.repeat(260), 500)).toBe(10)
  expect(lettersOver('🌱'.repeat(126), 500)).toBe(1)
})

test('the bounds are the daemon’s own', () => {
  const crdt = (file: string): string => readFileSync(join(import.meta.dirname, '../../crdt/src', file), 'utf8')
  expect(crdt('model/bounds.rs')).toContain('PASSAGE_BYTES_MAX: usize = 8 * 1024;')
  expect(crdt('model/bounds.rs')).toContain('LINK_BYTES_MAX: usize = 2_000;')
  expect(crdt('limits.rs')).toContain('SHORT_TEXT_BYTES_MAX: usize = 500;')
  expect([PASSAGE_BYTES_MAX, LINK_BYTES_MAX, SHORT_BYTES_MAX]).toEqual([8_192, 2_000, 500])
})

test('no field cuts what is pasted into it', () => {
  const screens = join(import.meta.dirname, '../src')
  const cutting = readdirSync(screens, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.svelte') && readFileSync(join(screens, file), 'utf8').includes('maxlength'))
    .map((file) => file.split('/').at(-1))
  // What is looked for is not kept.
  expect(cutting).toEqual(['SearchScreen.svelte'])
  expect(tagsOf(`talk, ${'a'.repeat(60)}; talk`)).toEqual(['talk', 'a'.repeat(60)])
})
