// Decides what the daemon told the page in its own HTML: the style nonce, the page's token, the key for what waits, and the lock.

/** A value from a `<meta>`, or nothing where the placeholder was not replaced (in development). */
function meta(name: string): string {
  const content = document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? ''
  return content.startsWith('__') ? '' : content
}

/** Read once, and then no longer in the page for everybody to see. */
function secret(name: string): string {
  const value = meta(name)
  document.querySelector(`meta[name="${name}"]`)?.remove()
  return value
}

const key = secret('rounds-key')

export const styleNonce = (): string => meta('csp-nonce')
export const pageToken = (): string => meta('rounds-token')
/** In hexadecimal; nothing while locked. */
export const pageKey = (): string => key
/** Whether this computer was locked when the page was loaded. */
export const loadedLocked = (): boolean => meta('rounds-locked') !== ''
