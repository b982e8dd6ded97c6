// Decides which of the daemon's shapes the page relies on, and what it calls them. `api.ts` is generated: `npm run types`.
import type { components } from './api'

export type Schemas = components['schemas']

/** The daemon's refusal; the page adds `away`, for a daemon that does not answer. */
export type ApiError = Omit<Schemas['ErrorBody'], 'code'> & { code: Schemas['TroubleCode'] | 'away' }
export type Device = Schemas['DeviceAnswer']
export type Kind = Schemas['Kind']
export type Role = Schemas['Role']
export type Reach = Schemas['PartnerState']
export type PersonName = Schemas['PersonAnswer']
export type Partner = Schemas['Partner']
export type Status = Schemas['Status']
export type DocumentSummary = Schemas['DocumentRow']
export type DocumentPage = Schemas['DocumentList']
export type Results = Schemas['SearchAnswer']
export type Found = Schemas['Found']
export type DocumentDetail = Schemas['DocumentAnswer']
export type Holder = Schemas['Holder']
export type Offer = Schemas['OfferAnswer']
export type VisitProposal = Schemas['ProposeVisit']
export type NewDocument = Schemas['CreateDocument']
export type Edit = Schemas['Edit']
export type Comment = Schemas['CommentTold']
export type History = Schemas['HistoryAnswer']
export type Offered = Schemas['OfferedProtocol']
export type Protocol = Schemas['Protocol']
export type Phase = Schemas['Phase']
export type Run = Schemas['Run']
export type Timing = Schemas['Timing']
