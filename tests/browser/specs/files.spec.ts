// Decides whether a document leaves as a file, prints as a page in which words are only words, and comes back as one's own.
import { readFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import type { Download, Page } from '@playwright/test'
import { look } from '../kit/looks'
import { expect, test, textOf, truth } from '../kit/school'

const HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=2</script>'

async function taken(page: Page, form: string): Promise<Download> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: form }).click()])
  return file
}

test('a document leaves in every form, prints, and comes back', async ({ ana }, info) => {
  const { page } = ana
  await page.getByRole('button', { name: 'New notes' }).click()
  await textOf(page, 'notes').click()
  await page.keyboard.insertText(`T: why?\nS: because it halves\n\n- **four** voices\n\n${HOSTILE}`)
  await expect(truth(page)).toContainText('Saved here')
  await page.getByText('Take a copy').click()
  await look(page, 'take-a-copy')

  // The screen itself, through the browser's own dialogue.
  await page.evaluate(() => {
    window.print = () => void document.body.setAttribute('data-asked', 'print')
  })
  await page.getByRole('button', { name: 'Print', exact: true }).click()
  await expect(page.locator('body')).toHaveAttribute('data-asked', 'print')

  const printed = await taken(page, 'A page to print')
  expect(printed.suggestedFilename()).toMatch(/^Notes( – T why)?\.html$/)
  await expect(page.getByRole('status').filter({ hasText: 'where your browser keeps downloads' })).toBeVisible()
  const path = info.outputPath('Notes.html')
  await printed.saveAs(path)
  const sheet = await page.context().newPage()
  const asked: string[] = []
  sheet.on('request', (request) => asked.push(request.url()))
  await sheet.goto(pathToFileURL(path).href)
  await look(sheet, 'printed')
  await expect(sheet.getByText(HOSTILE)).toBeVisible()
  await expect(sheet).toHaveTitle('Notes')
  await expect(sheet.getByText('four', { exact: true })).toHaveJSProperty('tagName', 'STRONG')
  expect(asked.filter((url) => !url.startsWith('file:'))).toEqual([])
  for (const format of ['A4', 'Letter'] as const) expect((await sheet.pdf({ format })).length).toBeGreaterThan(1_000)
  await sheet.close()

  const text = await taken(page, 'Text')
  expect(await readFile(await text.path(), 'utf8')).toContain('T: why?\nS: because it halves')
  const whole = await taken(page, 'All of it, with its history')
  const data = await taken(page, 'Data, for programs')
  const [wholePath, dataPath] = [info.outputPath('Notes.automerge'), info.outputPath('Notes.json')]
  await whole.saveAs(wholePath)
  await data.saveAs(dataPath)

  await page.getByRole('link', { name: 'Settings' }).click()
  const choose = page.getByLabel('Choose a file')
  await choose.setInputFiles(path)
  await expect(page.getByText('This is no file that Rounds saved as data or as a whole')).toBeVisible()
  await choose.setInputFiles(wholePath)
  await expect(page.getByText('What does not come along: its history, and who could read it.')).toBeVisible()
  await look(page, 'bring-in')
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByRole('button', { name: 'Bring it in' })).toHaveCount(0)
  await choose.setInputFiles(dataPath)
  await page.getByRole('button', { name: 'Bring it in' }).click()
  await expect(page.getByText('It is here now, and yours alone.')).toBeVisible()
  await page.getByRole('link', { name: 'Open it' }).click()
  await expect(textOf(page, 'notes')).toContainText('S: because it halves')
  await expect(page.getByText('Only you', { exact: true })).toBeVisible()
})
