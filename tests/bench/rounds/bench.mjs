// Decides how what only Rounds has is measured: a fresh partner's catch-up, a start on many documents, idling, disk, one hop on the wire.
// Settings by environment: EDITS=1000 PACE_MS=20 DOCS=1000 DOC_BYTES=3000 BIG=10000 IDLE_S=60 SETTLE_S=20 CATCHUPS=3 FLOORS_BIN=file OUT=file
// SECTIONS="start wire catchup big" chooses.
import { execFileSync, fork, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import zlib from 'node:zlib'
import { du, emit, idle, machine, mem, now, round, sleep, stats } from '../js/lib.mjs'
import { Daemon, delivered, each, linked, pair, program, until } from './daemon.mjs'

const setting = (name, usual) => Number(process.env[name] ?? usual)
const EDITS = setting('EDITS', 1000)
const PACE = setting('PACE_MS', 20)
const DOCS = setting('DOCS', 1000)
const SIZE = setting('DOC_BYTES', 3000)
const BIG = setting('BIG', 10_000)
const IDLE = setting('IDLE_S', 60)
const SETTLE = setting('SETTLE_S', 20)
const CATCHUPS = setting('CATCHUPS', 3)
const STARTS = 5
/** Requests under way at once while documents are made. */
const WIDTH = 32

const folder = fs.mkdtempSync(path.join(process.env.RP_TMP ?? os.tmpdir(), 'rp-rounds-'))
const client = path.join(import.meta.dirname, '../js/client.mjs')
const trace = path.join(import.meta.dirname, '../data/editing-traces/seph-blog1.json.gz')
const prose = JSON.parse(zlib.gunzipSync(fs.readFileSync(trace))).endContent
/** The same words as in the notes of every other peer. */
const words = (index, length) => {
  const from = (index * 37) % (prose.length - length)
  return prose.slice(from, from + length)
}

const running = new Set()
let nextPort = 9_000 + (process.pid % 1_000) * 20

/** A daemon for this run, stopped at its end whatever happens. */
function daemon(name, place, options = {}) {
  const http = `127.0.0.1:${nextPort++}`
  const listen = options.listen ?? `127.0.0.1:${nextPort++}`
  const one = new Daemon(path.join(folder, place), { ...options, name, http, listen })
  running.add(one)
  return one
}

/** A page of a daemon in a process of its own. */
async function page(of, name) {
  const status = (await of.cli('status'))[0]
  const where = { http: of.http, token: of.token, partner: status.partners[0]?.person.id }
  const [execPath, ...execArgv] = [...of.inside, process.execPath]
  const child = fork(client, ['rounds', '0', name], {
    execPath,
    execArgv,
    env: { ...process.env, ROUNDS_DAEMON: JSON.stringify(where) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const waiting = new Map()
  let sequence = 0
  await new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error(`client ${name} ended`)))
    child.on('message', (message) => {
      if (message.ready) return resolve()
      const { done, failed } = waiting.get(message.seq)
      waiting.delete(message.seq)
      if (message.err) failed(new Error(message.err))
      else done(message.ok)
    })
  })
  const call = (cmd, arg) =>
    new Promise((done, failed) => {
      waiting.set(++sequence, { done, failed })
      child.send({ seq: sequence, cmd, arg })
    })
  await call('connect', { n: 1 })
  return { call, stop: () => new Promise((resolve) => child.once('exit', resolve) && child.kill()) }
}

/** Start on an almost empty folder. */
async function start(out) {
  const ana = daemon('Ana', 'start')
  const began = now()
  await ana.start()
  out.first_start_ms = round(now() - began, 1)
  await sleep(2_000)
  out.rss_empty = mem(ana.pid)
  out.start_empty_ms = await starts(ana)
  await ana.stop()
}

async function starts(one) {
  const took = []
  for (let i = 0; i < STARTS; i++) {
    await one.stop()
    took.push(await one.startTimed())
  }
  return took
}

/** Two hosts with a cable between them: how they idle, and what one keystroke puts on the cable. Discovery is on, as it is for people. */
async function wire(out) {
  const cable = lay()
  const bytes = () => (cable ? cable.bytes() : null)
  const ana = daemon('Ana', 'wire-a', { listen: `${cable?.here ?? '127.0.0.1'}:9901`, discovery: 'auto' })
  const ben = daemon('Ben', 'wire-b', { listen: `${cable?.there ?? '127.0.0.1'}:9902`, discovery: 'auto', inside: cable?.inside ?? [] })
  try {
    await Promise.all([ana.start(), ben.start()])
    await pair(ana, ben)
    await sleep(SETTLE * 1_000)
    const before = bytes()
    const [here, there] = await Promise.all([idle(ana.pid, IDLE), idle(ben.pid, IDLE)])
    out.idle_one_partner = here
    out.idle_one_partner_other = there
    out.idle_cable_bytes_per_min = cable ? Math.round(((bytes() - before) / IDLE) * 60) : null

    const [a, b] = [await page(ana, 'a'), await page(ben, 'b')]
    const { id, length } = await a.call('create', { id: 'note', text: words(0, 2048) })
    await b.call('open', { id })
    await b.call('watch', { base: length })
    await sleep(2_000)
    const start = bytes()
    const typed = await a.call('type', { n: EDITS, pace: PACE, text: words(5, 1000) })
    await sleep(1_500)
    out.hop_bytes_per_keystroke = cable ? round((bytes() - start) / EDITS, 1) : null
    const seen = await b.call('seen')
    out.hop_keystroke_ms = stats(typed.at.map((at, i) => seen[i] - at).filter((took) => !Number.isNaN(took)))
    await Promise.all([a.stop(), b.stop()])
    out.status_after = (await ana.api.status()).partners.map(({ state, waiting_out, waiting_in }) => ({ state, waiting_out, waiting_in }))
  } finally {
    await Promise.all([ana.stop(), ben.stop()])
    cable?.remove()
  }
}

