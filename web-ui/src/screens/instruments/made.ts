// Decides how one says who made an instrument.
import { daemon } from '../../lib/daemon/daemon.svelte'
import type { Messages } from '../../lib/i18n/en'
import type { Offered } from '../../lib/observe/own'

/** “made by Ana and you”; empty for one that comes with Rounds. */
export function madeBy(t: Messages, { own }: Offered): string {
  if (!own) return ''
  const [mine, others] = [own.makers.some((one) => one.id === daemon.me), own.makers.filter((one) => one.id !== daemon.me)]
  return t.instruments.by(t.list([...others.map((one) => one.name), ...(mine ? [t.instruments.you] : [])]))
}
