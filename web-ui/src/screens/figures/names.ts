// Decides how figures are told: their names, and their numbers in the language's own way.
import type { Figure, FigureName } from '../../lib/daemon/types'
import type { Messages } from '../../lib/i18n/en'
import { clock, seconds } from '../../lib/observe/marks'

export function nameOf(t: Messages, name: FigureName): string {
  const words = t.observing
  if ('label' in name) return name.label
  if ('speaker' in name) return words.speakers[name.speaker] ?? name.speaker
  if ('seat' in name) return words.seat(name.seat)
  if ('sweep' in name) return words.sweep(name.sweep)
  if ('seconds' in name) return words.toSeconds(name.seconds, name.seconds + 1)
  if ('seconds_and_more' in name) return words.secondsAndMore(name.seconds_and_more)
  return words.fixed[name.fixed] ?? name.fixed
}

/** Making a format costs as much as a hundred numbers written in it. */
const formats = new Map<string, Intl.NumberFormat>()

function written(language: string, number: number, options: Intl.NumberFormatOptions): string {
  const name = `${language} ${Object.entries(options).join()}`
  let format = formats.get(name)
  if (!format) formats.set(name, (format = new Intl.NumberFormat(language, options)))
  return format.format(number)
}

/** “9”, “2.7 s”, “4:05”, “37 %”, “1.5” */
export function numberOf(t: Messages, unit: Figure['unit'], value: number | null | undefined): string {
  if (value == null) return '–'
  switch (unit) {
    case 'count':
      return written(t.language, value, {})
    case 'milliseconds':
      return value < 60_000 ? `${seconds(t, value)} s` : clock(value)
    case 'thousandths':
      return written(t.language, value / 1000, { style: 'percent', maximumFractionDigits: 0 })
    case 'thousandths_of_one':
      return written(t.language, value / 1000, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
  }
}

/** The names of a figure's columns; one of the measure itself where there are none. */
export const columnsOf = (t: Messages, figure: Figure): string[] =>
  figure.columns.length > 0 ? figure.columns.map((name) => nameOf(t, name)) : [t.observing.units[figure.unit] ?? '']

/** A figure as one line of words, for a quotation: “How often: Asks 3; Tells 5”. */
export function toldFigure(t: Messages, figure: Figure): string {
  const columns = figure.columns.length > 0 ? columnsOf(t, figure) : null
  const rows = figure.rows.map((row) => {
    const values = row.values.map((value, at) => (columns ? `${columns[at] ?? ''} ${numberOf(t, figure.unit, value)}` : numberOf(t, figure.unit, value)))
    return columns ? `${nameOf(t, row.name)} (${values.join(', ')})` : `${nameOf(t, row.name)} ${values.join(', ')}`
  })
  return `${t.observing.measures[figure.measure] ?? figure.measure}: ${rows.join('; ')}`
}
