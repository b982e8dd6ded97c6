// Decides what the daemon told the page in its own HTML: the style nonce, the page's token, and the key for what waits.

/** A value from a `<meta>`, or nothing where the placeholder was not replaced (in development). */
function meta(name: string): string {
  const content = document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? ''
  return content.startsWith('__') ? '' : content
}

export const styleNonce = (): string => meta('csp-nonce')
export const pageToken = (): string => meta('rounds-token')
/** In hexadecimal. */
export const pageKey = (): string => meta('rounds-key')
