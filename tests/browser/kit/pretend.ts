// Decides what a pretended daemon answers, to see the page in states that real ones seldom show.
//
// What it says follows the daemon's own API; whether the real one says it too is for the other tests to show.
import { readFile } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import type { Page, WebSocketRoute } from '@playwright/test'

const DIST = resolve('../../web-ui/dist')
/** Nothing listens there: every request is answered here. */
const ORIGIN = 'http://localhost:4477'
const NONCE = 'pretended'
const POLICY = [
  "default-src 'none'",
  `script-src 'nonce-${NONCE}'`,
  `style-src 'nonce-${NONCE}'`,
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')
const TYPES: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.html': 'text/html' }

export const ANA = { id: 'ana'.padEnd(52, 'a'), name: 'Ana' }
export const BEN = { id: 'ben'.padEnd(52, 'e'), name: 'Ben' }
export const CHIDI = { id: 'chidi'.padEnd(52, 'i'), name: 'Chidi' }
export const DARA = { id: 'dara'.padEnd(52, 'u'), name: 'Dara' }

export interface World {
  me: { id: string; name: string }
  storage: { saving: boolean; reason: string | null }
  partners: { person: typeof BEN; state: string; here: boolean; reason: string | null; waiting_out: number; waiting_in: number }[]
  documents: Record<string, unknown>[]
  details: Record<string, { detail: Record<string, unknown>; holders: Record<string, unknown>[] }>
  /** Answers by path, before all others. */
  answers: Record<string, { status: number; body: unknown }>
}

/** A visit as the daemon tells it, with nothing said yet. */
export const VISIT = {
  kind: 'visit', host: BEN.id, people: { [ANA.id]: 'visitor', [BEN.id]: 'host' }, answers: {}, visit_kind: 'pair', door: null, when_ms: null,
  other_times_ms: [], minutes: null, period: null, room: null, goal: null, focus: '', plan: '', instruments: [], seat: null, may_talk: null,
  roles: {}, run: { protocol: null, begun: {}, at: null }, debrief: null, began_ms: null, ended_ms: null, here: {}, stop_asked: false, did_not_happen: false, cancelled: false,
  talked: false, notes_waived: false, seats: [],
}

export const world = (changes: Partial<World> = {}): World => ({
  me: ANA,
  storage: { saving: true, reason: null },
  partners: [],
  documents: [],
  details: {},
  answers: {},
  ...changes,
})

export class Pretended {
  readonly world: World
  /** What the page said on its live socket. */
  readonly heard: Record<string, unknown>[] = []
  socket: WebSocketRoute | null = null
  reachable = true
  /** The daemon's version; another one was installed when it changes. */
  version = '0.1.0'
  /** Answers an opened text; tests replace it. */
  text: (field: string) => string = () => ''
  /** Whether what is typed is saved at once. */
  saves = true
  #versions = new Map<string, number>()

  constructor(world: World) {
    this.world = world
  }

  async serve(page: Page): Promise<void> {
    await page.route(`${ORIGIN}/**`, async (route) => {
      const { pathname, searchParams } = new URL(route.request().url())
      if (pathname.startsWith('/api/v1/')) {
        if (!this.reachable) return route.abort('connectionrefused')
        const { status, body } = this.#answer(route.request().method(), pathname.slice('/api/v1'.length), searchParams)
        return route.fulfill({ status, json: body })
      }
      const file = pathname === '/' ? '/index.html' : pathname
      const text = (await readFile(join(DIST, file), 'utf8'))
        .replaceAll('__CSP_NONCE__', NONCE)
        .replaceAll('__ROUNDS_TOKEN__', 'token')
        .replaceAll('__ROUNDS_KEY__', 'ab'.repeat(32))
      const headers = { 'content-type': TYPES[extname(file)] ?? 'text/plain', 'content-security-policy': POLICY }
      return route.fulfill({ body: text, headers })
    })
    await page.routeWebSocket(/\/api\/v1\/live/, (socket) => {
      // A daemon that no longer knows the page's session refuses its socket too.
      if (!this.reachable || this.world.answers['/status']?.status === 401) {
        void socket.close()
        return
      }
      this.socket = socket
      this.#versions.clear()
      socket.onMessage((data) => this.#listen(JSON.parse(String(data)) as Record<string, unknown>))
    })
  }

  say(message: Record<string, unknown>): void {
    this.socket?.send(JSON.stringify(message))
  }

  async goAway(): Promise<void> {
    this.reachable = false
    await this.socket?.close()
  }

  address(hash = ''): string {
    return `${ORIGIN}/${hash}`
  }

  #listen(message: Record<string, unknown>): void {
    this.heard.push(message)
    const { op, doc, field } = message
    if (op === 'open') {
      this.#versions.set(String(field), 0)
      const text = this.text(String(field))
      this.say({ op: 'text', doc, field, text, version: 0, epoch: 1, heads: ['0'], role: 'owner', known: [] })
    } else if (op === 'push') {
      const updates = message['updates'] as { id: string }[]
      const from = this.#versions.get(String(field)) ?? 0
      this.#versions.set(String(field), from + updates.length)
      this.say({ op: 'patches', doc, field, epoch: 1, from, version: from + updates.length, updates, heads: ['1'], known: [] })
      if (this.saves) this.say({ op: 'saved', ids: updates.map((update) => update.id) })
    }
  }

  /** A visit's row says what opening it would. */
  #facts(row: Record<string, unknown>): Record<string, unknown> | null {
    const detail = this.world.details[String(row['id'])]?.detail
    const model = detail?.['model'] as typeof VISIT | undefined
    if (model?.kind !== 'visit') return null
    const answers = model.answers as Record<string, string>
    const known = detail!['people'] as { id: string; name: string }[]
    const people = Object.entries(model.people).map(([id, part]) => {
      return { person: known.find((one) => one.id === id) ?? { id, name: '' }, part, answer: answers[id] ?? null }
    })
    const { visit_kind, door, when_ms, minutes, period, room, focus, debrief } = model
    return { stage: detail!['stage'], people, visit_kind, door, when_ms, minutes, period, room, focus, debrief, notes_waived: false, notes_held: false, notes_unread: false, answers_unread: false, reflected: false }
  }

  #answer(method: string, path: string, query: URLSearchParams): { status: number; body: unknown } {
    const given = this.world.answers[`${method} ${path}`] ?? this.world.answers[path]
    if (given) return given
    const { me, storage, partners, documents, details } = this.world
    const ok = (body: unknown) => ({ status: 200, body })
    if (path === '/status') {
      return ok({
        schema: 1, version: this.version, person: me, named: me.name !== '', device: 'd', data: '/home/ana/rounds',
        storage: { ...storage, key_protection: 'file', bytes: 0 },
        network: { discovery: true, addresses: [] }, partners, documents: { count: documents.length, quarantined: 0 },
      })
    }
    if (path === '/documents') {
      const kind = query.get('kind')
      const visit = query.get('visit')
      const rows = documents.filter((one) => (kind === null || one['kind'] === kind) && (visit === null || one['visit'] === visit))
      return ok({ schema: 1, documents: rows.map((one) => ({ facts: this.#facts(one), ...one })), next: null })
    }
    const [, id, rest] = /^\/documents\/([^/]+)(\/holders)?$/.exec(path) ?? []
    const found = id ? details[id] : undefined
    if (found) return ok(rest ? { schema: 1, holders: found.holders } : found.detail)
    return { status: 404, body: { error: { code: 'not_found', message: 'There is no such thing.' } } }
  }
}
