// Decides what becomes of typed text between the key that was pressed and the disk that has it.
//
// The daemon orders the edits of a text; the page shows its own at once and keeps each until the disk has it:
//
//     typed, under an id → sent → accepted: the daemon's echo → saved: the disk has it, and only now forgotten here
//
// Others' edits are put beneath what is not yet accepted, as CodeMirror's collab extension does it, but for one thing:
// where both wrote at the same place, one's own letters stay with the letters before them. The extension puts the
// other's first, and two people who type at one place then tear each other's words apart. When the daemon starts again it may have forgotten what it had accepted but not saved; then everything kept here is moved onto the
// text it still has and sent again under the same ids, so that nothing is lost and nothing counts twice.
//
// This file knows no socket, no clock and no screen.
import { ChangeSet, Text } from '@codemirror/state'
import { difference } from './difference'
import type { Splice, WireUpdate } from './protocol'

/** One message's worth of edits, made for exactly this version of the text. */
export interface Push {
  version: number
  epoch: number
  updates: { id: string; splices: Splice[] }[]
}

/** Words of a text, in code units: from the first to after the last. */
export interface Place {
  from: number
  to: number
}

/** Where words stand after an edit: what is written at their edges is not among them. */
export function movedPlace({ from, to }: Place, changes: ChangeSet): Place {
  const begin = changes.mapPos(from, 1)
  return { from: begin, to: Math.max(begin, changes.mapPos(to, -1)) }
}

/** What the daemon said could not be so: the text must be asked for again. */
export class OutOfStep extends Error {}

/** Edits of a batch that are kept apart; more are joined, so that a lesson without the daemon stays small. */
const BATCH_EDITS_MAX = 64
/** UTF-16 code units that a batch of several edits may insert: what waited for a week goes in pieces that the daemon takes. */
const BATCH_UNITS_MAX = 65_536
/** Edits told to whoever keeps them before the text they begin from is told anew. */
const SINCE_EDITS_MAX = 64
/** UTF-16 code units that those edits may have inserted. */
const SINCE_UNITS_MAX = 4_096

/** Consecutive unaccepted edits that travel under one id. It is theirs from the first letter, so that it can be kept. */
interface Batch {
  id: string
  size: number
  /** The daemon may have it: it must stay as it is. */
  sent: boolean
  /** UTF-16 code units inserted while it grew. */
  units: number
}

/** An edit the daemon has accepted, kept while it or an earlier one of ours is not on the disk. */
interface Accepted {
  /** Ours and not saved: its id. Somebody else's, or saved: null. */
  id: string | null
  changes: ChangeSet
}

/** What was done to a text of the daemon's, in order: first what its disk has, then what it has accepted, then what waits. */
export interface KeptEdits {
  since: unknown[]
  version: number
  epoch: number
  heads: string[]
  accepted: { id: string | null; changes: unknown }[]
  waiting: unknown[]
  batches: { id: string; size: number }[]
}

/** All that is needed to go on after the page was closed: the daemon's text of a while ago, and what was done to it. */
export interface KeptText {
  base: string
  edits: KeptEdits
}

/** The same, as it is told to whoever keeps it: the text is the same object for many edits. */
export interface Keeping {
  base: Text
  edits: KeptEdits
}

export class TextQueue {
  /** What the page shows: the daemon's text, with what is not yet accepted on top. */
  #shown: Text = Text.empty
  /** What is not yet accepted, each edit on top of the one before. */
  #waiting: ChangeSet[] = []
  /** The daemon's text at #version. */
  #confirmed: Text = Text.empty
  #version = 0
  #epoch = 0
  #heads: string[] = []
  #opened = false
  #connected = false
  /** The unaccepted edits, grouped as they are sent. All but the last are as they will stay. */
  #batches: Batch[] = []
  #accepted: Accepted[] = []
  /** The text before the first of #accepted. */
  #beforeAccepted: Text = Text.empty
  /** A text of a while ago, and the edits that lead from it to #beforeAccepted. */
  #base: Text = Text.empty
  #since: ChangeSet[] = []
  #sinceUnits = 0
  /** Accepted before a lost connection: whether the disk has them is asked by sending the id again, without words. */
  #asks: string[] = []
  #inFlight: string | null = null
  /** The daemon's version when it last called a push stale. */
  #staleAt = 0
  readonly #newId: () => string

