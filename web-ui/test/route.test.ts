// Decides whether each address leads to its screen, and one that means none is said to.
import { beforeAll, expect, test, vi } from 'vitest'

let page: typeof import('../src/lib/route.svelte')

beforeAll(async () => {
  vi.stubGlobal('location', { hash: '' })
  vi.stubGlobal('addEventListener', () => undefined)
  page = await import('../src/lib/route.svelte')
})

test('the address of Rounds itself is Today, and nothing is missed', () => {
  for (const hash of ['', '#', '#/', page.address.today]) expect(page.parse(hash)).toEqual({ screen: 'today' })
})

test('an address that means no screen is Today, and says so', () => {
  for (const hash of ['#/nowhere', '#/documents', '#/history/', '#main']) expect(page.parse(hash)).toEqual({ screen: 'today', lost: true })
})

test('every address that the page itself gives leads somewhere', () => {
  const given = Object.values(page.address).map((one) => (typeof one === 'string' ? one : (one as (id: string) => string)('some/id')))
  for (const hash of given) expect(page.parse(hash), hash).not.toHaveProperty('lost')
  expect(page.parse(page.address.document('some/id', 'debrief'))).toEqual({ screen: 'document', id: 'some/id', tab: 'debrief' })
})
