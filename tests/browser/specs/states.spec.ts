// Decides whether the page says the truth, and looks right, in states that real daemons seldom show.
import { expect, test } from '@playwright/test'
import { look } from '../kit/looks'
import { ANA, BEN, CHIDI, DARA, Pretended, VISIT, world, type World } from '../kit/pretend'

const visit = 'visitvisitvisit'
const notes = 'notesnotesnotes'

const WHEN = new Date('2026-11-24T10:15:00').getTime()
const ACCEPTED = {
  ...VISIT, answers: { [ANA.id]: 'accepted', [BEN.id]: 'accepted' }, when_ms: WHEN, minutes: 25, room: 'Room 204',
  focus: 'After I ask, how long do I wait?',
}

function busy(): World {
  const summary = { visit: null, delivered_to: [], waiting_for: [], unread: false }
  return world({
    partners: [
      { person: BEN, state: 'connected', here: true, reason: null, waiting_out: 0, waiting_in: 0 },
      { person: CHIDI, state: 'connected', here: true, reason: null, waiting_out: 0, waiting_in: 0 },
      { person: DARA, state: 'not_seen', here: false, reason: null, waiting_out: 2, waiting_in: 0 },
    ],
    documents: [
      { ...summary, id: visit, kind: 'visit', title: 'After I ask, how long do I wait?', with: [BEN], updated_ms: Date.now(), delivered_to: [BEN.id] },
      { ...summary, id: 'd2', kind: 'released_notes', title: 'Monday’s visit to your period 3', with: [CHIDI], updated_ms: Date.parse('2026-11-16T10:00:00Z'), unread: true, delivered_to: [CHIDI.id] },
      { ...summary, id: 'd3', kind: 'debrief', title: '', with: [BEN], updated_ms: Date.parse('2026-11-02T10:00:00Z'), delivered_to: [BEN.id] },
      { ...summary, id: notes, kind: 'note_set', title: '', with: [], updated_ms: Date.parse('2026-10-30T10:00:00Z') },
    ],
    details: {
      [visit]: {
        detail: { id: visit, kind: 'visit', model: ACCEPTED, stage: 'scheduled', texts: [], people: [ANA, BEN], role: 'owner', problems: [] },
        holders: [
          { person: ANA, role: 'owner', devices: 1, copy: 'here', heard_of_revocation: null },
          { person: BEN, role: 'owner', devices: 1, copy: 'held', heard_of_revocation: null },
          { person: DARA, role: 'reader', devices: 1, copy: 'waiting', heard_of_revocation: null },
        ],
      },
      [notes]: {
        detail: { id: notes, kind: 'note_set', model: {}, stage: null, texts: [], people: [], role: 'owner', problems: [] },
        holders: [{ person: ANA, role: 'owner', devices: 1, copy: 'here', heard_of_revocation: null }],
      },
    },
  })
}

const plan = `The four at the window table, and the back row.

I ask about six questions before the groups begin. Please write down who answers, and count the seconds between my question and the first voice. Sit by the door if you can: from there you see all faces.

Debrief at 14:30 in the library.`

async function opened(page: import('@playwright/test').Page, some: World, hash = ''): Promise<Pretended> {
  const daemon = new Pretended(some)
  daemon.text = (field) => (field === 'focus' ? 'After I ask, who answers, and how long do I wait?' : field === 'plan' ? plan : '')
  page.on('pageerror', (error) => expect(error, 'the page threw').toBeUndefined())
  page.on('console', (message) => expect(message.text()).not.toMatch(/content security policy/i))
  await daemon.serve(page)
  await page.goto(daemon.address(hash))
  return daemon
}

const truth = (page: import('@playwright/test').Page) => page.getByRole('contentinfo')

test('a first start asks for a name', async ({ page }) => {
  await opened(page, world({ me: { id: ANA.id, name: '' } }))
  await expect(page.getByLabel('Your name')).toBeVisible()
  await look(page, 'welcome')
})

