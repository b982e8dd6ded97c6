// Decides whether the past of a text can be walked through, told apart by writer, brought back, and told as a whole.
import { expect as see, test as pretended, type Page } from '@playwright/test'
import { look } from '../kit/looks'
import { ANA, BEN, Pretended, VISIT, world } from '../kit/pretend'
import { expect, shown, test, textOf, truth } from '../kit/school'

const visit = 'visitvisitvisit'

const day = (text: string) => Date.parse(`${text}T00:00:00Z`)
const POINTS = [
  { point: 'a', day_ms: day('2026-11-14'), person: ANA },
  { point: 'b', day_ms: day('2026-11-16'), person: BEN },
  { point: 'c', day_ms: day('2026-11-17'), person: ANA },
]
const SPANS = [
  { person: ANA, text: 'The four at the window table, and the back row.\n\n' },
  { person: BEN, text: 'Sit by the door if you can: from there you see all faces.\n\n' },
  { person: ANA, text: 'Debrief at 14:30 in the library.' },
]
type Span = (typeof SPANS)[number]

/** What stood there at each point, and stands there now. */
const spansAt = (at: string | null): Span[] => (at === null ? SPANS : SPANS.slice(0, POINTS.findIndex((one) => one.point === at) + 1))

/** The history of a plan; `told` answers what stood there, late if it likes, and null where it does not. */
async function looking(page: Page, told: (at: string | null) => Span[] | null | Promise<Span[] | null>): Promise<void> {
  const some = world({
    documents: [{ visit: null, delivered_to: [BEN.id], waiting_for: [], unread: false, id: visit, kind: 'visit', title: 'Who answers?', with: [BEN], updated_ms: 0 }],
    details: {
      [visit]: {
        detail: { id: visit, kind: 'visit', model: VISIT, stage: 'scheduled', texts: [], people: [ANA, BEN], role: 'owner', problems: [] },
        holders: [ANA, BEN].map((person) => ({ person, role: 'owner', devices: 1, copy: 'held', heard_of_revocation: null })),
      },
    },
  })
  some.answers[`POST /documents/${visit}/texts/plan`] = { status: 200, body: { schema: 1, saved: true } }
  const daemon = new Pretended(some)
  await daemon.serve(page)
  await page.route(new RegExp(`/documents/${visit}/history`), async (route) => {
    const spans = await told(new URL(route.request().url()).searchParams.get('at'))
    if (spans === null) return route.fulfill({ status: 500, json: { error: { code: 'internal', message: 'no' } } })
    return route.fulfill({ json: { schema: 1, points: POINTS, text: spans.map((one) => one.text).join(''), spans } })
  })
  await page.goto(daemon.address(`#/history/${visit}`))
  await see(caption(page)).toContainText('Tuesday, 17 November 2026 · You')
}

const caption = (page: Page) => page.getByRole('heading', { level: 2 }).last()
const shownText = (page: Page) => page.locator('.page')

pretended('sittings, and who wrote what', async ({ page }) => {
  await looking(page, spansAt)
  await look(page, 'history')
  await page.getByRole('slider').focus()
  await page.keyboard.press('Home')
  await see(caption(page)).toContainText('Saturday, 14 November 2026 · You')
  await see(page.getByText('Sit by the door')).toHaveCount(0)
  await page.getByRole('button', { name: 'Bring this back…' }).click()
  const back = page.waitForRequest(`**/documents/${visit}/texts/plan`)
  await page.getByRole('button', { name: 'Bring it back' }).click()
  see((await back).postDataJSON()).toMatchObject({ set: SPANS[0]!.text })
  await see(page.getByRole('textbox', { name: 'Plan' })).toBeVisible()
})

