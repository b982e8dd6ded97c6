// Decides how words from elsewhere stand apart from what a text ends with.

/** What is written behind `before` so that `words` stand apart from it by `between`. */
export function apart(before: string, words: string, between: string): string {
  if (before.trim() === '') return words
  return `${before.endsWith(between) ? '' : before.endsWith('\n') ? between.slice(1) : between}${words}`
}
