// Decides what is said in English of each way in which something can fail, by its code: what it is, and what to try.
import type { ApiError } from '../daemon/types'

export const failures = {
  away: 'Rounds is not answering on this computer. Try again in a moment.',
  not_found: 'That is not here.',
  refused: 'That is not allowed.',
  bad_request: 'Something in this is not right.',
  conflict: 'That has changed in the meantime. Try again.',
  not_saved: 'It could not be saved: the disk would not take it. Free some space; Rounds saves it as soon as it can.',
  nobody_reachable:
    'No computer with that code could be found nearby. See whether your partner still shows the code and both computers are on one network; if they are, type your partner’s address under “It does not find my partner”.',
  too_large: 'That is too long.',
  unavailable: 'That is not possible just now. Try again in a moment.',
  timed_out: 'It took too long. Try again.',
  wrong_code: 'That code is not right. Ask your partner for the one they see now.',
  no_session: 'This page needs to be opened again.',
  link_used: 'That link was used already, or is too old. Open Rounds the way you always do.',
  locked: 'Rounds is locked on this computer.',
  wrong_passphrase: 'That is not the passphrase. Is Caps Lock on?',
  too_soon: 'That was wrong several times. Wait a minute, then try again.',
  internal: 'Something went wrong in Rounds. Try again; if it stays so, Settings shows what Rounds noted about itself.',
} satisfies Record<ApiError['code'], string>
