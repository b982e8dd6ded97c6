// Decides what the editor takes from the clipboard: words. Pictures and floods are refused in a sentence.
import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { isTooLong, markdownOf } from './paste'

export type PasteTrouble = 'pictures' | 'tooLong'

const parse = (html: string): Document => new DOMParser().parseFromString(html, 'text/html')

/** `formatted` keeps headings, lists and the like; without it only the words come in, on one line. */
export function pasting(formatted: boolean, trouble: (what: PasteTrouble | null) => void): Extension {
  function take(view: EditorView, data: DataTransfer | null): boolean {
    if (!data || view.state.readOnly) return false
    const plain = data.getData('text/plain').replace(/\r\n?/g, '\n')
    const html = formatted ? data.getData('text/html') : ''
    const files = [...data.files].some((file) => file.type.startsWith('image/'))
    if (plain === '' && html === '') {
      if (data.files.length > 0) trouble('pictures')
      return data.files.length > 0
    }
    const { text, pictures } = html ? markdownOf(html, parse) : { text: plain, pictures: 0 }
    if (isTooLong(text)) {
      trouble('tooLong')
      return true
    }
    trouble(pictures > 0 || (files && text === '') ? 'pictures' : null)
    // What is plain already is left to the editor, which knows about several carets.
    if (formatted && (html === '' || text === plain)) return false
    const insert = formatted ? text : plain.replace(/\s*\n\s*/g, ' ')
    view.dispatch(view.state.replaceSelection(insert), { userEvent: 'input.paste', scrollIntoView: true })
    return true
  }
  return EditorView.domEventHandlers({
    paste: (event, view) => {
      const taken = take(view, event.clipboardData)
      if (taken) event.preventDefault()
      return taken
    },
    drop: (event) => {
      if (!event.dataTransfer) return false
      const long = isTooLong(event.dataTransfer.getData('text/plain'))
      if (!long && event.dataTransfer.files.length === 0) return false
      // A file dropped on a page would be shown instead of it.
      event.preventDefault()
      trouble(long ? 'tooLong' : 'pictures')
      return true
    },
  })
}