test('today, alone', async ({ page }) => {
  await opened(page, world())
  await expect(page.getByText('Nothing here yet')).toBeVisible()
  await expect(truth(page)).toHaveText(/Saved here/)
  await look(page, 'today-empty')
})

test('today, in the middle of the term', async ({ page }) => {
  const some = busy()
  some.details[visit]!.detail['model'] = { ...ACCEPTED, debrief: { how: 'at', when_ms: WHEN + 4.25 * 3_600_000, place: 'library' } }
  const more = (id: string, stage: string, model: Record<string, unknown>, facts: Record<string, unknown> = {}) => {
    const detail = { id, kind: 'visit', model: { ...ACCEPTED, ...model }, stage, texts: [], people: [ANA, BEN, CHIDI, DARA], role: 'owner', problems: [] }
    const people = Object.entries(detail.model.people).map(([person, part]) => ({
      person: [ANA, BEN, CHIDI, DARA].find((one) => one.id === person), part, answer: (detail.model.answers as Record<string, string>)[person],
    }))
    some.details[id] = { detail, holders: [] }
    some.documents.push({ ...some.documents[0], id, title: '', facts: { ...detail.model, stage, people, notes_waived: false, notes_held: false, notes_unread: false, answers_unread: false, reflected: false, ...facts } })
  }
  more('v2', 'proposed', { host: ANA.id, people: { [ANA.id]: 'host', [DARA.id]: 'visitor' }, answers: { [DARA.id]: 'accepted' }, when_ms: null, minutes: null, room: null })
  more('v3', 'written_up', { host: ANA.id, people: { [ANA.id]: 'host', [CHIDI.id]: 'visitor' }, focus: 'Who speaks in the lab?', when_ms: WHEN - 86_400_000 }, { notes_unread: true })
  await page.clock.setFixedTime(new Date(WHEN - 40 * 60_000))
  await opened(page, some)
  const next = page.getByRole('region', { name: 'What is next' })
  await expect(next).toContainText('in 40 min')
  await expect(next).toContainText('You visit Ben, Room 204')
  await expect(next.getByRole('link', { name: 'Open the plan' })).toHaveAttribute('href', `#/documents/${visit}`)
  await expect(page.getByRole('region', { name: 'Waiting for you' }).getByRole('listitem')).toHaveText([
    /Dara would like to plan a visit with you/, /Notes from Chidi.*new/, /Debrief with Chidi/,
  ])
  await expect(truth(page)).toContainText('On Ben’s and Chidi’s computers')
  await expect(truth(page)).toContainText('2 things will reach Dara when your computers next meet')
  await look(page, 'today')
})

test('proposing a visit', async ({ page }) => {
  await opened(page, busy(), '#/propose')
  await page.getByLabel('With').selectOption({ label: 'Ben' })
  await expect(page.getByLabel('Ben visits me')).toBeVisible()
  await look(page, 'propose')
})

test('people, and a code to say aloud', async ({ page }) => {
  const some = busy()
  some.answers['POST /pairing/offers'] = { status: 200, body: { schema: 1, offer: 7, state: 'open', person: null, reason: null, code: '42-123-456', addresses: ['192.168.1.20:4478'] } }
  await opened(page, some, '#/people')
  // Nobody answers the code yet: the daemon holds its answer back.
  await page.route('**/pairing/offers/7**', () => undefined)
  await page.getByRole('button', { name: 'Show a code' }).click()
  await expect(page.getByTestId('pairing-code')).toHaveText('42-123-456')
  await look(page, 'people')
})

test('a wrong code is answered where it was typed', async ({ page }) => {
  const some = world()
  some.answers['POST /pairing/accept'] = { status: 403, body: { error: { code: 'wrong_code', message: 'no', hint: null } } }
  await opened(page, some, '#/people')
  await page.getByLabel('Code from your partner').fill('12-no-no')
  await page.getByRole('button', { name: 'Pair', exact: true }).click()
  await expect(page.getByRole('alert')).toContainText('That code is not right')
})

