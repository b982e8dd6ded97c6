// Decides with which browser the page is tried, and where pictures of it are kept.
import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: 'specs',
  outputDir: 'test-results/runs',
  // Daemons, browsers and builds share a machine: one test at a time, each with all the time a slow one needs.
  workers: 1,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  forbidOnly: Boolean(process.env['CI']),
  reporter: [['list']],
  use: {
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    viewport: { width: 1280, height: 860 },
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env['ROUNDS_CHROMIUM'] ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
})
