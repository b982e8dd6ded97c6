// Decides how the network between two daemons is cut for real: a wire that alone joins them, and that can be taken out.
//
// Each daemon listens on an address of the loopback network that the other one never hears of: each sees the other at the wire's end
// (its port there is its own), for what arrives from the wire comes from there, and a daemon dials again where it saw somebody.
// While the wire is out, nothing is refused and nothing arrives, as when a cable is pulled.
import { createSocket, type Socket as Datagrams } from 'node:dgram'
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** Milliseconds a flow of datagrams may be silent before it is forgotten. */
const FLOW_FORGOTTEN_MS = 120_000

interface Place {
  host: string
  port: number
}

function placeOf(address: string): Place {
  const [host, port] = address.split(':')
  return { host: host!, port: Number(port) }
}

/** Whatever is sent to one end of the wire comes out at the other. */
class End {
  readonly #own: string
  readonly #leaves: string
  readonly #to: Place
  readonly #isOut: () => boolean
  readonly #flows = new Map<string, { socket: Datagrams; forget: NodeJS.Timeout }>()
  readonly #streams = new Set<Socket>()
  #datagrams!: Datagrams
  #server!: Server

  /** Listens at `own`, with the port of whom it leads to; what it passes on comes from `leaves`. */
  constructor(own: string, leaves: string, to: Place, isOut: () => boolean) {
    this.#own = own
    this.#leaves = leaves
    this.#to = to
    this.#isOut = isOut
  }

  async open(): Promise<void> {
    this.#datagrams = createSocket('udp4', (data, from) => this.#pass(data, from.address, from.port))
    this.#datagrams.bind(this.#to.port, this.#own)
    this.#server = createServer((near) => this.#join(near))
    this.#server.listen(this.#to.port, this.#own)
    await Promise.all([once(this.#datagrams, 'listening'), once(this.#server, 'listening')])
  }

  #pass(data: Buffer, address: string, port: number): void {
    if (this.#isOut()) return
    const from = `${address}:${port}`
    let flow = this.#flows.get(from)
    if (!flow) {
      const socket = createSocket('udp4', (answer) => {
        if (!this.#isOut()) this.#datagrams.send(answer, port, address)
      })
      // Nobody listens there any more, or not yet: on a wire that is nobody's business.
      socket.on('error', () => undefined)
      socket.bind(0, this.#leaves)
      flow = { socket, forget: setTimeout(() => this.#forget(from), FLOW_FORGOTTEN_MS) }
      this.#flows.set(from, flow)
    }
    flow.forget.refresh()
    flow.socket.send(data, this.#to.port, this.#to.host)
  }

  #forget(from: string): void {
    const flow = this.#flows.get(from)
    if (!flow) return
    this.#flows.delete(from)
    clearTimeout(flow.forget)
    flow.socket.close()
  }

  #join(near: Socket): void {
    this.#streams.add(near)
    near.on('error', () => near.destroy())
    near.on('close', () => this.#streams.delete(near))
    // A greeting into a cut wire is never answered.
    if (this.#isOut()) return
    const far = connect({ host: this.#to.host, port: this.#to.port, localAddress: this.#leaves })
    this.#streams.add(far)
    far.on('error', () => near.destroy())
    far.on('close', () => {
      this.#streams.delete(far)
      near.destroy()
    })
    near.on('close', () => far.destroy())
    near.on('data', (data) => this.#isOut() || far.write(data))
    far.on('data', (data) => this.#isOut() || near.write(data))
  }

  /** Streams that were cut miss what was said meanwhile, so they are worth nothing any more. */
  drop(): void {
    for (const stream of this.#streams) stream.destroy()
  }

  close(): void {
    this.drop()
    for (const from of [...this.#flows.keys()]) this.#forget(from)
    this.#datagrams.close()
    this.#server.close()
  }
}

export class Wire {
  #out = false
  readonly #ends: End[]
  /** Where the first finds the second. */
  readonly at: string

  private constructor(ends: End[], at: string) {
    this.#ends = ends
    this.at = at
  }

  /** A wire between two daemons, by where they listen. Its ends are addresses of the loopback network that nobody else uses. */
  static async between(one: string, other: string): Promise<Wire> {
    const [here, there] = [placeOf(one), placeOf(other)]
    const [seenByOne, seenByOther] = ['127.0.13.1', '127.0.13.2']
    const isOut = (): boolean => wire.#out
    const ends = [new End(seenByOne, seenByOther, there, isOut), new End(seenByOther, seenByOne, here, isOut)]
    const wire = new Wire(ends, `${seenByOne}:${there.port}`)
    for (const end of ends) await end.open()
    return wire
  }

  cut(): void {
    this.#out = true
  }

  mend(): void {
    for (const end of this.#ends) end.drop()
    this.#out = false
  }

  close(): void {
    for (const end of this.#ends) end.close()
  }
}
