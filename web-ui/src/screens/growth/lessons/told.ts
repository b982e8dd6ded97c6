// Decides how lessons side by side are told in words, for a goal that others may read: all that the table shows of them.
import type { Messages } from '../../../lib/i18n/en'
import type { Chart, Lesson } from '../../../lib/lessons'
import { nameOf, numberOf } from '../../figures/names'

/** The goal that numbers are written into. */
export interface Goal {
  document: string
  /** Who else may read it, as a list in words; empty when nobody may. */
  readers: string
}

interface Told {
  title: string
  chart: Chart
  /** The lessons that are shown, and where each stands among all of them, counted from 0. */
  rows: readonly { lesson: Lesson; at: number }[]
  dayOf: (lesson: Lesson) => string
  /** What to keep in mind with these numbers. */
  caution: string | undefined
}

/** What a chart tells, and of a rate in which time. */
export function headingOf(t: Messages, { measure }: Pick<Chart, 'measure'>): string {
  const words = t.observing.measures[measure] ?? measure
  return measure === 'rate' ? `${words} (${t.observing.fixed['per_ten_minutes']?.toLocaleLowerCase(t.language) ?? ''})` : words
}

/** Words as they are, whatever signs of Markdown are in them. */
const plain = (words: string): string => words.replace(/[\\*_[\]`<>~#]/g, '\\$&')

/** “**Talk: Share of all marks**”, and a line for each lesson: “- 6 Oct 2026 (first): Asks 40%, Tells 60%”. */
export function toldChart(t: Messages, { title, chart, rows, dayOf, caution }: Told): string {
  const number = (value: number | null | undefined): string => numberOf(t, chart.unit, value)
  const lines = rows.map(({ lesson, at }) => {
    const numbers = chart.lines.map((line) => {
      const spread = line.spreads?.[at]
      const around = spread ? ` (${t.lessons.put.around(t.lessons.from(number(spread.lower), number(spread.upper)), spread.count)})` : ''
      return `${plain(nameOf(t, line.name))} ${number(line.values[at])}${around}`
    })
    return `- ${dayOf(lesson)}${at === 0 ? ` (${t.lessons.first})` : ''}: ${numbers.join(chart.lines.some((line) => line.spreads?.[at]) ? '; ' : ', ')}`
  })
  const [first, second] = rows
  const between = first && second ? second.at - first.at - 1 : 0
  return [
    `**${plain(`${title}: ${headingOf(t, chart)}`)}**`,
    lines.join('\n'),
    ...(between > 0 ? [t.lessons.put.leftOut(between)] : []),
    ...(caution ? [`${t.observing.caution} ${caution}`] : []),
  ].join('\n\n')
}
