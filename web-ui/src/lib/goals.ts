// Decides what a goal is to the person at this page: whose it is, in which list it belongs, and what of it is for this week.
import type { components } from './daemon/api'
import type { DocumentDetail, DocumentSummary, PersonName } from './daemon/types'
import { shownName } from './people'
import { daysAfter, isoDay, mondayOf } from './visits'

type Schemas = components['schemas']
export type GoalModel = Extract<Schemas['Model'], { kind: 'goal' }>
export type GoalState = Schemas['GoalState']
export type Action = Schemas['Action']
export type ActionKind = Schemas['ActionKind']
export type Evidence = Schemas['Evidence']
export type CheckIn = Schemas['CheckIn']
export type TryOut = Schemas['TryOut']
export type Due = Schemas['DueAction']

export const STATES: GoalState[] = ['draft', 'identify', 'learn', 'improve', 'met', 'set_aside']
export const ACTION_KINDS: ActionKind[] = ['try', 'watch', 'adjust']
/** Characters of a label that the page proposes for something with a longer name: in whatever script, the daemon takes them whole. */
export const LABEL_CHARACTERS_MAX = 120

export interface Goal {
  id: string
  title: string
  state: GoalState
  mine: boolean
  /** Everybody else whose it is. */
  owners: PersonName[]
  /** Others who may read it. */
  readers: PersonName[]
  due: Due[]
  /** Somebody wrote beside it, or in it, since one last looked. */
  feedbackUnread: boolean
  unread: boolean
}

export type GoalGroup = 'mine' | 'joint' | 'theirs' | 'rest'
export const GROUPS: GoalGroup[] = ['mine', 'joint', 'theirs', 'rest']

/** A goal as the daemon's list tells it, unopened. */
export function goalOfRow(row: DocumentSummary, me: string): Goal | null {
  const facts = row.goal
  if (!facts) return null
  const owners = facts.owners.map((one) => ({ ...one, name: shownName(one.name) }))
  return {
    id: row.id,
    title: row.title,
    state: facts.state,
    mine: owners.some((one) => one.id === me),
    owners: owners.filter((one) => one.id !== me),
    readers: row.with.filter((one) => !owners.some((owner) => owner.id === one.id)),
    due: facts.due,
    feedbackUnread: facts.feedback_unread,
    unread: row.unread,
  }
}

export function goalModel(detail: DocumentDetail | null): GoalModel | null {
  return detail?.model.kind === 'goal' ? detail.model : null
}

export function groupOf(goal: Goal): GoalGroup {
  if (!goal.mine) return 'theirs'
  if (goal.state === 'met' || goal.state === 'set_aside') return 'rest'
  return goal.owners.length > 0 ? 'joint' : 'mine'
}

/** What somebody meant to do this week and has not said they did. What was for an earlier week is let be. */
export function thisWeek(goals: readonly Goal[], now: Date): { goal: Goal; due: Due }[] {
  const monday = mondayOf(now)
  const [from, until] = [isoDay(monday), isoDay(daysAfter(monday, 6))]
  const found = goals.flatMap((goal) => goal.due.map((due) => ({ goal, due })))
  return found.filter(({ due }) => due.on >= from && due.on <= until).toSorted((a, b) => (a.due.on < b.due.on ? -1 : 1))
}

/** The next dated thing of a goal, from today on. */
export function nextDue(goal: Goal, now: Date): Due | null {
  const today = isoDay(now)
  return goal.due.find((due) => due.on >= today) ?? null
}

/** The lines of a text that say something, without the marks of a list. */
export function linesOf(text: string): string[] {
  const lines = text.split('\n').map((line) => line.replace(/^\s*(?:[-*+]\s+(?:\[[ xX]\]\s+)?|\d+[.)]\s+|#+\s+|>\s+)/, '').trim())
  return [...new Set(lines.filter((line) => line !== ''))]
}
