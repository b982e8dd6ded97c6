// Decides whether the page finds its daemon again, and speaks only while it is there.
import { expect, test } from 'vitest'
import { Live, liveUrl, type Connection, type World } from '../src/lib/daemon/live'
import type { ServerMessage } from '../src/lib/daemon/protocol'

class Socket {
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: (() => void) | null = null
  sent: string[] = []

  send(text: string): void {
    this.sent.push(text)
  }

  close(): void {
    this.onclose?.()
  }
}

function setUp(random = 1) {
  const sockets: Socket[] = []
  const waits: { milliseconds: number; run: () => void; cancelled: boolean }[] = []
  const connections: Connection[] = []
  const messages: ServerMessage[] = []
  const world: World = {
    open: () => {
      const socket = new Socket()
      sockets.push(socket)
      return socket as unknown as WebSocket
    },
    after: (milliseconds, run) => {
      const wait = { milliseconds, run, cancelled: false }
      waits.push(wait)
      return () => (wait.cancelled = true)
    },
    random: () => random,
  }
  const live = new Live(
    'ws://here',
    { connection: (state) => connections.push(state), message: (message) => messages.push(message) },
    world,
  )
  live.start()
  return { live, sockets, waits, connections, messages }
}

test('speaks once the socket is open, and says so when it cannot', () => {
  const { live, sockets, connections } = setUp()
  expect(live.send({ op: 'close', doc: 'd' })).toBe(false)
  sockets[0]!.onopen!()
  expect(live.send({ op: 'close', doc: 'd' })).toBe(true)
  expect(sockets[0]!.sent).toEqual(['{"op":"close","doc":"d"}'])
  expect(connections).toEqual(['connecting', 'open'])
})

test('comes back, waiting longer each time but never long', () => {
  const { sockets, waits } = setUp()
  for (let attempt = 0; attempt < 8; attempt += 1) {
    sockets[attempt]!.onclose!()
    waits[attempt]!.run()
  }
  expect(waits.map((wait) => wait.milliseconds)).toEqual([200, 400, 800, 1600, 3200, 5000, 5000, 5000])
  sockets[8]!.onopen!()
  sockets[8]!.onclose!()
  expect(waits[8]!.milliseconds).toBe(200)
})

test('pages that lost the same daemon do not all knock at once', () => {
  const early = setUp(0)
  early.sockets[0]!.onclose!()
  expect(early.waits[0]!.milliseconds).toBe(100)
})

test('an opened lid does not wait for its turn', () => {
  const { live, sockets, waits } = setUp()
  live.retryNow()
  expect(sockets).toHaveLength(1)
  sockets[0]!.onclose!()
  live.retryNow()
  expect(waits[0]!.cancelled).toBe(true)
  expect(sockets).toHaveLength(2)
})

test('passes on what it understands and survives what it does not', () => {
  const { sockets, messages } = setUp()
  for (const data of ['{"op":"documents"}', 'not json', '[]', 'null', '7', new ArrayBuffer(2)]) sockets[0]!.onmessage!({ data })
  expect(messages).toEqual([{ op: 'documents' }])
})

test('stops for good', () => {
  const { live, sockets, waits } = setUp()
  live.stop()
  sockets[0]!.onclose!()
  expect(waits).toHaveLength(0)
  live.retryNow()
  expect(sockets).toHaveLength(1)
})

test('the address carries the page’s token, and is secure where the page is', () => {
  expect(liveUrl({ protocol: 'http:', host: '127.0.0.1:4477' }, 'a b')).toBe('ws://127.0.0.1:4477/api/v1/live?token=a%20b')
  expect(liveUrl({ protocol: 'https:', host: 'tablet' }, '')).toBe('wss://tablet/api/v1/live')
})
