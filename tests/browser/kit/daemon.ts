// Decides how a test runs real daemons: the real binary, a folder of its own, addresses that nobody else uses.
import { spawn, execFile, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

const run = promisify(execFile)

export const BINARY = resolve(process.env['ROUNDS_BIN'] ?? '../../target/debug/rounds')

/** Where a daemon cannot be tried at all, a test says so instead of passing. */
export const hasBinary = (): boolean => existsSync(BINARY)

interface Ready {
  event: 'ready'
  http: string
  listen: string[]
  person: string
  device: string
}

export class Daemon {
  readonly name: string
  readonly data: string
  ready!: Ready
  #process: ChildProcess | null = null
  #said = ''
  #named = true

  private constructor(name: string, data: string) {
    this.name = name
    this.data = data
  }

  /** Without `named` it is a first start at which nobody has said a name. */
  static async start(name: string, named = true, listen = '127.0.0.1:0'): Promise<Daemon> {
    const daemon = new Daemon(name, await mkdtemp(join(tmpdir(), `rounds-${name.toLowerCase()}-`)))
    daemon.#named = named
    await daemon.#run('127.0.0.1:0', listen)
    return daemon
  }

  /** Runs on a copy of a folder that was filled before, as the one it belongs to. */
  static async on(folder: string, name: string): Promise<Daemon> {
    const daemon = new Daemon(name, await mkdtemp(join(tmpdir(), `rounds-${name.toLowerCase()}-`)))
    await cp(folder, daemon.data, { recursive: true })
    await daemon.#run('127.0.0.1:0', '127.0.0.1:0')
    return daemon
  }

  get url(): string {
    return this.ready.http.startsWith('http') ? this.ready.http : `http://${this.ready.http}`
  }

  /** Pulls the plug: no word of farewell, nothing flushed. */
  async kill(): Promise<void> {
    const process = this.#process
    if (!process || process.exitCode !== null || process.signalCode !== null) return
    const gone = new Promise((done) => process.once('exit', done))
    process.kill('SIGKILL')
    await gone
    this.#process = null
  }

  /** Stops without ending, as a machine that sleeps: sockets stay open, and nothing is answered. */
  freeze(): void {
    this.#process?.kill('SIGSTOP')
  }

  thaw(): void {
    this.#process?.kill('SIGCONT')
  }

  /** Starts again on the same folder and the same addresses, as a computer does that was switched on again. */
  async restart(): Promise<void> {
    await this.#run(this.url.replace(/^https?:\/\//, '').replace(/\/$/, ''), this.ready.listen[0] ?? '127.0.0.1:0')
  }

  async remove(): Promise<void> {
    await this.kill()
    await rm(this.data, { recursive: true, force: true })
  }

  /** Runs a command against this daemon and reads its JSON: the last object, where one that takes time tells how far it is. */
  async command(...words: string[]): Promise<Record<string, unknown>> {
    const { stdout } = await run(BINARY, [...words, '--data', this.data, '--json'])
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>
  }

  async launchLink(): Promise<string> {
    const { stdout } = await run(BINARY, ['open', '--print', '--data', this.data])
    return stdout.trim()
  }

  /** Pairs with another daemon by code, as two people do side by side; `where` is the address that the other one types in. */
  async pairWith(other: Daemon, where?: string): Promise<void> {
    const offering = spawn(BINARY, ['pair', 'offer', '--data', this.data, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] })
    const lines = createInterface({ input: offering.stdout })
    const ended = new Promise<number | null>((done) => offering.once('exit', done))
    for await (const line of lines) {
      const said = JSON.parse(line) as { event: string; code?: string; addresses?: string[] }
      if (said.event === 'code') {
        const at = where ?? said.addresses?.[0]
        await run(BINARY, ['pair', 'accept', said.code!, ...(at ? ['--at', at] : []), '--data', other.data, '--json'])
      }
      if (said.event === 'paired') break
    }
    const code = await ended
    if (code !== 0) throw new Error(`pairing ended with ${String(code)}`)
  }

  async #run(http: string, listen: string): Promise<void> {
    const child = spawn(
      BINARY,
      ['run', '--data', this.data, ...(this.#named ? ['--name', this.name] : []), '--http', http, '--listen', listen]
        .concat(['--discovery', 'off', '--no-open', '--json']),
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    this.#process = child
    child.stderr.on('data', (chunk: Buffer) => (this.#said += chunk.toString()))
    const lines = createInterface({ input: child.stdout })
    this.ready = await new Promise<Ready>((done, fail) => {
      lines.on('line', (line) => {
        const said = JSON.parse(line) as { event?: string }
        if (said.event === 'ready') done(said as Ready)
      })
      child.once('exit', (code) => fail(new Error(`${this.name}'s daemon ended with ${String(code)}: ${this.#said}`)))
    })
  }
}
