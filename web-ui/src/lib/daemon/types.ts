// Decides which of the daemon's shapes the page relies on, and what it calls them. `api.ts` is generated: `npm run types`.
import type { components } from './api'

export type Schemas = components['schemas']

/** The daemon's refusal; the page adds `away`, for a daemon that does not answer. */
export type ApiError = Omit<Schemas['ErrorBody'], 'code'> & { code: Schemas['TroubleCode'] | 'away' }
export type DiskTrouble = Schemas['DiskTrouble']
export type Obstacle = Schemas['Obstacle']
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
export type TabletState = Schemas['TabletAnswer']
export type TabletLink = Schemas['TabletLink']
export type VisitProposal = Schemas['ProposeVisit']
export type DoorToOpen = Schemas['OpenADoor']
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
/** An instrument that people build. */
export type OwnInstrument = Schemas['OwnInstrument']
export type BuiltLabel = Schemas['BuiltLabel']
/** Why an instrument, a mark or a vocabulary is not taken. */
export type Reason = Schemas['Reason']
export type ReasonCode = Schemas['ReasonCode']
export type LibraryInstrument = Schemas['LibraryInstrument']
export type Instrument = Schemas['Instrument']
export type Shape = Schemas['Shape']
export type Seat = Schemas['Seat']
/** The map of a room that one keeps for oneself. */
export type KeptMap = Schemas['KeptMap']
export type Speaker = Schemas['Speaker']
export type Mark = Schemas['Mark']
/** One thing seen, heard or tapped. */
export type Marked = Schemas['Event']
export type Figures = Schemas['Figures']
export type Figure = Schemas['Figure']
export type FigureName = Schemas['Name']
export type OwnLessons = Schemas['OwnLessonsAnswer']
export type Offered = Schemas['OfferedProtocol']
export type Protocol = Schemas['Protocol']
export type Phase = Schemas['Phase']
export type Run = Schemas['Run']
export type Timing = Schemas['Timing']