pretended('an answer that is slow or fails puts no words under another date', async ({ page }) => {
  let fails = true
  let letGo = (): void => undefined
  const held = new Promise<void>((done) => (letGo = done))
  await looking(page, async (at) => {
    if (at === 'b' && fails) return null
    if (at === 'a') await held
    return spansAt(at)
  })
  await page.getByRole('button', { name: 'Earlier' }).click()
  await see(page.getByRole('alert')).toContainText('could not be looked up')
  await see(caption(page)).toContainText('Tuesday, 17 November 2026 · You · as it is now')
  await see(shownText(page)).toContainText('Debrief at 14:30')
  await see(page.getByRole('button', { name: 'Bring this back…' })).toHaveCount(0)
  await look(page, 'history-missed', ['light', 'phone-dark'])
  fails = false
  await page.getByRole('button', { name: 'Try again' }).click()
  await see(caption(page)).toContainText('Monday, 16 November 2026 · Ben')
  await see(page.getByRole('alert')).toHaveCount(0)

  await page.getByRole('button', { name: 'Earlier' }).click()
  await see(page.getByText('One moment…')).toBeVisible()
  await see(caption(page)).toContainText('Monday, 16 November 2026 · Ben')
  await see(shownText(page)).toContainText('Sit by the door')
  await see(page.getByRole('button', { name: 'Bring this back…' })).toHaveAttribute('aria-disabled', 'true')
  await page.getByRole('button', { name: 'Later' }).click()
  await see(page.getByText('One moment…')).toHaveCount(0)
  // What was asked for first comes last, and is asked for no more.
  const late = page.waitForResponse((response) => response.url().includes('at=a'))
  letGo()
  await late
  await see(caption(page)).toContainText('Monday, 16 November 2026 · Ben')
  await see(shownText(page)).toContainText('Sit by the door')
})

pretended('words that were never looked at are shown before they are replaced', async ({ page }) => {
  const more = { person: BEN, text: ' I bring the seating plan.' }
  let written = false
  await looking(page, (at) => (at === null && written ? [...SPANS, more] : spansAt(at)))
  await page.getByRole('slider').focus()
  await page.keyboard.press('Home')
  await see(caption(page)).toContainText('Saturday, 14 November 2026 · You')
  await page.getByRole('button', { name: 'Bring this back…' }).click()
  written = true
  const sent: unknown[] = []
  page.on('request', (request) => void (request.method() === 'POST' && request.url().includes('/texts/plan') && sent.push(request.postDataJSON())))
  await page.getByRole('button', { name: 'Bring it back' }).click()
  await see(page.getByText('Somebody wrote here in the meantime')).toBeVisible()
  await see(page.getByRole('group', { name: 'as it is now' })).toContainText('I bring the seating plan.')
  see(sent).toEqual([])
  await look(page, 'history-meanwhile', ['light', 'phone-dark'])
  await page.getByRole('button', { name: 'Bring it back' }).click()
  await see(page.getByRole('textbox', { name: 'Plan' })).toBeVisible()
  see(sent).toMatchObject([{ set: SPANS[0]!.text }])
})

pretended('all of a document as it stood, what has no text too', async ({ page }) => {
  const log = 'logloglog'
  const some = world({
    documents: [{ visit: null, delivered_to: [], waiting_for: [], unread: false, id: log, kind: 'try_log', title: '', with: [], updated_ms: 0 }],
    details: { [log]: { detail: { id: log, kind: 'try_log', model: { kind: 'try_log', entries: [] }, texts: [], people: [ANA], role: 'owner', problems: [] }, holders: [] } },
  })
  const points = ['2026-11-14', '2026-11-16'].map((day, at) => ({ point: `p${at}`, day_ms: Date.parse(`${day}T00:00:00Z`), person: ANA }))
  const entry = (day: string, text: string) => ({ title: day, blocks: [{ text }] })
  const counted = { title: 'Counts', blocks: [{ table: { columns: ['How often'], rows: [{ name: 'Asks', values: ['3'] }] } }, { moments: [{ at: '01:05', what: ['Asks'], text: 'Why?' }] }] }
  const listed = { title: 'Next', blocks: [{ items: [{ ticked: true, by: 'Ben', about: null, text: 'Wait longer', aside: 'by Friday', below: [] }] }] }
  const sheet = (parts: unknown[]) => ({ status: 200, body: { schema: 1, sheet: { kind: 'Try-out log', title: 'Try-out log', facts: [{ name: 'State', value: 'kept' }], parts } } })
  some.answers[`GET /documents/${log}/history`] = { status: 200, body: { schema: 1, points, text: null, spans: [] } }
  some.answers[`GET /documents/${log}/sheet`] = sheet([entry('16 November', 'Counted to three.'), counted, listed])
  const daemon = new Pretended(some)
  await daemon.serve(page)
  await page.goto(daemon.address(`#/history/${log}`))
  await see(page.getByText('Counted to three.')).toBeVisible()
  await see(page.getByRole('row', { name: 'Asks 3' })).toBeVisible()
  await look(page, 'history-all')
  some.answers[`GET /documents/${log}/sheet`] = sheet([entry('14 November', 'Waited.')])
  await page.getByRole('button', { name: 'Earlier' }).click()
  await see(page.getByText('Waited.')).toBeVisible()
  await see(page.getByText('Counted to three.')).toHaveCount(0)
})

