// Decides what the line of truth says: where words are, never where they are hoped to be.
import type { Connection } from './daemon/live'
import type { DiskTrouble, DocumentSummary, Holder, Partner } from './daemon/types'
import type { Messages } from './i18n/en'
import { few } from './people'

export interface Fact {
  text: string
  /** Done, on its way, or in need of somebody. */
  mark: 'done' | 'waiting' | 'trouble' | 'none'
}

/** Whether the disk takes what it is given, and why not. */
export interface Storage {
  saving: boolean
  reason: string | null
  trouble: DiskTrouble | null
}

export interface Here {
  connection: Connection
  storage: Storage
  unsaved: number
  /** Something typed was not accepted, and waits for the person to let go of it. */
  refused: boolean
}

export function savedFact(t: Messages, here: Here): Fact {
  if (here.connection === 'away') {
    return here.unsaved > 0
      ? { text: t.truth.away, mark: 'trouble' }
      : { text: t.truth.awayIdle, mark: 'waiting' }
  }
  if (!here.storage.saving) return { text: t.truth.notSaving(whyNotSaving(t, here.storage)), mark: 'trouble' }
  if (here.refused) return { text: t.truth.refused, mark: 'trouble' }
  return here.unsaved > 0 ? { text: t.truth.saving, mark: 'waiting' } : { text: t.truth.saved, mark: 'done' }
}

/** In the words of the page; a kind that only a newer daemon knows stays in the daemon's. */
export function whyNotSaving(t: Messages, { trouble, reason }: Storage): string {
  const known: Partial<Record<string, string>> = t.disk
  return (trouble !== null ? known[trouble] : undefined) ?? reason ?? ''
}

/** People of whom the same is said in a sentence each. */
const APART_MAX = 2

const on = (t: Messages, names: string[]): Fact => ({
  text: names.length > APART_MAX ? t.truth.onMany(few(t, names)) : t.truth.on(names),
  mark: 'done',
})

/** What waits in the same way for each of some people: of each by itself, or of all of them at once. */
function waits<T extends { name: string }>(t: Messages, some: T[], each: (one: T) => string, many: (names: string) => string): Fact[] {
  const texts = some.length > APART_MAX ? [many(few(t, some.map(({ name }) => name)))] : some.map(each)
  return texts.map((text) => ({ text, mark: 'waiting' }))
}

interface Named {
  name: string
  partner: Partner
}

/** Whose computers are not reached, together where it is for the same reason. */
function notReached(t: Messages, some: Named[]): Fact[] {
  const known: Partial<Record<string, string>> = t.obstacles
  const whyOf = ({ partner: { obstacle, reason } }: Named): string => (obstacle ? known[obstacle] : undefined) ?? reason ?? ''
  return [...new Set(some.map(whyOf))].flatMap((why) => {
    const people = some.filter((one) => whyOf(one) === why)
    // One that is set aside could be reached: it is not listened to.
    const aside = people.every(({ partner }) => partner.obstacle === 'set_aside')
    const [each, many] = aside ? [t.truth.setAside, t.truth.setAsideMany] : [t.truth.unreachable, t.truth.unreachableMany]
    return waits(t, people, ({ name }) => each(name, why), (names) => many(names, why))
  })
}

/** Whose computer cannot be reached for a reason that somebody can mend; one that is off or went home is only not here. */
export const isNearButNotReached = ({ state, obstacle }: Partner): boolean =>
  state === 'unreachable' && obstacle !== 'just_lost' && obstacle !== 'no_longer_there' && obstacle !== 'no_answer'

/** Whose computer is met without some documents, which only the newer Rounds of the two can read. */
export const isPartlyUnderstood = ({ state, obstacle }: Partner): boolean => state === 'connected' && obstacle === 'not_understood'

function partly(t: Messages, some: Named[]): Fact[] {
  const why = t.obstacles.not_understood
  return waits(t, some, ({ name }) => t.truth.partly(name, why), (names) => t.truth.partlyMany(names, why))
}

