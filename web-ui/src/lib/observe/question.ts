// Decides how a question is timed tap by tap, and what of it can be put down before its last.
import type { NewMark } from './marking'

/** A question under way: its moments so far. */
export interface Question {
  at_ms: number
  reply_ms?: number
  reply_end_ms?: number
}

const STEPS = ['ask', 'reply', 'end', 'follow'] as const
/** What the next tap says; the last one makes a mark of it. */
export type Step = (typeof STEPS)[number]

/** The taps that were made. */
export function tappedSteps(question: Question | null): Step[] {
  if (question === null) return []
  return STEPS.slice(0, question.reply_ms === undefined ? 1 : question.reply_end_ms === undefined ? 2 : 3)
}

export const nextStep = (question: Question | null): Step => STEPS[tappedSteps(question).length]!

/** With one more tap, short of the one that makes a mark of it. */
export function withTap(question: Question | null, now: number): Question {
  if (question === null) return { at_ms: now }
  return question.reply_ms === undefined ? { ...question, reply_ms: now } : { ...question, reply_end_ms: now }
}

/** Without its last tap; null where that was the one that began it. */
export function withoutTap({ at_ms, reply_ms, reply_end_ms }: Question): Question | null {
  if (reply_ms === undefined) return null
  return reply_end_ms === undefined ? { at_ms } : { at_ms, reply_ms }
}

/** Whether it can be put down unasked: that nobody replied is for the observer to say. */
export const isReplied = (question: Question | null): question is Question => question?.reply_ms !== undefined

/** The mark it makes as it stands, or with the moment at which somebody spoke again. */
export function questionMark({ at_ms, ...moments }: Question, follow_ms?: number): NewMark {
  return { at_ms, mark: { kind: 'wait', ...moments, ...(follow_ms === undefined ? {} : { follow_ms }) } }
}

/** Under which name the question under way in some notes is remembered. */
export const questionKey = (notes: string): string => `observe-question-${notes}`

/** What was remembered of one, as far as it can be read and lies in what was observed. */
export function rememberedQuestion(text: string | null, elapsed: number): Question | null {
  try {
    const kept = JSON.parse(text ?? 'null') as Partial<Question> | number | null
    if (typeof kept !== 'object' || kept === null) return null
    const { at_ms, reply_ms, reply_end_ms } = kept
    const moments = [at_ms, reply_ms, reply_end_ms].filter((one) => one !== undefined)
    const inOrder = moments.every((one, index) => Number.isFinite(one) && one >= (moments[index - 1] ?? 0) && one <= elapsed)
    if (at_ms === undefined || (reply_ms === undefined && reply_end_ms !== undefined) || !inOrder) return null
    return { at_ms, ...(reply_ms === undefined ? {} : { reply_ms }), ...(reply_end_ms === undefined ? {} : { reply_end_ms }) }
  } catch {
    return null
  }
}

/** Whether what was remembered of one counts once somebody goes on observing. */
export const begunQuestion = (text: string | null): boolean => isReplied(rememberedQuestion(text, Infinity))
