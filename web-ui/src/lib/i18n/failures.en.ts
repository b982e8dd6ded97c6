// Decides what is said in English of each way in which something can fail, by its code: what it is, and what to try.
import type { ApiError, DiskTrouble, Obstacle } from '../daemon/types'

export const failures = {
  away: 'Rounds is not answering on this computer. Try again in a moment.',
  not_found: 'That is not here. It may have been deleted, or is not shared with you any more.',
  refused: 'That is not yours to do here: ask whoever it belongs to.',
  bad_request: 'Rounds did not understand something in this. Look at what you typed, and try again.',
  conflict: 'That has changed in the meantime. Try again.',
  not_saved: 'It could not be saved: the disk would not take it. Free some space; Rounds saves it as soon as it can.',
  nobody_reachable:
    'No computer with that code could be found nearby. See whether your partner still shows the code and both computers are on one network; if they are, type your partner’s address under “It does not find my partner”.',
  too_large: 'That is too long.',
  unavailable: 'That is not possible just now. Try again in a moment.',
  unreadable: 'What is stored of this on the computer cannot be read. What you typed meanwhile is kept in this browser.',
  timed_out: 'It took too long. Try again.',
  wrong_code: 'That code is not right. Ask your partner for the one they see now.',
  no_session: 'This page needs to be opened again.',
  link_used: 'That link was used already, or is too old. Open Rounds the way you always do.',
  locked: 'Rounds is locked on this computer.',
  wrong_passphrase: 'That is not the passphrase. Is Caps Lock on?',
  too_soon: 'That was wrong several times. Wait a minute, then try again.',
  internal: 'Something went wrong in Rounds. Try again; if it stays so, Settings shows what Rounds noted about itself.',
} satisfies Record<ApiError['code'], string>

/** After “Not saving — ”. */
export const disk = {
  full: 'the disk is full',
  forbidden: 'the data folder may not be written to',
  read_only: 'the disk can only be read',
  folder_gone: 'the data folder is gone',
  damaged: 'the file that holds your writing is damaged: keep it, and ask somebody who knows computers',
  gave_up: 'a change could not be stored, and none after it is: keep a copy of what you wrote last, then stop Rounds and start it again',
  other: 'the disk does not take it',
} satisfies Record<DiskTrouble, string>

/** After “Ben’s computer is near but cannot be reached — ”, or “is set aside — ”; of several computers, each is it. */
export const obstacles = {
  turned_away: 'it answers but turns this one away: see whether you are still paired',
  firewall: 'it refuses the connection: a firewall may be in the way there; let Rounds through it',
  refused: 'it refuses the connection: Rounds may not be running there, or a firewall is in the way',
  no_longer_there: 'it was here but does not answer now: it may be off, asleep or unplugged',
  silent: 'it does not answer: a firewall may be in the way there; let Rounds through it',
  another_computer: 'another computer answers at its last known address: join one network, there and here',
  no_way: 'there is no way to its last known address from here: join one network, there and here',
  no_answer: 'it does not answer at its last known address: it may be off, asleep or on another network',
  just_lost: 'the connection was lost; trying again',
  not_understood: 'Rounds is most likely not the same version there and here: bring both up to date',
  set_aside: 'what it sends makes Rounds stumble here each time: stop Rounds and start it again, there and here',
} satisfies Record<Obstacle, string>
