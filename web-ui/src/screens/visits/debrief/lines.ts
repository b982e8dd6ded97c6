// Decides which lines notes consist of, when each was written down, and how one is quoted.
import type { components } from '../../../lib/daemon/api'
import type { DocumentDetail } from '../../../lib/daemon/types'
import type { Messages } from '../../../lib/i18n/en'
import { told } from '../../../lib/observe/marks'

type Schemas = components['schemas']
export type ReplyTo = Schemas['ReplyTo']
export type Reply = Schemas['Reply']
type Event = Schemas['Event']

export interface EvidenceLine {
  key: string
  /** What an answer to it is an answer to. */
  to: ReplyTo
  /** When it was: milliseconds since the visit began, for what was put down at its moment. */
  at: number | null
  speaker: Event['speaker'] | null
  text: string
}

/** All that was written, in order: what was put down at its moment, then the free notes line by line. */
export function linesOf(t: Messages, detail: DocumentDetail): EvidenceLine[] {
  const { model } = detail
  if (model.kind !== 'note_set' && model.kind !== 'released_notes') return []
  const events = model.events.map((event): EvidenceLine => ({
    key: `event-${event.id}`,
    to: { event: event.id },
    at: event.at_ms,
    speaker: event.speaker ?? null,
    // Who speaks stands before it.
    text: told(t, { ...event, speaker: null }),
  }))
  const text = detail.texts.find((one) => one.field === 'notes')?.text ?? ''
  const lines = text.split('\n').map((line, at): EvidenceLine => ({ key: `line-${at}`, to: { line: at }, at: null, speaker: null, text: line.trim() }))
  return [...events, ...lines].filter((line) => line.text !== '')
}

/** Whether the same notes lie there as they were released; a set that is still held stands for itself. */
export function standsReleased(model: DocumentDetail['model'], released: readonly string[]): boolean {
  return model.kind === 'note_set' && model.released.some((one) => released.includes(one))
}

export function repliesTo(replies: readonly Reply[], to: ReplyTo): Reply[] {
  return replies.filter((reply) => same(reply.to, to))
}

/** Answers to the notes as a whole, and to what is no longer a line of them. */
export function otherReplies(replies: readonly Reply[], lines: readonly EvidenceLine[]): Reply[] {
  return replies.filter((reply) => !lines.some((line) => same(reply.to, line.to)))
}

function same(one: ReplyTo, other: ReplyTo): boolean {
  if (one === 'whole' || other === 'whole') return one === other
  if ('line' in one) return 'line' in other && one.line === other.line
  return 'event' in one && 'event' in other && one.event === other.event
}

/** A clock's way of writing how far into the visit something was: “12:04”. */
export function sinceBeginning(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
