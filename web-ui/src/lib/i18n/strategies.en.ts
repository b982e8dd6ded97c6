// Decides the words of strategy cards and vocabularies, in English.

export const strategies = {
  title: 'Strategies',
  link: 'Strategies: your cards and vocabularies',
  about: 'Ways of doing something in a lesson, each on a card of its own. A card is yours until you show it to somebody.',
  new: 'Write a card',
  none: 'No card yet',
  name: 'Name of the card',
  tags: 'What it is about',
  tagsHint: 'A word or two each, with commas between them.',
  all: 'All',
  whichTag: 'Which cards',
  by: (name: string): string => `${name}’s card`,
  mine: 'only you',
  seenBy: (names: string): string => `you and ${names}`,
  save: 'Save',
  sharingAbout: 'They can read this card, and use its words in goals of their own. It stays yours to write.',

  vocabulary: {
    title: 'Vocabularies',
    about: 'Names of strategies and of what to look at, from a file of your choice. They are offered where you write a goal’s strategy or a visit’s question, and are shown to nobody.',
    bring: 'Bring in a file…',
    how: 'How such a file looks',
    strategies: 'Strategies',
    targets: 'What to look at',
    done: (title: string): string => `“${title}” is here now.`,
    open: 'Show or put away',
    notJson: 'This file cannot be read: it is not JSON.',
    tooLarge: (size: string): string => `This file is too large: a vocabulary has at most ${size}.`,
    notOne: 'This file is not a vocabulary, or holds something that a vocabulary does not.',
  },

  use: {
    open: 'Begin from a strategy',
    which: 'Strategy',
    cards: 'Your cards',
    add: 'Put it in',
    about: 'Its words go to the end of the text, yours to change. The card stays as it is.',
    focus: 'From your vocabulary',
    focusWhich: 'What to look at',
    none: 'none',
  },

  fields: { text: 'How it goes' },
  placeholders: { text: 'What one does, when, and what for…' },
}
