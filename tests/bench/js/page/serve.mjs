// node serve.mjs DIST: serves the built page of automerge-repo's parts as a good web server would (brotli, prepared beforehand),
// its sync server beside it, and one note; says where, and then types into the note for every line it reads.
//
// Reads the note's text from NOTE, a file. Prints one line: {"url": …}.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import readline from 'node:readline'
import { fileURLToPath } from 'node:url'
import zlib from 'node:zlib'
import { connect } from '../peers/automerge-repo.mjs'

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm' }
const dist = process.argv[2]
const sync = await free()
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'automerge-repo-'))
const server = spawn(process.execPath, [fileURLToPath(new URL('../server.mjs', import.meta.url)), 'automerge-repo', String(sync), folder], { stdio: 'ignore' })
await listening(sync) // a client that finds nobody would wait five seconds before it tries again
const client = await connect(sync, 'b')
const note = await client.create(fs.readFileSync(process.env.NOTE, 'utf8'))
for (let held = false; !held; ) {
  const other = await connect(sync, 'c') // asks the server, which says at first that it does not have it
  held = await other.open(note.id).then(() => true, () => false)
  await other.close()
}

const files = new Map(
  fs.readdirSync(dist, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => {
    const file = path.join(entry.parentPath, entry.name)
    const quality = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: zlib.constants.BROTLI_MAX_QUALITY } }
    return [`/${path.relative(dist, file)}`, { type: TYPES[path.extname(file)] ?? 'application/octet-stream', body: zlib.brotliCompressSync(fs.readFileSync(file), quality) }]
  }),
)
const pages = http.createServer((request, answer) => {
  const { pathname } = new URL(request.url, 'http://page')
  const found = files.get(pathname === '/' ? '/index.html' : pathname)
  if (!found) return answer.writeHead(404).end()
  return answer.writeHead(200, { 'content-type': found.type, 'content-encoding': 'br', 'content-length': found.body.length }).end(found.body)
})
pages.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ url: `http://127.0.0.1:${pages.address().port}/?sync=${sync}#automerge:${note.id}` }))
})
readline.createInterface({ input: process.stdin }).on('line', (line) => note.append(line)).on('close', () => {
  server.kill()
  process.exit(0)
})

function listening(port) {
  return new Promise((resolve) => {
    const probe = net.connect(port, '127.0.0.1', () => (probe.destroy(), resolve()))
    probe.on('error', () => setImmediate(() => resolve(listening(port))))
  })
}

function free() {
  return new Promise((resolve) => {
    const probe = http.createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}
