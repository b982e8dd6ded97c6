// Decides how long one has observed, on a device whose clock may be wrong, be set meanwhile, or stand still while it sleeps.
//
// The page counts by its own steady count, which nobody sets. Two things that count does not tell: when the observation began,
// once the page was loaded again, and for how long the device slept. Both the daemon tells, by a count of its own that goes on
// in its sleep. How the device's clock is set only hints that something is to be asked: it is believed where the daemon cannot be
// reached, for a sleep within a lesson, as the daemon's own clock is where its count began anew.
//
// Time never goes back, and no answer of the daemon's makes it jump by more than a lesson.

/** The daemon's two clocks at one moment: a count that nobody sets, and milliseconds since 1970 as its computer has them. */
export interface Told {
  /** Which count: it begins anew with the daemon. */
  count: string
  steady_ms: number
  now_ms: number
}

interface World {
  /** Milliseconds that only go forward, and perhaps only while the device is awake. */
  steady: () => number
  /** Milliseconds since 1970, as the device's clock is set. */
  wall: () => number
  /** The daemon's clocks, or null when it does not answer. */
  ask: () => Promise<Told | null>
  /** Remembers, for when the page is loaded again, what the daemon's clocks showed when the observation began. */
  keep: (began: Told) => void
}

/** Milliseconds after which what is remembered, or was slept through, is another lesson: a lid was closed on it. */
const LESSON_MS_MAX = 4 * 60 * 60 * 1000
/** Milliseconds that one observation counts at most: a day, as the daemon takes it. */
export const OBSERVED_MS_MAX = 24 * 60 * 60 * 1000
/** Milliseconds by which a device's two clocks part before that means something; they are looked at four times a second. */
const PARTED_MS = 2_000

export class LessonClock {
  readonly #world: World
  /** What the daemon's clocks showed when it began. */
  #began: Told | null
  /** Counted so far, and what the device's clocks showed then. */
  #counted = 0
  #at = 0
  #wall = 0
  #running = false
  /** The daemon has not said yet when it began. */
  #alone = true
  #asking = false

  constructor(world: World, began: Told | null) {
    this.#world = world
    this.#began = began
  }

  /** Begins, or goes on: from what is remembered, or else from where the notes end. */
  async start(reached: number): Promise<void> {
    if (this.#running) return
    this.#running = true
    this.#counted = Math.min(reached, OBSERVED_MS_MAX)
    this.#at = this.#world.steady()
    this.#wall = this.#world.wall()
    await this.agree()
  }

  /** Milliseconds since it began, at this moment. */
  now(): number {
    if (!this.#running) return 0
    const steady = this.#world.steady()
    const passed = Math.max(0, steady - this.#at)
    const wall = this.#world.wall()
    const parted = wall - this.#wall - passed
    this.#counted = Math.min(OBSERVED_MS_MAX, this.#counted + passed)
    this.#at = steady
    this.#wall = wall
    // It slept, or its clock was set.
    if (parted > PARTED_MS && !this.#asking) void this.agree(parted)
    return this.#counted
  }

  /** Asks the daemon how much time has really passed; without an answer, the device may have slept for so long. */
  async agree(slept = 0): Promise<void> {
    if (!this.#running || this.#asking) return
    this.#asking = true
    const told = await this.#world.ask().finally(() => (this.#asking = false))
    const counted = this.now()
    if (told === null) {
      // Where nothing is reached, nothing sets a clock: it slept.
      if (slept < LESSON_MS_MAX) this.#counted = Math.min(OBSERVED_MS_MAX, counted + slept)
      return
    }
    const since = sinceThen(this.#began, told)
    // At first what is remembered counts, also where notes that were typed in later reach further.
    if (since !== null && since < LESSON_MS_MAX && (this.#alone || since > counted)) this.#counted = since
    this.#alone = false
    // What was not believed is forgotten: from here on it is counted from what was.
    this.#began = { count: told.count, steady_ms: told.steady_ms - this.#counted, now_ms: told.now_ms - this.#counted }
    this.#world.keep(this.#began)
  }
}

/** Milliseconds between two answers of the daemon; null where they tell nothing. */
function sinceThen(began: Told | null, told: Told): number | null {
  if (began === null) return null
  // A count that began anew tells nothing, and then the clock is all there is.
  const since = told.count === began.count ? told.steady_ms - began.steady_ms : told.now_ms - began.now_ms
  return since >= 0 ? since : null
}

/** What was remembered, as far as it can be read. */
export function rememberedBeginning(text: string | null): Told | null {
  try {
    const kept = JSON.parse(text ?? 'null') as Partial<Told> | number | null
    if (typeof kept !== 'object' || kept === null) return null
    const { count, steady_ms, now_ms } = kept
    if (typeof count !== 'string' || !Number.isFinite(steady_ms) || !Number.isFinite(now_ms)) return null
    return { count, steady_ms: steady_ms!, now_ms: now_ms! }
  } catch {
    return null
  }
}
