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
export type LockState = Schemas['LockAnswer']
export type Offer = Schemas['OfferAnswer']
export type VisitProposal = Schemas['ProposeVisit']
export type NewDocument = Schemas['CreateDocument']
export type Edit = Schemas['Edit']
export type Comment = Schemas['CommentTold']
export type Judged = Schemas['JudgingMark']
export type NoteLanguage = Schemas['Language']
/** What a document can be saved as. */
export type FileFormat = Schemas['ExportFormat']
export type History = Schemas['HistoryAnswer']
/** What a file holds, and what became of it. */
export type Imported = Schemas['ImportAnswer']
export type LibraryInstrument = Schemas['LibraryInstrument']
export type Instrument = Schemas['Instrument']
export type Shape = Schemas['Shape']
export type Seat = Schemas['Seat']
export type Speaker = Schemas['Speaker']
export type Mark = Schemas['Mark']
/** One thing seen, heard or tapped. */
export type Marked = Schemas['Event']
export type Figures = Schemas['Figures']
export type Figure = Schemas['Figure']
export type FigureName = Schemas['Name']
export type Offered = Schemas['OfferedProtocol']
export type Protocol = Schemas['Protocol']
export type Phase = Schemas['Phase']
export type Run = Schemas['Run']
export type Timing = Schemas['Timing']
