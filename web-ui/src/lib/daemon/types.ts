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
  version: string
  person: PersonName
  storage: { saving: boolean; reason: string | null }
  partners: Partner[]
}

export type Kind = 'profile' | 'binder' | 'partnership' | 'visit' | 'note_set' | 'released_notes' | 'debrief'

export type Role = 'none' | 'reader' | 'writer' | 'owner'

export interface DocumentSummary {
  id: string
  kind: Kind
  title: string
  with: PersonName[]
  updated_ms: number
  /** People, by id. */
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
  role: Role
  /** What the document says, by kind; of a visit, the page reads who is in it and what they answered. */
  model: { people?: Record<string, string>; answers?: Record<string, string> }
  stage: string | null
  problems: { place: string; what: string }[]
}

export interface Holder {
  person: PersonName
  role: Role
  copy: 'held' | 'waiting' | 'unknown' | 'here'
  heard_of_revocation: boolean | null
}

export interface Offer {
  offer: number
  state: 'open' | 'paired' | 'closed'
  code: string
  addresses: string[]
  person: PersonName | null
  reason: string | null
}

export interface VisitProposal {
  with: string
  as: 'host' | 'visitor'
  when_ms?: number
  length_minutes?: number
  focus?: string
}
