// Decides which released notes of a visit are earlier versions: their own writer released them once more since.

/** What released notes say of themselves, fixed once they are in. */
export interface Release {
  id: string
  owners: readonly string[]
  replaces: readonly string[]
}

/** Notes with those one has them with: for released ones, whoever wrote them. */
interface Titled {
  title: string
  with: readonly { id: string; name: string }[]
}

/** As the daemon decides it when it counts lessons: nobody makes an earlier version of what somebody else released. */
export function earlierOf(releases: readonly Release[]): Set<string> {
  const whose = new Map(releases.map((one) => [one.id, one.owners.join()]))
  const replaced = releases.flatMap((one) => one.replaces.filter((before) => before !== one.id && whose.get(before) === whose.get(one.id)))
  return new Set(replaced)
}

/** Earlier versions after all others, and otherwise in the order they came in. */
export function newestFirst<Row extends { id: string }>(rows: readonly Row[], earlier: ReadonlySet<string>): Row[] {
  return rows.toSorted((one, other) => Number(earlier.has(one.id)) - Number(earlier.has(other.id)))
}

/** What released notes are called among others: whose they are comes first, where not all are one person’s. */
export function titleAmong(one: Titled, all: readonly Titled[], untitled: string): string {
  const whose = (notes: Titled): string => notes.with.map((person) => person.id).sort().join()
  const names = all.some((other) => whose(other) !== whose(one)) ? one.with.map((person) => person.name).join(', ') : ''
  return [names, one.title || untitled].filter(Boolean).join(' · ')
}
