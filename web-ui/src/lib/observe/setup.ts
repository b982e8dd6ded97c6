// Decides what copy of an instrument one observes with: in whose words, with which labels, on which seats.
import type { Instrument, LibraryInstrument, Seat, Shape } from '../daemon/types'
import type { Offered } from './own'

/** Shapes that people may build an instrument of their own from. */
export const OWN_SHAPES = ['tally', 'state', 'beat', 'turn', 'line'] as const satisfies readonly Shape[]

type Said = LibraryInstrument['title']

/** Words of the library in the language of the page. */
export const inLanguage = (said: Said, code: string): string => (code === 'es' ? said.es : said.en)

/** What somebody chose for one visit. */
export interface Choices {
  title: string
  shape: Shape
  labels: string[]
  seats: Seat[]
  intervalSeconds: number | null
}

/** What an instrument begins with, before anybody chose otherwise. */
export function usual(from: LibraryInstrument, code: string): Choices {
  return {
    title: from.shape ? inLanguage(from.title, code) : '',
    shape: from.shape ?? 'tally',
    labels: from.labels.map((label) => inLanguage(label, code)),
    seats: from.seats && !from.seats.map ? students(from.seats.most) : [],
    intervalSeconds: from.interval_seconds ?? null,
  }
}

/** Whether its marks come at beats or in intervals, so that it matters how long one is; a sweep takes as long as it takes. */
export function isTimed(from: LibraryInstrument, chosen: Shape): boolean {
  const shape = from.shape ?? chosen
  return shape === 'beat' || shape === 'grid'
}

/** The copy that is frozen into the notes. */
export function frozen(from: Offered, chosen: Choices, code: string): Instrument {
  const needsSeats = from.seats != null || chosen.shape === 'turn'
  return {
    id: from.id,
    version: from.version,
    title: chosen.title.trim(),
    shape: chosen.shape,
    labels: chosen.labels.map((label) => label.trim()).filter((label) => label !== ''),
    student_labels: (from.student_labels ?? []).map((label) => inLanguage(label, code)),
    speakers: from.speakers ?? [],
    seats: needsSeats ? chosen.seats : [],
    ...(isTimed(from, chosen.shape) && chosen.intervalSeconds ? { interval_seconds: chosen.intervalSeconds } : {}),
    ...(from.minutes ? { minutes: from.minutes } : {}),
  }
}

/** Rows and seats of the map an instrument is tried out on. */
const [TRIED_ROWS, TRIED_SEATS] = [3, 4]

/** A copy to try out, on a small map where it takes one; null where there is nothing to mark yet, or its screen has a try of its own. */
export function tried(from: Offered, code: string): Instrument | null {
  const chosen = usual(from, code)
  const seats = from.seats?.map || (from.shape == null && chosen.shape === 'turn') ? rowsOfSeats(TRIED_ROWS, TRIED_SEATS) : chosen.seats
  const copy = frozen(from, { ...chosen, seats }, code)
  return triable(copy) ? copy : null
}

/** Whether there is something to mark, on a screen that has no try of its own. */
export function triable({ shape, labels, student_labels }: Instrument): boolean {
  if (shape === 'wait') return false
  return shape === 'line' || shape === 'path' || shape === 'spot' || (labels ?? []).length > 0 || (student_labels ?? []).length > 0
}

/** Students who are followed or asked: letters, never names. */
export function students(count: number): Seat[] {
  return ['A', 'B', 'C', 'D', 'E', 'F'].slice(0, count).map((id) => ({ id, x: 0, y: 0 }))
}

/** Thousandths of the room's sides that stay free around the seats, the board's side more so. */
const [BOARD, EDGE] = [220, 90]

/** Thousandths of the room's sides that a seat takes up, as the map draws it. */
const APART = 80

/** A place where no seat stands yet, from the back; the middle of the back where the room is full. */
export function freePlace(seats: readonly Seat[]): { x: number; y: number } {
  for (let y = 1000 - EDGE; y >= BOARD; y -= APART) {
    for (let x = EDGE; x <= 1000 - EDGE; x += APART) {
      if (seats.every((seat) => Math.abs((seat.x ?? 0) - x) >= APART || Math.abs((seat.y ?? 0) - y) >= APART)) return { x, y }
    }
  }
  return { x: 500, y: 1000 - EDGE }
}

/** Seats in rows and columns, numbered from the board. */
export function rowsOfSeats(rows: number, columns: number): Seat[] {
  const spread = (count: number, index: number, from: number, to: number): number =>
    Math.round(count === 1 ? (from + to) / 2 : from + ((to - from) * index) / (count - 1))
  return Array.from({ length: rows * columns }, (_, index) => ({
    id: String(index + 1),
    x: spread(columns, index % columns, EDGE, 1000 - EDGE),
    y: spread(rows, Math.floor(index / columns), BOARD, 1000 - EDGE),
  }))
}
