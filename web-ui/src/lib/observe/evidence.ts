// Decides how a line of an instrument is looked at, so that the page asks about one's own words and about nobody else's.
import type { Instrument, Judged, Speaker } from '../daemon/types'

/**
 * A line is one's own words about what was seen, or a question one would like to ask. Of a line that stands under who spoke,
 * without quotation marks, nobody can tell whether it was said or seen.
 */
export type Looked = 'own' | 'wonder' | 'either'

/** Labels under which stands what somebody said or wrote, and what one wonders; by their place. */
const OTHERWISE: Record<string, { said?: number[]; wonder?: number[] }> = {
  'saw-heard-wonder': { said: [1], wonder: [2] },
  'focus-students': { said: [1] },
}
/** Every line of these is what somebody said. */
const SPEECH = ['selective-verbatim', 'student-talk-three']

/** Of these the daemon leaves out what stands between them. */
const QUOTED = /["“”„«»‹›「『＂]|(^|\s)['‘‚]\S.*['’‘]/u
/** Whoever speaks says “you” and “we”, asks and calls; whoever describes does not. */
const SPOKEN = /[?!¿¡]|(^|[^\p{L}])(you|your|yours|we|us|our|let['’]?s|i|i['’]m|my|me|please|tú|te|ti|tu|tus|usted|ustedes|vosotros|vosotras|os|vuestro|vuestra|nosotros|nosotras|nos|vamos|yo|mi|mis|por favor)(?![\p{L}])/iu
/** Words up to which a line under who spoke is an exclamation: “Good.”, “Well done, all”. */
const CALLED_WORDS_MAX = 3

/** What is asked about where it is not certain whose words they are: those that judge. How many, why and what to do is talked of in every lesson. */
const JUDGING = new Set(['value', 'mind', 'compare', 'label', 'praise'])

/** How this line is looked at; null where it is somebody else's words, taken down as they fell. */
export function lookedAt(instrument: Instrument, label: string | null, speaker: Speaker | null, words: string): Looked | null {
  if (SPEECH.includes(instrument.id)) return null
  const place = label === null ? -1 : (instrument.labels ?? []).indexOf(label)
  const { said, wonder } = OTHERWISE[instrument.id] ?? {}
  if (wonder?.includes(place)) return 'wonder'
  const quotes = QUOTED.test(words)
  // What stands around a quotation is one's own.
  if (said?.includes(place)) return quotes ? 'own' : null
  if (speaker === null || speaker === 'room' || quotes) return 'own'
  return SPOKEN.test(words) || words.trim().split(/\s+/).length <= CALLED_WORDS_MAX ? null : 'either'
}

/** What is asked about a line: one thing at most. That it shows nothing is not said while one is still writing it. */
export function askedAbout(looked: Looked | null, marks: readonly Judged[], done: boolean): Judged | null {
  if (looked === null) return null
  return marks.find(({ rule }) => (looked === 'either' ? JUDGING.has(rule) : done || rule !== 'thin')) ?? null
}