/** A second network namespace with a cable to this one, whose counters are the bytes of one hop; null where that is not allowed. */
function lay() {
  if (!process.env.RP_NETNS) return null
  const holder = spawn('unshare', ['--net', 'sleep', 'infinity'], { stdio: 'ignore' })
  const inside = ['nsenter', '--target', String(holder.pid), '--net']
  const ip = (command) => execFileSync('ip', command.split(' '))
  const ipThere = (command) => execFileSync(inside[0], [...inside.slice(1), 'ip', ...command.split(' ')])
  const namespace = (pid) => fs.readlinkSync(`/proc/${pid}/ns/net`)
  const end = now() + 5_000
  while (namespace(holder.pid) === namespace('self')) if (now() > end) throw new Error('no second namespace')
  ip(`link add cable type veth peer name cable netns ${holder.pid}`)
  ip('addr add 10.77.0.1/24 dev cable')
  ip('link set cable up')
  ipThere('addr add 10.77.0.2/24 dev cable')
  ipThere('link set cable up')
  ipThere('link set lo up')
  const counter = (name) => Number(fs.readFileSync('/proc/net/dev', 'utf8').match(/^\s*cable:(.*)$/m)[1].trim().split(/\s+/)[name])
  return {
    here: '10.77.0.1',
    there: '10.77.0.2',
    inside,
    bytes: () => counter(0) + counter(8), // received and sent
    remove: () => holder.kill('SIGKILL'),
  }
}

/** A thousand notes: their disk, and a fresh partner who is given all of them at once. */
async function catchup(out) {
  const ana = daemon('Ana', 'sender')
  await ana.start()
  await ana.api.call('POST', '/tidy')
  const empty = du(ana.folder)
  const began = now()
  const notes = Array.from({ length: DOCS }, (_, i) => i)
  const ids = await each(notes, WIDTH, (i) => ana.api.note(`doc-${i}`, words(i, SIZE)))
  out.made_docs_per_s = round((DOCS / (now() - began)) * 1_000, 0)
  out.rss_sender = mem(ana.pid)
  await exported(ana, ids)
  await ana.stop()
  out.disk = { empty, written: du(ana.folder) }
  const tidy = await tidied(ana, out)

  // Every partner is the first one: each run has the sender as it was before anything was shared, just started.
  out.catchup = []
  for (let run = 0; run < CATCHUPS; run++) out.catchup.push(await joins(copyOf(ana.folder, `sender-${run}`), ids, `fresh-${run}`))
  out.catchup_compacted = [await joins(tidy, ids, 'fresh-compacted')]
}

/** The same person's daemon on a copy of a folder; never both at once. */
function copyOf(original, place) {
  fs.cpSync(original, path.join(folder, place), { recursive: true })
  return daemon('Ana', place)
}

/** What the same notes take once compacted, in a copy, so that the sender still has all its records. */
async function tidied(ana, out) {
  const copy = copyOf(ana.folder, 'tidied')
  await copy.start()
  const began = now()
  await copy.api.call('POST', '/tidy')
  out.tidy_ms = round(now() - began, 0)
  await copy.stop()
  const { empty, written } = out.disk
  const compacted = du(copy.folder)
  const each = (after, key) => round((after[key] - empty[key]) / (DOCS * SIZE), 3)
  Object.assign(out.disk, {
    compacted,
    bytes_per_char: each(compacted, 'bytes'),
    blocks_per_char: each(compacted, 'blocks'),
    blocks_per_char_with_empty: round(compacted.blocks / (DOCS * SIZE), 3),
    uncompacted_blocks_per_char: each(written, 'blocks'),
  })
  return copy
}

/** The same documents as files, for the floor. */
async function exported(ana, ids) {
  fs.mkdirSync(path.join(folder, 'export'))
  await each(ids, WIDTH, async (id) => {
    const { status, bytes } = await ana.api.raw('GET', `/documents/${id}/export?format=automerge`)
    if (status !== 200) throw new Error(`export answered ${status}`)
    fs.writeFileSync(path.join(folder, 'export', id), bytes)
  })
}

