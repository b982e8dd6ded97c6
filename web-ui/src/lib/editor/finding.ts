// Decides how one finds and replaces in a text, in the page's own words.
import { openSearchPanel, search, searchKeymap } from '@codemirror/search'
import { EditorState, type Extension } from '@codemirror/state'
import { EditorView, keymap } from '@codemirror/view'

export { openSearchPanel }

export function finding(phrases: Record<string, string>): Extension {
  return [
    EditorState.phrases.of(phrases),
    search({ top: true }),
    keymap.of(searchKeymap.filter(({ key }) => key !== 'Mod-Alt-g' && key !== 'Mod-d')),
    looks,
  ]
}

const looks = EditorView.theme({
  '.cm-panels': { backgroundColor: 'transparent', color: 'var(--ink)', border: '0 !important' },
  '.cm-panel.cm-search': {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: 'var(--s2)',
    padding: 'var(--s3) clamp(var(--s4), 4vw, var(--s6))',
    paddingRight: 'calc(var(--touch) + var(--s2))',
    borderBottom: '1px solid var(--line)',
    font: 'var(--t-1)/1.3 var(--ui)',
  },
  // What only programmers look for stays out of the way.
  '.cm-panel.cm-search [name=select], .cm-panel.cm-search label:has([name=re]), .cm-panel.cm-search label:has([name=word])': {
    display: 'none',
  },
  '.cm-panel.cm-search br': { display: 'none' },
  '.cm-panel.cm-search .cm-textfield': {
    flex: '1 1 9rem',
    width: 'auto',
    minWidth: '0',
    minHeight: 'var(--touch)',
    margin: '0',
    padding: '.4rem .6rem',
    border: '1px solid var(--edge)',
    borderRadius: 'var(--round-s)',
    backgroundColor: 'var(--sheet)',
    color: 'var(--ink)',
    font: 'var(--t0)/1.4 var(--ui)',
  },
  '.cm-panel.cm-search .cm-button': {
    minHeight: 'var(--touch)',
    margin: '0',
    padding: '.4rem .75rem',
    border: '1px solid var(--edge)',
    borderRadius: 'var(--round-s)',
    background: 'transparent',
    color: 'var(--accent)',
    font: '600 var(--t-1)/1.2 var(--ui)',
  },
  '.cm-panel.cm-search label': {
    display: 'inline-flex',
    alignItems: 'center',
    gap: '.35rem',
    minHeight: 'var(--touch)',
    margin: '0',
    fontSize: 'var(--t-1)',
    fontWeight: '400',
  },
  '.cm-panel.cm-search label input': { width: '1.1rem', height: '1.1rem', minHeight: '0', margin: '0', accentColor: 'var(--accent)' },
  '.cm-panel.cm-search [name=close]': {
    top: 'var(--s3)',
    right: 'var(--s3)',
    width: 'var(--touch)',
    minHeight: 'var(--touch)',
    color: 'var(--ink-soft)',
    fontSize: 'var(--t2)',
    fontWeight: '400',
  },
  '.cm-panel.cm-search [name=close]:hover': { backgroundColor: 'var(--accent-wash)' },
  '.cm-searchMatch': { backgroundColor: 'var(--warm-wash)', boxShadow: 'inset 0 -2px var(--warm)' },
  '.cm-searchMatch-selected': { backgroundColor: 'color-mix(in srgb, var(--warm) 32%, transparent)' },
  '.cm-selectionMatch': { backgroundColor: 'transparent' },
})
