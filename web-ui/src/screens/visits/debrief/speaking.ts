// Decides who speaks in a part of a protocol, by name.
import type { Phase, PersonName } from '../../../lib/daemon/types'
import type { Part } from '../../../lib/visits'

/** Whoever goes through a protocol, and as what: of a visit, or of a goal. */
export interface Taking {
  person: PersonName
  part: Part | 'owner' | 'reader'
}

/** Nobody by name where nobody has that part. */
export type Speaking =
  | { who: 'named'; names: string[]; self: boolean }
  | { who: 'everybody' | 'silent' | 'oneself' | 'facilitator' }

export function speaking(speaks: Phase['speaks'], parts: readonly Taking[], me: string): Speaking {
  const byName = (people: PersonName[]): Speaking => {
    const others = people.filter((one) => one.id !== me).map((one) => one.name)
    return { who: 'named', names: others, self: others.length < people.length }
  }
  const having = (part: Taking['part']): PersonName[] => parts.filter((one) => one.part === part).map((one) => one.person)
  const named = (part: Part): Speaking => {
    const people = having(part)
    return people.length === 0 ? { who: part === 'facilitator' ? 'facilitator' : 'everybody' } : byName(people)
  }
  // Alone, one speaks to nobody.
  const alone = parts.length === 1 && parts[0]!.part === 'owner' && parts[0]!.person.id === me
  if (alone) return { who: 'oneself' }
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
      // A page of one's own has no other owner than oneself.
      return having('owner').length > 0 ? byName(having('owner')) : { who: 'oneself' }
    default:
      return { who: 'everybody' }
  }
}
