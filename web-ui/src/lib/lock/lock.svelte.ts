// Decides when this page shows nothing, and what it takes to show something again.
//
// Locked, the page takes all words off the screen at once, has the daemon refuse everybody, and then loads itself anew: what
// it knew is gone from its memory, and the daemon hands out the key for waiting words only to a page that is unlocked. So a
// lock is to words what a closed tab is: they wait, sealed, and are sent once when the page is back.
import { drafts } from '../comments/drafts'
import { daemon } from '../daemon/daemon.svelte'
import { loadedLocked, pageKey } from '../daemon/page'
import { Failure, rest, whenLocked } from '../daemon/rest'
import { Seal } from '../daemon/seal'
import { address, go } from '../route.svelte'
import { keepForms, noteForms, putFormsBack } from './drafts'
import { Idle } from './idle'

/** The key that locks: one stroke, and neither browsers nor screen readers nor any layout's letters need it. */
export const LOCK_KEY = 'F8'

const MINUTE_MS = 60_000
/** Milliseconds until a daemon that did not answer is told again. */
const AGAIN_MS = 1_000
/** Milliseconds in which a daemon says whether another browser is in use: it is on this computer. */
const ANSWER_MS = 5_000
/** What counts as somebody being here. */
const SIGNS = ['keydown', 'pointerdown', 'pointermove', 'touchstart', 'wheel'] as const

/** What pages of one browser tell each other. */
type Word = { touched: number } | 'locked'

class PageLock {
  locked = $state(loadedLocked())
  readonly #pages = new BroadcastChannel('rounds-lock')
  readonly #idle = new Idle({
    now: () => Date.now(),
    after: (milliseconds, run) => {
      const timer = setTimeout(run, milliseconds)
      return () => clearTimeout(timer)
    },
    elsewhere: (answer) => void this.#elsewhere().then(answer),
    over: () => this.#shut(),
    tell: (at) => {
      this.#say({ touched: at })
      rest.noteActivity().catch(() => undefined)
    },
  })

  get #hasPassphrase(): boolean {
    return daemon.status?.storage.key_protection === 'passphrase'
  }

  start(): void {
    if (this.locked) return this.#watchForOpening()
    noteForms()
    putFormsBack()
    drafts.putBack(Seal.under(pageKey()), sessionStorage)
    whenLocked(() => this.#shut())
    for (const sign of SIGNS) addEventListener(sign, () => this.#idle.touched(), { capture: true, passive: true })
    addEventListener('keydown', (event) => {
      if (event.key !== LOCK_KEY || event.ctrlKey || event.altKey || event.shiftKey || event.metaKey) return
      event.preventDefault()
      this.now()
    })
    document.addEventListener('visibilitychange', () => this.#idle.look())
    this.#pages.onmessage = ({ data }: MessageEvent<Word>) => (data === 'locked' ? this.#shut() : this.#idle.heard(data.touched))
    $effect.root(() => {
      $effect(() => {
        this.#idle.watch(this.#hasPassphrase ? daemon.status!.idle_minutes * MINUTE_MS : null)
      })
    })
  }

  /** Somebody is there without touching anything, such as whoever watches a lesson. */
  touched(): void {
    this.#idle.touched()
  }

  /** Somebody asks for it: locked, or led to where a passphrase can be set. */
  now(): void {
    if (this.#hasPassphrase) this.#shut()
    else go(address.lock)
  }

  /** Fails with what the daemon says of the passphrase. */
  async unlock(passphrase: string): Promise<void> {
    await rest.unlock(passphrase)
    if (!daemon.behind) return location.reload()
    // This page alone holds words, so it goes on with them.
    drafts.putBack(Seal.under(pageKey()), sessionStorage)
    this.locked = false
    daemon.resume()
  }

  /** Whether the daemon hears from another browser's page; one that does not say at once is not waited for. */
  async #elsewhere(): Promise<boolean> {
    const late = new Promise<null>((answer) => setTimeout(() => answer(null), ANSWER_MS))
    const state = await Promise.race([rest.lockState().catch(() => null), late])
    return state !== null && !state.locked && !state.idle
  }

  #shut(): void {
    if (this.locked) return
    keepForms()
    drafts.keep(Seal.under(pageKey()), sessionStorage)
    this.locked = true
    daemon.stop()
    this.#say('locked')
    void this.#settle()
  }

  /** Has the daemon lock, and then forgets everything. */
  async #settle(): Promise<void> {
    while (this.locked) {
      try {
        await rest.lock()
        if (daemon.behind) return this.#watchForOpening()
        return location.reload()
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        // Nothing to lock with any more, or no session: the page that is loaded says which.
        if (error.code !== 'away') return location.reload()
        await new Promise((done) => setTimeout(done, AGAIN_MS))
      }
    }
  }

  /** Unlocked in another page, this one opens when it is looked at. */
  #watchForOpening(): void {
    const look = async (): Promise<void> => {
      if (document.visibilityState !== 'visible' || !this.locked) return
      const state = await rest.lockState().catch(() => null)
      if (state?.locked === false && this.locked && !daemon.behind) location.reload()
    }
    addEventListener('focus', () => void look())
    document.addEventListener('visibilitychange', () => void look())
  }

  #say(word: Word): void {
    this.#pages.postMessage(word)
  }
}

export const lock = new PageLock()
