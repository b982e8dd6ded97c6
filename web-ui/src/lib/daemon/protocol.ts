// Decides the words that the page and the daemon exchange over the live socket, as the daemon describes them.
import type { components } from './api'

type Schemas = components['schemas']

/** One replacement, in UTF-16 code units of the text as the splice before it left it. */
export type Splice = Required<Schemas['Splice']>

export interface WireUpdate {
  id: string | null
  splices: Splice[]
}

export type ClientMessage = Schemas['ClientMessage']
export type ServerMessage = Schemas['ServerMessage']
export type PresenceMessage = Extract<ServerMessage, { op: 'presence' }>
export type TextMessage = Extract<ServerMessage, { op: 'text' }>
export type PatchesMessage = Extract<ServerMessage, { op: 'patches' }>

export type CommentsMessage = Extract<ServerMessage, { op: 'comments' }>

/** Updates as the queue reads them: nothing left out. */
export function updatesOf(message: PatchesMessage): WireUpdate[] {
  return message.updates.map((update) => ({
    id: update.id ?? null,
    splices: update.splices.map(({ at, delete: removed = 0, insert = '' }) => ({ at, delete: removed, insert })),
  }))
}
