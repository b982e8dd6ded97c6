// Decides what a success card and a resource are to the person at this page, and where a link leads.
import type { DocumentDetail, DocumentSummary, PersonName, Schemas } from './daemon/types'
import { shownName } from './people'

export type ShownCard = Extract<Schemas['Model'], { kind: 'shown_card' }>
export type SuccessCard = Extract<Schemas['Model'], { kind: 'success_card' }>
export type Resource = Extract<Schemas['Model'], { kind: 'resource' }>

/** One card among others, as a list shows it. */
export interface Shelved {
  id: string
  title: string
  text: string
  tags: string[]
  mine: boolean
  /** Everybody else who may read it; of somebody else's, whose it is. */
  others: PersonName[]
}

/** What went well: one's own card, or somebody's words that one may see. */
export interface Success extends Shelved {
  people: PersonName[]
  state: 'draft' | 'asked' | 'may'
}

const named = (person: PersonName): PersonName => ({ ...person, name: shownName(person.name) })

export const shownModel = (detail: DocumentDetail | null): ShownCard | null => (detail?.model.kind === 'shown_card' ? detail.model : null)
export const successModel = (detail: DocumentDetail | null): SuccessCard | null => (detail?.model.kind === 'success_card' ? detail.model : null)
export const resourceModel = (detail: DocumentDetail | null): Resource | null => (detail?.model.kind === 'resource' ? detail.model : null)

const textOf = (detail: DocumentDetail): string => detail.texts.find((one) => one.field === 'text')?.text ?? ''

/** One's own cards, each with how far it has come, and what others show or ask one about. */
export function successesOf(drafts: readonly DocumentDetail[], shown: readonly [DocumentSummary, DocumentDetail][]): Success[] {
  const own = drafts.flatMap((detail): Success[] => {
    const model = successModel(detail)
    if (!model) return []
    const asked = shown.find(([row]) => model.asked.includes(row.id))?.[0]
    const people = model.people.map((id) => detail.people.find((one) => one.id === id) ?? asked?.card?.people.map(named).find((one) => one.id === id)).filter((one) => one !== undefined)
    const state = asked?.card?.may_be_seen ? 'may' : asked ? 'asked' : 'draft'
    return [{ id: detail.id, title: model.title ?? '', text: textOf(detail), tags: model.tags, mine: true, others: asked?.with.map(named) ?? [], people, state }]
  })
  const kept = new Set(drafts.flatMap((detail) => successModel(detail)?.asked ?? []))
  const others = shown.flatMap(([row, detail]): Success[] => {
    const model = shownModel(detail)
    // One's own words that were asked about stand with the card they come from, while there is one.
    if (!model || !row.card || kept.has(row.id)) return []
    const [by, people] = [named(row.card.by), row.card.people.map(named)]
    return [{ id: row.id, title: model.title ?? '', text: model.text, tags: model.tags, mine: detail.role === 'owner', others: [by], people, state: row.card.may_be_seen ? 'may' : 'asked' }]
  })
  return [...own, ...others]
}

export function resourceOf(detail: DocumentDetail, withOthers: PersonName[]): (Shelved & { link: string; reference: string }) | null {
  const model = resourceModel(detail)
  if (!model) return null
  const mine = detail.role === 'owner'
  return { id: detail.id, title: model.title ?? '', text: textOf(detail), tags: model.tags, mine, others: withOthers, link: model.link ?? '', reference: model.reference ?? '' }
}

/** Whether the words, or who is in them, are others than those people were asked about. */
export function differs(draft: SuccessCard, text: string, asked: ShownCard): boolean {
  const same = (one: readonly string[], other: readonly string[]): boolean => one.toSorted().join('\n') === other.toSorted().join('\n')
  return text.trim() !== asked.text.trim() || (draft.title ?? '') !== (asked.title ?? '') || !same(draft.tags, asked.tags) || !same(draft.people, asked.people)
}

/** Where a link leads, in a word; nothing where it is none that one would follow. */
export function hostOf(link: string): string | null {
  try {
    const url = new URL(link)
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.host : null
  } catch {
    return null
  }
}

/** What of a resource is put where one writes: what it is, where it is, why it helped. */
export const wordsOfResource = (one: { title: string; link: string; reference: string; text: string }): string =>
  [one.title && `**${one.title}**`, one.link, one.reference, one.text.trim()].filter(Boolean).join('\n')
