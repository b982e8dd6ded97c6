// Decides the words that the page and the daemon exchange over the live socket.
import type { ApiError, Role } from './types'

/** One replacement, in UTF-16 code units of the text as the splice before it left it. */
export interface Splice {
  at: number
  delete: number
  insert: string
}

export interface WireUpdate {
  id: string | null
  /** The person who wrote it. */
  by?: string
  splices: Splice[]
}

export type ClientMessage =
  | { op: 'open'; doc: string; field?: string; heads?: string[]; pending?: string[] }
  | { op: 'close'; doc: string }
  | {
      op: 'push'
      doc: string
      field: string
      version: number
      epoch: number
      updates: { id: string; splices: Splice[] }[]
    }
  | { op: 'edit'; doc: string; id: string; edit: unknown }
  | { op: 'presence'; doc: string; field: string; anchor: number; head: number }

export interface TextMessage {
  op: 'text'
  doc: string
  field: string
  text: string
  version: number
  epoch: number
  heads: string[]
  role: Role
  /** Those of the page's pending edits that this text holds. */
  known?: string[]
}

export interface PatchesMessage {
  op: 'patches'
  doc: string
  field: string
  epoch: number
  from: number
  updates: WireUpdate[]
  heads: string[]
  /** In the answer to an opening: the version after these updates. */
  version?: number
  /** Those of the page's pending edits that are in the text after these updates. */
  known?: string[]
}

export interface PresenceMessage {
  op: 'presence'
  doc: string
  field: string
  person: string
  name: string
  anchor: number
  head: number
}

export type ServerMessage =
  | TextMessage
  | PatchesMessage
  | PresenceMessage
  | { op: 'stale'; doc: string; field: string; version: number }
  | { op: 'saved'; ids: string[] }
  | { op: 'delivered'; doc: string; people: { person: string; held: boolean }[] }
  | { op: 'document'; doc: string }
  | { op: 'documents' }
  | { op: 'people' }
  | { op: 'storage'; saving: boolean; reason: string | null }
  | { op: 'absent'; doc: string; person: string }
  | { op: 'refused'; id?: string | null; doc?: string; field?: string; error: ApiError }
