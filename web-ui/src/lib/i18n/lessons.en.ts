// Decides the words of one's own lessons over time, in English.

export const lessons = {
  title: 'My lessons over time',
  about: 'What was counted in your own lessons, side by side. It is worked out on this computer when you look, and nobody else is shown it.',
  which: 'Which instrument',
  times: (count: number): string => (count === 1 ? '1 lesson' : `${count} lessons`),
  once: 'One lesson so far. The next one that is looked at in the same way will stand beside it.',
  baseline: 'The square and the dashed line are your first measure.',
  between: 'A dot is the middle pause; half of all pauses lie within the bar.',
  first: 'first',
  lesson: 'Lesson',
  noDay: 'without a date',
  half: 'Half of them',
  from: (least: string, most: string): string => `${least} to ${most}`,
  pauses: 'Pauses',
  all: 'All of them',
  reading: (count: number): string => (count === 1 ? 'One set of notes is still being read' : `${count} sets of notes are still being read`),
  leftOut: (count: number): string => `${count} sets of notes are left out, because more is held here than is told at once.`,

  put: {
    title: (measure: string): string => `Write “${measure}” into the goal`,
    about: (readers: string): string =>
      `What was counted in your own lessons, side by side. Nobody else is shown it. What you write of it into the goal goes to the end of “How I will know”, and can be read by whoever may see the goal, now${readers === '' ? '' : ` (${readers})`} or later.`,
    around: (half: string, count: number): string => `half of them ${half}, ${count === 1 ? '1 pause' : `${count} pauses`}`,
    leftOut: (count: number): string => (count === 1 ? '(1 lesson in between is not listed.)' : `(${count} lessons in between are not listed.)`),
    done: 'Written into “How I will know”.',
  },

  own: {
    title: 'Whose lesson is it?',
    mine: 'These notes are about a lesson of mine',
    about: 'From a recording, from memory, or from somebody’s sheet of paper. What is counted in them stands with your other lessons under Growth.',
    day: 'Day of the lesson',
  },
}
