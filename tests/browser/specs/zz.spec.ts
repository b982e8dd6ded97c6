import { agree, expect, test, textOf, truth } from '../kit/school'
test('frames', async ({ pair }) => {
  const { ana, ben } = pair
  await ana.page.getByRole('link', { name: 'Propose a visit' }).click()
  await ana.page.getByLabel('With').selectOption({ label: 'Ben' })
  await ana.page.getByLabel('Focus question').fill('Who?')
  const log: string[] = []
  for (const [n, p] of [['A', ana.page], ['B', ben.page]] as const) {
    p.on('websocket', (ws) => { ws.on('framesent', (f) => log.push(`${Date.now() % 100000} ${n} > ${String(f.payload).slice(0, 300)}`)); ws.on('framereceived', (f) => log.push(`${Date.now() % 100000} ${n} < ${String(f.payload).slice(0, 300)}`)) })
  }
  await ana.page.reload(); await ben.page.reload()
  await ana.page.getByRole('link', { name: 'Propose a visit' }).count()
  await ana.page.getByLabel('With').selectOption({ label: 'Ben' })
  await ana.page.getByLabel('Focus question').fill('Who?')
  await ana.page.getByRole('button', { name: 'Propose' }).click()
  await expect(textOf(ana.page, 'focus')).toHaveText('Who?')
  const hash = new URL(ana.page.url()).hash
  await ben.page.locator(`a[href="${hash}"]`).click()
  await expect(textOf(ben.page, 'focus')).toHaveText('Who?')
  log.length = 0
  await textOf(ana.page, 'plan').click()
  await textOf(ben.page, 'plan').click()
  await Promise.all([ana.page.keyboard.type('Please sit', { delay: 25 }), ben.page.keyboard.type('I will count', { delay: 20 })])
  await agree(ana.page, ben.page, 'plan', ['s']).catch(() => 0)
  console.log(log.filter((l) => !/presence|saved|delivered/.test(l)).join('\n'))
  void truth
})
