// Decides what becomes of a question that nobody asked in particular, and that the daemon does not answer: nothing.
import { Failure } from './daemon/rest'

/** The answer, or null. The line of truth says when the daemon is away, and all is read again when it is back. */
export async function quietly<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return null
  }
}
