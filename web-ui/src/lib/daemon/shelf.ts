// Decides how waiting words lie in the browser: in IndexedDB, sealed with a key that cannot be taken out of it.
import type { Kept, Shelf } from './keeper'

const DATABASE = 'rounds'
const SLOTS = 'slots'
const KEYS = 'keys'
const KEY = 'kept'
/** Bytes of AES-GCM's nonce. */
const NONCE_BYTES = 12

interface Sealed {
  nonce: Uint8Array<ArrayBuffer>
  bytes: ArrayBuffer
}

export class BrowserShelf implements Shelf {
  #opening: Promise<{ database: IDBDatabase; key: CryptoKey }> | null = null

  async put(slot: string, kept: Kept): Promise<void> {
    const { database, key } = await this.#open()
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
    const words = new TextEncoder().encode(JSON.stringify(kept))
    const bytes = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce, additionalData: label(slot) }, key, words)
    await done(database.transaction(SLOTS, 'readwrite', { durability: 'strict' }).objectStore(SLOTS).put({ nonce, bytes } satisfies Sealed, slot))
  }

  async take(slot: string): Promise<Kept | null> {
    const { database, key } = await this.#open()
    const sealed = (await done(database.transaction(SLOTS).objectStore(SLOTS).get(slot))) as Sealed | undefined
    if (!sealed) return null
    try {
      const words = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: sealed.nonce, additionalData: label(slot) }, key, sealed.bytes)
      return JSON.parse(new TextDecoder().decode(words)) as Kept
    } catch {
      // Sealed with a key that is gone, or damaged: nobody can read it any more.
      return null
    }
  }

  async erase(slot: string): Promise<void> {
    const { database } = await this.#open()
    await done(database.transaction(SLOTS, 'readwrite').objectStore(SLOTS).delete(slot))
  }

  async slots(): Promise<string[]> {
    const { database } = await this.#open()
    return (await done(database.transaction(SLOTS).objectStore(SLOTS).getAllKeys())) as string[]
  }

  lock(slot: string): Promise<(() => void) | null> {
    return new Promise((answer, fail) => {
      const held = (lock: Lock | null): Promise<void> | undefined => {
        if (lock === null) {
          answer(null)
          return undefined
        }
        return new Promise<void>((release) => answer(release))
      }
      navigator.locks.request(`rounds-${slot}`, { ifAvailable: true }, held).catch(fail)
    })
  }

  #open(): Promise<{ database: IDBDatabase; key: CryptoKey }> {
    this.#opening ??= (async () => {
      const opening = indexedDB.open(DATABASE, 1)
      opening.onupgradeneeded = () => {
        opening.result.createObjectStore(SLOTS)
        opening.result.createObjectStore(KEYS)
      }
      const database = await done(opening)
      const fresh = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
      const keys = database.transaction(KEYS, 'readwrite').objectStore(KEYS)
      const known = (await done(keys.get(KEY))) as CryptoKey | undefined
      if (known) return { database, key: known }
      await done(keys.put(fresh, KEY))
      return { database, key: fresh }
    })()
    return this.#opening
  }
}

const label = (slot: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(slot)

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((answer, fail) => {
    request.onsuccess = () => answer(request.result)
    request.onerror = () => fail(request.error ?? new Error('the browser keeps nothing'))
  })
}
