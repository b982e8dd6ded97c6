// Decides which shapes of the daemon's REST answers the page relies on.
//
// Written by hand until the daemon emits its OpenAPI document; then each name here becomes an alias of the generated
// `api.ts` (`npm run types`), and nothing else on the page changes.

export interface ApiError {
  code: string
  message: string
  hint?: string | null
}

export interface PersonName {
  id: string
  name: string
}

export type Reach = 'connected' | 'unreachable' | 'not_seen'

export interface Partner {
  person: PersonName
  state: Reach
  reason: string | null
  waiting_out: number
  waiting_in: number
}

export interface Status {
  schema: number
  version: string
  person: PersonName
  device: string
  data: string
  storage: { saving: boolean; reason: string | null; key_protection: string; bytes: number }
  network: { discovery: unknown; addresses: string[] }
  partners: Partner[]
  documents: { count: number; quarantined: number }
}

export interface Person extends PersonName {
  state: Reach
  devices: unknown[]
}

export type Kind = 'profile' | 'binder' | 'partnership' | 'visit' | 'note_set' | 'released_notes' | 'debrief'

export interface DocumentSummary {
  id: string
  kind: Kind
  title: string
  with: string[]
  updated: string
  saved: boolean
  delivered_to: string[]
  waiting_for: string[]
  unread: boolean
}

export interface DocumentPage {
  documents: DocumentSummary[]
  next: string | null
}

export interface DocumentDetail {
  id: string
  kind: Kind
  model: Record<string, unknown>
  texts: Record<string, { text: string; heads: string[] }>
  role: 'none' | 'reader' | 'writer' | 'owner'
  problems: unknown[]
}

export interface Holder {
  person: PersonName
  role: 'none' | 'reader' | 'writer' | 'owner'
  devices: number
  as_of: 'held' | 'waiting' | 'unknown'
  heard_of_revocation: boolean
}

export interface Offer {
  offer: string
  code: string
  addresses: string[]
  expires_in_seconds: number
}

export interface OfferState {
  state: 'open' | 'paired' | 'closed'
  code: string
  person: PersonName | null
  reason: string | null
}

export interface VisitProposal {
  with: string
  as: 'host' | 'visitor'
  when?: string
  length_minutes?: number
  focus?: string
}
