// Decides what a file that leaves Rounds is called, so that every system takes the name and a person knows it again.
import type { FileFormat } from './daemon/types'

/** Characters of a name, without what follows the dot: every system takes three times as many bytes. */
const NAME_CHARACTERS_MAX = 60

/** What Windows, macOS or Linux do not take in a name, and what is not seen. */
const NOT_TAKEN = /[\p{C}\p{Zl}\p{Zp}<>:"/\\|?*]+/gu

/** Names that Windows keeps for itself. */
const KEPT = /^(con|prn|aux|nul|com\d|lpt\d)$/i

export function fileName(title: string, format: FileFormat): string {
  const plain = title.replace(NOT_TAKEN, ' ').replace(/\s+/gu, ' ')
  const short = [...plain.trim()].slice(0, NAME_CHARACTERS_MAX).join('')
  const name = short.replace(/^[. ]+|[. ]+$/gu, '')
  return `${name === '' || KEPT.test(name) ? `Rounds ${name}`.trim() : name}.${format}`
}

/** Hands a file to the browser, which keeps it where it keeps what is downloaded. */
export function keep(file: Blob, name: string): void {
  const address = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  document.body.append(link)
  link.click()
  link.remove()
  // The browser has taken the address by the time it comes back to us.
  setTimeout(() => URL.revokeObjectURL(address), 0)
}