  constructor(newId: () => string) {
    this.#newId = newId
  }

  /** Goes on from what another page kept; it is opened like one that lost its connection. */
  static from(kept: KeptText, newId: () => string): TextQueue {
    const queue = new TextQueue(newId)
    const { since, version, epoch, heads, accepted, waiting, batches } = kept.edits
    queue.#begin(since.reduce((text: Text, changes) => ChangeSet.fromJSON(changes).apply(text), textOf(kept.base)))
    queue.#accepted = accepted.map(({ id, changes }) => ({ id, changes: ChangeSet.fromJSON(changes) }))
    queue.#confirmed = queue.#accepted.reduce((text, edit) => edit.changes.apply(text), queue.#beforeAccepted)
    queue.#waiting = waiting.map((changes) => ChangeSet.fromJSON(changes))
    queue.#shown = queue.#waiting.reduce((text, changes) => changes.apply(text), queue.#confirmed)
    // What was kept may be older than what was sent.
    queue.#batches = batches.map((batch) => ({ ...batch, sent: true, units: 0 }))
    queue.#version = version
    queue.#epoch = epoch
    queue.#heads = heads
    queue.#opened = true
    return queue
  }

  /** What another page would need to go on, or null when the disk has everything. */
  keep(): Keeping | null {
    if (this.unsaved === 0) return null
    const json = (changes: ChangeSet): unknown => changes.toJSON()
    return {
      base: this.#base,
      edits: {
        since: this.#since.map(json),
        version: this.#version,
        epoch: this.#epoch,
        heads: this.#heads,
        accepted: this.#accepted.map(({ id, changes }) => ({ id, changes: json(changes) })),
        waiting: this.#waiting.map(json),
        batches: this.#batches.map(({ id, size }) => ({ id, size })),
      },
    }
  }

  /** The text as the page shows it. */
  get text(): Text {
    return this.#shown
  }

  /** Whether the daemon's text has arrived at least once. */
  get opened(): boolean {
    return this.#opened
  }

  get version(): number {
    return this.#version
  }

  /** Whether the text was opened on the present connection. */
  get connected(): boolean {
    return this.#connected
  }

  /** The id of the push that awaits its answer. */
  get inFlight(): string | null {
    return this.#inFlight
  }

  /** Edits whose text the disk may not have yet. */
  get unsaved(): number {
    return this.#waiting.length + this.#accepted.filter((edit) => edit.id !== null).length
  }

