// Decides whether writing feels like a word processor: formatted while typed, pasted clean, found and replaced.
import { expect, test, type Locator, type Page } from '@playwright/test'
import { look } from '../kit/looks'
import { ANA, Pretended, world } from '../kit/pretend'

const notes = 'notesnotesnotes'

const SAMPLE = `## What we saw

24 questions in 25 minutes. The median wait was **1.1 s**; after “Take a moment with that” it was *4 s*.

- The four at the window table
  - and the back row
- Everybody else

1. First
2. Second

- [ ] Ask the back row first
- [x] Count to three

> Take a moment with that.

See [the protocol](https://example.org/protocol).`

/** One's own notes; or such as somebody released, which one only reads. */
async function opened(page: Page, text = '', released = false): Promise<Pretended> {
  const kind = released ? 'released_notes' : 'note_set'
  const daemon = new Pretended(
    world({
      documents: [{ visit: null, delivered_to: [], waiting_for: [], unread: false, id: notes, kind, title: '', with: [], updated_ms: 0 }],
      details: {
        [notes]: {
          detail: { id: notes, kind, model: released ? { kind, published: true, events: [], replies: [], replaces: [] } : { kind, released: [], events: [] }, stage: null, texts: [], people: [], role: released ? 'reader' : 'owner', problems: [] },
          holders: [{ person: ANA, role: 'owner', devices: 1, copy: 'here', heard_of_revocation: null }],
        },
      },
    }),
  )
  daemon.text = () => text
  page.on('pageerror', (error) => expect(error, 'the page threw').toBeUndefined())
  page.on('console', (message) => expect(message.text()).not.toMatch(/content security policy/i))
  await daemon.serve(page)
  await page.goto(daemon.address(`#/documents/${notes}`))
  await expect(page.getByRole('textbox', { name: 'Notes' })).toBeVisible()
  return daemon
}

const text = (page: Page) => page.getByRole('textbox', { name: 'Notes' })

/** What the page last told the daemon, put together. */
function written(daemon: Pretended): string {
  let all = daemon.text('notes')
  for (const message of daemon.heard) {
    if (message['op'] !== 'push') continue
    for (const { splices } of message['updates'] as { splices: { at: number; delete: number; insert: string }[] }[]) {
      for (const { at, delete: removed, insert } of splices) all = all.slice(0, at) + insert + all.slice(at + removed)
    }
  }
  return all
}

async function paste(page: Page, html: string, plain: string): Promise<void> {
  await text(page).evaluate(
    (target, [rich, words]) => {
      const data = new DataTransfer()
      if (rich) data.setData('text/html', rich)
      if (words) data.setData('text/plain', words)
      if (!rich && !words) data.items.add(new File(['x'], 'a.png', { type: 'image/png' }))
      target.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
    },
    [html, plain],
  )
}

test('Markdown is dressed as what it means, and undressed where the caret is', async ({ page }) => {
  await opened(page, SAMPLE)
  await expect(page.locator('.cm-heading')).toHaveText('What we saw')
  await expect(text(page)).not.toContainText('**')
  await expect(page.locator('.cm-bold')).toHaveText('1.1 s')
  await expect(page.locator('.cm-box input')).toHaveCount(2)
  await look(page, 'writing')
  await page.locator('.cm-bold').click()
  await expect(page.locator('.cm-bold')).toHaveText('**1.1 s**')
  await expect(page.getByRole('button', { name: 'Bold' })).toHaveAttribute('aria-pressed', 'true')
})

test('a box is ticked by pointing and by keyboard', async ({ page }) => {
  const daemon = await opened(page, '- [ ] one\n- [ ] two')
  await page.getByRole('checkbox', { name: 'To do' }).first().click()
  await expect.poll(() => written(daemon)).toBe('- [x] one\n- [ ] two')
  await text(page).focus()
  await page.keyboard.press('ControlOrMeta+End')
  await page.keyboard.press('ControlOrMeta+Enter')
  await expect.poll(() => written(daemon)).toBe('- [x] one\n- [x] two')
})

