// Decides how an instrument that people built is offered beside those that come with Rounds.
import type { DocumentDetail, DocumentSummary, LibraryInstrument, PersonName, Reason, Shape } from '../daemon/types'

/** The kinds of mark that an instrument is built of, as the daemon takes them. */
export const BUILT_SHAPES = ['tally', 'state', 'beat', 'line', 'turn', 'sweep'] as const satisfies readonly Shape[]
export type BuiltShape = (typeof BUILT_SHAPES)[number]

/** Seats a map takes at most, as the daemon takes them. */
export const SEATS_MAX = 400
/** Seconds of a beat, where nobody said how long one is. */
const BEAT_SECONDS = 3

/** An instrument as it is offered: one that comes with Rounds, or one that people built. */
export interface Offered extends LibraryInstrument {
  /** For how long one usually observes with it. */
  minutes?: number | null
  /** Of one that people built, more. */
  own?: Own
}

export interface Own {
  makers: PersonName[]
  /** Whether this person may let others read it. */
  mine: boolean
  /** Everybody else who may read it. */
  readers: string[]
  /** What still keeps it from being observed with. */
  faults: Reason[]
}

export const isBuilt = (shape: Shape | null | undefined): shape is BuiltShape => BUILT_SHAPES.some((one) => one === shape)

/** Whether its marks are told apart by who speaks or does something. */
export const tellsSpeakers = (shape: Shape): boolean => shape === 'tally' || shape === 'line'

/** Whether its marks lie on seats. */
export const onSeats = (shape: Shape): boolean => shape === 'turn' || shape === 'sweep'

/** The words of its makers are the same in every language. */
export function offeredOf(detail: DocumentDetail, row?: DocumentSummary): Offered | null {
  if (detail.model.kind !== 'instrument') return null
  const { model } = detail
  const same = (words: string): LibraryInstrument['title'] => ({ en: words, es: words })
  const text = (field: string): string => detail.texts.find((one) => one.field === field)?.text.trim() ?? ''
  const title = model.title ?? ''
  return {
    id: detail.id,
    version: model.version,
    shape: model.shape,
    title: same(title),
    answers: same(text('question') || title),
    caution: same(text('caution')),
    labels: model.labels.map((label) => same(label.text)),
    speakers: tellsSpeakers(model.shape) ? model.speakers : [],
    seats: onSeats(model.shape) ? { map: true, least: 1, most: SEATS_MAX } : null,
    interval_seconds: model.shape === 'beat' ? (model.interval_seconds ?? BEAT_SECONDS) : null,
    minutes: model.minutes ?? null,
    source: '',
    own: {
      makers: detail.owners.map((id) => detail.people.find((one) => one.id === id) ?? { id, name: '' }),
      mine: detail.role === 'owner',
      readers: (row?.with ?? []).map((one) => one.id),
      faults: model.faults,
    },
  }
}