  /**
   * Where words of the daemon's text stand in what is shown; empty when they were deleted here. Null when the daemon speaks of
   * another version than the one that is here.
   */
  placeShown({ from, to }: Place, at: { version: number; epoch: number }): Place | null {
    if (!this.#connected || at.epoch !== this.#epoch || at.version !== this.#version || to > this.#confirmed.length) return null
    return this.#waiting.reduce((place, changes) => movedPlace(place, changes), { from, to })
  }

  /** The point of history at which the daemon shows the same text as the page; null while they differ. */
  get agreed(): readonly string[] | null {
    return this.#connected && this.#waiting.length === 0 ? this.#heads : null
  }

  /** What to say when the text is opened, for the first time or again. */
  opening(): { heads?: string[]; pending?: string[] } {
    const sent = this.#batches.filter((batch) => batch.sent)
    const pending = [...this.#accepted.flatMap((edit) => edit.id ?? []), ...sent.map((batch) => batch.id)]
    return {
      ...(this.#opened ? { heads: this.#heads } : {}),
      ...(pending.length > 0 ? { pending } : {}),
    }
  }

  /** The person typed. */
  typed(changes: ChangeSet): void {
    if (changes.empty) return
    let batch = this.#batches.at(-1)
    const units = insertedBy(changes)
    if (!batch || batch.sent || batch.units + units > BATCH_UNITS_MAX) {
      this.#batches.push((batch = { id: this.#newId(), size: 0, sent: false, units: 0 }))
    }
    this.#waiting.push(changes)
    batch.size += 1
    batch.units += units
    if (batch.size > BATCH_EDITS_MAX) {
      this.#waiting.push(compose(this.#waiting.splice(-batch.size)))
      batch.size = 1
    }
    this.#shown = changes.apply(this.#shown)
  }

  /** The connection is gone; what was on its way may or may not have arrived. */
  disconnected(): void {
    this.#connected = false
    this.#inFlight = null
    this.#asks = []
  }

  /**
   * The whole text, at a first opening or because the daemon no longer knows where we were.
   * `known` are those of our ids that this text holds.
   */
  replaced(
    text: string,
    at: { version: number; epoch: number; heads: string[] },
    known: readonly string[] = [],
  ): ChangeSet | null {
    const before = this.#shown
    const target = textOf(text)
    const chain = this.#chain()
    const held = new Set(known)
    // What the daemon holds, and all that came before it, stands in the text; whether the disk has it is another question.
    const there = chain.findLastIndex((edit) => edit.id !== null && held.has(edit.id)) + 1
    const ours = chain.slice(0, there).reduce((shown, edit) => edit.changes.apply(shown), this.#beforeAccepted)
    this.#show(target, rebase(ours, target, chain.slice(there)))
    this.#confirmed = target
    const beneath = putBeneath(this.#beforeAccepted, target, chain.slice(0, there))
    this.#begin(beneath.base)
    this.#accepted = beneath.accepted
    this.#forgetSaved()
    this.#arrived(at)
    return changeBetween(before, this.#shown)
  }

  /** The daemon knows where we were; here is what happened since, and the version that makes. */
  resumed(
    updates: readonly WireUpdate[],
    at: { version: number; epoch: number; heads: string[] },
    known?: readonly string[],
  ): ChangeSet | null {
    const inUpdates = new Set(updates.map((update) => update.id))
    const there = (known ?? []).filter((id) => !inUpdates.has(id))
    if (this.#batches.some((batch) => there.includes(batch.id))) {
      // What we still wait for came back without its id, so it is told apart by comparing texts.
      const text = updates.reduce((doc, update) => changesOf(update.splices, doc.length).apply(doc), this.#confirmed)
      return this.replaced(text.sliceString(0, text.length, '\n'), at, known)
    }
    const before = this.#shown
    this.#apply(updates)
    this.#arrived(at)
    return changeBetween(before, this.#shown)
  }

  /** Edits the daemon put in order, ours among them. Returns what to change on the screen. */
  received(updates: readonly WireUpdate[], at: { from: number; epoch: number; heads: string[] }): ChangeSet | null {
    if (!this.#connected) return null
    const seen = this.#version - at.from
    if (at.epoch !== this.#epoch || seen < 0) throw new OutOfStep('edits were missed')
    const fresh = updates.slice(seen)
    if (fresh.length === 0) return null
    const changes = this.#apply(fresh)
    this.#heads = at.heads
    return changes
  }

  /** The disk has these. Returns what to change on the screen: nothing, but for an edit that arrived before a lost connection. */
  saved(ids: readonly string[]): ChangeSet | null {
    const saved = new Set(ids)
    if (this.#inFlight !== null && saved.has(this.#inFlight)) this.#inFlight = null
    this.#asks = this.#asks.filter((id) => !saved.has(id))
    for (const edit of this.#accepted) if (edit.id !== null && saved.has(edit.id)) edit.id = null
    this.#forgetSaved()
    // Saved without an echo: it was already part of the text, so ours would stand there twice.
    if (!this.#batches.some((batch) => saved.has(batch.id))) return null
    const before = this.#shown
    this.#drop(ids)
    return changeBetween(before, this.#shown)
  }

  /** A push came too late; it is sent again when the version it was told of has arrived. */
  stale(version: number): void {
    if (version < this.#version) throw new OutOfStep('the daemon is behind what it told us')
    this.#inFlight = null
    this.#staleAt = version
  }

  /** The next push, or null while there is nothing to say or it is not our turn. */
  next(): Push | null {
    if (!this.#connected || this.#inFlight !== null || this.#staleAt > this.#version) return null
    const asked = this.#asks[0]
    if (asked !== undefined) return this.#send(asked, [])
    for (;;) {
      if (this.#waiting.length === 0) return null
      const batch = this.#batches[0]!
      const changes = compose(this.#waiting.slice(0, batch.size))
      if (!changes.empty) {
        batch.sent = true
        return this.#send(batch.id, splicesOf(changes))
      }
      // Typed and taken back, or deleted by somebody else already: nothing is left to say.
      this.#acceptFirst()
    }
  }

  /** Gives up what was not accepted, after a refusal: the daemon's text is shown. */
  abandon(): ChangeSet | null {
    const before = this.#shown
    this.#shown = this.#confirmed
    this.#waiting = []
    this.#batches = []
    this.#accepted = []
    this.#asks = []
    this.#inFlight = null
    this.#begin(this.#confirmed)
    return changeBetween(before, this.#shown)
  }

  #send(id: string, splices: Splice[]): Push {
    this.#inFlight = id
    return { version: this.#version, epoch: this.#epoch, updates: [{ id, splices }] }
  }

  #arrived(at: { version: number; epoch: number; heads: string[] }): void {
    this.#version = at.version
    this.#epoch = at.epoch
    this.#heads = at.heads
    this.#staleAt = 0
    this.#inFlight = null
    this.#asks = this.#accepted.flatMap((edit) => edit.id ?? [])
    this.#opened = true
    this.#connected = true
  }

  #apply(updates: readonly WireUpdate[]): ChangeSet | null {
    let shown: ChangeSet | null = null
    for (const update of updates) {
      const changes = changesOf(update.splices, this.#confirmed.length)
      const batch = this.#batches[0]
      if (update.id !== null && update.id === this.#inFlight) this.#inFlight = null
      this.#asks = this.#asks.filter((id) => id !== update.id)
      const change = batch && update.id === batch.id ? this.#accept(batch, changes) : this.#receive(changes)
      this.#version += 1
      if (change) shown = shown ? shown.compose(change) : change
    }
    return shown
  }

  /** Somebody else's edit. */
  #receive(changes: ChangeSet): ChangeSet | null {
    let over = changes
    this.#waiting = this.#waiting.map((edit) => {
      const moved = edit.map(over, true)
      over = over.map(edit)
      return moved
    })
    this.#shown = over.apply(this.#shown)
    this.#confirmed = changes.apply(this.#confirmed)
    if (this.#accepted.length > 0) this.#accepted.push({ id: null, changes })
    else this.#advance(changes)
    return over.empty ? null : over
  }

  /** The echo of our first batch. */
  #accept(batch: Batch, changes: ChangeSet): ChangeSet | null {
    const ours = compose(this.#waiting.slice(0, batch.size))
    const confirmed = changes.apply(this.#confirmed)
    this.#accepted.push({ id: batch.id, changes })
    if (ours.apply(this.#confirmed).eq(confirmed)) {
      this.#acceptFirst()
      this.#confirmed = confirmed
      return null
    }
    // The daemon wrote it down otherwise than we did: its word stands, and the rest moves onto it.
    const before = this.#shown
    const rest = this.#unaccepted().slice(1)
    this.#batches.shift()
    this.#show(confirmed, rebase(ours.apply(this.#confirmed), confirmed, rest))
    this.#confirmed = confirmed
    return changeBetween(before, this.#shown)
  }

  /** The first batch is part of the daemon's text now; what is shown stays as it is. */
  #acceptFirst(): void {
    this.#waiting.splice(0, this.#batches.shift()?.size ?? 0)
  }

  /** Forgets accepted edits up to the first of ours that the disk does not have. */
  #forgetSaved(): void {
    let count = 0
    while (count < this.#accepted.length && this.#accepted[count]!.id === null) count += 1
    for (const edit of this.#accepted.splice(0, count)) this.#advance(edit.changes)
  }

  /** The text before what was accepted is another one. */
  #begin(text: Text): void {
    this.#beforeAccepted = text
    this.#base = text
    this.#since = []
    this.#sinceUnits = 0
  }

  /** The text before what was accepted goes on by an edit. */
  #advance(changes: ChangeSet): void {
    this.#beforeAccepted = changes.apply(this.#beforeAccepted)
    this.#since.push(changes)
    this.#sinceUnits += insertedBy(changes)
    if (this.#since.length > SINCE_EDITS_MAX || this.#sinceUnits > SINCE_UNITS_MAX) this.#begin(this.#beforeAccepted)
  }

  /** Everything kept here, as a chain of edits on top of #beforeAccepted. */
  #chain(): Waiting[] {
    const accepted = this.#accepted.map(({ id, changes }) => ({ own: id !== null, id, sent: true, parts: [changes], changes }))
    return [...accepted, ...this.#unaccepted()]
  }

  /** Takes edits out of what waits, because the daemon's text holds them already. */
  #drop(ids: readonly string[]): void {
    const dropped = new Set(ids)
    const chain = this.#unaccepted().map((edit) => ({ ...edit, own: edit.id === null || !dropped.has(edit.id) }))
    this.#show(this.#confirmed, rebase(this.#confirmed, this.#confirmed, chain))
  }

  /** What waits, as a chain of edits on top of the daemon's text. */
  #unaccepted(): Waiting[] {
    const chain: Waiting[] = []
    let at = 0
    for (const batch of this.#batches) {
      const parts = this.#waiting.slice(at, at + batch.size)
      at += batch.size
      chain.push({ own: true, id: batch.id, sent: batch.sent, parts, changes: compose(parts) })
    }
    return chain
  }

  /** Shows a text with a chain of waiting edits on top of it. */
  #show(text: Text, chain: readonly Waiting[]): void {
    this.#shown = text
    this.#waiting = []
    this.#batches = []
    for (const edit of chain) {
      const parts = edit.parts.filter((changes) => !changes.empty)
      for (const changes of parts) this.#shown = changes.apply(this.#shown)
      this.#waiting.push(...parts)
      if (edit.id !== null && parts.length > 0) this.#batches.push({ id: edit.id, size: parts.length, sent: edit.sent, units: insertedBy(edit.changes) })
    }
  }
}

interface Waiting {
  own: boolean
  /** Null only where it is not our own. */
  id: string | null
  sent: boolean
  parts: ChangeSet[]
  changes: ChangeSet
}

/** Moves a chain of edits made on `base` onto `target`, leaving out those that are not ours to repeat. */
function rebase(base: Text, target: Text, chain: readonly Waiting[]): Waiting[] {
  let over = difference(base, target)
  let text = base
  const moved: Waiting[] = []
  for (const edit of chain) {
    if (!edit.own) {
      over = edit.changes.invert(text).compose(over)
      text = edit.changes.apply(text)
      continue
    }
    const parts: ChangeSet[] = []
    for (const changes of edit.parts) {
      parts.push(changes.map(over, true))
      over = over.map(changes)
      text = changes.apply(text)
    }
    moved.push({ own: true, id: edit.id, sent: edit.sent, parts, changes: compose(parts) })
  }
  return moved
}

/** A chain of edits as it stands in a text that holds it and perhaps more, and what that text would be without it. */
function putBeneath(base: Text, target: Text, chain: readonly Waiting[]): { base: Text; accepted: Accepted[] } {
  const texts = [base]
  for (const { changes } of chain) texts.push(changes.apply(texts.at(-1)!))
  let over = difference(texts.at(-1)!, target)
  let text = target
  const accepted: Accepted[] = []
  for (const [index, { id, changes }] of [...chain.entries()].reverse()) {
    const back = changes.invert(texts[index]!)
    const moved = back.map(over)
    over = over.map(back, true)
    accepted.unshift({ id, changes: moved.invert(text) })
    text = moved.apply(text)
  }
  return { base: text, accepted }
}

/** Text as the daemon counts it: only a line feed ends a line, so that every other code unit keeps its place. */
export function textOf(text: string): Text {
  return Text.of(text.split('\n'))
}

function changeBetween(before: Text, after: Text): ChangeSet | null {
  const changes = difference(before, after)
  return changes.empty ? null : changes
}

function compose(all: readonly ChangeSet[]): ChangeSet {
  return all.reduce((first, second) => first.compose(second))
}

/** UTF-16 code units that an edit inserts. */
function insertedBy(changes: ChangeSet): number {
  let units = 0
  changes.iterChanges((_fromA, _toA, fromB, toB) => (units += toB - fromB), true)
  return units
}

/** An edit as splices, each in the coordinates after the one before it. */
export function splicesOf(changes: ChangeSet): Splice[] {
  const splices: Splice[] = []
  changes.iterChanges((fromA, toA, fromB, _toB, inserted) => {
    splices.push({ at: fromB, delete: toA - fromA, insert: inserted.sliceString(0, inserted.length, '\n') })
  }, true)
  return splices
}

/** Splices as one edit of a text of this length. */
export function changesOf(splices: readonly Splice[], length: number): ChangeSet {
  let changes = ChangeSet.empty(length)
  for (const { at, delete: removed, insert } of splices) {
    if (at < 0 || removed < 0 || at + removed > changes.newLength) throw new OutOfStep('an edit lies outside the text')
    const step = ChangeSet.of({ from: at, to: at + removed, insert: textOf(insert) }, changes.newLength, '\n')
    changes = changes.compose(step)
  }
  return changes
}
