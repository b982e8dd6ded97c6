// Decides how the time and place of a door are told in a line.
import type { Door } from '../../lib/doors'
import { language } from '../../lib/i18n/index.svelte'

/** “Tuesday 17 November, 10:15 · 25 minutes · period 3 · room 204 · up to 2 may come” */
export function placeOf(door: Door): string {
  const { t } = language
  const parts = [door.when === null ? t.doors.noTime : language.dayTime(new Date(door.when))]
  if (door.minutes !== null) parts.push(t.propose.minutes(door.minutes))
  if (door.period) parts.push(door.period)
  if (door.room) parts.push(door.room)
  if (door.places !== null && !door.mine) parts.push(t.doors.mayCome(door.places))
  return parts.join(' · ')
}
