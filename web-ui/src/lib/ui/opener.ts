// Decides where one is again after something that lay over the page is gone: at what opened it, if that is still there.

/** Remembers where the focus is now; called, it brings it back there, unless it went elsewhere on purpose. */
export function opener(): () => void {
  const from = document.activeElement
  return () => {
    // What lay over the page is taken away first: until then the focus is in it.
    queueMicrotask(() => {
      const lost = document.activeElement === null || document.activeElement === document.body
      if (lost && from instanceof HTMLElement && from.isConnected) from.focus({ preventScroll: true })
    })
  }
}
