// node serve.mjs DIST: serves the built page of automerge-repo's parts as a good web server would (brotli, prepared beforehand),
// its sync server beside it, and one note; says where, and then types into the note for every line it reads.
//
// Reads the note's text from NOTE, a file. Prints one line: {"url": …}.
import fs from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import readline from 'node:readline'
import zlib from 'node:zlib'
import { connect, serve } from '../peers/automerge-repo.mjs'

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm' }
const dist = process.argv[2]
const sync = await free()
serve(sync, fs.mkdtempSync(path.join(os.tmpdir(), 'automerge-repo-')))
const client = await connect(sync, 'b')
const note = await client.create(fs.readFileSync(process.env.NOTE, 'utf8'))

const files = new Map(
  fs.readdirSync(dist, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => {
    const file = path.join(entry.parentPath, entry.name)
    const quality = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: zlib.constants.BROTLI_MAX_QUALITY } }
    return [`/${path.relative(dist, file)}`, { type: TYPES[path.extname(file)] ?? 'application/octet-stream', body: zlib.brotliCompressSync(fs.readFileSync(file), quality) }]
  }),
)
const server = http.createServer((request, answer) => {
  const { pathname } = new URL(request.url, 'http://page')
  const found = files.get(pathname === '/' ? '/index.html' : pathname)
  if (!found) return answer.writeHead(404).end()
  return answer.writeHead(200, { 'content-type': found.type, 'content-encoding': 'br', 'content-length': found.body.length }).end(found.body)
})
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ url: `http://127.0.0.1:${server.address().port}/?sync=${sync}#automerge:${note.id}` }))
})
readline.createInterface({ input: process.stdin }).on('line', (line) => note.append(line)).on('close', () => process.exit(0))

function free() {
  return new Promise((resolve) => {
    const probe = http.createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}
