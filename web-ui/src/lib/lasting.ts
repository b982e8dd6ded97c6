// Decides how long a protocol takes, and each of its parts.
import type { Phase, Protocol } from './daemon/types'

export const minutesOf = (protocol: Protocol): number => protocol.phases.reduce((sum, phase) => sum + phase.minutes, 0)

/** The parts in other times, in their order. */
export const timed = (phases: Phase[], minutes: number[]): Phase[] => phases.map((phase, at) => ({ ...phase, minutes: minutes[at] ?? phase.minutes }))

/**
 * The same protocol in another time: each part has its share of it, in whole minutes, and none that had a time is left without. What
 * rounding leaves goes to the parts it took most from, and what it took too much of comes from the longest.
 */
export function lasting(protocol: Protocol, minutes: number): Protocol {
  const before = minutesOf(protocol)
  if (before === 0) return protocol
  const shares = protocol.phases.map((phase) => (phase.minutes * minutes) / before)
  const whole = shares.map((share) => (share > 0 ? Math.max(1, Math.floor(share)) : 0))
  const most = (value: (at: number) => number): number => shares.map((_, at) => at).reduce((found, at) => (value(at) > value(found) ? at : found), 0)
  let left = minutes - whole.reduce((sum, one) => sum + one, 0)
  for (; left > 0; left -= 1) whole[most((at) => shares[at]! - whole[at]!)]! += 1
  for (; left < 0; left += 1) whole[most((at) => whole[at]!)]! -= 1
  return { ...protocol, phases: timed(protocol.phases, whole) }
}