test('two writers, and what stood before is brought back as a new edit', async ({ pair }) => {
  const { ana, ben } = pair
  await ana.page.getByRole('link', { name: 'Propose a visit' }).click()
  await ana.page.getByLabel('With').selectOption({ label: 'Ben' })
  await ana.page.getByRole('button', { name: 'Propose' }).click()
  await textOf(ana.page, 'plan').click()
  await ana.page.keyboard.type('Please sit by the door.')
  const hash = new URL(ana.page.url()).hash
  await ben.page.locator(`a[href="${hash}"]`).click()
  await expect(textOf(ben.page, 'plan')).toContainText('Please sit by the door.')
  await textOf(ben.page, 'plan').click()
  await ben.page.keyboard.press('ControlOrMeta+End')
  await ben.page.keyboard.type(' I will.')
  await expect(textOf(ana.page, 'plan')).toContainText('I will.')

  await ana.page.getByRole('link', { name: /^History/ }).click()
  await expect(ana.page.getByRole('list', { name: 'Who wrote what' }).getByRole('listitem')).toHaveCount(2)
  await expect(ana.page.locator('.page')).toContainText('Ben: I will.')
  // As it is now stays so while somebody writes.
  await ben.page.keyboard.type(' Soon.')
  await expect(ana.page.locator('.page')).toContainText('I will. Soon.')
  await ana.page.getByRole('button', { name: 'Earlier' }).click()
  await expect(ana.page.locator('.page')).not.toContainText('I will.')
  await ana.page.getByRole('button', { name: 'Bring this back…' }).click()
  await ana.page.getByRole('button', { name: 'Bring it back' }).click()
  await expect.poll(() => shown(ben.page, 'plan')).toBe('Please sit by the door.')
  await expect.poll(() => shown(ana.page, 'plan')).toBe('Please sit by the door.')
})

test('a clean copy goes on without the drafting', async ({ ana }) => {
  const { page } = ana
  await page.getByRole('button', { name: 'New notes' }).click()
  await textOf(page, 'notes').click()
  await page.keyboard.type('Four voices. Zzyzx')
  for (let at = 0; at < ' Zzyzx'.length; at += 1) await page.keyboard.press('Backspace')
  await expect(truth(page)).toContainText('Saved here')
  const drafted = new URL(page.url()).hash
  await page.getByRole('link', { name: /^History/ }).click()
  await page.getByRole('button', { name: 'Start a clean copy…' }).click()
  await expect(page.getByText('Only you can open it until you share it')).toBeVisible()
  await look(page, 'clean-copy')
  await page.getByRole('button', { name: 'Start the clean copy' }).click()
  await expect(textOf(page, 'notes')).toHaveText('Four voices.')
  const clean = new URL(page.url()).hash
  expect(clean).not.toBe(drafted)
  const bytes = await page.evaluate(async (id) => {
    const token = document.querySelector<HTMLMetaElement>('meta[name="rounds-token"]')!.content
    const answer = await fetch(`/api/v1/documents/${id}/export?format=automerge`, { headers: { 'X-Rounds-Token': token } })
    return new TextDecoder('latin1').decode(await answer.arrayBuffer())
  }, clean.split('/').at(-1)!)
  expect(bytes).not.toContain('zyzx')
  await page.getByRole('link', { name: 'Today' }).click()
  await expect(page.locator(`a[href="${drafted}"]`)).toBeVisible()
  await expect(page.locator(`a[href="${clean}"]`)).toBeVisible()
})
