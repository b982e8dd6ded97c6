// Decides what an observation is on the page: what was marked, what of it is not yet on the disk, and how a mark is told.
import { PASSAGE_BYTES_MAX, lettersOver } from '../bounds'
import type { Edit, Instrument, Mark, Marked, Shape } from '../daemon/types'
import type { Messages } from '../i18n/en'

/** By how many letters words are more than one line has room for; longer writing belongs in the free notes. */
export const lineOver = (words: string): number => lettersOver(words, PASSAGE_BYTES_MAX)
export const isTooLong = (words: string): boolean => lineOver(words) > 0

/** What the disk has, with what this page did since on top. Said twice or arriving late, an edit changes nothing. */
export function withOwn(events: readonly Marked[], own: readonly Edit[]): Marked[] {
  const found = new Map(events.map((event) => [event.id, event]))
  for (const edit of own) {
    if (edit.verb === 'add_event' && !found.has(edit.event.id)) found.set(edit.event.id, edit.event)
    else if (edit.verb === 'remove_event') found.delete(edit.id)
    else if (edit.verb === 'describe_event') {
      const event = found.get(edit.id)
      if (event) found.set(edit.id, { ...event, text: edit.text })
    }
  }
  return [...found.values()].sort((one, other) => one.at_ms - other.at_ms)
}

/** Which of this page's own edits the disk does not show yet; what was refused it never will. */
export function notShown(events: readonly Marked[], all: readonly Edit[], waiting: readonly Edit[], refused: readonly Edit[] = []): Edit[] {
  const own = all.filter((edit) => !refused.includes(edit))
  const there = new Map(events.map((event) => [event.id, event]))
  const still = new Set(waiting)
  // What was done later to the same mark is what the disk comes to show.
  const last = new Map(own.map((edit) => [aboutOf(edit), edit]))
  return own.filter((edit) => {
    if (still.has(edit)) return true
    if (last.get(aboutOf(edit)) !== edit) return false
    if (edit.verb === 'add_event') return !there.has(edit.event.id)
    if (edit.verb === 'remove_event') return there.has(edit.id)
    if (edit.verb !== 'describe_event') return false
    const shown = there.get(edit.id)
    // Of a mark that is not shown yet, its words are not shown either.
    return shown ? shown.text !== edit.text : last.get(`is ${edit.id}`)?.verb === 'add_event'
  })
}

/** What of a mark an edit decides: whether it is there, or its words. */
function aboutOf(edit: Edit): string {
  if (edit.verb === 'add_event') return `is ${edit.event.id}`
  if (edit.verb === 'remove_event') return `is ${edit.id}`
  return edit.verb === 'describe_event' ? `says ${edit.id}` : ''
}

/** What takes an edit back, given what was there before it. */
export function inverse(edit: Edit, before: readonly Marked[]): Edit | null {
  if (edit.verb === 'add_event') return { verb: 'remove_event', id: edit.event.id }
  if (edit.verb === 'remove_event') {
    const event = before.find((one) => one.id === edit.id)
    return event ? { verb: 'add_event', event } : null
  }
  if (edit.verb === 'describe_event') {
    const event = before.find((one) => one.id === edit.id)
    return event ? { verb: 'describe_event', id: edit.id, text: event.text ?? '' } : null
  }
  return null
}

/** “4:05”, “1:02:00” */
export function clock(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const two = (number: number): string => String(number).padStart(2, '0')
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}

/** Milliseconds of “4:05”, “1:02:00” or “12” minutes; null where it is no time. */
export function moment(text: string): number | null {
  const parts = text.trim().split(/[:.]/)
  if (parts.length > 3 || parts.some((part) => !/^\d{1,4}$/.test(part))) return null
  const numbers = parts.map(Number)
  if (parts.length > 1 && numbers.slice(1).some((number) => number > 59)) return null
  const seconds = parts.length === 1 ? numbers[0]! * 60 : numbers.reduce((sum, number) => sum * 60 + number, 0)
  return seconds * 1000
}

/** Seconds with one decimal, as the language writes them. */
export const seconds = (t: Messages, milliseconds: number): string =>
  new Intl.NumberFormat(t.language, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(milliseconds / 1000)

/** How often each label was marked; a tap by another speaker counts as well. */
export function tallies(events: readonly Marked[]): Map<string, number> {
  const found = new Map<string, number>()
  for (const { label } of events) if (label) found.set(label, (found.get(label) ?? 0) + 1)
  return found
}

/** A mark in words, without its moment: “Asks · teacher → seat 12”. */
export function told(t: Messages, event: Marked): string {
  const words = t.observing
  const parts = [event.label ?? '']
  if (event.speaker) parts.push(words.speakers[event.speaker] ?? '')
  if (event.mark) parts.push(toldMark(t, event.at_ms, event.mark))
  parts.push(event.text ?? '')
  return parts.filter((part) => part.trim() !== '').join(' · ') || words.moment
}

function toldMark(t: Messages, at: number, mark: Mark): string {
  const words = t.observing
  const who = (id: string): string => (id === 'teacher' ? words.teacher : id === 'all' ? words.class : words.seat(id))
  switch (mark.kind) {
    case 'wait': {
      if (mark.reply_ms == null) return words.noReply
      const follow = mark.reply_end_ms != null && mark.follow_ms != null ? mark.follow_ms - mark.reply_end_ms : null
      const first = words.repliedAfter(seconds(t, mark.reply_ms - at))
      return follow === null ? first : `${first} · ${words.spokenAfter(seconds(t, follow))}`
    }
    case 'turn':
      return `${who(mark.from)} → ${who(mark.to)}`
    case 'step':
      return mark.seat ? words.stoppedAt(words.seat(mark.seat)) : mark.stop ? words.stopped : words.walks
    case 'look':
      return words.lookAt(mark.sweep + 1, words.seat(mark.seat))
    case 'interval':
      return [words.interval(mark.index + 1), (mark.codes ?? []).join(', ')].filter(Boolean).join(': ')
    case 'seat':
      return words.student(mark.seat)
    case 'spot':
      return mark.place
  }
}

/** Moments are marked by a tap and described afterwards; a tag may stand with them. */
const MOMENTS = 'interesting-moments'

/** Whether a tap marks a moment: there is nothing that has to be chosen first. */
export const isMomentary = ({ id, labels, speakers, seats }: Instrument): boolean =>
  id === MOMENTS || [labels, speakers, seats].every((all) => (all ?? []).length === 0)

/** What is told in words with these: a mark of theirs may get some, also when it has none. */
const WORDED: readonly Shape[] = ['line', 'ask', 'spot']

/** Whether a mark has words that can be put otherwise, or may still get some. */
export const isWorded = (instrument: Instrument | null, event: Marked): boolean =>
  (event.text ?? '') !== '' || WORDED.includes(instrument?.shape ?? 'line')

/** Every label of an instrument. */
export const labelsOf = (instrument: Instrument): string[] => [...(instrument.labels ?? []), ...(instrument.student_labels ?? [])]
