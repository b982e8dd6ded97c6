// Decides how words are sealed before a browser stores them: at once, under a key that the daemon gives and no browser keeps.
//
// The browser's own encryption answers later, and what answers later can be lost with the page. So this one is computed
// in the same breath as the letter is typed. XChaCha20-Poly1305, as the daemon seals its own disk; its nonces are long
// enough to be drawn at random.
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'

/** Bytes of a key. */
const KEY_BYTES = 32
/** Bytes of a nonce; it stands before what it sealed. */
const NONCE_BYTES = 24
/** Bytes turned into letters at once: a call takes only so many arguments. */
const LETTERS_AT_ONCE = 8_192

export class Seal {
  readonly #key: Uint8Array

  private constructor(key: Uint8Array) {
    this.#key = key
  }

  /** The seal under a key in hexadecimal, or null where the page was given none. */
  static under(key: string): Seal | null {
    const bytes = (key.match(/[0-9a-f]{2}/g) ?? []).map((byte) => Number.parseInt(byte, 16))
    return key.length === 2 * KEY_BYTES && bytes.length === KEY_BYTES ? new Seal(Uint8Array.from(bytes)) : null
  }

  /** Seals words for one place: moved to another, they do not open. One letter a byte, which browsers store as one. */
  close(words: string, place: string): string {
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
    const sealed = xchacha20poly1305(this.#key, nonce, utf8(place)).encrypt(utf8(words))
    return letters(nonce) + letters(sealed)
  }

  /** The words, or null: another key, another place, or damaged. */
  open(sealed: string, place: string): string | null {
    const bytes = Uint8Array.from(sealed, (letter) => letter.charCodeAt(0))
    const [nonce, rest] = [bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES)]
    try {
      return new TextDecoder().decode(xchacha20poly1305(this.#key, nonce, utf8(place)).decrypt(rest))
    } catch {
      return null
    }
  }
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

function letters(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += LETTERS_AT_ONCE) {
    text += String.fromCharCode(...bytes.subarray(at, at + LETTERS_AT_ONCE))
  }
  return text
}
