// Decides whether a lock keeps what is half typed, and nothing that was saved already.
import { beforeEach, expect, test, vi } from 'vitest'
import { Seal } from '../src/lib/daemon/seal'

const KEY = 'ab'.repeat(32)
vi.mock('../src/lib/daemon/page', () => ({ pageKey: () => KEY }))

/** As much of a field as it takes; whether a selector fits is for browsers to say. */
class Field {
  readonly isConnected = true
  constructor(readonly id: string, public value: string, readonly form: object | null, readonly onChange = false) {}
  matches(selector: string): boolean {
    return selector === '[data-kept=on-change]' ? this.onChange : true
  }
}

const heard = new Map<string, (event: { target: unknown }) => void>()
const stored = new Map<string, string>()
vi.stubGlobal('Element', Field)
vi.stubGlobal('location', { hash: '#/visits/1' })
vi.stubGlobal('addEventListener', (type: string, run: (event: { target: unknown }) => void) => heard.set(type, run))
vi.stubGlobal('sessionStorage', { setItem: (name: string, value: string) => stored.set(name, value) })

const happens = (type: string, target: unknown): void => heard.get(type)!({ target })

beforeEach(() => {
  vi.resetModules()
  stored.clear()
})

async function keptOf(typed: Field[], then: () => void): Promise<string[][]> {
  const { keepForms, noteForms } = await import('../src/lib/lock/drafts')
  noteForms()
  for (const field of typed) happens('input', field)
  then()
  keepForms()
  const sealed = stored.get('rounds-form')
  return sealed === undefined ? [] : (JSON.parse(Seal.under(KEY)!.open(sealed, 'rounds-form')!) as { words: string[][] }).words
}

test('what was sent with its form is not put back, and what was not is', async () => {
  const [sent, other] = [{}, {}]
  const fields = [new Field('room', '12', sent), new Field('seat', 'At the back', sent), new Field('focus', 'Who spea', other)]
  expect(await keptOf(fields, () => happens('submit', sent))).toEqual([['focus', 'Who spea']])
})

test('leaving a field lets go of it only where that saves it', async () => {
  const fields = [new Field('measured-with', 'Wait time', null, true), new Field('focus', 'Who spea', {})]
  expect(await keptOf(fields, () => fields.forEach((field) => happens('change', field)))).toEqual([['focus', 'Who spea']])
})

test('typed in again after it was sent, it is kept', async () => {
  const form = {}
  const field = new Field('thank', 'Thank you', form)
  const again = (): void => (happens('submit', form), happens('input', field))
  expect(await keptOf([field], again)).toEqual([['thank', 'Thank you']])
})
