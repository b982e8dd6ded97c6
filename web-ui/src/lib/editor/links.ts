// Decides how a link of a text is followed: by pointing, by key, and from what stands beneath it while the caret is in it.
import { syntaxTree } from '@codemirror/language'
import { StateEffect, StateField, type EditorState, type Extension } from '@codemirror/state'
import { EditorView, keymap, showTooltip, type Tooltip } from '@codemirror/view'
import { linkAround, linkAt, type Link } from './markdown'

/** Where a link's words are, for finding what is pointed at. */
const LINK = '.cm-link'
/** What stands beneath a link. */
const FOLLOW = 'cm-follow'

/** Whether somebody is in the text, or on the way through its link. */
const here = StateEffect.define<boolean>()

interface Beneath {
  here: boolean
  address: string | null
  tooltip: Tooltip | null
}

export function links(words: string): Extension {
  const beneath = StateField.define<Beneath>({
    create: () => ({ here: false, address: null, tooltip: null }),
    update(before, { state, startState, effects, docChanged, selection }) {
      const inside = effects.reduce((was, effect) => (effect.is(here) ? effect.value : was), before.here)
      const parsed = syntaxTree(startState) !== syntaxTree(state)
      if (inside === before.here && !docChanged && !selection && !parsed) return before
      const link = inside ? linkHere(state) : null
      if (!link) return { here: inside, address: null, tooltip: null }
      // The same link goes on being offered as it was: the keys may be on it.
      const create = before.address === link.address ? before.tooltip?.create : undefined
      return { here: inside, address: link.address, tooltip: { pos: link.to, create: create ?? offered(link.address, words) } }
    },
    provide: (field) => showTooltip.from(field, ({ tooltip }) => tooltip),
  })
  return [
    beneath,
    EditorView.focusChangeEffect.of((_, focusing) => here.of(focusing || document.activeElement?.closest(`.${FOLLOW}`) != null)),
    keymap.of([
      { key: 'Alt-Enter', run: follow },
      // Where nothing can be written, it leads on.
      { key: 'Enter', run: (view) => view.state.readOnly && follow(view) },
    ]),
    EditorView.domEventHandlers({
      mousedown(event, view) {
        if (event.button !== 0 || !(event.metaKey || event.ctrlKey)) return false
        return open(pointedAt(event, view))
      },
      // Once the finger is up, and without the keys that the above is for: whoever drags over a link selects its words.
      click(event, view) {
        const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
        // Beside a line the nearest letter would do: one must have met the words.
        const met = event.target instanceof Element && event.target.closest(LINK) !== null
        if (plain && met && view.state.readOnly && view.state.selection.main.empty) open(pointedAt(event, view))
        return false
      },
    }),
    looks,
  ]
}

function linkHere(state: EditorState): Link | null {
  const { main } = state.selection
  return main.empty ? linkAround(state, main.head) : null
}

function pointedAt(event: MouseEvent, view: EditorView): string | null {
  const position = view.posAtCoords({ x: event.clientX, y: event.clientY })
  return position === null ? null : linkAt(view.state, position)
}

function follow(view: EditorView): boolean {
  return open(linkHere(view.state)?.address ?? null)
}

function open(address: string | null): boolean {
  if (address !== null) window.open(address, '_blank', 'noopener,noreferrer')
  return address !== null
}

const offered = (address: string, words: string) => (view: EditorView) => {
  const dom = document.createElement('div')
  dom.className = `${FOLLOW} no-print`
  const link = dom.appendChild(document.createElement('a'))
  link.href = address
  link.target = '_blank'
  link.rel = 'noopener noreferrer'
  link.textContent = words
  link.title = `${address} (${/mac|iphone|ipad/i.test(navigator.userAgent) ? '⌥' : 'Alt+'}Enter)`
  link.setAttribute('aria-keyshortcuts', 'Alt+Enter')
  // The caret stays in the text.
  link.addEventListener('mousedown', (event) => event.preventDefault())
  link.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return
    event.preventDefault()
    view.focus()
  })
  link.addEventListener('blur', ({ relatedTarget }) => {
    // It may be an update of the text that takes it away.
    if (relatedTarget !== view.contentDOM) setTimeout(() => view.dispatch({ effects: here.of(false) }))
  })
  return { dom }
}

const looks = EditorView.theme({
  '.cm-content[aria-readonly="true"] .cm-link': { cursor: 'pointer' },
  '.cm-tooltip.cm-follow': {
    width: 'max-content',
    maxWidth: 'calc(100vw - 2rem)',
    border: '1px solid var(--edge)',
    borderRadius: 'var(--round-s)',
    backgroundColor: 'var(--sheet)',
    boxShadow: 'var(--lift)',
  },
  '.cm-follow a': {
    display: 'inline-block',
    minHeight: 'var(--touch)',
    padding: '.7rem var(--s4)',
    font: 'var(--t0)/1.2 var(--ui)',
  },
})
