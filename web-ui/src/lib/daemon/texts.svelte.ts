// Decides what each open text of the page does when the person types, the daemon speaks, or either goes away.
import type { ChangeSet, Text } from '@codemirror/state'
import { shownName } from '../people'
import { Comments, type CommentPlace } from './comments.svelte'
import { difference } from './difference'
import { PASSING_FOR_WORDS } from './passing'
import {
  updatesOf,
  type ClientMessage,
  type PatchesMessage,
  type PresenceMessage,
  type ServerMessage,
  type TextMessage,
} from './protocol'
import type { Waiting } from './keeper'
import { OutOfStep, TextQueue, type Keeping, type KeptText } from './queue'
import type { ApiError, Role } from './types'

/** What the screen does for a text: show a change that came from elsewhere. */
export interface Screen {
  change(changes: ChangeSet): void
  caret(presence: PresenceMessage): void
  absent(person: string): void
  /** The comments on it, where they stand now. */
  comments(places: readonly CommentPlace[]): void
}

type Send = (message: ClientMessage) => boolean

/** Runs something later, unless what it answers is called before. */
type After = (milliseconds: number, run: () => void) => () => void

const later: After = (milliseconds, run) => {
  const timer = setTimeout(run, milliseconds)
  return () => clearTimeout(timer)
}

/** Milliseconds before words that could not be taken just now are sent again, at first: a document is read in less. */
const AGAIN_FIRST_MS = 250
/** Milliseconds between two such attempts at most: each one that fails doubles them, and nobody sits waiting for longer. */
const AGAIN_LONGEST_MS = 15_000

/** Whoever keeps words beyond the page: told of each letter before it is sent, and when nothing waits any more. */
export interface Keeps {
  typed(text: Waiting): void
  settled(text: Waiting): void
}

const nobody: Keeps = { typed: () => undefined, settled: () => undefined }

/** Words that another page left, and that follow when this page's own are saved: both were typed on a text of their own. */
class Heirloom implements Waiting {
  readonly doc: string
  readonly field: string
  readonly queue: TextQueue
  /** Part of the session's own words now. */
  joined = false

  constructor(doc: string, field: string, queue: TextQueue) {
    this.doc = doc
    this.field = field
    this.queue = queue
  }

  keep(): Keeping | null {
    return this.joined ? null : this.queue.keep()
  }
}

interface Around {
  send: Send
  keeps: Keeps
  after: After
}

export class TextSession {
  readonly doc: string
  readonly field: string
  /** Whether the text has arrived. */
  opened = $state(false)
  role = $state<Role>('none')
  /** Edits that the disk may not have yet. */
  unsaved = $state(0)
  /** The point of history of the text as it is shown, for saying where something stands in it; null while words are on their way. */
  agreed = $state.raw<readonly string[] | null>(null)
  /** Why the daemon would not take what was typed. */
  refused = $state.raw<ApiError | null>(null)
  /** The document is not here any more, and words still wait for it. */
  gone = $state(false)
  #queue: TextQueue
  /** What other pages left for this text, one after the other. */
  #heirlooms: Heirloom[] = []
  /** The text was asked for on behalf of the first of them. */
  #askedForHeirloom = false
  readonly #send: Send
  /** What was said of its words. */
  readonly comments = new Comments()
  #screen: Screen | null = null
  /** Openings that have not been answered. */
  #asked = 0
  /** Holders of this session on the page; it ends when nobody holds it and nothing waits. */
  uses = $state(0)

  readonly #keeps: Keeps
  readonly #after: After
  /** Attempts in a row that were put off. */
  #putOff = 0
  #cancelAgain: (() => void) | null = null
  /** What is refused is that it be opened. */
  #unopened = false

  constructor(doc: string, field: string, { send, keeps, after }: Around, kept?: KeptText) {
    this.doc = doc
    this.field = field
    this.#send = send
    this.#keeps = keeps
    this.#after = after
    this.#queue = kept ? TextQueue.from(kept, newId) : new TextQueue(newId)
    this.unsaved = this.#queue.unsaved
  }

  /** What must outlive the page, if anything waits. */
  keep(): Keeping | null {
    return this.#queue.keep()
  }

  /** Takes words of a closed page over; they are shown and sent when this page's own are saved. */
  inherit(kept: KeptText): Waiting {
    const heirloom = new Heirloom(this.doc, this.field, TextQueue.from(kept, newId))
    this.#heirlooms.push(heirloom)
    this.#settle()
    return heirloom
  }

  get text(): Text {
    return this.#queue.text
  }

