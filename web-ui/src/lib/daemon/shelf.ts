// Decides where a browser keeps waiting words, and how a page shows the others that it lives.
import type { Browser } from './keeper'

const SLOTS = 'slots'

export class BrowserShelf implements Browser {
  /** The database, and what the names in localStorage begin with. */
  readonly #shelf: string
  #database: Promise<IDBDatabase> | null = null

  constructor(shelf = 'rounds-kept') {
    this.#shelf = shelf
  }

  get #prefix(): string {
    return `${this.#shelf}/`
  }

  put(name: string, sealed: string): void {
    localStorage.setItem(this.#prefix + name, sealed)
  }

  get(name: string): string | null {
    return localStorage.getItem(this.#prefix + name)
  }

  remove(name: string): void {
    localStorage.removeItem(this.#prefix + name)
  }

  names(): string[] {
    const names: string[] = []
    for (let index = 0; index < localStorage.length; index += 1) {
      const name = localStorage.key(index)
      if (name?.startsWith(this.#prefix)) names.push(name.slice(this.#prefix.length))
    }
    return names
  }

  async secure(slot: string, sealed: string[]): Promise<void> {
    const transaction = (await this.#open()).transaction(SLOTS, 'readwrite', { durability: 'strict' })
    transaction.objectStore(SLOTS).put(sealed, slot)
    await new Promise<void>((answer, fail) => {
      transaction.oncomplete = () => answer()
      transaction.onabort = () => fail(transaction.error ?? new Error('the browser keeps nothing'))
    })
  }

  async secured(slot: string): Promise<string[] | null> {
    const found: unknown = await done((await this.#open()).transaction(SLOTS).objectStore(SLOTS).get(slot))
    return Array.isArray(found) ? (found as string[]) : null
  }

  async release(slot: string): Promise<void> {
    await done((await this.#open()).transaction(SLOTS, 'readwrite').objectStore(SLOTS).delete(slot))
  }

  async securedSlots(): Promise<string[]> {
    return (await done((await this.#open()).transaction(SLOTS).objectStore(SLOTS).getAllKeys())) as string[]
  }

  hold(page: string, wait: boolean): Promise<(() => void) | null> {
    return new Promise((answer, fail) => {
      const held = (lock: Lock | null): Promise<void> | undefined => {
        if (lock === null) {
          answer(null)
          return undefined
        }
        return new Promise<void>((letGo) => answer(letGo))
      }
      navigator.locks.request(this.#prefix + page, { ifAvailable: !wait }, held).catch(fail)
    })
  }

  onPut(hear: (name: string, sealed: string) => void): void {
    // Said in the other pages of this browser only.
    addEventListener('storage', ({ key, newValue, storageArea }) => {
      if (storageArea === localStorage && newValue !== null && key?.startsWith(this.#prefix)) hear(key.slice(this.#prefix.length), newValue)
    })
  }

  #open(): Promise<IDBDatabase> {
    this.#database ??= (async () => {
      const opening = indexedDB.open(this.#shelf, 1)
      opening.onupgradeneeded = () => opening.result.createObjectStore(SLOTS)
      return done(opening)
    })()
    return this.#database
  }
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((answer, fail) => {
    request.onsuccess = () => answer(request.result)
    request.onerror = () => fail(request.error ?? new Error('the browser keeps nothing'))
  })
}