/** One fresh partner: paired, away while everything is shared with them, then back. */
async function joins(ana, ids, place) {
  const chidi = daemon('Chidi', place)
  await Promise.all([ana.start(), chidi.start()])
  await pair(ana, chidi)
  const person = chidi.ready.person.id ?? chidi.ready.person
  const partner = async () => (await ana.api.status()).partners.find((one) => one.person.id === person)
  await until('the pairing settled', async () => (await partner()).waiting_out === 0)
  await chidi.stop()
  await until('the partner is away', async () => (await partner()).state !== 'connected')
  const shared = now()
  await each(ids, WIDTH, (id) => ana.api.grant(id, person))
  const grantMs = now() - shared
  const waiting = (await partner()).waiting_out
  if (waiting < DOCS) throw new Error(`only ${waiting} documents wait for the partner`)
  await ana.stop()
  await ana.startTimed() // a daemon that has just begun has nothing in memory

  const spawned = now()
  const startMs = await chidi.startTimed()
  const linkedAt = await until('the partner is linked', async () => (await partner()).state === 'connected', 2)
  const durableAt = await until('all is on the partner’s disk', async () => (await partner()).waiting_out === 0, 10)
  const rss = mem(chidi.pid)
  const reader = await page(chidi, 'c')
  const fetched = await reader.call('fetchAll', { ids, width: 100 })
  await reader.stop()
  const durable = durableAt - linkedAt
  const result = {
    grants_per_s: round((DOCS / grantMs) * 1_000, 0),
    start_ms: startMs,
    linked_after_ms: round(linkedAt - spawned, 0),
    durable_ms: round(durable, 0),
    durable_docs_per_s: round((DOCS / durable) * 1_000, 0),
    durable_docs_per_s_since_spawn: round((DOCS / (durableAt - spawned)) * 1_000, 0),
    readable_ms: round(fetched.ms, 0),
    readable_docs_per_s: round((DOCS / fetched.ms) * 1_000, 0),
    durable_then_readable_docs_per_s: round((DOCS / (durable + fetched.ms)) * 1_000, 0),
    chars: fetched.chars,
    rss_after: rss,
    floor: floor(),
  }
  await Promise.all([chidi.stop(), ana.stop()])
  for (const one of [chidi, ana]) fs.rmSync(one.folder, { recursive: true })
  return result
}

/** Automerge loading the same documents, with nothing else in the way, right after. */
function floor() {
  if (!process.env.FLOORS_BIN) return null
  return JSON.parse(execFileSync(process.env.FLOORS_BIN, ['loadall', path.join(folder, 'export')], { encoding: 'utf8' }))
}

/** Many documents, all shared with one partner: starting with them, and doing nothing with them. */
async function big(out) {
  const [ana, ben] = [daemon('Ana', 'big-a'), daemon('Ben', 'big-b')]
  await Promise.all([ana.start(), ben.start()])
  await pair(ana, ben)
  const partner = (await ana.api.status()).partners[0].person.id
  const began = now()
  const notes = Array.from({ length: BIG }, (_, i) => i)
  await each(notes, WIDTH, (i) => ana.api.note(`big-${i}`, words(i, SIZE), partner))
  out.big_made_docs_per_s = round((BIG / (now() - began)) * 1_000, 0)
  await delivered(ana)
  out.big_delivered_docs_per_s = round((BIG / (now() - began)) * 1_000, 0)
  out.rss_big_after_making = mem(ana.pid)
  await ben.stop()
  out.start_big_ms = await starts(ana)
  await ben.startTimed()
  await linked(ana)
  await sleep(SETTLE * 1_000)
  const [here, there] = await Promise.all([idle(ana.pid, Math.min(IDLE, 30)), idle(ben.pid, Math.min(IDLE, 30))])
  out.rss_big = mem(ana.pid)
  out.rss_big_other = mem(ben.pid)
  out.idle_big = here
  out.idle_big_other = there
  out.big_documents = (await ana.api.status()).documents
  out.big_disk = du(ana.folder)
  await Promise.all([ana.stop(), ben.stop()])
}

const version = execFileSync(program, ['--version'], { encoding: 'utf8' }).trim()
const settings = { EDITS, PACE, DOCS, SIZE, BIG, IDLE, SETTLE, CATCHUPS }
const out = { peer: 'rounds', own: true, node: process.version, versions: { rounds: version }, settings, scheduler: process.env.RP_SCHED_USED ?? '', before: machine() }
const sections = { start, wire, catchup, big }
for (const name of (process.env.SECTIONS ?? Object.keys(sections).join(' ')).split(' ')) {
  try {
    await sections[name](out)
  } catch (error) {
    out.errors = { ...out.errors, [name]: String(error.stack ?? error) }
    console.error(`rounds: ${name}: ${error.message}`)
  }
  for (const one of running) await one.stop()
  running.clear()
}
out.after = machine()
fs.rmSync(folder, { recursive: true, force: true })
emit(out)
process.exit(out.errors ? 1 : 0)
