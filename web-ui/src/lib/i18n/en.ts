// Decides every word of the page in English. A second language is a second file of this shape.
import type { Kind } from '../daemon/types'

const things = (count: number): string => (count === 1 ? '1 thing' : `${count} things`)

export const en = {
  language: 'en',
  name: 'Rounds',
  skip: 'Skip to the page',
  loading: 'One moment…',
  cancel: 'Cancel',
  close: 'Close',
  /** Joins names: “Ben and Chidi”. */
  list: (names: string[]): string => new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(names),
  you: 'You',

  nav: {
    label: 'Main',
    today: 'Today',
    people: 'People',
    here: 'Here now',
  },

  greeting: {
    morning: (name: string): string => (name ? `Good morning, ${name}` : 'Good morning'),
    afternoon: (name: string): string => (name ? `Good afternoon, ${name}` : 'Good afternoon'),
    evening: (name: string): string => (name ? `Good evening, ${name}` : 'Good evening'),
  },

  kinds: {
    profile: 'Profile',
    binder: 'Binder',
    partnership: 'Partnership',
    visit: 'Visit',
    note_set: 'Notes',
    released_notes: 'Released notes',
    debrief: 'Debrief',
  } satisfies Record<Kind, string>,

  welcome: {
    title: 'What should partners call you?',
    about: 'Partners see this name when you pair with them. You can change it later.',
    label: 'Your name',
    submit: 'Begin',
    where: 'What you write lives on this computer, and on the computers of those you share it with. Nowhere else.',
  },

  today: {
    title: 'Today',
    documents: 'Your writing',
    propose: 'Propose a visit',
    notes: 'New notes',
    empty: 'Nothing here yet',
    emptyPaired: 'Propose a visit to a partner, or start notes of your own.',
    emptyAlone: 'Notes are yours alone until you share them. To plan a visit together, pair with a partner first.',
    pair: 'Pair with a partner',
    more: 'Show more',
    unread: 'new',
    justYou: 'Only you',
    with: (names: string): string => `with ${names}`,
    untitled: (kind: string, names: string): string => (names ? `${kind} with ${names}` : kind),
  },

  propose: {
    title: 'Propose a visit',
    about: 'A visit needs a partner and nothing else. The rest can be agreed later, together.',
    with: 'With',
    choose: 'Choose a partner',
    role: 'Who visits?',
    visitor: (name: string): string => (name ? `I visit ${name}` : 'I visit my partner'),
    host: (name: string): string => (name ? `${name} visits me` : 'My partner visits me'),
    when: 'When',
    length: 'How long',
    minutes: (count: number): string => `${count} minutes`,
    focus: 'Focus question',
    focusHint: 'The host chooses what to look at. For example: after I ask, who answers?',
    optional: 'if you know it already',
    submit: 'Propose',
    nobody: 'You have no partner yet.',
  },

  people: {
    title: 'People',
    partners: 'Your partners',
    none: 'Nobody yet',
    noneAbout: 'Pair with a colleague once, side by side or over the phone. After that your computers find each other.',
    here: 'Here now',
    away: 'Not here now',
    unreachable: 'Near, but cannot be reached',
    remove: 'Remove',
    removeWho: (name: string): string => `Remove ${name}`,
    removeSure: (name: string): string =>
      `Remove ${name}? Your computers stop talking to each other. What each of you already has stays where it is.`,
    removeYes: (name: string): string => `Yes, remove ${name}`,
  },

  pair: {
    title: 'Pair with a partner',
    about: 'One of you shows a code and says it aloud. The other types it in.',
    offer: 'Show a code',
    offerAbout: 'Say this to your partner:',
    offerLasts: 'It works for two minutes, for one person.',
    offerStop: 'Stop',
    offerEnded: 'That code is no longer open.',
    again: 'Show a new code',
    addresses: 'If your partner’s computer does not find this one',
    addressesAbout: 'Ask your partner to open “It does not find my partner” and type one of these:',
    code: 'Code from your partner',
    codeHint: 'The number and the words or digits, as you hear them.',
    at: 'Address of your partner’s computer',
    atMore: 'It does not find my partner',
    atHint: 'Your partner sees it beneath their code.',
    accept: 'Pair',
    paired: (name: string): string => `You are paired with ${name}`,
    pairedAbout: (name: string): string => `Is this the ${name} you meant? If not, remove them here and try again.`,
  },

  document: {
    back: 'Your writing',
    fields: {
      focus: 'Focus question',
      plan: 'Plan',
      notes: 'Notes',
      next: 'What each of us will try',
      journal: 'Journal',
    } as Record<string, string>,
    placeholders: {
      focus: 'After I ask, who answers?',
      plan: 'What to look for, where to sit, what the class will be doing…',
      notes: 'What you see and hear…',
      next: 'Something small, and when…',
      journal: 'Write to each other here…',
    } as Record<string, string>,
    invitation: 'Invitation',
    invited: (names: string): string => `${names} would like to plan this visit with you. You can write in it either way.`,
    accept: 'Accept',
    decline: 'Not this time',
    readOnly: 'You can read this. Changing it is up to the people who own it.',
    problems: 'Some of this could not be read. The rest is here, and nothing has been deleted.',
    gone: 'This is not here',
    goneAbout: 'It was removed, or it is not shared with you (any more).',
    refused: 'What you typed last was not accepted.',
    refusedKeep: 'It is still here, so that you can copy it. Writing goes on once you let go of it.',
    letGo: 'Let go of it',
    nobodyElse: 'Nobody else can open this',
    betweenYou: (names: string): string => `Only ${names} can open this`,
  },

  sharing: {
    title: 'Who can see this',
    onlyYou: 'Only you',
    reader: 'can read',
    writer: 'can read and write',
    owner: 'owns this with you',
    ownerSelf: 'your own',
    held: (name: string): string => `On ${name}’s computer`,
    waiting: (name: string): string => `Will reach ${name} when your computers next meet`,
    stop: 'Stop sharing',
    stopWho: (name: string): string => `Stop sharing with ${name}`,
    stopSure: (name: string): string =>
      `${name} gets nothing new from now on. A copy already on ${name}’s computer cannot be called back.`,
    stopYes: 'Stop sharing',
    stopped: (name: string): string => `${name} no longer gets what is new.`,
    heard: (name: string): string => `${name}’s computer has been told.`,
    notHeard: (name: string): string => `${name}’s computer will be told when your computers next meet.`,
    share: 'Share',
    with: 'Share with',
    may: 'They may',
    mayRead: 'read',
    mayWrite: 'read and write',
    everybody: 'All your partners can open this already.',
  },

  truth: {
    label: 'Where your writing is',
    saved: 'Saved here',
    saving: 'Saving…',
    notSaving: (why: string): string => (why ? `Not saving — ${why}` : 'Not saving'),
    refused: 'Not saved — what you typed last was not accepted',
    away: 'Not saving — Rounds is not answering. Your words wait in this page; keep it open.',
    awayIdle: 'Rounds is not answering. Trying again…',
    on: (names: string[]): string =>
      names.length === 1 ? `On ${names[0]}’s computer` : `On ${en.list(names.map((name) => `${name}’s`))} computers`,
    onWay: (names: string): string => `On its way to ${names}`,
    will: (names: string): string => `Will reach ${names} when your computers next meet`,
    willCount: (count: number, name: string): string =>
      `${things(count)} will reach ${name} when your computers next meet`,
    onWayCount: (count: number, name: string): string => `${things(count)} on the way to ${name}`,
    unreachable: (name: string, why: string): string =>
      `${name}’s computer is near but cannot be reached${why ? ` — ${why}` : ''}`,
    leaving: 'Some words are not saved yet.',
  },

  expired: {
    title: 'Please open Rounds again',
    about: 'This page has been open since before Rounds was last started, and no longer has the key to your writing. What was saved is safe.',
    how: 'Open Rounds the way you always do, or type this in a terminal:',
    unsaved: 'Some words in this page are not saved yet. Copy them before you close it.',
  },

  failures: {
    away: 'Rounds is not answering on this computer. Try again in a moment.',
    not_found: 'That is not here.',
    refused: 'That is not allowed.',
    bad_request: 'Something in this is not right.',
    conflict: 'That has changed in the meantime. Try again.',
    not_saved: 'It could not be saved: the disk would not take it.',
    nobody_reachable: 'No computer with that code could be found nearby.',
    too_large: 'That is too long.',
    unavailable: 'That is not possible just now. Try again in a moment.',
    timed_out: 'It took too long. Try again.',
    wrong_code: 'That code is not right. Ask your partner for the one they see now.',
    ambiguous: 'More than one fits.',
    no_session: 'This page needs to be opened again.',
    internal: 'Something went wrong in Rounds.',
  } as Record<string, string>,
}

export type Messages = typeof en
