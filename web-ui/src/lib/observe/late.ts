// Decides what many lines from paper say: each with its time, and who spoke or under which label it stands where that is written before it.
import type { Instrument, Speaker } from '../daemon/types'
import type { Messages } from '../i18n/en'
import { isTooLong, moment } from './marks'

/** Lines put in with one action: the script of a long morning. */
export const LATE_LINES_MAX = 500

/** “4:05”, “1:02:00”, with or without a mark behind it, then words. */
const TIMED = /^(\d{1,2}(?:[:.]\d{2}){1,2})\s*[-–—:.]?\s+(\S.*)$/u
/** “Teacher: …” */
const NAMED = /^([^:]{1,60}):\s*(\S.*)$/u

export interface LateLine {
  at_ms: number
  text: string
  label?: string
  speaker?: Speaker
}

type Named = Pick<LateLine, 'label' | 'speaker'>

export interface Late {
  lines: LateLine[]
  /** Lines that have no time, or too many words; numbered from one. */
  wrong: { number: number; words: string }[]
}

/** What may stand before a line, as people write it. */
export function namesOf(t: Messages, instrument: Instrument): Map<string, Named> {
  const speakers = (instrument.speakers ?? []).map((speaker): [string, Named] => [t.observing.speakers[speaker], { speaker }])
  const labels = (instrument.labels ?? []).map((label): [string, Named] => [label, { label }])
  return new Map([...speakers, ...labels].map(([name, found]) => [name.trim().toLocaleLowerCase(t.language), found]))
}

export function linesFrom(paper: string, t: Messages, names: ReadonlyMap<string, Named>): Late {
  const found: Late = { lines: [], wrong: [] }
  for (const [index, line] of paper.split(/\r?\n/).entries()) {
    const words = line.trim()
    if (words === '') continue
    const [, time, said] = TIMED.exec(words) ?? []
    const at_ms = time === undefined ? null : moment(time)
    if (at_ms === null || said === undefined || isTooLong(said)) {
      found.wrong.push({ number: index + 1, words })
      continue
    }
    const [, name, rest] = NAMED.exec(said) ?? []
    const named = names.get(name?.trim().toLocaleLowerCase(t.language) ?? '')
    found.lines.push({ at_ms, text: named ? rest! : said, ...named })
  }
  return found
}
