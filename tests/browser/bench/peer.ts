// Decides what stands beside Rounds: the smallest page of automerge-repo's own parts in which two people write one note.
import { execFile, spawn } from 'node:child_process'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

const run = promisify(execFile)
const BENCH = resolve('../bench')
const VITE = resolve('../../web-ui/node_modules/.bin/vite')

export interface Peer {
  url: string
  /** What its partner writes, at the end of the note. */
  write: (words: string) => void
  end: () => void
}

/** Builds the page and serves it with one note, beside the server that shares the note. */
export async function automergeRepo(note: string): Promise<Peer> {
  const folder = await mkdtemp(join(tmpdir(), 'rounds-bench-'))
  const file = join(folder, 'note.md')
  await writeFile(file, note)
  await run(join(BENCH, 'tools/packages.sh'))
  await run(VITE, ['build', join(BENCH, 'js/page'), '--outDir', join(folder, 'dist'), '--emptyOutDir'])
  const server = spawn('node', [join(BENCH, 'js/page/serve.mjs'), join(folder, 'dist')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, NOTE: file },
  })
  const line = await new Promise<string>((done, fail) => {
    createInterface({ input: server.stdout }).once('line', done)
    server.once('exit', (code) => fail(new Error(`the page's server ended with ${String(code)}`)))
  })
  const { url } = JSON.parse(line) as { url: string }
  return { url, write: (words) => void server.stdin.write(`${words}\n`), end: () => void server.stdin.end() }
}
