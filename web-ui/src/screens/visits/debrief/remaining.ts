// Decides what is said of the time left in a part, between two readings of the daemon's answer.
import type { Timing } from '../../../lib/daemon/types'

/** Milliseconds left, `elapsed` after the daemon said so; none where the part has no clock. */
export function leftNow(timing: Timing, elapsed: number): number | null {
  return timing.left_ms == null ? null : Math.max(0, timing.left_ms - Math.max(0, elapsed))
}

/** “4:12”; a second that has begun is still there. */
export function clock(left: number): string {
  const seconds = Math.ceil(left / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
