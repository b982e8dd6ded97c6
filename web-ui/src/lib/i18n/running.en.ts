// Decides the words of looking at a goal and of dropping in by a protocol, in English.
export const running = {
  notNow: 'Not now',
  done: 'Done',
  goal: {
    about: 'A quarter of an hour with the goal, alone or with somebody who reads it: what the data shows, what was learned, what changes.',
    open: 'Look at it now',
    below: 'What you find goes into “How it goes” below.',
    next: 'When do we look again?',
    nextDo: 'Put it among the actions',
    nextText: 'Look at this goal again',
    nextSaid: (day: string): string => `It stands among the actions, for ${day}.`,
  },
  dropIn: {
    about: 'Ten minutes for one idea, and a line of thanks.',
    open: 'Drop in',
    thank: (names: string): string => `Write ${names} a line of thanks`,
    tried: 'One thing I will try',
    triedHint: 'For you alone…',
    mine: 'Only you see this. It stands under Reflect, too.',
  },
}
