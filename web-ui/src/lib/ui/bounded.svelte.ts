// Decides what is said beside a field whose words are more than fits: by how much, with all of it left standing and nothing sent.
import type { Attachment } from 'svelte/attachments'
import { lettersOver } from '../bounds'
import { language } from '../i18n/index.svelte'

type Field = HTMLInputElement | HTMLTextAreaElement

/** `words` where the field is filled and emptied by the page, too. Its form is not sent, and its change not saved, until it fits. */
export function bounded(bytes: number, words?: () => string): Attachment<Field> {
  return (field) => {
    const said = document.createElement('p')
    said.className = 'small no-print'
    said.setAttribute('role', 'status')
    said.id = `too-long-${crypto.randomUUID()}`
    const described = field.getAttribute('aria-describedby')

    function look(text: string): void {
      const over = lettersOver(text, bytes)
      const sentence = over > 0 ? language.t.frame.tooLong(over) : ''
      if (said.textContent === sentence) return
      said.textContent = sentence
      field.setCustomValidity(sentence)
      if (over > 0) {
        // In a row there is no room for a sentence: it stands beneath.
        const place = field.closest('.field')
        if (place) place.append(said)
        else (field.form ?? field).after(said)
        field.setAttribute('aria-describedby', [described, said.id].filter(Boolean).join(' '))
      } else {
        said.remove()
        if (described === null) field.removeAttribute('aria-describedby')
        else field.setAttribute('aria-describedby', described)
      }
    }

    const typed = (): void => look(field.value)
    const changed = (event: Event): void => {
      if (said.textContent !== '') event.stopImmediatePropagation()
    }
    field.addEventListener('input', typed)
    field.addEventListener('change', changed, { capture: true })
    $effect(() => look(words?.() ?? field.value))
    return () => {
      field.removeEventListener('input', typed)
      field.removeEventListener('change', changed, { capture: true })
      said.remove()
    }
  }
}
