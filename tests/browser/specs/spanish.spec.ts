// Decides whether the longer words of Spanish fit where one observes, talks it over, and means to do something.
import { look } from '../kit/looks'
import { expect, test } from '../kit/school'

test('in Spanish, nothing is cut off where one observes, talks and plans', async ({ pair }) => {
  test.slow()
  const { ana } = pair
  const { page, daemon } = ana
  const visit = String((await daemon.command('visit', 'propose', '--with', 'Ben', '--as', 'visitor', '--when', new Date().toISOString(), '--focus', '¿Quién responde?'))['document'])
  const notes = String((await daemon.command('notes', 'begin', visit, '--now', '--instrument', 'question-types', '--language', 'es'))['document'])
  await daemon.command('debrief', 'begin', visit, '--protocol', 'pair-20', '--language', 'es')
  await daemon.command('debrief', 'part', visit)
  const goal = String((await daemon.command('goal', 'new', '--title', 'Más voces en clase', '--why', 'Responden siempre los mismos cuatro.'))['document'])
  await daemon.command('goal', 'act', goal, 'Esperar cinco segundos después de cada pregunta', '--due', '2027-01-15')
  await daemon.command('goal', 'checkin', goal, 'Dos voces nuevas en la segunda hora.')

  await page.goto(`${daemon.url}/#/settings`)
  await page.getByLabel('Language', { exact: true }).selectOption('es')
  await expect(page.locator('html')).toHaveAttribute('lang', 'es')
  const cut = (): Promise<string[]> =>
    page.evaluate(() => {
      // A link within a sentence has no width of its own: the sentence must fit.
      const boxOf = (one: HTMLElement): HTMLElement => (getComputedStyle(one).display === 'inline' && one.parentElement ? boxOf(one.parentElement) : one)
      const sideways = (one: HTMLElement): boolean => ['auto', 'scroll'].includes(getComputedStyle(one).overflowX)
      return [...document.querySelectorAll<HTMLElement>('button, a, label, h1, h2, h3, legend, [role=status]')]
        .filter((one) => one.offsetParent !== null && !one.closest('.unseen, .undo'))
        .filter((one) => {
          const box = boxOf(one)
          return box.scrollWidth > box.clientWidth + 1 && !sideways(box)
        })
        .map((one) => one.innerText)
    })
  const seen = async (name: string): Promise<void> => {
    await look(page, name, ['light', 'phone-dark', 'tablet'])
    await page.setViewportSize({ width: 320, height: 700 })
    expect(await cut(), `${name} at 320 px`).toEqual([])
    await page.setViewportSize({ width: 1280, height: 860 })
  }

  await page.goto(`${daemon.url}/#/observe/${notes}`)
  await expect(page.getByRole('timer')).toBeVisible()
  await seen('spanish-observe')
  await page.getByRole('button', { name: 'Terminar…' }).click()
  await expect(page.getByRole('button', { name: 'Terminar de observar' })).toBeFocused()
  await seen('spanish-observe-end')
  await page.getByRole('button', { name: 'Seguir' }).click()
  await expect(page.getByRole('button', { name: 'Terminar…' })).toBeFocused()

  await page.goto(`${daemon.url}/#/documents/${visit}/observe`)
  await expect(page.getByRole('heading', { name: 'Observar con un instrumento' })).toBeVisible()
  await seen('spanish-visit-observe')
  await page.getByRole('link', { name: 'Conversar', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Parte siguiente' })).toBeVisible()
  await seen('spanish-debrief')

  await page.goto(`${daemon.url}/#/documents/${goal}`)
  await page.getByRole('button', { name: 'Mirarla ahora' }).click()
  await expect(page.getByRole('heading', { name: 'Revisión de la meta, 15 minutos' })).toBeVisible()
  await seen('spanish-goal')
})
