// Decides the words around every screen in English: the way to the rest of them, and what outlived its document.

export const frame = {
  more: 'More',
  lost: 'There is no page at this address (any more). This is Today.',
  tooLong: (letters: number): string => (letters === 1 ? 'This is one letter too long to be kept here. All of it still stands in the field.' : `This is ${letters} letters too long to be kept here. All of it still stands in the field.`),
  stranded: {
    title: 'Some of your words could not be put where you wrote them',
    gone: 'The document you wrote them in is not here any more: it was deleted, or it is no longer shared with you. They wait in this browser until you decide.',
    refused: 'They were not accepted where you wrote them. They wait in this browser until you decide.',
    words: 'The words',
    open: 'Open the document',
    keep: 'Keep them as new notes',
    letGo: 'Discard them…',
    letGoSure: 'They are then gone, and nobody can bring them back.',
    letGoYes: 'Discard them',
  },
}