test('a visit, with a partner writing', async ({ page }) => {
  const daemon = await opened(page, busy(), `#/documents/${visit}`)
  await expect(page.getByRole('textbox', { name: 'Plan' })).toContainText('Debrief at 14:30')
  daemon.say({ op: 'presence', doc: visit, field: 'plan', person: BEN.id, name: 'Ben', anchor: 47, head: 47 })
  await expect(page.locator('.cm-partner')).toHaveText('Ben')
  await expect(truth(page)).toContainText('On Ben’s computer')
  await expect(truth(page)).toContainText('Will reach Dara when your computers next meet')
  await look(page, 'visit')
})

test('notes of one’s own', async ({ page }) => {
  await opened(page, busy(), `#/documents/${notes}`)
  await expect(page.getByRole('textbox', { name: 'Notes' })).toBeVisible()
  await expect(truth(page)).toContainText('Nobody else can open this')
  await look(page, 'notes')
})

test('visits, in a list and week by week', async ({ page }) => {
  const some = busy()
  const more = (id: string, stage: string, model: Record<string, unknown>) => {
    some.documents.push({ ...some.documents[0], id, title: '' })
    some.details[id] = {
      detail: { id, kind: 'visit', model: { ...ACCEPTED, ...model }, stage, texts: [], people: [ANA, BEN, CHIDI, DARA], role: 'owner', problems: [] },
      holders: [],
    }
  }
  more('v2', 'proposed', { host: ANA.id, people: { [ANA.id]: 'host', [CHIDI.id]: 'visitor' }, answers: { [CHIDI.id]: 'accepted' }, focus: 'Who speaks in the lab?', when_ms: WHEN + 2 * 86_400_000 })
  more('v3', 'proposed', { people: { [ANA.id]: 'visitor', [DARA.id]: 'host' }, host: DARA.id, answers: { [ANA.id]: 'accepted' }, focus: '', when_ms: null })
  more('v4', 'closed', { when_ms: WHEN - 14 * 86_400_000 })
  more('v5', 'cancelled', { focus: 'called off', cancelled: true })
  await page.clock.setFixedTime(new Date('2026-11-23T08:00:00'))
  await opened(page, some, '#/visits')
  await expect(page.getByRole('main').getByRole('heading', { level: 2 })).toHaveText(['Waiting for your answer', 'Coming up', 'Waiting for an answer', 'Earlier'])
  await expect(page.getByText('called off')).toHaveCount(0)
  await look(page, 'visits')
  await page.getByRole('link', { name: 'Week', exact: true }).click()
  await expect(page.getByText('You visit Ben')).toHaveCount(1)
  await look(page, 'visits-week')
  await page.getByRole('link', { name: 'Week before' }).click()
  await expect(page.getByText('You visit Ben')).toHaveCount(0)
})

test('two times at once are settled by choosing one', async ({ page }) => {
  const some = busy()
  some.details[visit]!.detail['model'] = { ...ACCEPTED, other_times_ms: [WHEN + 3_600_000] }
  some.answers[`POST /documents/${visit}/edits`] = { status: 200, body: { schema: 1, saved: true } }
  await opened(page, some, `#/documents/${visit}`)
  const settled = page.waitForRequest(`**/documents/${visit}/edits`)
  await page.getByRole('button', { name: /11:15/ }).click()
  expect((await settled).postDataJSON()).toMatchObject({ edit: { verb: 'schedule', when_ms: WHEN + 3_600_000 } })
})