test('the toolbar and its shortcuts write Markdown, and lists go on by themselves', async ({ page }) => {
  const daemon = await opened(page)
  await text(page).click()
  await page.getByRole('button', { name: 'Heading' }).click()
  await page.keyboard.type('What we saw')
  await page.keyboard.press('Enter')
  await page.keyboard.press('ControlOrMeta+b')
  await page.keyboard.type('four')
  await page.keyboard.press('ControlOrMeta+b')
  await page.keyboard.type(' of them')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Check boxes' }).click()
  await page.keyboard.type('one')
  await page.keyboard.press('Enter')
  await page.keyboard.type('two')
  await expect.poll(() => written(daemon)).toBe('## What we saw\n**four** of them\n- [ ] one\n- [ ] two')
})

test('the toolbar is one stop for the keyboard', async ({ page }) => {
  await opened(page)
  await page.getByRole('button', { name: 'Bold' }).focus()
  await page.keyboard.press('ArrowRight')
  await expect(page.getByRole('button', { name: 'Italic' })).toBeFocused()
  await expect(page.getByRole('tooltip')).toContainText('Italic (')
  await page.keyboard.press('End')
  await expect(page.getByRole('button', { name: 'Find and replace' })).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(text(page)).toBeFocused()
})

test('paste from a word processor comes in clean, and pictures are refused in a sentence', async ({ page }) => {
  const daemon = await opened(page)
  await text(page).click()
  await paste(page, '<b style="font-weight:normal" id="docs-internal-guid-1"><h2><span>Seen</span></h2><p><span style="font-weight:700">four</span><span style="color:red"> voices</span></p><p><img src="https://example.org/a.png"></p></b>', 'Seen four voices')
  await expect.poll(() => written(daemon)).toBe('## Seen\n\n**four** voices')
  await expect(page.getByText('Pictures cannot be kept')).toBeVisible()
  await paste(page, '', '\nplain\r\nlines')
  await expect.poll(() => written(daemon)).toBe('## Seen\n\n**four** voices\nplain\nlines')
  await expect(page.getByText('Pictures cannot be kept')).toHaveCount(0)
  await paste(page, '', '')
  await expect(page.getByText('Pictures cannot be kept')).toBeVisible()
})

test('large pastes: 100 KB, and a thousand lines', async ({ page }) => {
  const daemon = await opened(page)
  await text(page).click()
  const long = 'Who answers? '.repeat(8_000)
  const lines = Array.from({ length: 1_000 }, (_, at) => `- line ${at}`).join('\n')
  await paste(page, '', long)
  await expect.poll(() => written(daemon).length).toBe(long.length)
  await page.keyboard.press('Enter')
  await paste(page, '', lines)
  await expect.poll(() => written(daemon)).toBe(`${long}\n${lines}`)
  await paste(page, '', 'x'.repeat(500_001))
  await expect(page.getByText('too long to paste')).toBeVisible()
  expect(written(daemon)).toBe(`${long}\n${lines}`)

  // Dropped instead of pasted, it is the same flood.
  await paste(page, '', '.')
  await expect(page.getByText('too long to paste')).toHaveCount(0)
  await text(page).evaluate((target) => {
    const data = new DataTransfer()
    data.setData('text/plain', 'x'.repeat(500_001))
    target.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }))
  })
  await expect(page.getByText('too long to paste')).toBeVisible()
  expect(written(daemon)).toBe(`${long}\n${lines}.`)
})

test('find and replace', async ({ page }) => {
  const daemon = await opened(page, 'wait, then wait again')
  await page.getByRole('button', { name: 'Find and replace' }).click()
  await expect(page.getByRole('textbox', { name: 'Find' })).toBeFocused()
  await page.keyboard.type('wait')
  await page.getByRole('textbox', { name: 'Replace with' }).fill('pause')
  await look(page, 'find')
  await page.getByRole('button', { name: 'Replace all', exact: true }).click()
  await expect.poll(() => written(daemon)).toBe('pause, then pause again')
  await page.getByRole('textbox', { name: 'Find' }).press('Escape')
  await expect(page.getByRole('textbox', { name: 'Find' })).toHaveCount(0)
  await expect(text(page)).toBeFocused()
})

