// Decides the words of what people show of themselves, and of who might suit whom, in English.
export const cards = {
  title: 'What those you pair with see of you',
  about: 'All of it is up to you, and can stay empty. It helps to find somebody to visit.',
  role: 'What you call your work',
  roleHint: 'For example: maths teacher.',
  grades: 'Grades you teach',
  gradesHint: 'With commas between them. For example: 5, 6.',
  subjects: 'Subjects you teach',
  subjectsHint: 'With commas between them.',
  room: 'Your room',
  experience: 'How long you have taught',
  experiences: { first_years: 'My first years', some_years: 'Some years', many_years: 'Many years' },
  unsaid: 'Not said',
  save: 'Save',
  saved: 'Saved',

  suggestions: 'Somebody you might visit',
  suggestionsAbout: 'From what you and they chose to show. It is worked out here, each time anew, and nobody is told.',
  reasons: {
    same_grade: (grade: string): string => `You both teach ${grade}.`,
    near_grades: (theirs: string, mine: string): string => `Teaches ${theirs}, next to your ${mine}.`,
    other_subjects: (subjects: string): string => `Teaches something else: ${subjects}.`,
    experience: { first_years: 'Is in their first years of teaching.', some_years: 'Has taught for some years.', many_years: 'Has taught for many years.' },
  },
  notNow: 'Not now',
  notNowWho: (name: string): string => `Not now: ${name}`,
  dismissed: (name: string): string => `${name} is no longer suggested to you.`,
}
