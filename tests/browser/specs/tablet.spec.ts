// Decides whether a teacher's own tablet gets in by its code, and loses nothing when its Wi-Fi goes in mid-lesson.
import { look } from '../kit/looks'
import { expect, test } from '../kit/school'
import { mayMakeNetworks, Wifi } from '../kit/wifi'

test('a tablet is let in by a code, observes while its Wi-Fi is lost, and is shown out', async ({ pair, browser }) => {
  test.slow()
  test.skip(!mayMakeNetworks() && !process.env['CI'], 'only root may make a network to lose')
  const { ana } = pair
  const wifi = await Wifi.join()
  const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 820, height: 1100 } })
  try {
    // On the computer: the door is opened, and a code shown.
    await ana.page.goto(`${ana.daemon.url}/#/settings`)
    const section = ana.page.getByRole('region', { name: 'Your own tablet' })
    await section.getByRole('button', { name: 'Let my own tablet in' }).click()
    await expect(section.getByText('The way in for your tablet is open.')).toBeVisible()
    const choice = section.getByLabel('Address of this computer')
    if (await choice.isVisible()) {
      const options = await choice.locator('option').allTextContents()
      await choice.selectOption(options.find((one) => one.startsWith(`${wifi.address}:`))!)
    }
    await section.getByRole('button', { name: 'Show a code to scan' }).click()
    await expect(section.getByRole('img', { name: /A code for the tablet/ })).toBeVisible()
    await expect(section.locator('.fingerprint')).toHaveText(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
    await look(ana.page, 'settings-tablet', ['light', 'dark', 'phone'])
    const link = await section.locator('code').first().textContent()
    expect(link).toContain(`https://${wifi.address}:`)

    // On the tablet: the page, from that computer.
    const tablet = await context.newPage()
    await tablet.goto(link!)
    const home = new URL(link!).origin
    await expect(tablet.getByRole('heading', { level: 1 })).toBeVisible()
    const made = await ana.daemon.command('visit', 'propose', '--with', 'Ben', '--as', 'visitor', '--length', '25m', '--focus', 'Who waits?')
    await tablet.goto(`${home}/#/documents/${String(made['document'])}/observe`)
    await tablet.getByText('What do you want to know?').click()
    await tablet.getByText('What kinds of question were asked').click()
    await tablet.getByRole('button', { name: 'Start observing' }).click()
    const recall = tablet.getByRole('button', { name: /^Recall/ })
    await recall.click()
    await expect(recall).toContainText('1')
    await look(tablet, 'tablet-observe', ['tablet'])
    const notes = tablet.url().split('/').pop()!

    // The Wi-Fi goes. What is tapped and written meanwhile is counted, and waits.
    await wifi.lose()
    for (let tap = 0; tap < 5; tap += 1) await recall.click()
    await tablet.getByRole('textbox', { name: 'Write what you hear' }).fill('“Why is that?”')
    await tablet.keyboard.press('Enter')
    await expect(recall).toContainText('6')
    await wifi.regain()
    await expect(async () => {
      const shown = await ana.daemon.command('documents', 'show', notes)
      const { events } = shown['model'] as { events: { label?: string; text: string }[] }
      expect(events.filter((one) => one.label === 'Recall').length).toBe(6)
      expect(events.filter((one) => one.text === '“Why is that?”').length).toBe(1)
    }).toPass({ timeout: 60_000 })
    await expect(tablet.getByText('Saved here')).toBeVisible({ timeout: 30_000 })

    // What is the computer's stays the computer's; and shown out is out.
    await tablet.goto(`${home}/#/settings`)
    await expect(tablet.getByText('This is that tablet.')).toBeVisible()
    await section.getByRole('button', { name: 'End access for every tablet' }).click()
    await ana.page.getByRole('alertdialog').getByRole('button', { name: 'End access for every tablet' }).click()
    await expect(section.getByRole('button', { name: 'Let my own tablet in' })).toBeVisible()
    await expect(tablet.goto(`${home}/`)).rejects.toThrow()
  } finally {
    await context.close()
    await wifi.leave()
  }
})
