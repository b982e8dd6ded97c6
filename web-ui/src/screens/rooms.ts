// Decides what comes with the second file of the page: all that a plain text does without.
export { default as Kinds } from './document/Kinds.svelte'
export { default as ObserveScreen } from './observe/ObserveScreen.svelte'
export { default as Screen } from './Screen.svelte'
