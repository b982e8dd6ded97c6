// Decides what becomes of text copied from elsewhere: clean Markdown without its pictures.
import Turndown from 'turndown'

/** UTF-16 code units one paste may hold; the daemon takes as much in one piece. */
export const PASTE_UNITS_MAX = 500_000
/** Bytes of one paste as it travels; the daemon takes 1 MiB with all that is around it. */
export const PASTE_BYTES_MAX = 1_000_000
/** Bytes that a code unit takes at most as it travels: a control sign is written as six letters. */
const UNIT_BYTES_MAX = 6

/** Whether the daemon would not take this in one piece. */
export function isTooLong(text: string): boolean {
  if (text.length * UNIT_BYTES_MAX <= PASTE_BYTES_MAX) return false
  return text.length > PASTE_UNITS_MAX || new TextEncoder().encode(JSON.stringify(text)).length > PASTE_BYTES_MAX
}

export interface Pasted {
  text: string
  pictures: number
}

/** Reads a copied page. Word and Google Docs say by style what a page should say by element; that is put right first. */
export function markdownOf(html: string, parse: (html: string) => Document): Pasted {
  const page = parse(withoutStyles(html))
  const { body } = page
  const pictures = body.querySelectorAll('img, picture, svg, v\\:imagedata').length
  for (const extra of all(body.querySelectorAll('img, picture, svg, style, script, meta, link, title, xml, input'))) extra.remove()
  for (const comment of comments(body)) comment.remove()
  wordLists(page)
  for (const element of all(body.querySelectorAll<HTMLElement>('b, strong, i, em, span'))) restyle(page, element)
  for (const item of all(body.querySelectorAll('li'))) tasksAndParagraphs(page, item)
  const text = reader.turndown(body)
    .replaceAll('\u00a0', ' ')
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
  return { text, pictures }
}

const reader = new Turndown({
  headingStyle: 'atx',
  bulletListMarker: '-',
  emDelimiter: '*',
  codeBlockStyle: 'fenced',
  hr: '---',
  br: '',
})
// One space after the sign, as one types it.
reader.addRule('item', {
  filter: 'li',
  replacement(content, node) {
    const list = node.parentElement
    const numbered = list?.nodeName === 'OL'
    const at = list ? all(list.children).filter((child) => child.nodeName === 'LI').indexOf(node as HTMLElement) : 0
    const sign = numbered ? `${at + 1}. ` : '- '
    const body = content.trim().replace(/\n{2,}/g, '\n').replaceAll('\n', `\n${' '.repeat(sign.length)}`)
    return `${sign}${body}${node.nextElementSibling ? '\n' : ''}`
  },
})
reader.addRule('box', {
  filter: (node) => node.hasAttribute('data-box'),
  replacement: (_content, node) => `[${(node as HTMLElement).getAttribute('data-box') === 'true' ? 'x' : ' '}] `,
})
// A table's rows as lines: the words are kept, the frame is not.
reader.addRule('cell', { filter: ['td', 'th'], replacement: (content, node) => `${content.trim().replace(/\s*\n\s*/g, ' ')}${node.nextElementSibling ? ' · ' : ''}` })
reader.addRule('row', { filter: 'tr', replacement: (content) => `\n${content.trim()}\n` })
reader.addRule('unsafeLink', {
  filter: (node) => node.nodeName === 'A' && !/^(https?:|mailto:)/i.test(node.getAttribute('href') ?? ''),
  replacement: (content) => content,
})

function comments(body: HTMLElement): ChildNode[] {
  const found: ChildNode[] = []
  const walk = (node: Node): void => {
    for (const child of all(node.childNodes)) {
      if (child.nodeType === 8) found.push(child as ChildNode)
      else walk(child)
    }
  }
  walk(body)
  return found
}

