// Decides which document the line of truth speaks of: the one on screen, or all of them.
import type { Fact } from '../truth'

class TruthOfPage {
  /** What the screen's own document has to say, or null where no document is open. */
  facts = $state.raw<Fact[] | null>(null)
}

export const truthOfPage = new TruthOfPage()
