// Decides what is said in English of why an instrument, a mark or a vocabulary is not taken, by the reason’s code.
import type { ReasonCode } from '../daemon/types'

const more = 'A label names something two people could both point at.'

export const reasons = {
  /** Before the sentence, the words it is about. */
  about: (words: string, why: string): string => `${words}: ${why}`,
  quoted: (words: string): string => `“${words}”`,
  codes: {
    bare_number: () => 'A label is a word for what was seen; a number on its own would be a score.',
    scale_numbers: () => `Numbers and levels rate people. ${more}`,
    scale_signs: () => `Stars, ticks and faces rate people. ${more}`,
    scale_worth: () => `Words of praise or blame rate people. ${more}`,
    scale_agreement: () => `Degrees of agreement rate people. ${more}`,
    scale_degree: () => 'How often or how much, in general, rates people. Tap each time it happens instead.',
    scale_checklist: () => `Yes and no make a checklist of quality. ${more}`,
    scale_letters: () => `A letter on its own would be a grade. ${more}`,
    same_label: () => 'Two labels say the same.',
    too_many_labels: (most) => `An instrument takes ${most} labels at most.`,
    no_label: () => 'It needs at least one label.',
    no_seat: () => 'It needs at least one seat.',
    same_seat: () => 'Each seat needs a number of its own.',
    seat_outside: () => 'A seat stands outside the room.',
    too_many_seats: (most) => `A map takes ${most} seats at most.`,
    interval: () => 'An interval is between one second and one hour.',
    not_built: () => 'No instrument of one’s own is built of this kind of mark.',
    no_name: () => 'It needs a name.',
    no_instrument: () => 'These notes take lines of words only: choose an instrument first.',
    other_shape: () => 'This instrument takes marks of another kind.',
    other_label: () => 'That is not one of this instrument’s labels.',
    other_speaker: () => 'This instrument does not tell that speaker apart.',
    other_seat: () => 'There is no such seat on this map.',
    outside: () => 'That is not in the room.',
    out_of_order: () => 'A reply comes after its question, and what follows after the reply.',
    too_many_intervals: () => 'No lesson has so many intervals.',
    no_place: () => 'Say which place it is.',
    too_long: () => 'Nobody observes for longer than a day.',
    vocabulary_form: () => 'This file is of another form: this version of Rounds reads form 1.',
    vocabulary_title: () => 'A vocabulary needs a title, of a line at most.',
    vocabulary_empty: () => 'There is no strategy and nothing to look at in it.',
    vocabulary_too_many: (most) => `A vocabulary holds at most ${most} strategies, and as many things to look at.`,
    vocabulary_name: () => 'Each name is a few words, and never a number alone.',
    vocabulary_tags: (most) => `Each name has at most ${most} tags, of a word or two each.`,
    vocabulary_twice: () => 'A name stands in it twice.',
  } satisfies Record<ReasonCode, (most: number) => string> as Record<ReasonCode, (most: number) => string>,
}
