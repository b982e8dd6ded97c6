// Decides who speaks in a part of a protocol, by name.
import type { Phase } from '../../../lib/daemon/types'
import type { Visit } from '../../../lib/visits'

/** Nobody by name where the visit has nobody of that part. */
export type Speaking =
  | { who: 'named'; names: string[]; self: boolean }
  | { who: 'everybody' | 'silent' | 'oneself' | 'facilitator' }

export function speaking(speaks: Phase['speaks'], visit: Visit, me: string): Speaking {
  const named = (part: 'host' | 'visitor' | 'facilitator'): Speaking => {
    const people = visit.parts.filter((one) => one.part === part).map((one) => one.person)
    if (people.length === 0) return { who: part === 'facilitator' ? 'facilitator' : 'everybody' }
    const others = people.filter((one) => one.id !== me).map((one) => one.name)
    return { who: 'named', names: others, self: others.length < people.length }
  }
  switch (speaks) {
    case 'host':
    case 'presenter':
      return named('host')
    case 'visitor':
    case 'guest':
      return named('visitor')
    case 'facilitator':
    case 'lead':
      return named('facilitator')
    case 'silent':
      return { who: 'silent' }
    case 'owner':
      return { who: 'oneself' }
    default:
      return { who: 'everybody' }
  }
}
