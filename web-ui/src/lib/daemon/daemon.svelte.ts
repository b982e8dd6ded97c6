// Decides what the page knows of its daemon: who is here, what exists, what is saved, what has arrived where.
import { SvelteMap } from 'svelte/reactivity'
import { drafts } from '../comments/drafts'
import { halfLines } from '../observe/half.svelte'
import { Calm } from './calm'
import { Keeper } from './keeper'
import { Live, liveUrl, type Connection } from './live'
import { pageKey, pageToken } from './page'
import type { ClientMessage, ServerMessage } from './protocol'
import { Failure, rest } from './rest'
import { Seal } from './seal'
import { BrowserShelf } from './shelf'
import { taps } from './taps.svelte'
import { Texts, type TextSession } from './texts.svelte'
import type { Storage } from '../truth'
import type { DiskTrouble, DocumentSummary, Partner, Status } from './types'

/** Milliseconds in which several "this changed" are answered by one reading. */
const GATHER_MS = 120
/** Milliseconds between two readings of the lists: every letter says "this changed", and each reading costs the page time. */
const GATHER_AGAIN_MS = 1_000
/** Milliseconds between two readings of one document, for the same reason. */
const READ_AGAIN_MS = 500

class Daemon {
  connection = $state<Connection>('connecting')
  /** The page's session is over; only opening Rounds again helps. */
  expired = $state(false)
  status = $state.raw<Status | null>(null)
  documents = $state.raw<DocumentSummary[]>([])
  nextDocuments = $state.raw<string | null>(null)
  loaded = $state(false)
  storage = $state.raw<Storage>({ saving: true, reason: null, trouble: null })
  /** Who holds the newest of a document on their disk, as far as is known. */
  readonly delivered = new SvelteMap<string, ReadonlyMap<string, boolean>>()
  /** Grows when a document's model changed and is to be read again. */
  readonly revisions = new SvelteMap<string, number>()
  /** What closed pages left behind is taken over: texts may be opened. */
  ready = $state(false)
  readonly texts: Texts
  readonly #keeper = new Keeper(
    new BrowserShelf(),
    Seal.under(pageKey()),
    (milliseconds, run) => setTimeout(run, milliseconds),
    crypto.randomUUID(),
  )
  readonly #live: Live
  #pages = 1
  readonly #gathering = new Calm(GATHER_MS, GATHER_AGAIN_MS, () => void this.refresh())
  readonly #readings = new Map<string, Calm>()
  /** Documents shown without their texts being open, by how many parts of the page show them. */
  readonly #watched = new Map<string, number>()

  constructor() {
    this.#live = new Live(liveUrl(location, pageToken()), {
      connection: (connection) => this.#connected(connection),
      message: (message) => this.#heard(message),
    })
    this.texts = new Texts((message) => this.#send(message), this.#keeper)
  }

  start(): void {
    this.#live.start()
    void this.#takeOver()
    taps.start()
    halfLines.start()
    void this.refresh()
    addEventListener('online', () => this.#live.retryNow())
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.#live.retryNow()
    })
    addEventListener('beforeunload', (event) => {
      if (this.#keeper.behind || halfLines.behind || drafts.waiting) event.preventDefault()
    })
    addEventListener('pagehide', () => this.#keeper.leave())
  }

  /** Hears and says nothing more; what is typed stays kept. */
  stop(): void {
    this.#live.stop()
    this.texts.disconnected()
  }

  /** Goes on after `stop`, with all that the page still holds. */
  resume(): void {
    this.#live.start()
    void this.refresh()
  }

  /** Whether this page holds words that would be lost with it. */
  get behind(): boolean {
    return this.#keeper.behind
  }

  async #takeOver(): Promise<void> {
    await this.#keeper.begin((kept) => this.texts.adopt(kept.doc, kept.field, kept.text))
    this.ready = true
  }

  get partners(): Partner[] {
    return this.status?.partners ?? []
  }

  /** Partners who can be seen to be there; of a daemon that does not answer nobody learns who comes and goes. */
  get here(): Partner[] {
    return this.connection === 'away' ? [] : this.partners.filter((one) => one.here)
  }

  get me(): string {
    return this.status?.person.id ?? ''
  }

  /** Reads again what the lists show. */
  async refresh(): Promise<void> {
    try {
      // Asked together: nothing is shown before both are here.
      const [status, first] = await Promise.all([rest.status(), rest.documents()])
      const documents = [...first.documents]
      let next = first.next ?? null
      for (let page = 1; page < this.#pages && next !== null; page += 1) {
        const answer = await rest.documents(next)
        documents.push(...answer.documents)
        next = answer.next ?? null
      }
      this.status = status
      this.documents = documents
      this.nextDocuments = next
      this.storage = storageOf(status.storage)
      this.expired = false
      this.loaded = true
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      if (error.status === 401) this.expired = true
    }
  }

  /** Nothing is closed that another part of the page shows by now. */
  #send(message: ClientMessage): boolean {
    const shown = message.op === 'close' && (this.#watched.has(message.doc) || this.texts.of(message.doc).length > 0)
    return !shown && this.#live.send(message)
  }

  /** Hears of what changes in a document whose texts are not open here, until what it answers is called. */
  watch(doc: string): () => void {
    const shown = this.#watched.get(doc) ?? 0
    this.#watched.set(doc, shown + 1)
    if (shown === 0) this.#send({ op: 'open', doc })
    return () => {
      const left = (this.#watched.get(doc) ?? 1) - 1
      if (left > 0) {
        this.#watched.set(doc, left)
        return
      }
      this.#watched.delete(doc)
      this.#send({ op: 'close', doc })
    }
  }

  async moreDocuments(): Promise<void> {
    this.#pages += 1
    await this.refresh()
  }

  #connected(connection: Connection): void {
    const was = this.connection
    this.connection = connection
    if (connection === 'open') {
      this.texts.connected()
      for (const doc of this.#watched.keys()) this.#live.send({ op: 'open', doc })
      taps.retry()
      // The first reading is under way already when the page has just been loaded.
      if (was === 'away') void this.refresh()
    } else {
      this.texts.disconnected()
      // A socket does not say why it failed; an ordinary question does, when the page's session is over.
      if (connection === 'away') void this.refresh()
    }
  }

  #heard(message: ServerMessage): void {
    switch (message.op) {
      case 'storage':
        this.storage = storageOf(message)
        break
      case 'delivered':
        this.delivered.set(
          message.doc,
          new Map([
            ...(this.delivered.get(message.doc) ?? []),
            ...message.people.map((one): [string, boolean] => [one.person, one.held]),
          ]),
        )
        this.#gather()
        break
      case 'document':
        this.#changed(message.doc)
        this.#gather()
        break
      case 'documents':
      case 'people':
        this.#gather()
        break
      default:
        this.texts.heard(message)
        // Whoever looks at it without its texts is told of what is written in them as of any other change.
        if ((message.op === 'patches' || message.op === 'text') && this.#watched.has(message.doc)) this.#changed(message.doc)
        // A refusal of no edit in particular: a document may be gone, and each open one looks for itself.
        if (message.op === 'refused' && !message.id) {
          for (const session of this.texts.sessions) {
            this.#changed(session.doc)
            void this.#lookFor(session)
          }
        }
    }
  }

  /** Whether what waits for a text has anywhere to go. */
  async #lookFor(session: TextSession): Promise<void> {
    if (session.unsaved === 0) return
    try {
      await rest.document(session.doc)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      if (error.code === 'not_found') session.gone = session.unsaved > 0
    }
  }

  #changed(doc: string): void {
    let reading = this.#readings.get(doc)
    if (!reading) {
      reading = new Calm(0, READ_AGAIN_MS, () => this.revisions.set(doc, (this.revisions.get(doc) ?? 0) + 1))
      this.#readings.set(doc, reading)
    }
    reading.ask()
  }

  #gather(): void {
    this.#gathering.ask()
  }
}

function storageOf({ saving, reason, trouble }: { saving: boolean; reason?: string | null; trouble?: DiskTrouble | null }): Storage {
  return { saving, reason: reason ?? null, trouble: trouble ?? null }
}

export const daemon = new Daemon()
