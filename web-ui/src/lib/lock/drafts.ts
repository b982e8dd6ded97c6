// Decides what becomes of half-filled forms when the page locks: sealed in this tab, and put back once it is unlocked.
//
// What is typed into a text is kept with each letter (`keeper.ts`). A form's words are nowhere but on the screen until it is
// sent, and the screen is what the lock takes away.
import { pageKey } from '../daemon/page'
import { Seal } from '../daemon/seal'

const PLACE = 'rounds-form'
/**
 * What holds words or a choice, and has a name to be found by. A choice outside a form is saved as it is made, and what says
 * `elsewhere` has its words kept there.
 */
const FIELDS =
  ':is(input, textarea, form select):is([id], [aria-label]):not([type=password], [type=checkbox], [type=radio], [data-kept=elsewhere])'
/** What is saved as soon as it is left. */
const ON_CHANGE = '[data-kept=on-change]'

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement

interface Draft {
  /** Where in the page it was. */
  place: string
  words: [name: string, value: string][]
}

/** What a person typed or chose in, since the page was loaded, and did not send. */
const typedIn = new Set<Field>()

const nameOf = (field: Field): string => field.id || (field.getAttribute('aria-label') ?? '')

/** Notes where something is typed, from now on, until it is sent: put back later, it would undo what others did since. */
export function noteForms(): void {
  addEventListener('input', ({ target }) => {
    if (target instanceof Element && target.matches(FIELDS)) typedIn.add(target as Field)
  })
  addEventListener('change', ({ target }) => {
    if (target instanceof Element && target.matches(ON_CHANGE)) typedIn.delete(target as Field)
  })
  addEventListener('submit', ({ target }) => {
    for (const field of typedIn) if (field.form === target) typedIn.delete(field)
  })
}

/** Keeps what was typed into forms; call it while they are still on the screen. */
export function keepForms(): void {
  const seal = Seal.under(pageKey())
  const fields = [...typedIn].filter((field) => field.isConnected && field.value !== '')
  if (seal === null || fields.length === 0) return
  const draft: Draft = { place: location.hash, words: fields.map((field) => [nameOf(field), field.value]) }
  try {
    sessionStorage.setItem(PLACE, seal.close(JSON.stringify(draft), PLACE))
  } catch {
    // A browser that keeps nothing is no reason to stay open.
  }
}

/** Puts back what was kept, each as soon as its form is on the screen again; then it is erased. */
export function putFormsBack(): void {
  const sealed = sessionStorage.getItem(PLACE)
  const words = sealed === null ? null : Seal.under(pageKey())?.open(sealed, PLACE)
  if (words == null) return
  const draft = JSON.parse(words) as Draft
  const left = new Map(draft.words)
  const put = (): void => {
    if (draft.place !== location.hash) return
    for (const field of document.querySelectorAll<Field>(FIELDS)) {
      const value = left.get(nameOf(field))
      // What was typed since comes first.
      if (value === undefined || typedIn.has(field)) continue
      left.delete(nameOf(field))
      if (field.value === value) continue
      field.value = value
      field.dispatchEvent(new Event('input', { bubbles: true }))
      field.dispatchEvent(new Event('change', { bubbles: true }))
    }
    if (left.size > 0) return
    watching.disconnect()
    sessionStorage.removeItem(PLACE)
  }
  const watching = new MutationObserver(put)
  watching.observe(document.body, { childList: true, subtree: true })
  put()
}
