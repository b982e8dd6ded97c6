// Decides the words of what is quietly suggested, in English: never a demand, and gone with a tap.

export const quiet = {
  later: {
    title: (names: string): string => `Some days ago you visited ${names}`,
    about: 'What of it is in your own lessons by now? Only you see this, and what you write.',
    open: 'Look back',
    away: 'Not now',
    heading: 'Some days later',
    ask: 'What of this did you try? What came of it, and what would you put otherwise by now? Write it below, where it belongs.',
  },
  invite: 'Invite somebody to see it',
  inviteWhich: (what: string): string => `Invite somebody to see: ${what}`,
  gentle: {
    title: 'If you like',
    talk: (name: string): string => `Tell ${name} about a lesson, in the journal that you two share.`,
    share: (name: string, goal: string): string => `Let ${name} read your goal “${goal}”, and say what they think beside it.`,
    visit: (name: string): string => `See a lesson of ${name}’s: ten minutes are a visit.`,
    host: (name: string): string => `Invite ${name} to a lesson of yours, with a question that you choose.`,
    do: { talk: 'Open the journal', share: 'Open the goal', visit: 'Ask to visit', host: 'Invite to my lesson' },
  },
}