test('an invitation that nobody has answered shows no mark of delivery', async ({ page }) => {
  const some = busy()
  some.details[visit]!.detail['model'] = { ...ACCEPTED, answers: { [ANA.id]: 'accepted' } }
  await opened(page, some, `#/documents/${visit}`)
  await expect(truth(page)).toContainText('can open this')
  await expect(page.getByText('On Ben’s computer')).toHaveCount(0)
})

test('an invitation can be answered, and writing does not wait for that', async ({ page }) => {
  const some = busy()
  some.details[visit]!.detail['model'] = { ...ACCEPTED, answers: { [BEN.id]: 'accepted' } }
  some.answers[`POST /documents/${visit}/edits`] = { status: 200, body: { schema: 1, saved: true } }
  await opened(page, some, `#/documents/${visit}`)
  await expect(page.getByRole('textbox', { name: 'Plan' })).toContainText('Debrief')
  await look(page, 'invitation')
  const answered = page.waitForRequest(`**/documents/${visit}/edits`)
  some.details[visit]!.detail['model'] = ACCEPTED
  await page.getByRole('button', { name: 'Accept' }).click()
  expect((await answered).postDataJSON()).toMatchObject({ edit: { verb: 'accept' } })
  await expect(page.getByRole('button', { name: 'Accept' })).toHaveCount(0)
  await expect(truth(page)).toContainText('On Ben’s computer')
})

test('a full disk is said at once, and words are kept', async ({ page }) => {
  const daemon = await opened(page, busy(), `#/documents/${notes}`)
  const text = page.getByRole('textbox', { name: 'Notes' })
  await text.click()
  daemon.saves = false
  daemon.say({ op: 'storage', saving: false, reason: 'the disk is full' })
  await page.keyboard.type('T: why?')
  await expect(truth(page)).toContainText('Not saving — the disk is full')
  await expect(text).toHaveText('T: why?')
  await look(page, 'disk-full')
})

test('a computer that is near but cannot be reached', async ({ page }) => {
  const some = busy()
  some.partners[0] = { person: BEN, state: 'unreachable', here: false, reason: 'the network keeps computers apart; try the cable', waiting_out: 1, waiting_in: 0 }
  await opened(page, some)
  await expect(truth(page)).toContainText('Ben’s computer is near but cannot be reached — the network keeps computers apart; try the cable')
})

test('typing goes on while the daemon is away, and is sent once when it is back', async ({ page }) => {
  const daemon = await opened(page, busy(), `#/documents/${notes}`)
  const text = page.getByRole('textbox', { name: 'Notes' })
  await text.click()
  await expect(truth(page)).toContainText('Saved here')
  await daemon.goAway()
  await page.keyboard.type('kept, in order')
  await expect(truth(page)).toContainText('Your words wait in this page')
  await expect(text).toHaveText('kept, in order')
  await look(page, 'daemon-away')
  daemon.heard.length = 0
  daemon.reachable = true
  await expect(truth(page)).toContainText('Saved here')
  const pushes = daemon.heard.filter((message) => message['op'] === 'push')
  expect(pushes).toHaveLength(1)
  expect(pushes[0]).toMatchObject({ updates: [{ splices: [{ at: 0, delete: 0, insert: 'kept, in order' }] }] })
})

test('words that wait while another version takes the daemon’s place are sent to it, once', async ({ page }) => {
  const daemon = await opened(page, busy(), `#/documents/${notes}`)
  const text = page.getByRole('textbox', { name: 'Notes' })
  await text.click()
  await expect(truth(page)).toContainText('Saved here')
  await daemon.goAway()
  await page.keyboard.type('not lost')
  await expect(truth(page)).toContainText('Your words wait in this page')
  daemon.version = '9.9.9'
  daemon.reachable = true
  await page.evaluate(() => dispatchEvent(new Event('online')))
  const notice = page.getByRole('alert').filter({ hasText: 'Rounds is another version now' })
  await expect(notice).toBeVisible()
  await expect(text).toHaveText('not lost')
  await notice.getByRole('button', { name: 'Load again' }).click()
  await expect(notice).toHaveCount(0)
  await expect(truth(page)).toContainText('Saved here')
  const sent = daemon.heard.filter((message) => message['op'] === 'push').flatMap((message) => message['updates'] as { id: string; splices: unknown }[])
  expect(sent).toHaveLength(1)
  expect(sent[0]?.splices).toEqual([{ at: 0, delete: 0, insert: 'not lost' }])
})

