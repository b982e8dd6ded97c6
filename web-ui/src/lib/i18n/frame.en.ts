// Decides the words around every screen in English: the way to the rest of them, and what outlived its document.

export const frame = {
  more: 'More',
  stranded: {
    title: 'Words of yours have nowhere to go',
    gone: 'The document you wrote them in is not here any more: it was deleted, or it is no longer shared with you. They wait in this browser until you decide.',
    refused: 'They were not accepted where you wrote them. They wait in this browser until you decide.',
    words: 'The words',
    open: 'Open the document',
    keep: 'Keep them as new notes',
    letGo: 'Let go of them…',
    letGoSure: 'These words are then nowhere any more.',
    letGoYes: 'Let go of them',
  },
}
