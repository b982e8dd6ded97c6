// Decides which lines of an instrument are one's own words about what was seen, so that the page may ask about them.
import type { Instrument, Speaker } from '../daemon/types'

/** Where what stands under a label is not what was seen: speech, or something one wonders. Labels by their place. */
const OTHERWISE: Record<string, number[]> = { 'saw-heard-wonder': [1, 2], 'focus-students': [1] }
/** Every line of these is what somebody said. */
const SPEECH = ['selective-verbatim', 'student-talk-three']

/** Somebody else's words are taken down as they fell, and nobody is asked about them. */
export function isOwnEvidence(instrument: Instrument, label: string | null, speaker: Speaker | null): boolean {
  if (SPEECH.includes(instrument.id) || (speaker !== null && speaker !== 'room')) return false
  const place = label === null ? -1 : (instrument.labels ?? []).indexOf(label)
  return !(OTHERWISE[instrument.id] ?? []).includes(place)
}