/** Where one document is, besides here. */
export function deliveryFacts(
  t: Messages,
  others: { name: string; held: boolean; understood: boolean; partner: Partner | undefined }[],
): Fact[] {
  const facts: Fact[] = []
  const names = (state: (one: (typeof others)[number]) => boolean): string[] => others.filter(state).map((one) => one.name)
  const held = names((one) => one.held)
  if (held.length > 0) facts.push(on(t, held))
  const onWay = names(({ held, understood, partner }) => !held && understood && partner?.state === 'connected')
  if (onWay.length > 0) facts.push({ text: t.truth.onWay(few(t, onWay)), mark: 'waiting' })
  facts.push(...partly(t, others.flatMap(({ name, held, understood, partner }) => (!held && !understood && partner?.state === 'connected' ? [{ name, partner }] : []))))
  facts.push(...notReached(t, others.flatMap(({ name, held, partner }) => (!held && partner && isNearButNotReached(partner) ? [{ name, partner }] : []))))
  // Who is not paired with this person gets it from those who are: what becomes of it there is not told here.
  const between = others.some((one) => one.partner !== undefined)
  const apart = names((one) => !one.held && one.partner === undefined)
  if (apart.length > 0 && between) facts.push({ text: t.truth.through(few(t, apart)), mark: 'none' })
  else if (apart.length > 0) facts.push({ text: t.truth.unpaired(few(t, apart)), mark: 'waiting' })
  const later = names(({ held, partner }) => !held && partner !== undefined && partner.state !== 'connected' && !isNearButNotReached(partner))
  if (later.length > 0) facts.push({ text: t.truth.will(few(t, later)), mark: 'waiting' })
  return facts
}

/** Who else should have a document, and whether they do. Founding owners and those it was shared with; never oneself. */
export function othersOf(
  holders: readonly Holder[],
  me: string,
  live: ReadonlyMap<string, boolean> | undefined,
  unsaved: number,
  partners: readonly Partner[],
): { name: string; held: boolean; understood: boolean; partner: Partner | undefined }[] {
  return holders
    .filter((holder) => holder.person.id !== me && holder.role !== 'none')
    .map((holder) => ({
      name: holder.person.name,
      held: unsaved === 0 && (live?.get(holder.person.id) ?? holder.copy === 'held'),
      understood: holder.copy !== 'not_understood',
      partner: partners.find((partner) => partner.person.id === holder.person.id),
    }))
}

const named = (partner: Partner): Named => ({ name: partner.person.name, partner })

/** Where everything is, for the screens that show no single document. */
export function overallFacts(t: Messages, partners: readonly Partner[], documents: readonly DocumentSummary[]): Fact[] {
  const waiting = partners.filter((partner) => partner.waiting_out > 0)
  const holding = new Set(documents.flatMap((document) => document.delivered_to))
  const delivered = partners
    .filter((partner) => holding.has(partner.person.id) && !waiting.includes(partner))
    .map((partner) => partner.person.name)
  const near = ({ partner }: Named): boolean => partner.state === 'connected'
  const unreached = ({ partner }: Named): boolean => isNearButNotReached(partner)
  const out = waiting.map(named)
  // After time apart the computers go through what both hold; what is new there comes on the way.
  const looking = partners.map(named).filter((one) => near(one) && one.partner.waiting_in > 0)
  return [
    ...(delivered.length > 0 ? [on(t, delivered)] : []),
    ...partly(t, partners.map(named).filter((one) => isPartlyUnderstood(one.partner))),
    ...waits(t, out.filter((one) => near(one) && !isPartlyUnderstood(one.partner)), ({ name, partner }) => t.truth.onWayCount(partner.waiting_out, name), t.truth.onWayMany),
    ...notReached(t, out.filter((one) => !near(one) && unreached(one))),
    ...waits(t, out.filter((one) => !near(one) && !unreached(one)), ({ name, partner }) => t.truth.willCount(partner.waiting_out, name), t.truth.willMany),
    ...waits(t, looking, ({ name, partner }) => t.truth.lookingCount(partner.waiting_in, name), t.truth.lookingMany),
  ]
}
