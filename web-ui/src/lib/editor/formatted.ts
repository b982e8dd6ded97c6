// Decides how Markdown looks while it is edited: dressed as what it means, and as it was typed only where the caret is.
import { syntaxTree } from '@codemirror/language'
import { type EditorState, type Extension, type Range } from '@codemirror/state'
import { Decoration, EditorView, ViewPlugin, WidgetType, type DecorationSet, type ViewUpdate } from '@codemirror/view'
import type { SyntaxNodeRef } from '@lezer/common'
import { links } from './links'
import { markdown } from './markdown'
import { tickLine } from './commands'

/** Headings deeper than this look alike. */
const HEADINGS = 3
/** Lists deeper than this are indented alike. */
const DEPTHS = 4

export interface Words {
  done: string
  toDo: string
  /** The way through a link. */
  follow: string
}

class Bullet extends WidgetType {
  override eq(): boolean {
    return true
  }

  override toDOM(): HTMLElement {
    const bullet = document.createElement('span')
    bullet.className = 'cm-bullet'
    bullet.textContent = '•'
    return bullet
  }
}

class Box extends WidgetType {
  readonly done: boolean
  readonly words: Words

  constructor(done: boolean, words: Words) {
    super()
    this.done = done
    this.words = words
  }

  override eq(other: Box): boolean {
    return other.done === this.done && other.words === this.words
  }

  override toDOM(view: EditorView): HTMLElement {
    const place = document.createElement('span')
    place.className = 'cm-box'
    const box = place.appendChild(document.createElement('input'))
    box.type = 'checkbox'
    box.checked = this.done
    box.tabIndex = -1
    box.disabled = view.state.readOnly
    box.setAttribute('aria-label', this.done ? this.words.done : this.words.toDo)
    box.addEventListener('mousedown', (event) => event.preventDefault())
    box.addEventListener('click', (event) => {
      event.preventDefault()
      tickLine(view, view.posAtDOM(place))
    })
    return place
  }

  override ignoreEvent(): boolean {
    return true
  }
}

const bullet = new Bullet()
const hidden = Decoration.replace({})
const line = (name: string): Decoration => Decoration.line({ class: name })
const mark = (name: string): Decoration => Decoration.mark({ class: name })
const headings = Array.from({ length: HEADINGS }, (_, at) => line(`cm-heading cm-heading-${at + 1}`))
const items = Array.from({ length: DEPTHS }, (_, at) => line(`cm-item cm-item-${at + 1}`))
const quote = line('cm-quote')
const finished = mark('cm-finished')
const number = mark('cm-number')
const INLINE: Record<string, Decoration> = {
  StrongEmphasis: mark('cm-bold'),
  Emphasis: mark('cm-italic'),
  Strikethrough: mark('cm-struck'),
  InlineCode: mark('cm-code'),
  CodeText: mark('cm-code'),
}
/** Marks that show only while the caret touches what they mark. */
const MARKS = new Set(['EmphasisMark', 'StrikethroughMark', 'CodeMark', 'LinkMark'])

export function formatted(words: Words): Extension {
  return [
    markdown.extension,
    ViewPlugin.fromClass(
      class {
        decorations: DecorationSet

        constructor(view: EditorView) {
          this.decorations = dressed(view, words)
        }

        update(update: ViewUpdate): void {
          const parsed = syntaxTree(update.startState) !== syntaxTree(update.state)
          if (update.docChanged || update.viewportChanged || update.selectionSet || update.focusChanged || parsed) {
            this.decorations = dressed(update.view, words)
          }
        }
      },
      { decorations: (plugin) => plugin.decorations },
    ),
    links(words.follow),
    looks,
  ]
}

