// Decides what a daemon would answer: a text with versions, ids that count once, a disk that may lag, and crashes.
import type { Text } from '@codemirror/state'
import { changesOf, textOf, type Push } from '../src/lib/daemon/queue'
import type { Splice } from '../src/lib/daemon/protocol'

interface Entry {
  id: string | null
  splices: Splice[]
}

/** What this daemon can tell a page that opens a text again. */
export interface Manners {
  /** Answers with the ids it knows; the first daemons did not. */
  tellsKnown: boolean
  /** Still knows the ids of edits it read back from its disk. */
  remembersIds: boolean
}

export class Authority {
  text: Text
  epoch = 1
  /** Every edit in the order of this text's history; heads are its length, with the branch a crash began. */
  #log: Entry[] = []
  #branch = 0
  #branchFrom = 0
  #durable = 0
  #known = new Set<string>()
  #versionAt = 0
  readonly #start: string
  readonly #manners: Manners

  constructor(text: string, manners: Manners = { tellsKnown: true, remembersIds: true }) {
    this.#start = text
    this.text = textOf(text)
    this.#manners = manners
  }

  get version(): number {
    return this.#log.length - this.#versionAt
  }

  get heads(): string[] {
    return [`${this.#branch}.${this.#log.length}`]
  }

  string(): string {
    return this.text.sliceString(0, this.text.length, '\n')
  }

  open(request: { heads?: string[]; pending?: string[] }) {
    const known = this.#manners.tellsKnown ? { known: (request.pending ?? []).filter((id) => this.#known.has(id)) } : {}
    const at = this.#positionOf(request.heads?.[0])
    const base = { epoch: this.epoch, heads: this.heads, ...known }
    if (at === null) return { op: 'text' as const, text: this.string(), version: this.version, ...base }
    const updates = this.#log.slice(at).map((entry, index) => ({
      id: this.#manners.remembersIds || at + index >= this.#versionAt ? entry.id : null,
      splices: entry.splices,
    }))
    return { op: 'patches' as const, updates, version: this.version, ...base }
  }

  push(push: Push) {
    const ids = push.updates.map((update) => update.id)
    // Known already: said to be saved once it is, and not written twice.
    if (ids.every((id) => this.#known.has(id))) return { op: 'already' as const, ids: ids.filter((id) => this.isSaved(id)) }
    if (push.epoch !== this.epoch || push.version !== this.version) return { op: 'stale' as const, version: this.version }
    return this.#append(push.updates)
  }

  /** Somebody elsewhere wrote. */
  write(splices: Splice[]) {
    return this.#append([{ id: null, splices }])
  }

  /** The disk now has everything; returns the ids that were waiting for it. */
  save(): string[] {
    const ids = this.#log.slice(this.#durable).flatMap((entry) => entry.id ?? [])
    this.#durable = this.#log.length
    return ids
  }

  /** Power is lost: what the disk did not have is gone, and versions begin anew. */
  crash(): void {
    if (this.#durable < this.#log.length) {
      this.#branch += 1
      this.#branchFrom = this.#durable
    }
    this.#log.length = this.#durable
    this.#known = new Set(this.#log.flatMap((entry) => entry.id ?? []))
    this.text = this.#log.reduce((text, entry) => changesOf(entry.splices, text.length).apply(text), textOf(this.#start))
    this.epoch += 1
    this.#versionAt = this.#log.length
  }

  isSaved(id: string): boolean {
    return this.#log.slice(0, this.#durable).some((entry) => entry.id === id)
  }

  #append(updates: Entry[]) {
    const from = this.version
    for (const update of updates) {
      this.text = changesOf(update.splices, this.text.length).apply(this.text)
      this.#log.push(update)
      if (update.id !== null) this.#known.add(update.id)
    }
    return { op: 'patches' as const, from, epoch: this.epoch, heads: this.heads, updates }
  }

  #positionOf(head: string | undefined): number | null {
    if (head === undefined) return null
    const [branch, at] = head.split('.').map(Number) as [number, number]
    const sameHistory = branch === this.#branch || (branch === this.#branch - 1 && at <= this.#branchFrom)
    return sameHistory && at <= this.#log.length ? at : null
  }
}
