// Decides how a benchmark starts a daemon, asks it things over its API, pairs two of them, and waits for what it measures.
import { execFile, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import readline from 'node:readline'
import { now, sleep, round } from '../js/lib.mjs'

export const program = process.env.ROUNDS_BIN ?? path.join(import.meta.dirname, '../../../target/release/rounds')

/** Milliseconds anything here may take before the measurement counts as failed. */
const PATIENCE_MS = 120_000

/** A child that ends with its parent, where the system can promise that. */
const leashed = existsSync('/usr/bin/setpriv') ? ['setpriv', '--pdeathsig', 'KILL'] : []

export class ApiError extends Error {
  constructor(status, error) {
    super(`${error?.code ?? status}: ${error?.message ?? 'no reason was given'}`)
    this.status = status
    this.code = error?.code
  }
}

/** The daemon's REST API, as a script uses it. */
export class Api {
  constructor({ http: address, token }) {
    this.address = address
    this.token = token
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 64 })
  }

  async call(method, route, body) {
    const { status, bytes } = await this.raw(method, route, body)
    const answer = bytes.length ? JSON.parse(bytes) : {}
    if (status !== 200) throw new ApiError(status, answer.error)
    return answer
  }

  raw(method, route, body) {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const headers = { authorization: `Bearer ${this.token}` }
    if (text !== undefined) Object.assign(headers, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    const [host, port] = this.address.split(':')
    return new Promise((resolve, reject) => {
      const request = http.request({ host, port, method, path: `/api/v1${route}`, headers, agent: this.agent }, (answer) => {
        const parts = []
        answer.on('data', (part) => parts.push(part))
        answer.on('end', () => resolve({ status: answer.statusCode, bytes: Buffer.concat(parts) }))
        answer.on('error', reject)
      })
      request.on('error', reject)
      request.end(text)
    })
  }

  status() {
    return this.call('GET', '/status')
  }

  /** A note set with its text, shared with `partner` as writer where one is named; its id. */
  async note(title, text, partner) {
    const { document } = await this.call('POST', '/documents', { kind: 'note_set', title })
    await this.call('POST', `/documents/${document}/texts/notes`, { set: text })
    if (partner) await this.grant(document, partner)
    return document
  }

  grant(document, partner) {
    return this.call('POST', `/documents/${document}/grants`, { with: partner, role: 'writer' })
  }

  close() {
    this.agent.destroy()
  }
}

/** One daemon on a folder of its own. `inside` is a command that runs it elsewhere, such as in another network namespace. */
export class Daemon {
  constructor(folder, { name, http: address, listen, discovery = 'off', inside = [] }) {
    Object.assign(this, { folder, name, http: address, listen, discovery, inside })
  }

  #command(...args) {
    const [command, ...rest] = [...this.inside, ...leashed, program, '--json', '--data', this.folder, ...args]
    return { command, rest }
  }

  /** Starts it and waits until it says that it is ready. */
  async start() {
    this.#spawn()
    const line = await first(readline.createInterface({ input: this.process.stdout }), this.process, 'the daemon')
    this.process.stdout.resume()
    this.ready = JSON.parse(line)
    return this
  }

  /** Starts it; milliseconds from then until it first answers. The folder must have been run before. */
  async startTimed() {
    const api = new Api({ http: this.http, token: this.token })
    const began = now()
    this.#spawn()
    this.process.stdout.resume()
    for (;;) {
      const answer = await api.raw('GET', '/status').catch(() => null)
      if (answer?.status === 200) break
      if (this.process.exitCode !== null || now() - began > PATIENCE_MS) throw new Error('the daemon did not start')
      await sleep(1)
    }
    const took = round(now() - began, 1)
    api.close()
    return took
  }

  #spawn() {
    const { command, rest } = this.#command('run', '--name', this.name, '--http', this.http, '--listen', this.listen, '--discovery', this.discovery, '--no-open')
    this.process = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
    this.ended = new Promise((resolve) => this.process.once('exit', resolve))
  }

  get pid() {
    return this.process.pid
  }

  get token() {
    return readFileSync(path.join(this.folder, 'cli.token'), 'utf8').trim()
  }

  get api() {
    return (this.client ??= new Api({ http: this.http, token: this.token }))
  }

  async stop() {
    this.client?.close()
    this.client = undefined
    if (!this.process || this.process.exitCode !== null || this.process.signalCode !== null) return
    this.process.kill('SIGTERM')
    const hard = setTimeout(() => this.process.kill('SIGKILL'), 10_000)
    await this.ended
    clearTimeout(hard)
  }

  /** One command of the command line; what it answered. */
  cli(...args) {
    const { command, rest } = this.#command(...args)
    return new Promise((resolve, reject) => {
      execFile(command, rest, { timeout: PATIENCE_MS }, (error, stdout, stderr) => {
        if (error) return reject(new Error(`rounds ${args.join(' ')}: ${stderr || error.message}`))
        resolve(stdout.trim().split('\n').filter(Boolean).map((line) => JSON.parse(line)))
      })
    })
  }

  /** Begins to offer a pairing; the code, and the end of the wait. */
  async offer() {
    const { command, rest } = this.#command('pair', 'offer', '--timeout', '60s')
    const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
    const paired = new Promise((resolve, reject) => child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error('nobody accepted')))))
    paired.catch(() => {}) // it is awaited later
    const { code } = JSON.parse(await first(readline.createInterface({ input: child.stdout }), child, 'the offer'))
    child.stdout.resume()
    return { code, paired }
  }
}

function first(lines, child, what) {
  return new Promise((resolve, reject) => {
    lines.once('line', resolve)
    child.once('exit', (code) => reject(new Error(`${what} ended with ${code}`)))
    child.once('error', reject)
  })
}

/** Pairs two daemons by a code, the way two people do; with addresses, since nothing looks for partners here. */
export async function pair(offering, accepting) {
  const { code, paired } = await offering.offer()
  await accepting.cli('pair', 'accept', code, '--at', offering.listen)
  await paired
  await linked(offering)
}

/** Waits until every partner of a daemon is connected. */
export function linked(daemon) {
  return until('the partners are linked', async () => {
    const { partners } = await daemon.api.status()
    return partners.length > 0 && partners.every((partner) => partner.state === 'connected')
  })
}

/** Waits until every partner holds everything on its disk. */
export function delivered(daemon) {
  return until('everything is delivered', async () => {
    const { partners } = await daemon.api.status()
    return partners.every((partner) => partner.waiting_out === 0)
  })
}

/** Asks until it is so; when that was. */
export async function until(what, question, every = 10) {
  const end = now() + PATIENCE_MS
  for (;;) {
    if (await question()) return now()
    if (now() > end) throw new Error(`waited in vain until ${what}`)
    await sleep(every)
  }
}

/** Does something for each item, `width` at once, in order of beginning. */
export async function each(items, width, work) {
  const results = new Array(items.length)
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      const index = next++
      results[index] = await work(items[index], index)
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker))
  return results
}
