// Decides which screen an address means.
export type Route =
  | { screen: 'today' }
  | { screen: 'people' }
  | { screen: 'propose'; with: string | null }
  | { screen: 'document'; id: string }

export function parse(hash: string): Route {
  const [path, query] = hash.replace(/^#/, '').split('?', 2)
  const [first, second] = (path ?? '').split('/').filter((part) => part !== '')
  if (first === 'people') return { screen: 'people' }
  if (first === 'propose') return { screen: 'propose', with: new URLSearchParams(query).get('with') }
  if (first === 'documents' && second) return { screen: 'document', id: decodeURIComponent(second) }
  return { screen: 'today' }
}

export const address = {
  today: '#/',
  people: '#/people',
  propose: (person?: string): string => (person ? `#/propose?with=${encodeURIComponent(person)}` : '#/propose'),
  document: (id: string): string => `#/documents/${encodeURIComponent(id)}`,
}

class Router {
  now = $state.raw<Route>(parse(location.hash))

  constructor() {
    addEventListener('hashchange', () => {
      this.now = parse(location.hash)
    })
  }
}

export const router = new Router()

export function go(to: string): void {
  location.hash = to
}
