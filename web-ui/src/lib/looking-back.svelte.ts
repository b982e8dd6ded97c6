// Decides what stands on the screen of a document's past: a point, a text and its words that came in one answer, and never parts of two.
import { Attempt } from './attempt.svelte'
import { Failure } from './daemon/rest'
import type { History, Sheet } from './daemon/types'

/** Everything the document says, beside the texts that can be looked at alone. */
export const ALL = 'all'

type Point = History['points'][number]

/** Where one looks: at a text, as it was at a point or as it is now. */
interface Place {
  field: string
  /** Absent where one looks at what stands there now. */
  point: Point | null
  /** Which of the points it is, as far as is known. */
  at: number
}

export interface Seen extends Place {
  points: readonly Point[]
  text: string | null
  spans: History['spans']
  /** All of it at that point, where that is what one looks at. */
  whole: Sheet | null
}

/** How the daemon is asked; without a point, how it is now. */
export interface Asks {
  history(field?: string, point?: string): Promise<History>
  sheet(point?: string): Promise<Sheet>
}

export class LookingBack {
  seen = $state.raw<Seen | null>(null)
  /** What one wants to see instead, and what is not here yet. */
  coming = $state.raw<Place | null>(null)
  /** What was asked for last and could not be had. */
  missed = $state.raw<Place | null>(null)
  readonly #asks: Asks
  readonly #reading = new Attempt()
  #asked = 0
  /** The same is being read once more. */
  #reads: Place | null = null
  #again = false
  /** The newest words that stood on the screen, of each text. */
  readonly #newest = new Map<string, string>()

  constructor(asks: Asks) {
    this.#asks = asks
  }

  /** Why it could not be had. */
  get problem(): string {
    return this.missed === null ? '' : this.#reading.problem
  }

  /** Looks at a text as it is now; where one looks at it already, at the same point once more, since something may have been written. */
  async read(field: string): Promise<void> {
    const under = this.coming ?? this.#reads
    if (under?.field === field) {
      // Whoever writes quickly must not keep a slow answer from ever being the newest.
      this.#again = true
      return
    }
    const { seen } = this
    if (seen?.field === field) await this.#ask(seen, true)
    else await this.#ask({ field, point: null, at: 0 }, false)
  }

  /** Looks at another point. */
  async look(at: number): Promise<void> {
    const { seen } = this
    if (!seen) return
    const newest = seen.points.length - 1
    const index = Math.max(0, Math.min(at, newest))
    await this.#ask({ field: seen.field, point: index === newest ? null : (seen.points[index] ?? null), at: index }, false)
  }

  /** Asks once more for what could not be had. */
  async retry(): Promise<void> {
    if (this.missed) await this.#ask(this.missed, false)
  }

  /** What the text that is looked at says now, if that never stood here: from then on it did. */
  async unseen(field: string): Promise<string | null> {
    const text = (await this.#asks.history(field)).text ?? ''
    if (text === this.#newest.get(field)) return null
    this.#newest.set(field, text)
    return text
  }

  async #ask(to: Place, quiet: boolean): Promise<void> {
    const mine = (this.#asked += 1)
    this.coming = quiet ? null : to
    this.#reads = quiet ? to : null
    this.#again = false
    // Gone first, so that the same sentence is heard again when it is true again.
    if (!quiet) this.missed = null
    const answer = this.#read(to)
    await answer.catch(() => undefined)
    // Somebody wants to see something else by now.
    if (mine !== this.#asked) return
    this.coming = null
    this.#reads = null
    const again = this.#again
    await this.#reading.always(async () => {
      try {
        this.#show(await answer)
        if (this.missed?.point?.point === to.point?.point) this.missed = null
      } catch (error) {
        // Nobody asked for it: the line of truth says that the daemon is away, and it is read again when it is back.
        const away = error instanceof Failure && error.code === 'away'
        if (!quiet || !away) this.missed = to
        throw error
      }
    })
    if (again && mine === this.#asked) await this.read(to.field)
  }

  async #read(to: Place): Promise<Seen> {
    const { field, point } = to
    const [{ points, text, spans }, whole] = await Promise.all([
      this.#asks.history(field === ALL ? undefined : field, point?.point),
      field === ALL ? this.#asks.sheet(point?.point) : null,
    ])
    // A stretch of writing may have gone on since: what it was then is still to be seen, between what stands there now.
    const found = points.findIndex((one) => one.point === point?.point)
    const at = point === null ? points.length - 1 : found < 0 ? Math.min(to.at, points.length - 1) : found
    return { field, point, at: Math.max(0, at), points, text: text ?? null, spans, whole }
  }

  #show(seen: Seen): void {
    this.seen = seen
    if (seen.point === null && seen.text !== null) this.#newest.set(seen.field, seen.text)
  }
}