test('what the daemon refuses stays on the page until it is let go', async ({ page }) => {
  const daemon = await opened(page, busy(), `#/documents/${visit}`)
  const text = page.getByRole('textbox', { name: 'Focus question' })
  await text.click()
  await expect(text).toContainText('After I ask')
  await page.keyboard.press('End')
  daemon.socket!.onMessage((data) => {
    const message = JSON.parse(String(data)) as { op: string; updates?: { id: string }[] }
    if (message.op === 'push') daemon.say({ op: 'refused', id: message.updates![0]!.id, error: { code: 'refused', message: 'no' } })
  })
  await page.keyboard.insertText(' too late')
  await expect(page.getByRole('alert')).toContainText('was not accepted')
  await expect(text).toContainText('too late')
  await expect(truth(page)).toContainText('Not saved')
  await look(page, 'refused')
  await expect(page.getByRole('button', { name: 'Copy the words' })).toBeVisible()
  await page.getByRole('button', { name: 'Discard them…' }).click()
  await expect(text).toContainText('too late')
  await page.getByRole('button', { name: 'Discard them', exact: true }).click()
  await expect(text).not.toContainText('too late')
})

test('words that the daemon cannot take just now are sent again by themselves, once', async ({ page }) => {
  const daemon = await opened(page, busy(), `#/documents/${notes}`)
  const text = page.getByRole('textbox', { name: 'Notes' })
  await text.click()
  await expect(truth(page)).toContainText('Saved here')
  const pushed: string[] = []
  let refusals = 3
  daemon.socket!.onMessage((data) => {
    const message = JSON.parse(String(data)) as { op: string; doc: string; field: string; updates?: { id: string }[] }
    if (message.op === 'open') daemon.say({ op: 'text', doc: message.doc, field: message.field, text: '', version: 0, epoch: 1, heads: ['0'], role: 'owner', known: [] })
    if (message.op !== 'push') return
    const { id } = message.updates![0]!
    pushed.push(id)
    refusals -= 1
    if (refusals >= 0) return daemon.say({ op: 'refused', id, error: { code: 'unavailable', message: 'not now' } })
    daemon.say({ op: 'patches', doc: message.doc, field: message.field, epoch: 1, from: 0, version: 1, updates: message.updates, heads: ['1'], known: [] })
    daemon.say({ op: 'saved', ids: [id] })
  })
  await page.keyboard.insertText('kept')
  await expect(truth(page)).toContainText('Saving…')
  await expect(truth(page)).toContainText('Saved here')
  expect([new Set(pushed).size, pushed.length]).toEqual([1, 4])
  await expect(text).toHaveText('kept')
  await expect(page.getByRole('alert')).toHaveCount(0)
})

test('an expired page says so and keeps its words', async ({ page }) => {
  const some = busy()
  const daemon = await opened(page, some, `#/documents/${notes}`)
  await page.getByRole('textbox', { name: 'Notes' }).click()
  await daemon.goAway()
  await page.keyboard.type('not lost')
  const no = { status: 401, body: { error: { code: 'no_session', message: 'no' } } }
  for (const path of ['/status', '/documents']) some.answers[path] = no
  daemon.reachable = true
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await expect(page.getByRole('alert')).toContainText('Please open Rounds again')
  await expect(page.getByRole('textbox', { name: 'Notes' })).toHaveText('not lost')
  await look(page, 'expired')
})

