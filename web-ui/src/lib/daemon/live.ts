// Decides how the page stays in touch with its daemon: one socket, found again whenever it is lost.
import type { ClientMessage, ServerMessage } from './protocol'

/** Milliseconds before the first new attempt: a restarted daemon answers within a quarter of a second. */
const RETRY_FIRST_MS = 200
/** Milliseconds between attempts at most: a daemon started by hand is found without anybody noticing the wait. */
const RETRY_LONGEST_MS = 5_000

export type Connection = 'connecting' | 'open' | 'away'

/** What the socket needs of the world; tests give their own. */
export interface World {
  open(url: string): WebSocket
  after(milliseconds: number, run: () => void): () => void
  random(): number
}

const browser: World = {
  open: (url) => new WebSocket(url),
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds)
    return () => clearTimeout(timer)
  },
  random: Math.random,
}

export interface Listener {
  /** `away` is said once for each attempt that failed. */
  connection(connection: Connection): void
  message(message: ServerMessage): void
}

export class Live {
  readonly #url: string
  readonly #listener: Listener
  readonly #world: World
  #socket: WebSocket | null = null
  #open = false
  #failures = 0
  #cancelRetry: (() => void) | null = null
  #stopped = true

  constructor(url: string, listener: Listener, world: World = browser) {
    this.#url = url
    this.#listener = listener
    this.#world = world
  }

  start(): void {
    this.#stopped = false
    this.#connect()
  }

  stop(): void {
    this.#stopped = true
    this.#cancelRetry?.()
    this.#cancelRetry = null
    this.#socket?.close()
    this.#socket = null
    this.#open = false
  }

  /** Tries at once instead of waiting: the lid was opened, or the person asked. */
  retryNow(): void {
    if (this.#stopped || this.#socket !== null) return
    this.#cancelRetry?.()
    this.#connect()
  }

  /** Sends, or says that it could not; what matters is kept by whoever called. */
  send(message: ClientMessage): boolean {
    if (!this.#open || this.#socket === null) return false
    this.#socket.send(JSON.stringify(message))
    return true
  }

  #connect(): void {
    this.#cancelRetry = null
    if (this.#failures === 0) this.#listener.connection('connecting')
    const socket = this.#world.open(this.#url)
    this.#socket = socket
    socket.onopen = () => {
      if (socket !== this.#socket) return
      this.#open = true
      this.#failures = 0
      this.#listener.connection('open')
    }
    socket.onmessage = (event: MessageEvent) => {
      if (socket !== this.#socket) return
      const message = decode(event.data)
      if (message) this.#listener.message(message)
    }
    socket.onclose = () => {
      if (socket !== this.#socket) return
      this.#socket = null
      this.#open = false
      this.#failures += 1
      this.#listener.connection('away')
      if (this.#stopped) return
      this.#cancelRetry = this.#world.after(this.#delay(), () => this.#connect())
    }
  }

  /** Doubles with each failure, and differs by page, so that many pages do not knock at once. */
  #delay(): number {
    const longest = Math.min(RETRY_LONGEST_MS, RETRY_FIRST_MS * 2 ** (this.#failures - 1))
    return longest * (0.5 + this.#world.random() / 2)
  }
}

/** A message of ours to come, or null for what this page does not understand (a newer daemon may say more). */
function decode(data: unknown): ServerMessage | null {
  if (typeof data !== 'string') return null
  try {
    const message: unknown = JSON.parse(data)
    return typeof message === 'object' && message !== null && 'op' in message ? (message as ServerMessage) : null
  } catch {
    return null
  }
}

export function liveUrl(place: { protocol: string; host: string }, token: string): string {
  const scheme = place.protocol === 'https:' ? 'wss' : 'ws'
  const query = token ? `?token=${encodeURIComponent(token)}` : ''
  return `${scheme}://${place.host}/api/v1/live${query}`
}
