// Decides how a screen is judged: no accessibility violation, nothing wider than the window, a picture in each light.
import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

interface Look {
  name: string
  width: number
  height: number
  scheme: 'light' | 'dark'
  media?: 'print'
}

const LOOKS: Look[] = [
  { name: 'light', width: 1280, height: 860, scheme: 'light' },
  { name: 'dark', width: 1280, height: 860, scheme: 'dark' },
  { name: 'tablet', width: 820, height: 1100, scheme: 'light' },
  { name: 'phone', width: 390, height: 844, scheme: 'light' },
  { name: 'phone-dark', width: 320, height: 700, scheme: 'dark' },
  { name: 'print', width: 794, height: 1123, scheme: 'light', media: 'print' },
]

/** Keeps a picture of this screen in every look, or in those named, and checks each on the way. */
export async function look(page: Page, screen: string, named = LOOKS.map((one) => one.name)): Promise<void> {
  const size = page.viewportSize()
  for (const { name, width, height, scheme, media } of LOOKS.filter((one) => named.includes(one.name))) {
    await page.setViewportSize({ width, height })
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce', media: media ?? 'screen' })
    await expect(page.locator('h1').first()).toBeAttached()
    await expect(page.locator('.settling')).toHaveCount(0)
    // A caret is drawn anew in the frame after its line broke elsewhere.
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))))
    await page.screenshot({ path: `test-results/screens/${screen}-${name}.png`, fullPage: media === 'print' })
    if (media === 'print') continue
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    expect(overflow, `${screen} is wider than its window in ${name}`).toBeLessThanOrEqual(0)
    const { violations } = await new AxeBuilder({ page }).analyze()
    const told = violations.map((one) => `${one.id}: ${one.nodes.map((node) => `${node.html} ${node.failureSummary}`).join('; ')}`)
    expect(told, `${screen} in ${name}`).toEqual([])
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null, media: null })
  if (size) await page.setViewportSize(size)
}
