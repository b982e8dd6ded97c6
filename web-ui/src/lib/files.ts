// Decides how a file leaves the page.

/** Hands a file to the browser, which keeps it where it keeps what is downloaded. */
export function keep(file: Blob, name: string): void {
  const address = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  document.body.append(link)
  link.click()
  link.remove()
  // The browser has taken the address by the time it comes back to us.
  setTimeout(() => URL.revokeObjectURL(address), 0)
}
