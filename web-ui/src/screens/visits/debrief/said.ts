// Decides what a line that somebody put down consists of, wherever it stands in a debrief.
export interface Said {
  id: string
  by: string
  text: string
}

/** Whose words they are, where the people of a document are known. */
export function namer(people: readonly { id: string; name: string }[], me: string, you: string): (person: string) => string {
  return (person) => (person === me ? you : (people.find((one) => one.id === person)?.name ?? ''))
}
