// Decides how long a visit usually is, how long it may be, and when it ends softly.

/** Minutes offered for a visit; any other number is as good. */
export const USUAL_LENGTHS: readonly number[] = [10, 15, 20, 25, 30, 45, 60]
/** Minutes of a visit where nobody says otherwise. */
export const USUAL_LENGTH = 25
/** Minutes a visit takes at most: a day, as the daemon has it; any length a school has is shorter. */
export const MINUTES_MAX = 24 * 60

/** The usual lengths with one that was agreed on, shortest first. */
export const offeredWith = (minutes: string): number[] =>
  [...new Set([...USUAL_LENGTHS, ...(minutes === '' ? [] : [Number(minutes)])])].toSorted((one, other) => one - other)

/** Minutes after which watching softly ends: as an instrument has it, else as long as the visit; notes without a visit end when their writer does. */
export function softEnd(instrument: number | null | undefined, visit: { minutes: number | null } | undefined): number {
  return instrument ?? (visit ? (visit.minutes ?? USUAL_LENGTH) : 0)
}
