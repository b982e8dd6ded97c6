// Decides that it is said once that a document is gone: by the part of the screen whose words one may want to keep, where one does.
import { getContext, setContext, untrack } from 'svelte'

const KEY = Symbol('gone')

class Below {
  /** Parts of the screen that say so themselves. */
  parts = $state(0)
}

/** What a screen knows of the parts beneath it. */
export function goneBelow(): Below {
  const below = new Below()
  setContext(KEY, below)
  return below
}

/** A part says it of its own document, as long as that is so. */
export function saysGone(gone: () => boolean): void {
  const below = getContext<Below | undefined>(KEY)
  const count = (by: number): void =>
    untrack(() => {
      if (below) below.parts += by
    })
  $effect(() => {
    if (!gone()) return
    count(1)
    return () => count(-1)
  })
}
