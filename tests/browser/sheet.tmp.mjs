import { chromium } from 'playwright-core'
import { readFileSync } from 'node:fs'
const [, , out, height, ...names] = process.argv
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
const page = await browser.newPage({ viewport: { width: 1900, height: 600 } })
const img = (n) => `<figure style="margin:4px;display:inline-block;vertical-align:top"><figcaption style="font:11px sans-serif">${n}</figcaption><img style="height:${height}px;border:1px solid #999" src="data:image/png;base64,${readFileSync(`test-results/screens/${n}.png`).toString('base64')}"></figure>`
await page.setContent(names.map(img).join(''))
await page.screenshot({ path: out, fullPage: true })
await browser.close()
