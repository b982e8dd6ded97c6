// Decides which Markdown the page knows: what teachers write, and nothing that would surprise them.
import { Language, syntaxTree } from '@codemirror/language'
import { markdownLanguage } from '@codemirror/lang-markdown'
import type { EditorState } from '@codemirror/state'
import type { MarkdownParser } from '@lezer/markdown'
import type { SyntaxNode } from '@lezer/common'

/** Left out: a line of dashes must not turn the line above into a heading, nor spaces turn a line into code. */
const LEFT_OUT = [
  'SetextHeading',
  'IndentedCode',
  'HTMLBlock',
  'HTMLTag',
  'Subscript',
  'Superscript',
  'Emoji',
  'LinkReference',
]

/** Shares the data of CodeMirror's own Markdown, so that its commands for lists know where they are. */
export const markdown = new Language(
  markdownLanguage.data,
  (markdownLanguage.parser as MarkdownParser).configure({ remove: LEFT_OUT }),
  [],
  'markdown',
)

/** What the words at the caret are dressed as. */
export type Format = 'heading' | 'bold' | 'italic' | 'list' | 'numbers' | 'tasks' | 'quote' | 'link'

const NODES: Record<string, Format> = {
  StrongEmphasis: 'bold',
  Emphasis: 'italic',
  Link: 'link',
  Blockquote: 'quote',
  BulletList: 'list',
  OrderedList: 'numbers',
  Task: 'tasks',
}

export function formatsAt(state: EditorState): ReadonlySet<Format> {
  const { main } = state.selection
  const found = new Set<Format>()
  for (let node = nodeAround(state, main.from, main.to); node; node = node.parent) {
    const format = NODES[node.name] ?? (node.name.startsWith('ATXHeading') ? 'heading' : undefined)
    if (format) found.add(format)
  }
  if (found.has('tasks')) found.delete('list')
  return found
}

/** The innermost piece of Markdown around a selection, on whichever side of the caret it lies. */
function nodeAround(state: EditorState, from: number, to: number): SyntaxNode | null {
  const tree = syntaxTree(state)
  let node: SyntaxNode | null = tree.resolveInner(from, 1)
  while (node && node.to < to) node = node.parent
  if (from !== to) return node
  const before = tree.resolveInner(from, -1)
  return depth(before) > depth(node) ? before : node
}

function depth(node: SyntaxNode | null): number {
  let steps = 0
  for (let at = node; at; at = at.parent) steps += 1
  return steps
}

/** The piece of this kind that holds the whole selection, if there is one. */
export function enclosing(state: EditorState, from: number, to: number, name: string): SyntaxNode | null {
  for (let node = nodeAround(state, from, to); node; node = node.parent) if (node.name === name) return node
  return null
}

export interface Link {
  from: number
  to: number
  address: string
}

/** Where a link leads, if it leads anywhere a page may go. */
export function linkAt(state: EditorState, position: number): string | null {
  return linkBeside(state, position, 1)?.address ?? null
}

/** The link that a caret is in, or at either end of. */
export function linkAround(state: EditorState, position: number): Link | null {
  return linkBeside(state, position, 1) ?? linkBeside(state, position, -1)
}

function linkBeside(state: EditorState, position: number, side: 1 | -1): Link | null {
  for (let node: SyntaxNode | null = syntaxTree(state).resolveInner(position, side); node; node = node.parent) {
    const whole = node.name === 'Link' || node.name === 'Autolink'
    // An address that is part of a link is where its words lead.
    if (node.name === 'URL' && (node.parent?.name === 'Link' || node.parent?.name === 'Autolink')) continue
    const url = node.name === 'URL' ? node : whole ? node.getChild('URL') : null
    const address = url && safeLink(state.sliceDoc(url.from, url.to))
    if (url) return address === null ? null : { from: node.from, to: node.to, address }
  }
  return null
}

export function safeLink(address: string): string | null {
  const whole = /^www\./i.test(address) ? `https://${address}` : address
  return /^(https?:\/\/|mailto:)\S+$/i.test(whole) ? whole : null
}
