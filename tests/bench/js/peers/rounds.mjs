// Two Rounds daemons, paired and linked. Clients whose name begins with `a` are pages of the first one, all others of the second:
// REST to make a document, the live WebSocket to open and type, each with the scripts' token instead of a page's cookie.
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import WebSocket from 'ws'
import { Api, Daemon, linked, pair, program } from '../../rounds/daemon.mjs'

export const packages = ['ws']
export const version = () => execFileSync(program, ['--version'], { encoding: 'utf8' }).trim()

/** Connections one daemon takes: it allows 64 pages, and the driver holds a few of its own. */
export const widest = 60

/** Milliseconds between questions for a document that has not arrived. */
const ASK_AGAIN_MS = 50
/** Milliseconds after which a document that was not there is given up. */
const ASK_LONGEST_MS = 30_000

export async function serve(port, dir) {
  fs.mkdirSync(dir, { recursive: true })
  const place = (offset) => `127.0.0.1:${port + offset}`
  const a = new Daemon(path.join(dir, 'a'), { name: 'Ana', http: place(10_000), listen: place(14_000) })
  const b = new Daemon(path.join(dir, 'b'), { name: 'Ben', http: place(12_000), listen: place(16_000) })
  process.once('SIGTERM', () => Promise.all([a.stop(), b.stop()]).then(() => process.exit(0)))
  await Promise.all([a.start(), b.start()])
  if ((await a.api.status()).partners.length === 0) await pair(a, b)
  await Promise.all([linked(a), linked(b)])
  const whereabouts = {}
  for (const [name, daemon] of Object.entries({ a, b })) {
    const { partners } = await daemon.api.status()
    whereabouts[name] = { http: daemon.http, token: daemon.token, pid: daemon.pid, partner: partners[0].person.id }
  }
  // The port opens when both are linked: that is when the driver begins, and where clients ask for their daemon.
  http.createServer((_, answer) => answer.end(JSON.stringify(whereabouts))).listen(port, '127.0.0.1')
}

/** The daemons behind a port, each to be measured by itself. */
export async function daemons(port) {
  return (await fetch(`http://127.0.0.1:${port}/`)).json()
}

export async function connect(port, name) {
  const where = process.env.ROUNDS_DAEMON ? JSON.parse(process.env.ROUNDS_DAEMON) : (await daemons(port))[name.startsWith('a') ? 'a' : 'b']
  const api = new Api(where)
  const page = await Page.connect(where)
  return {
    create: async (text, title) => page.open(await api.note(title, text, where.partner)),
    open: (id) => page.open(id),
    close: () => {
      page.close()
      api.close()
    },
  }
}

/** What a browser's page does with its daemon, less the screen. */
class Page {
  #socket
  #notes = new Map()
  #waiting = new Map()

  static async connect({ http: address, token }) {
    const page = new Page()
    page.#socket = new WebSocket(`ws://${address}/api/v1/live`, { headers: { authorization: `Bearer ${token}` } })
    page.#socket.on('message', (data) => page.#heard(JSON.parse(data)))
    await new Promise((resolve, reject) => page.#socket.once('open', resolve).once('error', reject))
    return page
  }

  close() {
    this.#socket.close()
  }

  /** The document once its words are here. */
  open(id) {
    const known = this.#notes.get(id)
    if (known) return Promise.resolve(known)
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, until: Date.now() + ASK_LONGEST_MS })
      this.send({ op: 'open', doc: id, field: 'notes' })
    })
  }

  send(message) {
    this.#socket.send(JSON.stringify(message))
  }

  #heard(message) {
    const note = this.#notes.get(message.doc)
    switch (message.op) {
      case 'text':
        if (note) note.replaced(message)
        else this.#notes.set(message.doc, new Note(this, message))
        break
      case 'patches':
        note?.patched(message)
        break
      case 'stale':
        note?.stale(message)
        break
      case 'refused':
        if (message.id != null) throw new Error(`an edit was refused: ${message.error.message}`)
        this.#askAgain()
        return
      default:
        return
    }
    const opened = this.#notes.get(message.doc)
    if (opened?.length() > 0) {
      this.#waiting.get(message.doc)?.resolve(opened)
      this.#waiting.delete(message.doc)
    }
  }

  /** A document that is not there is on its way: the refusal does not say which one, so all that wait ask again. */
  #askAgain() {
    this.asking ??= setTimeout(() => {
      this.asking = undefined
      for (const [id, { reject, until }] of this.#waiting) {
        if (this.#notes.has(id)) continue
        if (Date.now() < until) {
          this.send({ op: 'open', doc: id, field: 'notes' })
        } else {
          this.#waiting.delete(id)
          reject(new Error(`document ${id} did not arrive`))
        }
      }
    }, ASK_AGAIN_MS)
  }
}

/** A text as a page holds it: what the daemon confirmed, and what was typed since, at the end. */
class Note {
  #page
  #confirmed
  #version
  #epoch
  #pending = []
  #sent = 0
  #listeners = []

  constructor(page, { doc, text, version, epoch }) {
    this.#page = page
    this.id = doc
    this.#confirmed = text
    this.#version = version
    this.#epoch = epoch
  }

  length() {
    let length = this.#confirmed.length
    for (const { insert } of this.#pending) length += insert.length
    return length
  }

  text() {
    return this.#confirmed + this.#pending.map(({ insert }) => insert).join('')
  }

  append(insert) {
    this.#pending.push({ id: crypto.randomUUID(), insert })
    this.#push()
    this.#tell()
  }

  onLength(listener) {
    this.#listeners.push(listener)
  }

  replaced({ text, version, epoch, known }) {
    this.#confirmed = text
    this.#version = version
    this.#epoch = epoch
    this.#pending = this.#pending.filter(({ id }) => !known.includes(id))
    this.#sent = 0
    this.#push()
    this.#tell()
  }

  patched({ epoch, from, updates }) {
    if (epoch !== this.#epoch || from !== this.#version) {
      this.#sent = 0
      this.#page.send({ op: 'open', doc: this.id, field: 'notes', pending: this.#pending.map(({ id }) => id) })
      return
    }
    for (const { id, splices } of updates) {
      if (id !== null && id === this.#pending[0]?.id) {
        this.#pending.shift()
        this.#sent -= 1
      }
      for (const { at, delete: gone = 0, insert = '' } of splices) {
        const text = this.#confirmed
        this.#confirmed = at === text.length ? text + insert : text.slice(0, at) + insert + text.slice(at + gone)
      }
    }
    this.#version = from + updates.length
    this.#push()
    this.#tell()
  }

  /** Somebody else was first: what was sent goes again, at the end as it is now. */
  stale({ version }) {
    this.#sent = 0
    if (version === this.#version) this.#push()
  }

  /** One push at a time, like the page's editor: what is typed meanwhile travels together in the next. */
  #push() {
    if (this.#sent > 0 || this.#pending.length === 0) return
    let at = this.#confirmed.length
    const updates = this.#pending.slice(0, 1_000).map(({ id, insert }) => {
      const splice = { at, delete: 0, insert }
      at += insert.length
      return { id, splices: [splice] }
    })
    this.#sent = updates.length
    this.#page.send({ op: 'push', doc: this.id, field: 'notes', version: this.#version, epoch: this.#epoch, updates })
  }

  #tell() {
    const length = this.length()
    for (const listener of this.#listeners) listener(length)
  }
}
