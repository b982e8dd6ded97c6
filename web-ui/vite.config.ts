// Decides how the page is built, and how `npm run dev` reaches a running daemon.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
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

export default defineConfig(({ command, mode }) => {
  const serving = command === 'serve' && mode === 'development'
  const address = serving ? daemonAddress() : ''
  const token = serving ? scriptToken() : undefined
  return {
    plugins: [svelte()],
    html: { cspNonce: '__CSP_NONCE__' },
    build: {
      target: 'es2023',
      // Nothing is inlined as data: the page's policy allows files of its own only.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // Kilobytes before compression. One file from the same computer is quickest; what counts is 400 KB brotli on the way.
      chunkSizeWarningLimit: 1_500,
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
