// Decides how the page is built, and how `npm run dev` reaches a running daemon.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

/** Where the daemon answers: ROUNDS_HTTP, else what the daemon of ROUNDS_DATA wrote down, else its usual address. */
function daemonAddress(): string {
  const given = process.env['ROUNDS_HTTP']
  if (given) return given.replace(/^https?:\/\//, '')
  const folder = process.env['ROUNDS_DATA']
  if (folder) return (JSON.parse(readFileSync(join(folder, 'daemon.json'), 'utf8')) as { http: string }).http
  return '127.0.0.1:4477'
}

/** In development the page is served by Vite, so it calls as a script would: with the token kept in the data folder. */
function scriptToken(): string | undefined {
  const given = process.env['ROUNDS_TOKEN']
  if (given) return given
  const folder = process.env['ROUNDS_DATA']
  return folder ? readFileSync(join(folder, 'cli.token'), 'utf8').trim() : undefined
}

/** Writes each file a second time, as small as brotli can: the daemon sends that to whoever takes it. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    // Behind everything that still writes in the files.
    enforce: 'post',
    generateBundle: { order: 'post', handler(_, bundle) {
      for (const file of Object.values(bundle)) {
        // The page itself is filled in anew each time it is sent.
        if (!/\.(css|js|svg)$/.test(file.fileName)) continue
        const bytes = Buffer.from(file.type === 'chunk' ? file.code : file.source)
        const source = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } })
        this.emitFile({ type: 'asset', fileName: `${file.fileName}.br`, source })
      }
    } },
  }
}

export default defineConfig(({ command, mode }) => {
  const serving = command === 'serve' && mode === 'development'
  const address = serving ? daemonAddress() : ''
  const token = serving ? scriptToken() : undefined
  return {
    plugins: [svelte(), compressed()],
    html: { cspNonce: '__CSP_NONCE__' },
    build: {
      target: 'es2023',
      // Nothing is inlined as data: the page's policy allows files of its own only.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // Compiling is what takes time, not the way from the same computer: what a text needs is one file, everything else another. How they
      // look is one file, so that nothing is shown without.
      cssCodeSplit: false,
      // Kilobytes before compression; on the way it is brotli, of which there may be 400 KB in all.
      chunkSizeWarningLimit: 1_000,
    },
    server: {
      host: '127.0.0.1',
      proxy: {
        '/api': {
          target: `http://${address}`,
          changeOrigin: true,
          ws: true,
          headers: {
            origin: `http://${address}`,
            ...(token ? { authorization: `Bearer ${token}` } : {}),
          },
        },
      },
    },
    test: {
      environment: 'node',
      include: ['test/**/*.test.ts'],
    },
  }
})