test('a hostile name stays a name', async ({ page }) => {
  const some = busy()
  const name = '<img src=x onerror=alert(1)>\u202Egnp' + 'x'.repeat(300)
  some.partners[0]!.person = { ...BEN, name }
  some.documents[0]!['with'] = [some.partners[0]!.person]
  some.details[visit]!.detail['people'] = [ANA, some.partners[0]!.person]
  await opened(page, some)
  await expect(page.getByText('After I ask')).toBeVisible()
  expect(await page.locator('img').count()).toBe(0)
  await look(page, 'hostile-name')
  await page.goto(new URL('#/people', page.url()).href)
  await look(page, 'hostile-name-people')
})

test('on a phone the rest of the screens and the lock are under one sign, by finger and by key', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 700 })
  await opened(page, busy())
  const more = page.getByRole('button', { name: 'More' })
  await more.click()
  await expect(page.getByRole('menuitem')).toHaveText(['Search', 'Settings', 'Lock'])
  await look(page, 'more', ['phone', 'phone-dark'])
  await page.keyboard.press('Escape')
  await expect(page.getByRole('menu')).toHaveCount(0)
  await expect(more).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('menuitem', { name: 'Search' })).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeFocused()
  await more.click()
  await page.getByRole('menuitem', { name: 'Lock' }).click()
  await expect(page.getByRole('heading', { name: 'Lock', exact: true })).toBeFocused()
})

test('every control can be reached by keyboard', async ({ page }) => {
  await opened(page, busy())
  await expect(page.getByText('After I ask')).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to the page' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('main')).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Propose a visit' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Propose a visit' })).toBeFocused()
})

/** Notes what moves on a page from its beginning on, and lets it wait for what it asked as long as the test likes. */
async function watchMoves(page: import('@playwright/test').Page): Promise<() => Promise<unknown[]>> {
  await page.addInitScript(() => {
    const moved = ((window as { moved?: unknown[] }).moved = [] as unknown[])
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; sources: { node: Node | null }[] })[])
        moved.push([entry.value, ...entry.sources.map((one) => (one.node as Element | null)?.outerHTML?.slice(0, 120))])
    }).observe({ type: 'layout-shift', buffered: true })
    performance.now = () => 0
  })
  return () => page.evaluate(() => (window as unknown as { moved: unknown[] }).moved)
}

const SCREENS = [
  '#/', '#/visits', '#/visits/week', '#/propose', '#/open-door', '#/growth', '#/growth/cards', '#/growth/tries', '#/growth/successes',
  '#/growth/resources', '#/growth/instruments', '#/people', '#/search', '#/settings', '#/bin', '#/timetable',
  `#/documents/${visit}`, `#/documents/${visit}/observe`, `#/documents/${visit}/debrief`, `#/documents/${visit}/reflect`,
  `#/documents/${notes}`, `#/history/${visit}`,
]

for (const size of [{ width: 1280, height: 860 }, { width: 390, height: 844 }]) {
  test(`nothing moves on any screen once it can be read, ${size.width} pixels wide, however the answers come`, async ({ page }) => {
    await page.setViewportSize(size)
    await page.clock.setFixedTime(new Date(WHEN - 40 * 60_000))
    const moves = await watchMoves(page)
    const daemon = new Pretended(busy())
    daemon.text = (field) => (field === 'plan' ? plan : field)
    await daemon.serve(page)
    const held: (() => void)[] = []
    await page.route('**/api/v1/**', async (route) => {
      await new Promise<void>((go) => held.push(go))
      await route.fallback()
    })
    for (const hash of SCREENS) {
      await page.goto('about:blank')
      await page.goto(daemon.address(hash))
      // The answers come one by one, the last that was asked for first.
      do {
        held.pop()?.()
        await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))))
      } while (held.length > 0 || (await page.locator('.settling').count()) > 0)
      await expect(page.locator('main h1')).toBeVisible()
      expect(await moves(), hash).toEqual([])
    }
  })
}
