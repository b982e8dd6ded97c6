// Decides how Svelte compiles the page: runes everywhere.
export default {
  compilerOptions: { runes: true },
}