test('undo and redo by pointing, where there is something to', async ({ page }) => {
  await opened(page)
  const [undo, redo] = ['Undo', 'Redo'].map((name) => page.getByRole('button', { name, exact: true })) as [Locator, Locator]
  await expect(undo).toHaveAttribute('aria-disabled', 'true')
  await text(page).click()
  await page.keyboard.type('one')
  await undo.click()
  await expect(text(page)).not.toContainText('one')
  await expect(undo).toHaveAttribute('aria-disabled', 'true')
  await redo.click()
  await expect(text(page)).toHaveText('one')
  await expect(redo).toHaveAttribute('aria-disabled', 'true')
})

test('a link is followed by key, and from what stands beneath it while the caret is in it', async ({ page, context }) => {
  await context.route('https://example.org/**', (route) => route.fulfill({ body: 'The protocol' }))
  await opened(page, 'See [the protocol](https://example.org/protocol).')
  const beneath = page.getByRole('link', { name: 'Open the link' })
  await text(page).focus()
  await page.keyboard.press('ControlOrMeta+Home')
  await expect(beneath).toHaveCount(0)
  for (let at = 0; at < 5; at += 1) await page.keyboard.press('ArrowRight')
  await expect(beneath).toHaveAttribute('href', 'https://example.org/protocol')
  await look(page, 'link', ['light', 'phone-dark'])
  const there = context.waitForEvent('page')
  await page.keyboard.press('Alt+Enter')
  await (await there).waitForURL('https://example.org/protocol')
  await (await there).close()

  await page.bringToFront()
  await text(page).focus()
  await expect(beneath).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(beneath).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(text(page)).toBeFocused()
  await page.keyboard.press('ControlOrMeta+Home')
  await expect(beneath).toHaveCount(0)
})

test('where one only reads, a link is followed by pointing at it and by Enter', async ({ page, context }) => {
  await context.route('https://example.org/**', (route) => route.fulfill({ body: 'The protocol' }))
  await opened(page, 'See [the protocol](https://example.org/protocol).', true)
  await expect(text(page)).toHaveAttribute('aria-readonly', 'true')
  const pointed = context.waitForEvent('page')
  await page.locator('.cm-link').click()
  await (await pointed).waitForURL('https://example.org/protocol')
  await (await pointed).close()

  await page.bringToFront()
  await text(page).focus()
  await page.keyboard.press('ControlOrMeta+Home')
  for (let at = 0; at < 5; at += 1) await page.keyboard.press('ArrowRight')
  const pressed = context.waitForEvent('page')
  await page.keyboard.press('Enter')
  await (await pressed).waitForURL('https://example.org/protocol')
  await expect(text(page)).toHaveText('See the protocol.')
})

test('undo and redo, by every key for them', async ({ page }) => {
  await opened(page)
  await text(page).click()
  await page.keyboard.type('one')
  // The last is what Caps Lock makes of the one before.
  for (const again of ['ControlOrMeta+y', 'ControlOrMeta+Shift+KeyZ', 'ControlOrMeta+Shift+z']) {
    await page.keyboard.press('ControlOrMeta+z')
    await expect(text(page)).not.toContainText('one')
    await page.keyboard.press(again)
    await expect(text(page)).toHaveText('one')
    await page.keyboard.press(again)
    await expect(text(page)).toHaveText('one')
  }
})

test('Word: paragraphs with signs in them are lists', async ({ page }) => {
  const daemon = await opened(page)
  const item = (sign: string, words: string, level = 1) =>
    `<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:l0 level${level} lfo1'><![if !supportLists]><span style='font-family:Symbol'><span style='mso-list:Ignore'>${sign}<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span></span><![endif]>${words}<o:p></o:p></p>`
  const html = `<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style><!-- p.MsoNormal {margin:0cm} --></style></head><body><!--[if gte mso 9]><xml><w:View>Normal</w:View></xml><![endif]--><!--StartFragment--><p class=MsoNormal>Before <b>we</b> begin<o:p></o:p></p>${item('·', 'first')}${item('o', 'inner', 2)}${item('·', 'second')}<p class=MsoNormal><o:p>&nbsp;</o:p></p>${item('1.', 'one')}${item('2.', 'two')}<!--EndFragment--></body></html>`
  await text(page).click()
  await paste(page, html, 'Before we begin')
  await expect.poll(() => written(daemon)).toBe('Before **we** begin\n\n- first\n  - inner\n- second\n\n1. one\n2. two')
})