/** The page's policy allows no styles of others, not even in a page that is only read: they travel under another name. */
function withoutStyles(html: string): string {
  return html
    .replace(/<style\b[^>]*>[\s\S]*?<\/style\s*>/gi, '')
    .replace(/<[a-z][^<>]*>/gi, (tag) => tag.replace(/\sstyle\s*=/gi, ' data-style='))
}

/** What a list holds now, whatever becomes of it. */
function all<T>(list: ArrayLike<T>): T[] {
  return Array.from(list)
}

function fill(element: Element, nodes: readonly Node[]): void {
  for (const node of nodes) element.appendChild(node)
}

const styleOf = (element: Element): string => (element.getAttribute('data-style') ?? '').toLowerCase()

/** Word writes an item of a list as a paragraph with a sign in it. */
function wordLists(page: Document): void {
  const paragraphs = all(page.body.querySelectorAll('p')).filter((one) => /mso-list:\s*l\d+\s+level\d/.test(styleOf(one)))
  let stack: { level: number; list: Element }[] = []
  let last: Element | null = null
  for (const paragraph of paragraphs) {
    const level = Number(/level(\d+)/.exec(styleOf(paragraph))![1])
    const sign = all(paragraph.querySelectorAll('span')).find((span) => /mso-list:\s*ignore/.test(styleOf(span)))
    const numbered = /^\s*[\da-z]+[.)]/i.test(sign?.textContent ?? '')
    sign?.remove()
    if (last === null || paragraph.previousElementSibling !== last) stack = []
    while (stack.length > 0 && stack.at(-1)!.level > level) stack.pop()
    if (stack.length === 0 || stack.at(-1)!.level < level) {
      const list = page.createElement(numbered ? 'ol' : 'ul')
      const outer = stack.at(-1)?.list.lastElementChild
      if (outer) outer.appendChild(list)
      else {
        paragraph.before(list)
        last = list
      }
      stack.push({ level, list })
    }
    const item = page.createElement('li')
    while (paragraph.firstChild) item.appendChild(paragraph.firstChild)
    stack.at(-1)!.list.appendChild(item)
    paragraph.remove()
  }
}

/** Google Docs writes bold as a span's weight, and wraps all it copies in a `<b>` of normal weight. */
function restyle(page: Document, element: HTMLElement): void {
  const style = styleOf(element)
  const weight = /font-weight:\s*(\w+)/.exec(style)?.[1]
  const plain = weight !== undefined && (weight === 'normal' || Number(weight) < 600)
  const inHeading = element.closest('h1, h2, h3, h4, h5, h6') !== null
  const isBold = /^(b|strong)$/i.test(element.nodeName)
  const bold = !inHeading && !plain && (isBold || weight === 'bold' || Number(weight) >= 600)
  const italic = !/font-style:\s*normal/.test(style) && (/^(i|em)$/i.test(element.nodeName) || /font-style:\s*italic/.test(style))
  const inner = all(element.childNodes)
  const wrap = (name: string, nodes: Node[]): Node[] => {
    const outer = page.createElement(name)
    fill(outer, nodes)
    return [outer]
  }
  const blocks = inner.some((node) => /^(p|div|ul|ol|table|h[1-6]|blockquote)$/i.test(node.nodeName))
  let nodes: Node[] = inner
  if (italic && !blocks) nodes = wrap('em', nodes)
  if (bold && !blocks) nodes = wrap('strong', nodes)
  element.replaceWith(...nodes)
}

/** Items hold their words directly, and say whether they are done. */
function tasksAndParagraphs(page: Document, item: Element): void {
  for (const child of all(item.children)) {
    if (child.nodeName === 'P' && !child.previousElementSibling) child.replaceWith(...all(child.childNodes))
  }
  if (item.getAttribute('role') !== 'checkbox') return
  const box = page.createElement('span')
  box.setAttribute('data-box', item.getAttribute('aria-checked') === 'true' ? 'true' : 'false')
  box.textContent = '.'
  item.insertBefore(box, item.firstChild)
}
