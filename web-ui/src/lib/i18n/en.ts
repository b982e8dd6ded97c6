// Decides every word of the page in English. A second language is a second file of this shape.
import type { Kind } from '../daemon/types'
import { cards } from './cards.en'
import { doors } from './doors.en'
import { disk, failures, obstacles } from './failures.en'
import { files } from './files.en'
import { frame } from './frame.en'
import { growth } from './growth.en'
import { instruments } from './instruments.en'
import { lessons } from './lessons.en'
import { maps } from './maps.en'
import { observing } from './observing.en'
import { pair, partnership, people } from './people.en'
import { quiet } from './quiet.en'
import { reasons } from './reasons.en'
import { running } from './running.en'
import { shelf } from './shelf.en'
import { strategies } from './strategies.en'
import { tablet } from './tablet.en'
import { timetable } from './timetable.en'
import { visiting } from './visiting.en'
import { propose, visits } from './visits.en'
import { comments, document, editor, history, sharing } from './writing.en'

const things = (count: number): string => (count === 1 ? '1 thing' : `${count} things`)

const listed = new Intl.ListFormat('en-GB', { type: 'conjunction' })

export const en = {
  language: 'en',
  languageName: 'English',
  name: 'Rounds',
  skip: 'Skip to the page',
  cancel: 'Cancel',
  /** Beside what deserves a second thought, which may itself be to call something off. */
  goBack: 'Cancel',
  close: 'Close',
  /** Joins names: “Ben and Chidi”. */
  list: (names: string[]): string => listed.format(names),
  /** Whom a list leaves uncounted: “Ben, Chidi and 15 others”. */
  others: (count: number): string => `${count} others`,
  you: 'You',

  nav: {
    label: 'Main',
    today: 'Today',
    visits: 'Visits',
    growth: 'Growth',
    people: 'People',
    search: 'Search',
    settings: 'Settings',
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
    mirror: 'Looking back',
    goal: 'Goal',
    goal_feedback: 'Feedback',
    try_log: 'What I tried',
    open_door: 'Open door',
    strategy_card: 'Strategy card',
    vocabulary: 'Vocabulary',
    instrument: 'Instrument',
    timetable: 'My timetable',
    free_periods: 'Free periods',
    success_card: 'Success card',
    shown_card: 'Success card',
    resource: 'Resource',
  } satisfies Record<Kind, string>,

  welcome: {
    title: 'What should partners call you?',
    about: 'Partners see this name when you pair with them. You can change it later.',
    label: 'Your name',
    submit: 'Begin',
    promises: [
      'What you write lives on this computer, and on the computers of those you share it with. Nowhere else.',
      'Nobody sees anything until you share it with them by name. There is no account and no administrator.',
      'It works without internet. When your computers meet, what you share catches up.',
    ],
  },

  today: {
    title: 'Today',
    documents: 'Your writing',
    propose: 'Propose a visit',
    notes: 'New notes',
    empty: 'Nothing here yet',
    emptyPaired: 'Propose a visit to a partner, or start notes of your own.',
    emptyAlone: 'Start notes, or plan a visit to your own room under Visits: it is yours alone until you invite somebody you are paired with.',
    pair: 'Pair with a partner',
    more: 'Show more',
    unread: 'new',
    justYou: 'Only you',
    with: (names: string): string => `with ${names}`,
    untitled: (kind: string, names: string): string => (names ? `${kind} with ${names}` : kind),
    next: 'What is next',
    talkWith: (names: string): string => `Debrief with ${names}`,
    wonders: (names: string): string => `${names} wonders:`,
    youWonder: 'You wonder:',
    talkAt: (when: string, place: string): string => (place ? `debrief ${when}, ${place}` : `debrief ${when}`),
    openPlan: 'Open the plan',
    openNotes: 'Open your notes',
    openDebrief: 'Open the debrief',
    waiting: 'Waiting for you',
    steps: {
      answer: (names: string): string => `${names} would like to plan a visit with you`,
      read: (names: string): string => `Notes from ${names}`,
      answered: (names: string): string => `${names} answered your notes`,
      talk: (names: string): string => `Debrief with ${names}`,
      reflect: (): string => 'A look back at your own room',
      release: (names: string): string => `Your notes, when you want ${names} to have them`,
    },
    talkBegun: 'Begun: go on together',
    talkNot: 'Whenever it suits you both',
    held: 'Only you can open them so far',
    onlyYou: 'Only you will ever see this page',
  },

  propose,

  visits,

  observe: {
    begin: 'Your notes',
    beginAbout: (names: string): string =>
      `What you write down while you visit is yours alone. Nothing of it reaches ${names} until you release it.`,
    noneYet: 'No notes yet',
    theirs: (names: string): string => `What is written down by ${names} stays with them until they release it to you.`,
    release: (names: string): string => `Release to ${names}`,
    releaseDo: 'Release…',
    releaseAgain: 'Release once more…',
    releaseAbout: (names: string): string =>
      `${names} gets the words as they stand, as a new document without your drafts. Until then nobody else can open these notes.`,
    releaseSure: (names: string): string =>
      `${names} will then hold a copy, and a copy on another computer cannot be called back. Your own notes stay yours to go on with.`,
    releaseYes: (names: string): string => `Release to ${names}`,
    released: (names: string): string => `What you released to ${names}`,
    earlier: 'Earlier version',
    releasedAbout: (names: string): string => `Released to ${names}: the words as they stood. What you write here since is yours.`,
  },

  observing,

  debrief: {
    begin: 'Debrief',
    beginAbout: (names: string): string => `One text for both of you: what was seen, and what each will try. ${names} can write in it at the same time.`,
    start: 'Begin the debrief',
    weTalked: 'We talked',
    talked: 'You talked. This visit is closed; its words stay open.',
    notYet: 'We have not talked yet',
    another: 'Another debrief of this visit',
    otherwise: 'Or another way',
    inWriting: 'We’ll write to each other',
    begunByThem: 'Whoever takes part in the visit begins the talk; it opens here when they do.',
    findAbout: 'You will find each other. Begin here whenever you like, or say that you talked.',
    inWritingAbout: 'You write to each other. The written debrief has no clock: each part in your own time.',
    nextSteps: 'Next steps',
    nextStepsHint: 'Something small, and when…',
    watch: 'What to watch next time',
    watchHint: 'Something to look for…',
    thanks: 'Thanks',
    thank: 'Thank',
    thankWho: (names: string): string => `A word of thanks to ${names}…`,
  },

  protocol: {
    label: 'Protocol',
    takes: 'Minutes in all',
    called: (title: string, minutes: number): string => `${title}, ${minutes} minutes`,
    partOf: (name: string, minutes: number): string => `${name}, ${minutes} min`,
    length: (minutes: number): string => `${minutes} min`,
    part: (at: number, of: number): string => `Part ${at} of ${of}`,
    left: 'left in this part',
    up: 'The time for this part is up. Go on when it suits you.',
    begin: 'Begin',
    next: 'Next part',
    back: 'Back one part',
    rules: 'Ground rules',
    none: 'No protocol',
    noneYet: 'None so far.',
    choose: 'Choose a protocol',
    other: 'Another protocol',
    otherAbout: 'It begins afresh. What was put down stays.',
    use: 'Use this one',
    without: 'Go on without one',
    /** Who speaks in a part: the names of others, and whether one does oneself. */
    speak: (names: string[], self: boolean): string => {
      if (self) return names.length === 0 ? 'You speak' : `You and ${en.list(names)} speak`
      return names.length === 1 ? `${names[0]} speaks` : `${en.list(names)} speak`
    },
    speaks: {
      everybody: 'Everybody speaks',
      silent: 'Everybody writes, nobody speaks',
      oneself: 'For yourself',
      facilitator: 'Whoever keeps the time speaks',
    },
  },

  prep: {
    title: 'Prep talk',
    about: 'Side by side or on the phone: what you want to know, and how you will look. It is offered, not required.',
    open: 'Open it',
    done: 'Done',
  },

  evidence: {
    own: 'Your notes',
    ownAbout: 'Nobody else sees them here. What you quote, everybody in this debrief can read.',
    from: (names: string): string => `From ${names}’s notes`,
    none: 'No notes yet',
    noneHost: (names: string): string => `What you get from ${names} can be quoted from here.`,
    noneVisitor: 'Notes you take under Observe can be quoted from here.',
    quote: (line: string): string => `Quote: ${line}`,
    quoteThis: 'Quote',
    quoteFigure: (name: string): string => `Quote “${name}” in the notes`,
    quoted: (line: string): string => `Quoted in the notes: ${line}`,
    all: (count: number): string => `All ${count} lines`,
    open: 'Open these notes',
    speakers: { teacher: 'Teacher', student: 'Student', students: 'Students', room: 'Room' },
    answers: 'Answers',
    answersAbout: 'Choose a line to answer it. Everybody who holds these notes can read the answers.',
    answer: 'Answer',
    answerWhich: (line: string): string => `Answer: ${line}`,
    answerWhole: 'Answer the notes as a whole',
    send: 'Add the answer',
  },

  entries: {
    label: 'Put something down',
    hint: 'Put something down…',
    add: 'Add',
    change: 'Change',
    changeWhich: (words: string): string => `Change: ${words}`,
    remove: 'Remove',
    removeWhich: (words: string): string => `Remove: ${words}`,
    apart: 'Put down before',
  },

  reflect: {
    begin: 'A look back at your own room',
    beginAbout: 'What you saw, turned to your own teaching: what to keep, start and stop, and ideas to try. Only you will ever see this page: it cannot be shared.',
    start: 'Look back',
    another: 'Another look back at this visit',
  },

  growth,
  strategies,
  instruments,
  reasons,
  maps,
  running,
  shelf,
  lessons,
  quiet,

  doors,

  cards,

  timetable,

  visiting,

  files,

  history,

  comments,

  bin: {
    title: 'Bin',
    about: 'What you put away waits here for 30 days, on this computer alone. Then it is deleted from it for good. Copies that others hold stay with them.',
    empty: 'The bin is empty.',
    putAway: 'Put in the bin…',
    putAwaySure: 'It leaves your lists and waits in the bin for 30 days. Then it is deleted from this computer for good.',
    putAwayYes: 'Put in the bin',
    othersKeep: (names: string): string => `${names} can go on reading it: copies on other computers stay where they are.`,
    othersLose: (names: string): string => `${names} can no longer open it. A copy already held cannot be recalled.`,
    isIn: (day: string): string => `In the bin since ${day}: it is in none of your lists.`,
    goes: (day: string): string => `deleted for good on ${day}`,
    putBack: 'Put back',
    putBackWhich: (title: string): string => `Put back: ${title}`,
    isBack: 'It is back in your lists.',
    deleteNow: 'Delete now…',
    deleteWhich: (title: string): string => `Delete now: ${title}`,
    deleteSure: 'Nobody can bring it back on this computer.',
    deleteYes: 'Delete for good',
    isGone: 'It is deleted from this computer.',
  },

  partnership,

  search: {
    title: 'Search',
    label: 'Words in anything you hold on this computer',
    found: (count: number): string => (count === 0 ? 'Nothing has all of these words.' : count === 1 ? 'Found in 1 document' : `Found in ${count} documents`),
    leftOut: (count: number): string => `More is here than is searched at once: ${count === 1 ? '1 document was' : `${count} documents were`} left out.`,
    best: (count: number): string => `The best ${count}; more words find fewer.`,
    reading: (count: number): string => (count === 1 ? '1 document is still being read' : `${count} documents are still being read`),
  },

  settings: {
    title: 'Settings',
    nameAbout: 'Your partners see this name.',
    renamed: 'Saved',
    showHere: 'Show partners when my computer is on',
    showHereAbout: 'Off unless you choose it. They see it only while it is so; nobody can see when it was.',
    page: 'This page',
    language: 'Language',
    appearance: 'Appearance',
    themes: { system: 'As this computer', light: 'Light', dark: 'Dark' },
    describe: 'Describe, don’t judge',
    describeAsk: 'Ask me about words that judge',
    describeAbout:
      'While you type notes of a visit, a dotted line marks words that judge rather than describe; point at them to read a question. Only you see it, only here, and nothing of it is kept.',
    describeLanguage: 'Language of your notes',
    describeAsPage: 'As this page',
    computer: 'This computer',
    disk: 'Disk',
    saving: (size: string): string => `Everything is saved. It takes ${size}.`,
    folder: 'Folder',
    keys: 'How your writing is locked',
    protection: {
      keyring: 'By this computer’s own key store',
      passphrase: 'By your passphrase',
      file: 'By a key in the folder: whoever can open the folder can read it',
    } as Record<string, string>,
    discovery: 'Finding partners',
    discoveryOn: 'This computer looks for partners nearby, and lets them find it',
    discoveryOff: 'Off: partners connect by address',
    discoveryTrouble: (why: string) => `Does not work here, so partners connect by address (${why})`,
    addresses: 'Addresses for partners',
    noAddress: 'None: this computer is on no network',
    version: 'Version',
    devices: 'Devices',
    devicesAbout: 'What is written on a computer is signed by it, so that nobody can write in your name. Your partners’ computers stand here too, once you are paired.',
    thisDevice: 'This computer',
    ownDevice: 'Another device of yours',
    deviceOf: (name: string): string => `${name}’s device`,
    since: (day: string): string => `known since ${day}`,
    log: 'What Rounds noted about itself',
    logAbout: 'The last lines, for whoever helps you when something is wrong. They hold ids, sizes and addresses; nothing that people wrote.',
    logShow: 'Show them',
    logAgain: 'Read them again',
    logEmpty: 'Nothing has been noted since Rounds was started.',
  },

  tablet,

  lock: {
    title: 'Lock',
    do: 'Lock',
    locked: 'Rounds is locked',
    lockedAbout: 'Your writing is safe, and goes on reaching your partners. Nobody can replace a forgotten passphrase.',
    passphrase: 'Passphrase',
    unlock: 'Unlock',
    about: (key: string): string => `Rounds locks by itself, on the ${key} key, and with the button. Then only your passphrase opens it.`,
    aboutUnset: (key: string): string => `For a computer that others use too. With a passphrase, Rounds locks by itself when you walk away, and on the ${key} key.`,
    without: 'Without a passphrase, your writing is sealed with a key in a file beside it: whoever uses this computer account can read everything.',
    now: 'Lock now',
    idle: 'Locks by itself after',
    minutes: (count: number): string => (count === 1 ? '1 minute' : `${count} minutes`),
    wanted: 'New passphrase',
    again: 'The same once more',
    present: 'Current passphrase',
    set: 'Set the passphrase',
    change: 'Change the passphrase',
    take: 'Remove the passphrase',
    isSet: 'The passphrase is set.',
    changed: 'The passphrase is changed.',
    taken: 'There is no passphrase any more.',
    notSame: 'The two are not the same. Type the new passphrase twice.',
    tooShort: 'A passphrase has at least 8 characters, on one line. Several words are easiest to remember.',
    notSure: 'The disk did not confirm it. Keep the old and the new one in mind until it has worked: either may be asked for.',
    honestly: [
      'While locked, this page shows nothing and commands on this computer get nothing. Partners notice no difference.',
      'Rounds asks for the passphrase each time it is started, in the terminal.',
      'If you forget it, nobody can open your writing on this computer, and nobody can reset it. What you shared stays with your partners.',
      'It does not protect you from somebody who administers this computer, or runs programs in your account while Rounds runs: they can read its memory.',
      'Do not let the browser keep the passphrase, should it offer to.',
    ],
  },

  people,

  pair,

  document,

  editor,

  sharing,

  truth: {
    label: 'Where your writing is',
    saved: 'Saved here',
    saving: 'Saving…',
    notSaving: (why: string): string => (why ? `Not saving — ${why}` : 'Not saving'),
    refused: 'Not saved — what you typed last was not accepted',
    away: 'Not saving — Rounds is not answering. Your words wait in this page and are sent when it does.',
    awayIdle: 'Rounds is not answering. Trying again…',
    on: (names: string[]): string =>
      names.length === 1 ? `On ${names[0]}’s computer` : `On ${en.list(names.map((name) => `${name}’s`))} computers`,
    onMany: (names: string): string => `On the computers of ${names}`,
    onWay: (names: string): string => `On its way to ${names}`,
    unpaired: (names: string): string => `Will reach ${names} once your computers are paired`,
    through: (names: string): string => `Reaches ${names} through whoever is paired with them`,
    will: (names: string): string => `Will reach ${names} when your computers next meet`,
    willCount: (count: number, name: string): string =>
      `${things(count)} will reach ${name} when your computers next meet`,
    onWayCount: (count: number, name: string): string => `${things(count)} on the way to ${name}`,
    lookingCount: (count: number, name: string): string => `Looking for news from ${name}: ${things(count)} to go`,
    willMany: (names: string): string => `News will reach ${names} when your computers next meet`,
    onWayMany: (names: string): string => `News is on the way to ${names}`,
    partly: (name: string, why: string): string => `Some things wait between ${name}’s computer and this one — ${why}`,
    partlyMany: (names: string, why: string): string => `Some things wait between this computer and those of ${names}, each for the same reason — ${why}`,
    lookingMany: (names: string): string => `Looking for news from ${names}`,
    unreachable: (name: string, why: string): string =>
      `${name}’s computer is near but cannot be reached${why ? ` — ${why}` : ''}`,
    unreachableMany: (names: string, why: string): string =>
      `The computers of ${names} are near but cannot be reached${why ? `, each for the same reason — ${why}` : ''}`,
    setAside: (name: string, why: string): string => `${name}’s computer is set aside${why ? ` — ${why}` : ''}`,
    setAsideMany: (names: string, why: string): string =>
      `The computers of ${names} are set aside${why ? `, each for the same reason — ${why}` : ''}`,
  },

  expired: {
    title: 'Please open Rounds again',
    about: 'This page has been open since before Rounds was last started, and no longer has the key to your writing. What was saved is safe.',
    how: 'Open Rounds the way you always do, or type this in a terminal:',
    unsaved: 'Some words in this page are not saved yet. They wait in this browser, and are sent when Rounds is open again.',
  },

  more: (count: number): string => `Show ${count} more`,

  missing: {
    title: 'Still on its way',
    about: 'This part of Rounds has not come from your computer. It comes as soon as Rounds answers again; where Rounds was replaced by another version, loading this page again may help. What you wrote is safe.',
  },

  updated: {
    title: 'Rounds is another version now',
    about: 'This page came from the version before. Load it again to go on.',
    unsaved: 'This page came from the version before. Load it again to go on: words that are not saved yet wait in this browser, and are sent then.',
    reload: 'Load again',
  },

  failures,
  disk,
  obstacles,

  frame,
}

export type Messages = typeof en
