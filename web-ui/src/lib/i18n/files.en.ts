// Decides the words of taking documents out of Rounds and bringing them in, in English.

export const files = {
  take: 'Take a copy',
  takeAbout: 'A file for yourself. Whoever has it can read it.',
  formats: {
    html: 'A page to print',
    md: 'Text',
    json: 'Data, for programs',
    automerge: 'All of it, with its history',
  },
  formatsAbout: {
    html: 'opens in any browser',
    md: 'Markdown, opens in any editor',
    json: 'JSON',
    automerge: 'an Automerge file; deleted words are still in it',
  },
  print: 'Print',
  printAbout: 'what this screen shows',
  taking: 'One moment…',
  taken: (name: string): string => `Saved as “${name}”, where your browser keeps downloads.`,

  bring: 'Bring in a file',
  bringAbout: 'A file that Rounds saved as data or as a whole becomes a new document of your own. Nobody else can read it until you share it.',
  choose: 'Choose a file',
  looking: 'Looking at it…',
  what: (kind: string, title: string): string => (title ? `${kind}: ${title}` : kind),
  becomes: (was: string, becomes: string): string => `It held “${was}”, which cannot begin anew. It becomes “${becomes}”.`,
  others: (names: string): string => `${names} wrote in it. Their words are kept, with the name beside them; nothing is signed for anybody.`,
  leftOutTitle: 'What does not come along',
  leftOut: {
    history: 'its history, and who could read it',
    comments: 'comments on words that are not in its texts',
    links: 'links to a visit or a goal that is not here',
    answers: 'what others answered, ticked or agreed to: only they can',
    unreadable: 'parts that could not be read',
    unknown: 'parts that this version of Rounds does not know',
  } as Record<string, string>,
  bringYes: 'Bring it in',
  brought: 'It is here now, and yours alone.',
  open: 'Open it',
  refusals: {
    bad_request: 'This is no file that Rounds saved as data or as a whole, or it is damaged.',
    conflict: 'A newer Rounds wrote this. Update Rounds to bring it in.',
    too_large: 'This file is larger than anything Rounds writes.',
  } as Record<string, string>,
  rates: (why: string): string => `This holds an instrument that cannot be brought in. ${why}`,
  because: (why: string): string => `This was not brought in, and the file is as it was. ${why}`,
}
