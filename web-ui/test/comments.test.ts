// Decides whether comments keep their words on the page: while the text moves, while words wait, and when they are gone.
import { ChangeSet, EditorState } from '@codemirror/state'
import { expect, test } from 'vitest'
import { answerKey, changeKey, Drafts, placeOf } from '../src/lib/comments/drafts'
import { Seal } from '../src/lib/daemon/seal'
import { Texts } from '../src/lib/daemon/texts.svelte'
import { chosenWords, commentAt, commentField, composeAt, showComments } from '../src/lib/editor/commenting'

const by = { id: 'ben', name: 'Ben' }
const comment = (id: string, from: number | null, to = 0) => ({
  id,
  by,
  field: 'notes',
  quote: 'who',
  place: from === null ? null : { from, to },
  text: 'why?',
  settled: false,
  answers: [{ id: `${id}r`, by: { id: 'eve', name: '\u202eeve' }, text: 'x' }],
})

function setUp(words: string) {
  const texts = new Texts(() => true)
  const session = texts.use('d', 'notes')
  const say = (message: Record<string, unknown>) => texts.heard({ doc: 'd', field: 'notes', epoch: 1, ...message } as never)
  say({ op: 'text', text: words, version: 0, heads: ['h0'], role: 'owner', known: [] })
  const type = (at: number, removed: number, insert: string) =>
    session.typed(ChangeSet.of({ from: at, to: at + removed, insert }, session.text.length))
  const elsewhere = (version: number, at: number, removed: number, insert: string) =>
    say({ op: 'patches', from: version - 1, version, heads: [`h${version}`], known: [], updates: [{ id: null, by: null, splices: [{ at, delete: removed, insert }] }] })
  const told = (version: number, ...comments: unknown[]) => say({ op: 'comments', version, comments })
  const wordsAt = (id: string) => {
    const place = session.comments.place(id)
    return place && session.text.sliceString(place.from, place.to)
  }
  return { session, say, type, elsewhere, told, at: wordsAt }
}

test('a comment stays at its words whoever writes before them, and at their edges', () => {
  const { session, type, elsewhere, told, at } = setUp('ask who answers')
  told(0, comment('c', 4, 7))
  type(0, 0, 'I ')
  elsewhere(1, 0, 0, 'And ')
  expect(at('c')).toBe('who')
  type(session.comments.place('c')!.from, 0, '(')
  type(session.comments.place('c')!.to, 0, ')')
  expect(at('c')).toBe('who')
  expect(session.text.toString()).toContain('(who)')
})

test('places are moved over what waits on this page', () => {
  const { type, told, at, session } = setUp('ask who answers')
  type(0, 4, '')
  told(0, comment('c', 4, 7), comment('d', 0, 3))
  expect(at('c')).toBe('who')
  expect(at('d')).toBeNull()
  expect([...session.comments.gone]).toEqual(['d'])
  expect(session.agreed).toBeNull()
})

test('words that are deleted leave a comment without a place, and the daemon may know better', () => {
  const { elsewhere, told, at, session } = setUp('ask who answers')
  told(0, comment('c', 4, 7), comment('gone', null))
  expect([...session.comments.gone]).toEqual(['gone'])
  elsewhere(1, 3, 5, '')
  expect([...session.comments.gone]).toEqual(['c', 'gone'])
  expect(session.comments.places).toEqual([])
  told(1, comment('c', 3, 6))
  expect(at('c')).toBe('ans')
  expect(session.agreed).toEqual(['h1'])
})

test('a list about another version is not taken; names are fit to be shown', () => {
  const { told, session, say } = setUp('ask who answers')
  told(0, comment('c', 4, 7))
  expect(session.comments.all[0]!.answers[0]!.by.name).toBe('eve')
  told(7, comment('c', 0, 3), comment('d', 0, 3))
  say({ op: 'comments', epoch: 2, version: 0, comments: [comment('d', 0, 3)] })
  told(0, comment('d', 4, 700))
  expect(session.comments.all.map(({ id }) => id)).toEqual(['c'])
})

test('a screen that comes later is told where comments stand by then', () => {
  const { told, type, session } = setUp('ask who answers')
  told(0, comment('c', 4, 7))
  type(0, 0, 'I ')
  const seen: unknown[] = []
  const none = () => undefined
  session.attach({ change: none, caret: none, absent: none, comments: (places) => seen.push(...places) })
  expect(seen).toEqual([{ id: 'c', settled: false, from: 6, to: 9 }])
})

