// Decides how what is said of a door stands in a form, and what of it goes to the daemon.
import type { DoorModel } from '../../lib/doors'
import { USUAL_LENGTH } from '../../lib/lengths'
import { localMoment } from '../../lib/visits'

export interface Said {
  when: string
  minutes: string
  period: string
  room: string
  see: string
  /** Nothing in a number field reads as null. */
  places: number | null
}

/** A door nothing was said of yet. */
export const NOTHING: Said = { when: '', minutes: String(USUAL_LENGTH), period: '', room: '', see: '', places: null }

export function saidOf(model: DoorModel): Said {
  return {
    when: localMoment(model.when_ms ?? null),
    minutes: model.minutes == null ? '' : String(model.minutes),
    period: model.period ?? '',
    room: model.room ?? '',
    see: model.see,
    places: model.places ?? null,
  }
}

export const momentOf = (said: Said): number => new Date(said.when).getTime()
