// Decides in which language the page speaks, and how it writes dates.
import type { Reason } from '../daemon/types'
import { remember, remembered } from '../remembered'
import { en, type Messages } from './en'
import { es } from './es'

/** All the page speaks; the first is for those who prefer none of them. */
export const LANGUAGES: readonly Messages[] = [en, es]

/** What was chosen here, else what the browser prefers. */
function preferred(): Messages {
  const wanted = [remembered('language'), ...navigator.languages.map((one) => one.split('-')[0])]
  for (const code of wanted) {
    const found = LANGUAGES.find((one) => one.language === code)
    if (found) return found
  }
  return en
}

class Language {
  /** The words of the page. */
  t = $state.raw<Messages>(preferred())

  get code(): string {
    return this.t.language
  }

  choose(code: string): void {
    this.t = LANGUAGES.find((one) => one.language === code) ?? en
    remember('language', this.t.language)
  }

  /** The language as the person's own region writes it, where the browser names one. */
  get #region(): string {
    return navigator.languages.find((one) => one.split('-')[0] === this.code) ?? this.code
  }

  /** “Tuesday 17 November” */
  longDay(date: Date): string {
    return this.#write(date, { weekday: 'long', day: 'numeric', month: 'long' })
  }

  /** “Tuesday 17 November, 10:15” */
  dayTime(date: Date): string {
    return this.#write(date, { weekday: 'long', day: 'numeric', month: 'long', hour: 'numeric', minute: '2-digit' })
  }

  /** A moment beside others: the time today, else the weekday or date with it. */
  shortMoment(date: Date, now: Date): string {
    const days = Math.round((midnight(date) - midnight(now)) / DAY_MS)
    const time = { hour: 'numeric', minute: '2-digit' } as const
    if (days === 0) return this.#write(date, time)
    return this.#write(date, days > 0 && days < 7 ? { weekday: 'long', ...time } : { weekday: 'short', day: 'numeric', month: 'short', ...time })
  }

  /** “22 December” */
  date(date: Date): string {
    return this.#write(date, { day: 'numeric', month: 'long' })
  }

  /** “22 Dec” */
  shortDate(date: Date): string {
    return this.#write(date, { day: 'numeric', month: 'short' })
  }

  /** “22 Dec 2026” */
  fullDate(date: Date): string {
    return this.#write(date, { day: 'numeric', month: 'short', year: 'numeric' })
  }

  time(date: Date): string {
    return this.#write(date, { hour: 'numeric', minute: '2-digit' })
  }

  /** A day that is the same wherever one reads of it. */
  utcDay(date: Date): string {
    return this.#write(date, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })
  }

  /** “10:15”, as the clock on the wall has it on any day, from the minute of the day. */
  clock(minute: number): string {
    return this.#write(new Date(minute * MINUTE_MS), { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' })
  }

  /** “Monday”, for 0, to “Sunday”. */
  weekdayName(at: number): string {
    // 1 January 2024 was a Monday.
    const name = this.#write(new Date(Date.UTC(2024, 0, 1 + at)), { weekday: 'long', timeZone: 'UTC' })
    return name.charAt(0).toLocaleUpperCase(this.code) + name.slice(1)
  }

  /** “Tue 17” */
  weekday(date: Date): string {
    return this.#write(date, { weekday: 'short', day: 'numeric' })
  }

  /** “16–22 November 2026” */
  week(monday: Date): string {
    const sunday = new Date(monday.getFullYear(), monday.getMonth(), monday.getDate() + 6)
    return new Intl.DateTimeFormat(this.#region, { day: 'numeric', month: 'long', year: 'numeric' }).formatRange(monday, sunday)
  }

  /** A day for a list: the time today, the weekday this week, else the date. */
  shortDay(date: Date, now: Date): string {
    const days = Math.round((midnight(now) - midnight(date)) / DAY_MS)
    if (days === 0) return this.#write(date, { hour: 'numeric', minute: '2-digit' })
    if (days > 0 && days < 7) {
      const relative = new Intl.RelativeTimeFormat(this.#region, { numeric: 'auto' })
      return days === 1 ? relative.format(-1, 'day') : this.#write(date, { weekday: 'long' })
    }
    return this.#write(date, { day: 'numeric', month: 'short', year: 'numeric' })
  }

  /** How far away a moment is: “in 40 minutes” today, “tomorrow”, else the day. */
  until(date: Date, now: Date): string {
    const minutes = Math.round((date.getTime() - now.getTime()) / MINUTE_MS)
    const relative = new Intl.RelativeTimeFormat(this.#region, { numeric: 'auto', style: 'short' })
    const days = Math.round((midnight(date) - midnight(now)) / DAY_MS)
    if (days === 0 && minutes <= 0) return relative.format(0, 'minute')
    if (days === 0) return minutes < 90 ? relative.format(minutes, 'minute') : relative.format(Math.round(minutes / 60), 'hour')
    if (days === 1) return relative.format(1, 'day')
    return this.#write(date, days < 7 ? { weekday: 'long' } : { weekday: 'short', day: 'numeric', month: 'short' })
  }

  /** “3.2 MB” */
  bytes(count: number): string {
    const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const
    const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3))
    const options = { style: 'unit', unit: units[step]!, unitDisplay: 'short', maximumFractionDigits: step > 1 ? 1 : 0 } as const
    return new Intl.NumberFormat(this.#region, options).format(count / 1000 ** step)
  }

  /** What to say of a failure: in the page's own words, else, where a newer daemon says what this page cannot, in the daemon's. */
  failure(code: string, message: string, reason?: Reason | null): string {
    const exact = reason ? this.reason(reason) : ''
    if (exact !== '') return exact
    const known: Partial<Record<string, string>> = this.t.failures
    return known[code] ?? (message || this.t.failures.internal)
  }

  /** Why an instrument, a mark or a vocabulary is not taken; empty for a reason that this page does not know. */
  reason(reason: Reason): string {
    const { about, quoted, codes } = this.t.reasons
    const known: Partial<Record<string, (most: number) => string>> = codes
    const why = known[reason.code]?.(reason.most ?? 0) ?? ''
    if (why === '' || reason.labels.length === 0) return why
    return about(this.t.list([...new Set(reason.labels)].map(quoted)), why)
  }

  /** Making a format costs as much as a hundred dates written in it. */
  readonly #formats = new Map<string, Intl.DateTimeFormat>()

  #write(date: Date, options: Intl.DateTimeFormatOptions): string {
    const region = this.#region
    // A computer that travels has another clock.
    const name = `${region} ${date.getTimezoneOffset()} ${Object.entries(options).join()}`
    let format = this.#formats.get(name)
    if (!format) this.#formats.set(name, (format = new Intl.DateTimeFormat(region, options)))
    return format.format(date)
  }
}

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

function midnight(date: Date): number {
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate())
}

export const language = new Language()