const place = (id: string, from: number, to: number, settled = false) => ({ id, from, to, settled })

test('in the editor the marks move with the text, and of several comments the one on the fewest words is meant', () => {
  let state = EditorState.create({ doc: 'ask who answers', extensions: [commentField] })
  const places = [place('wide', 0, 15), place('c', 4, 7), place('settled', 5, 6, true)]
  state = state.update({ effects: [showComments.of(places), composeAt.of({ from: 8, to: 15 })] }).state
  expect(commentAt(state, 5)).toBe('c')
  state = state.update({ changes: [{ from: 4, insert: '“' }, { from: 7, insert: '”' }, { from: 0, insert: '- ' }] }).state
  const shown = state.field(commentField)
  const read = ({ from, to }: { from: number; to: number }) => state.sliceDoc(from, to)
  expect(shown.places.map(read)).toEqual(['ask “who” answers', 'who', 'h'])
  expect(read(shown.composing!)).toBe('answers')
  expect(commentAt(state, 3)).toBe('wide')
  state = state.update({ changes: { from: 0, to: state.doc.length } }).state
  expect(commentAt(state, 0)).toBeNull()
})

test('one comments on the words selected, or on the word at the caret', () => {
  const chosen = (anchor: number, head = anchor) => chosenWords(EditorState.create({ doc: 'ask  who?', selection: { anchor, head } }))
  expect(chosen(3, 9)).toEqual({ from: 5, to: 9, quote: 'who?' })
  expect(chosen(6)).toEqual({ from: 5, to: 8, quote: 'who' })
  expect(chosen(4)).toBeNull()
  expect(chosen(3, 5)).toBeNull()
})

test('what was begun waits under its key, and other words are another comment', () => {
  const drafts = new Drafts()
  const draft = drafts.begin('k')
  expect([drafts.get('k'), drafts.waiting]).toEqual([null, false])
  draft.words = 'why?'
  expect([drafts.get('k'), drafts.waiting]).toEqual([draft, true])
  const name = drafts.naming(draft, 'why?')
  expect(drafts.naming(draft, 'why?')).toBe(name)
  expect(drafts.naming(draft, 'who?')).not.toBe(name)
  drafts.end('k')
  expect(drafts.waiting).toBe(false)
})

test('an answer that is begun is known by its comment', () => {
  const drafts = new Drafts()
  const about = comment('c', 0, 3)
  expect(drafts.at('d', about)).toBe(false)
  drafts.begin(changeKey('d', 'cr')).words = 'other words'
  expect([drafts.at('d', about), drafts.at('d', comment('x', 0, 3))]).toEqual([true, false])
  drafts.end(changeKey('d', 'cr'))
  drafts.begin(answerKey('d', 'c')).words = ' '
  expect(drafts.at('d', about)).toBe(false)
})

test('while the page is locked what was begun lies sealed in its tab, and nowhere in its memory', () => {
  const shelf = new Map<string, string>()
  const storage = {
    getItem: (name: string) => shelf.get(name) ?? null,
    setItem: (name: string, value: string) => void shelf.set(name, value),
    removeItem: (name: string) => void shelf.delete(name),
  }
  const seal = Seal.under('ab'.repeat(32))
  const before = new Drafts()
  before.begin('k').words = 'why?'
  before.begin('blank')
  before.keep(seal, storage)
  expect([before.waiting, before.get('k')]).toEqual([false, null])
  expect([...shelf.values()].join()).not.toContain('why')
  const after = new Drafts()
  after.putBack(Seal.under('cd'.repeat(32)), storage)
  expect(after.waiting).toBe(false)
  after.putBack(seal, storage)
  expect(after.get('k')?.words).toBe('why?')
  expect(shelf.size).toBe(0)
})

test('the words of a draft are found again where they went', () => {
  const about = { from: 4, to: 7, quote: 'who' }
  expect(placeOf(about, 'ask who')).toEqual(about)
  expect(placeOf(about, 'I ask who')).toEqual({ ...about, from: 6, to: 9 })
  expect(placeOf(about, 'ask them')).toBeNull()
})