  /** From now on this screen shows the text. */
  attach(screen: Screen): () => void {
    this.#screen = screen
    screen.comments(this.comments.places)
    return () => {
      if (this.#screen === screen) this.#screen = null
    }
  }

  /** Asks for the text; `whole` when what is here cannot be trusted to be what the daemon had, or is from another page. */
  open(whole = !this.opened): void {
    this.#ask(this.#queue, whole)
  }

  /**
   * The daemon cannot take anything just now. The text is asked for again in a while, as after a lost connection: what waits is
   * named, so that nothing is sent twice, and what is typed meanwhile waits behind it.
   */
  putOff(): void {
    this.#asked = 0
    this.#askedForHeirloom = false
    this.#queue.disconnected()
    const wait = Math.min(AGAIN_LONGEST_MS, AGAIN_FIRST_MS * 2 ** this.#putOff)
    this.#putOff += 1
    this.#cancelAgain?.()
    this.#cancelAgain = this.#after(wait, () => this.open())
  }

  /** What kept it from being opened is over. */
  #opens(): void {
    if (!this.#unopened) return
    this.#unopened = false
    this.refused = null
  }

  /** Nobody looks at it, and nothing of it waits. */
  end(): void {
    this.#cancelAgain?.()
    this.#cancelAgain = null
  }

  /** Whether the daemon owes it an answer. */
  get awaited(): boolean {
    return this.#asked > 0
  }

  #ask(queue: TextQueue, whole: boolean): void {
    this.#cancelAgain?.()
    this.#cancelAgain = null
    const { heads, pending } = queue.opening()
    const asked = this.#send({
      op: 'open',
      doc: this.doc,
      field: this.field,
      ...(heads && !whole ? { heads } : {}),
      ...(pending ? { pending } : {}),
    })
    if (asked) this.#asked += 1
  }

  typed(changes: ChangeSet): void {
    this.#queue.typed(changes)
    this.comments.moved(changes)
    if (!changes.empty) this.#keeps.typed(this)
    this.#settle()
  }

  moved(anchor: number, head: number): void {
    if (this.opened) this.#send({ op: 'presence', doc: this.doc, field: this.field, anchor, head })
  }

  disconnected(): void {
    this.#cancelAgain?.()
    this.#cancelAgain = null
    this.#asked = 0
    this.#askedForHeirloom = false
    this.#queue.disconnected()
    this.agreed = null
  }

  /** The person lets go of what was refused. */
  letGo(): void {
    this.refused = null
    this.#show(this.#queue.abandon())
    this.#settle()
  }

  /** What waits, as the text would read with it: this page's own words, and what each other page left. */
  get left(): string[] {
    const own = this.#queue.unsaved > 0 ? [this.#queue] : []
    return [...own, ...this.#heirlooms.map(({ queue }) => queue)].map((queue) => queue.text.toString())
  }

  /** The person lets go of all that waits, whichever page it is from. */
  letGoOfAll(): void {
    for (const heirloom of this.#heirlooms.splice(0)) {
      heirloom.joined = true
      this.#keeps.settled(heirloom)
    }
    this.gone = false
    this.letGo()
  }

  heard(message: ServerMessage): void {
    try {
      this.#heard(message)
    } catch (error) {
      if (!(error instanceof OutOfStep)) throw error
      // Something was missed: the whole text is asked for, and what waits is moved onto it.
      this.#queue.disconnected()
      this.open(true)
    }
    this.#settle()
  }

  #heard(message: ServerMessage): void {
    const queue = this.#queue
    switch (message.op) {
      case 'text': {
        this.role = message.role
        const answer = this.#asked > 0
        this.#opens()
        // Versions begin anew without our asking: which of ours the text holds is asked before it is shown.
        if (!answer && queue.opening().pending) throw new OutOfStep('the text was read anew')
        this.#asked = Math.max(0, this.#asked - 1)
        this.opened = true
        this.gone = false
        if (answer && this.#join(message)) break
        this.#show(queue.replaced(message.text, message, message.known))
        break
      }
      case 'patches':
        this.#opens()
        if (queue.connected) this.#show(queue.received(updatesOf(message), message))
        else if (this.#asked > 0) this.#resumed(message)
        break
      case 'stale':
        queue.stale(message.version)
        break
      case 'comments':
        if (!this.comments.told(message, queue)) break
        this.#screen?.comments(this.comments.places)
        break
      case 'saved': {
        const before = queue.unsaved
        this.#show(queue.saved(message.ids))
        if (queue.unsaved < before) this.#putOff = 0
        break
      }
      case 'refused':
        if (PASSING_FOR_WORDS.has(message.error.code)) this.putOff()
        else {
          this.refused = message.error
          // It could not even be opened: why is said, and it is tried on.
          if (message.id == null) {
            this.#unopened = true
            this.putOff()
          }
        }
        break
      case 'presence':
        this.#screen?.caret({ ...message, name: shownName(message.name) })
        break
      case 'absent':
        this.#screen?.absent(message.person)
        break
      default:
        break
    }
  }

  /** Goes on with what another page left, on the text that was asked for it; not while there are words typed meanwhile. */
  #join(message: TextMessage): boolean {
    const heirloom = this.#askedForHeirloom ? this.#heirlooms[0] : undefined
    this.#askedForHeirloom = false
    if (!heirloom || this.#queue.unsaved > 0) return false
    this.#heirlooms.shift()
    const before = this.#queue.text
    this.#queue = heirloom.queue
    this.#queue.replaced(message.text, message, message.known)
    // Kept as this text's own first, and only then no longer as what was left.
    this.#keeps.typed(this)
    heirloom.joined = true
    this.#keeps.settled(heirloom)
    const changes = difference(before, this.#queue.text)
    this.#show(changes.empty ? null : changes)
    return true
  }

  #resumed(message: PatchesMessage): void {
    this.#asked -= 1
    this.#show(this.#queue.resumed(updatesOf(message), message, message.known))
  }

  /** Whether the daemon's refusal is about something this text sent. */
  sent(id: string): boolean {
    return this.#queue.inFlight === id
  }

  #show(changes: ChangeSet | null): void {
    if (!changes) return
    this.comments.moved(changes)
    this.#screen?.change(changes)
  }

  #settle(): void {
    const push = this.refused === null ? this.#queue.next() : null
    if (push) this.#send({ op: 'push', doc: this.doc, field: this.field, ...push })
    this.agreed = this.#queue.agreed
    const own = this.#queue.unsaved
    if (own === 0) this.#keeps.settled(this)
    const [heirloom] = this.#heirlooms
    if (heirloom && own === 0 && this.#queue.connected && this.#asked === 0) {
      this.#ask(heirloom.queue, true)
      this.#askedForHeirloom = this.#asked > 0
    }
    this.unsaved = this.#heirlooms.reduce((sum, one) => sum + one.queue.unsaved, own)
  }
}

