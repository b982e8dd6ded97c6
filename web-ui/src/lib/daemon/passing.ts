// Decides which refusals say nothing about what was sent: it is sent again when the daemon is well.

/** Of one thing that was asked for by itself. */
export const PASSING: ReadonlySet<string> = new Set(['away', 'unavailable', 'unreadable', 'no_session', 'not_saved', 'internal', 'timed_out', 'locked'])

/** Of words that are being typed: a fault of ours is not among them, since the same words may meet it again. */
export const PASSING_FOR_WORDS: ReadonlySet<string> = new Set(['unavailable'])
