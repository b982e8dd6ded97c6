// Decides how a visit is told in a line: who comes to whom, when, and where.
import { daemon } from '../../lib/daemon/daemon.svelte'
import type { PersonName } from '../../lib/daemon/types'
import { language } from '../../lib/i18n/index.svelte'
import { takingPart, type Part, type Visit } from '../../lib/visits'

const names = (people: PersonName[]): string => language.t.list(people.map((one) => one.name))

/** Everybody else in a visit; whoever it will be, where nobody is invited yet. */
export const othersOf = (visit: Visit): string => names(visit.others) || language.t.visiting.somebody

/** Those who take one part in a visit; whoever it will be, where nobody does yet. */
export const takersOf = (visit: Visit, part: Part): string => names(takingPart(visit, part)) || othersOf(visit)

export function whoOf(visit: Visit): string {
  const { t } = language
  if (visit.kind === 'shared_learning') return t.visiting.learnWith(names(visit.others))
  const [hosts, visitors] = [takingPart(visit, 'host'), takingPart(visit, 'visitor')]
  if (visit.others.length === 0) return t.visiting.nobodyYet
  if (visit.hosting) return t.visits.visitsYou(names(visitors), visitors.length)
  const facilitates = takingPart(visit, 'facilitator').some((one) => one.id === daemon.me)
  return facilitates ? t.visits.youFacilitate(names(hosts)) : t.visits.youVisit(names(hosts))
}

/** “Tuesday 17 November, 10:15 · 25 minutes · period 3 · room 204” */
export function whenOf(visit: Visit): string {
  const { t } = language
  const when = visit.when ?? visit.began
  const parts = [when === null ? t.visits.noTime : language.dayTime(new Date(when))]
  if (visit.minutes !== null) parts.push(t.propose.minutes(visit.minutes))
  if (visit.period) parts.push(visit.period)
  if (visit.room) parts.push(visit.room)
  return parts.join(' · ')
}

export function sentenceOf(visit: Visit): string {
  const { t } = language
  const through = visit.hosting ? t.doors.throughYours : t.doors.through(othersOf(visit))
  return [whoOf(visit), whenOf(visit), ...(visit.door === null ? [] : [through])].join(' · ')
}