/** The texts that are open on this page. */
export class Texts {
  sessions = $state.raw<TextSession[]>([])
  readonly #around: Around

  constructor(send: Send, keeps: Keeps = nobody, after: After = later) {
    this.#around = { send, keeps, after }
  }

  get unsaved(): number {
    return this.sessions.reduce((sum, session) => sum + session.unsaved, 0)
  }

  get refused(): boolean {
    return this.sessions.some((session) => session.refused !== null || session.gone)
  }

  /** Those whose words can go nowhere, and which no part of the page shows. */
  get stranded(): TextSession[] {
    return this.sessions.filter((session) => session.uses <= 0 && session.unsaved > 0 && (session.gone || session.refused !== null))
  }

  letGoOfAll(session: TextSession): void {
    session.letGoOfAll()
    this.#tidy()
  }

  /** How many texts are shown that have not come yet. */
  get coming(): number {
    return this.sessions.filter((session) => session.uses > 0 && !session.opened && session.refused === null).length
  }

  of(doc: string): TextSession[] {
    return this.sessions.filter((session) => session.doc === doc)
  }

  /** Opens a text, or joins the session that is still busy saving it. */
  use(doc: string, field: string): TextSession {
    let session = this.sessions.find((one) => one.doc === doc && one.field === field)
    if (!session) {
      session = new TextSession(doc, field, this.#around)
      this.sessions = [...this.sessions, session]
      session.open()
    }
    session.uses += 1
    return session
  }

  /** Goes on with what a closed page left; what is typed in this one already comes first. */
  adopt(doc: string, field: string, kept: KeptText): Waiting {
    const known = this.sessions.find((one) => one.doc === doc && one.field === field)
    if (known) return known.inherit(kept)
    const session = new TextSession(doc, field, this.#around, kept)
    this.sessions = [...this.sessions, session]
    session.open()
    return session
  }

  release(session: TextSession): void {
    session.uses -= 1
    this.#tidy()
  }

  connected(): void {
    for (const session of this.sessions) session.open()
  }

  disconnected(): void {
    for (const session of this.sessions) session.disconnected()
  }

  heard(message: ServerMessage): void {
    for (const session of this.sessions) if (concerns(message, session)) session.heard(message)
    if (message.op === 'saved') this.#tidy()
  }

  /** Ends sessions nobody looks at, once nothing of theirs waits for the disk. */
  #tidy(): void {
    const done = this.sessions.filter((session) => session.uses <= 0 && session.unsaved === 0)
    if (done.length === 0) return
    this.sessions = this.sessions.filter((session) => !done.includes(session))
    for (const session of done) session.end()
    for (const doc of new Set(done.map((session) => session.doc))) {
      if (this.of(doc).length === 0) this.#around.send({ op: 'close', doc })
    }
  }
}

const newId = (): string => crypto.randomUUID()

function concerns(message: ServerMessage, session: TextSession): boolean {
  switch (message.op) {
    case 'saved':
      return true
    case 'text':
    case 'patches':
    case 'comments':
    case 'stale':
    case 'presence':
      return message.doc === session.doc && message.field === session.field
    case 'absent':
      return message.doc === session.doc
    case 'refused':
      if (message.id != null) return session.sent(message.id)
      // An opening; whether a document is gone is looked for.
      return message.doc === session.doc && session.awaited && message.error.code !== 'not_found'
    default:
      return false
  }
}
