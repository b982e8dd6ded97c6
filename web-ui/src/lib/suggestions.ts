// Decides who might suit as a visiting partner, from what people chose to show of themselves; each with its reason, in no order of merit.
import type { components } from './daemon/api'
import type { PersonName } from './daemon/types'
import type { Free } from './timetable'

type Schemas = components['schemas']
export type Profile = Extract<Schemas['Model'], { kind: 'profile' }>
export type Experience = Schemas['Experience']
export const EXPERIENCES: Experience[] = ['first_years', 'some_years', 'many_years']

/** Somebody’s card, as they show it. */
export interface Card {
  /** The document it lies in. */
  id: string
  person: PersonName
  profile: Profile
}

export type Reason =
  | { why: 'same_grade'; grade: string }
  | { why: 'near_grades'; theirs: string; mine: string }
  | { why: 'other_subjects'; theirs: string[] }
  | { why: 'experience'; theirs: Experience }
  | { why: 'both_free'; time: Free }

export interface Suggestion {
  card: Card
  reasons: Reason[]
}

const same = (one: string, other: string): boolean => one.trim().toLocaleLowerCase() === other.trim().toLocaleLowerCase()

/** The year in “Grade 5”, “5th” or “5º de primaria”; none in what names no year, or a span of them. */
export function yearOf(grade: string): number | null {
  const numbers = grade.match(/\d+/gu) ?? []
  const year = Number(numbers[0])
  return numbers.length === 1 && year <= 20 ? year : null
}

function grades(mine: Profile, theirs: Profile): Reason[] {
  for (const one of mine.grades) {
    const shared = theirs.grades.find((other) => same(one, other))
    if (shared !== undefined) return [{ why: 'same_grade', grade: shared }]
  }
  for (const one of mine.grades) {
    const year = yearOf(one)
    const near = year === null ? undefined : theirs.grades.find((other) => Math.abs((yearOf(other) ?? -99) - year) === 1)
    if (near !== undefined) return [{ why: 'near_grades', theirs: near, mine: one }]
  }
  return []
}

function subjects(mine: Profile, theirs: Profile): Reason[] {
  if (mine.subjects.length === 0 || theirs.subjects.length === 0) return []
  const shared = theirs.subjects.some((one) => mine.subjects.some((other) => same(one, other)))
  return shared ? [] : [{ why: 'other_subjects', theirs: theirs.subjects }]
}

function experience(mine: Profile, theirs: Profile): Reason[] {
  const [own, other] = [mine.experience, theirs.experience]
  return own && other && own !== other ? [{ why: 'experience', theirs: other }] : []
}

/**
 * Paired people who are no partners yet and whom there is a reason to think of, by name. `free` says when one is next free at
 * the same time as somebody who shows it.
 */
export function suggestionsOf(
  mine: Profile,
  cards: readonly Card[],
  partners: ReadonlySet<string>,
  put: ReadonlySet<string>,
  free: (person: string) => Free | undefined = () => undefined,
): Suggestion[] {
  const common = (person: string): Reason[] => {
    const time = free(person)
    return time ? [{ why: 'both_free', time }] : []
  }
  return cards
    .filter((card) => !partners.has(card.person.id) && !put.has(card.id))
    .map((card) => ({
      card,
      reasons: [...grades(mine, card.profile), ...subjects(mine, card.profile), ...experience(mine, card.profile), ...common(card.person.id)],
    }))
    .filter((one) => one.reasons.length > 0)
    .toSorted((one, other) => one.card.person.name.localeCompare(other.card.person.name))
}

/** Words between commas, each once. */
export function listed(text: string): string[] {
  const words = text.split(/[,;\n]/u).map((word) => word.trim()).filter((word) => word !== '')
  return words.filter((word, at) => words.findIndex((other) => same(word, other)) === at)
}
