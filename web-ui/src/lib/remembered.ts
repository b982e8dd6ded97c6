// Decides what this browser remembers of how one likes the page; without its leave, nothing.

export function remembered(name: string): string | null {
  try {
    return localStorage.getItem(`rounds-${name}`)
  } catch {
    return null
  }
}

export function remember(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`rounds-${name}`)
    else localStorage.setItem(`rounds-${name}`, value)
  } catch {
    // A browser that keeps nothing still shows the page as chosen, until it is closed.
  }
}