function dressed(view: EditorView, words: Words): DecorationSet {
  const { state } = view
  const found: Range<Decoration>[] = []
  const touched = (from: number, to: number): boolean =>
    view.hasFocus && !state.readOnly && state.selection.ranges.some((range) => range.from <= to && range.to >= from)
  const hide = (from: number, to: number): void => {
    if (from < to) found.push(hidden.range(from, to))
  }
  for (const { from, to } of view.visibleRanges) {
    syntaxTree(state).iterate({
      from,
      to,
      enter: (node) => {
        const { name } = node
        if (name.startsWith('ATXHeading')) heading(node)
        else if (name === 'Blockquote') lines(node, quote)
        else if (name === 'ListItem') item(node)
        else if (name === 'Link') link(node)
        else if (name === 'QuoteMark') {
          const of = state.doc.lineAt(node.from)
          if (!touched(of.from, of.to)) hide(node.from, afterSpace(state, node.to))
        } else if (name === 'Escape') {
          if (!touched(node.from, node.to)) hide(node.from, node.from + 1)
        } else if (name === 'URL' && node.node.parent?.name !== 'Link') {
          found.push(linkMark(state.sliceDoc(node.from, node.to)).range(node.from, node.to))
        } else if (INLINE[name] && node.from < node.to) {
          found.push(INLINE[name].range(node.from, node.to))
          const inner = node.node
          if (touched(node.from, node.to)) return
          for (let child = inner.firstChild; child; child = child.nextSibling) {
            if (MARKS.has(child.name)) hide(child.from, child.to)
          }
        }
      },
    })
  }
  return Decoration.set(found, true)

  function lines(node: SyntaxNodeRef, look: Decoration): void {
    const last = state.doc.lineAt(node.to).number
    for (let at = state.doc.lineAt(node.from).number; at <= last; at += 1) found.push(look.range(state.doc.line(at).from))
  }

  function heading(node: SyntaxNodeRef): void {
    const level = Math.min(HEADINGS, Number(node.name.slice('ATXHeading'.length)) || 1)
    const of = state.doc.lineAt(node.from)
    found.push(headings[level - 1]!.range(of.from))
    const sign = node.node.getChild('HeaderMark')
    if (sign && sign.to < of.to && !touched(of.from, of.to)) hide(sign.from, afterSpace(state, sign.to))
  }

  function item(node: SyntaxNodeRef): void {
    const sign = node.node.getChild('ListMark')
    if (!sign) return
    let deep = -1
    for (let at = node.node.parent; at; at = at.parent) if (at.name.endsWith('List')) deep += 1
    const of = state.doc.lineAt(node.from)
    found.push(items[Math.min(DEPTHS - 1, deep)]!.range(of.from))
    if (deep > 0 && /^\s*$/.test(state.sliceDoc(of.from, sign.from))) hide(of.from, sign.from)
    const task = node.node.getChild('Task')?.getChild('TaskMarker')
    const end = afterSpace(state, (task ?? sign).to)
    if (touched(sign.from, end - 1)) return
    if (task) {
      const done = /x/i.test(state.sliceDoc(task.from, task.to))
      found.push(Decoration.replace({ widget: new Box(done, words) }).range(sign.from, end))
      const text = node.node.getChild('Task')!
      if (done && end < text.to) found.push(finished.range(end, text.to))
    } else if (node.node.parent?.name === 'BulletList') {
      if (end > sign.to) found.push(Decoration.replace({ widget: bullet }).range(sign.from, end))
    } else if (end > sign.from) found.push(number.range(sign.from, end))
  }

  function link(node: SyntaxNodeRef): void {
    const [open, close] = node.node.getChildren('LinkMark')
    const url = node.node.getChild('URL')
    if (!open || !close || !url) return
    if (open.to < close.from) found.push(linkMark(state.sliceDoc(url.from, url.to)).range(open.to, close.from))
    if (touched(node.from, node.to) || open.to >= close.from) return
    hide(open.from, open.to)
    hide(close.from, node.to)
  }
}

function linkMark(address: string): Decoration {
  return Decoration.mark({ class: 'cm-link', attributes: { title: address } })
}

function afterSpace(state: EditorState, position: number): number {
  return state.sliceDoc(position, position + 1) === ' ' ? position + 1 : position
}

const looks = EditorView.theme({
  '.cm-heading': { fontWeight: '600', lineHeight: '1.3' },
  '.cm-heading-1': { fontSize: '1.45em', paddingTop: '.35em' },
  '.cm-heading-2': { fontSize: '1.25em', paddingTop: '.4em' },
  '.cm-heading-3': { fontSize: '1.08em', paddingTop: '.3em' },
  '.cm-bold': { fontWeight: '700' },
  '.cm-italic': { fontStyle: 'italic' },
  '.cm-struck': { textDecoration: 'line-through' },
  '.cm-code': { fontFamily: 'ui-monospace, monospace', fontSize: '.9em' },
  '.cm-link': { color: 'var(--accent)', textDecoration: 'underline', textUnderlineOffset: '.18em' },
  '.cm-quote': { borderLeft: '3px solid color-mix(in srgb, var(--accent) 35%, transparent)', paddingLeft: '1em', color: 'var(--ink-soft)' },
  '.cm-item': { textIndent: '-1.5em' },
  '.cm-item-1': { paddingLeft: '1.5em' },
  '.cm-item-2': { paddingLeft: '3em' },
  '.cm-item-3': { paddingLeft: '4.5em' },
  '.cm-item-4': { paddingLeft: '6em' },
  '.cm-bullet, .cm-box, .cm-number': { display: 'inline-block', minWidth: '1.5em', textIndent: '0' },
  '.cm-bullet': { paddingLeft: '.35em', color: 'var(--ink-soft)' },
  '.cm-finished': { color: 'var(--ink-soft)' },
  '.cm-box input': {
    width: '1.05em',
    height: '1.05em',
    minHeight: '0',
    margin: '0',
    verticalAlign: '-.12em',
    accentColor: 'var(--accent)',
    cursor: 'pointer',
  },
})
