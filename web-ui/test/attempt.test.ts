// Decides whether what a person asks for is tried once at a time, and whether each way of failing has a sentence in each language.
import { readFileSync } from 'node:fs'
import { beforeAll, expect, test, vi } from 'vitest'
import { en } from '../src/lib/i18n/en'
import { es } from '../src/lib/i18n/es'

type Module = typeof import('../src/lib/attempt.svelte')
let page: Module & Pick<typeof import('../src/lib/quietly'), 'quietly'> & Pick<typeof import('../src/lib/daemon/rest'), 'Failure'> & Pick<typeof import('../src/lib/i18n/index.svelte'), 'language'>

beforeAll(async () => {
  vi.stubGlobal('navigator', { languages: ['en-GB'] })
  vi.stubGlobal('document', { querySelector: () => null })
  page = {
    ...(await import('../src/lib/attempt.svelte')),
    quietly: (await import('../src/lib/quietly')).quietly,
    Failure: (await import('../src/lib/daemon/rest')).Failure,
    language: (await import('../src/lib/i18n/index.svelte')).language,
  }
})

const failing = (code: 'away' | 'conflict' | 'bad_request') => () => Promise.reject(new page.Failure(400, { code, message: 'in the daemon’s words' }))

test('one thing at a time, and what is done is answered', async () => {
  const trying = new page.Attempt()
  let finish = (): void => undefined
  const first = trying.run(() => new Promise<void>((done) => (finish = done)))
  expect(trying.busy).toBe(true)
  const second = vi.fn(() => Promise.resolve())
  expect(await trying.run(second)).toBe(false)
  expect(second).not.toHaveBeenCalled()
  // What must not wait does not.
  expect(await trying.always(() => Promise.resolve())).toBe(true)
  expect(trying.busy).toBe(true)
  finish()
  expect(await first).toBe(true)
  expect(trying.busy).toBe(false)
  expect(await trying.run(() => Promise.resolve(false))).toBe(false)
})

test('what failed is said in the language of the page, until something is done', async () => {
  const trying = new page.Attempt()
  expect(await trying.run(failing('conflict'))).toBe(false)
  expect(trying.busy).toBe(false)
  expect(trying.problem).toBe(en.failures.conflict)
  page.language.choose('es')
  expect(trying.problem).toBe(es.failures.conflict)
  page.language.choose('en')
  expect(await trying.run(() => Promise.resolve())).toBe(true)
  expect(trying.problem).toBe('')
  await trying.always(failing('away'))
  expect(trying.problem).toBe(en.failures.away)
  trying.clear()
  expect(trying.problem).toBe('')
})

test('some failures are better said in other words, and some not at all', async () => {
  const trying = new page.Attempt(({ code, message }) => (code === 'bad_request' ? message : code === 'away' ? '' : undefined))
  await trying.run(failing('bad_request'))
  expect(trying.problem).toBe('in the daemon’s words')
  await trying.run(failing('away'))
  expect(trying.problem).toBe('')
  await trying.run(failing('conflict'))
  expect(trying.problem).toBe(en.failures.conflict)
})

test('a fault of the page is no failure of the daemon, and does not leave it busy', async () => {
  const trying = new page.Attempt()
  await expect(trying.run(() => Promise.reject(new TypeError('ours')))).rejects.toThrow('ours')
  expect(trying.busy).toBe(false)
  await expect(page.quietly(() => Promise.reject(new TypeError('ours')))).rejects.toThrow('ours')
})

test('what nobody asked for fails quietly', async () => {
  expect(await page.quietly(failing('away'))).toBeNull()
  expect(await page.quietly(() => Promise.resolve(3))).toBe(3)
})

test('each code of the daemon has a sentence in each language', () => {
  const api = JSON.parse(readFileSync(new URL('../openapi.json', import.meta.url), 'utf8')) as {
    components: { schemas: Record<'TroubleCode' | 'DiskTrouble' | 'Obstacle', { enum: string[] }> }
  }
  const { TroubleCode, DiskTrouble, Obstacle } = api.components.schemas
  for (const { failures, disk, obstacles } of [en, es]) {
    expect(Object.keys(failures).sort()).toEqual([...TroubleCode.enum, 'away'].sort())
    expect(Object.keys(disk).sort()).toEqual(DiskTrouble.enum.toSorted())
    expect(Object.keys(obstacles).sort()).toEqual(Obstacle.enum.toSorted())
  }
})
