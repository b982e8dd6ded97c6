// Decides how the page is measured: as it is tried, but only what is named a bench, and never as a part of the tests.
import { defineConfig } from '@playwright/test'
import tried from './playwright.config'

export default defineConfig({ ...tried, testDir: 'bench', testMatch: '**/*.bench.ts', timeout: 600_000, use: { ...tried.use, trace: 'off' } })
