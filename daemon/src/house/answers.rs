//! Decides what the daemon answers about itself, in types that the API serves as they are.

use rounds_crdt::access::Role;
use rounds_crdt::edit::Splice;
use rounds_crdt::figures::Figures;
use rounds_crdt::figures::repeated::Repeated;
use rounds_crdt::ids::{ChangeHash, DeviceId, DocumentId, PersonId};
use rounds_crdt::model::{
    Answer, Day, DebriefPlan, GoalState, Kind, Model, Part, Problem, Stage, Timing, VisitKind, Words,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::cards::CardFacts;
use super::comments::CommentTold;
use super::doors::DoorFacts;
use crate::journal::DiskTrouble;
use crate::network::Obstacle;

/// The version of every answer's shape.
pub const ANSWER_SCHEMA: u32 = 1;

/// A person by id and name.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PersonAnswer {
    /// The person's id.
    #[schema(value_type = String)]
    pub id: PersonId,
    /// The name they chose.
    pub name: String,
}
rounds_crdt::silent!(PersonAnswer { id });

/// How a partner's computer can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartnerState {
    /// A link is up.
    Connected,
    /// Near, but it does not answer.
    Unreachable,
    /// Not seen on this network.
    NotSeen,
}

/// One partner, as `status` and the people list show them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Partner {
    /// Who.
    pub person: PersonAnswer,
    /// Whether their computer can be reached.
    pub state: PartnerState,
    /// Why it cannot, in a plain sentence; of one that is connected, why some documents wait all the same.
    pub reason: Option<String>,
    /// The same by its kind.
    pub obstacle: Option<Obstacle>,
    /// Their computer is on and they let partners see that.
    pub here: bool,
    /// Documents with words that have not reached them yet.
    pub waiting_out: usize,
    /// Documents that are to be compared with theirs when the computers next meet.
    pub waiting_in: usize,
    /// Their devices.
    #[schema(value_type = Vec<String>)]
    pub devices: Vec<DeviceId>,
}

/// A device, as its certificate tells it. When it was last near is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeviceAnswer {
    /// The device's id.
    #[schema(value_type = String)]
    pub device: DeviceId,
    /// Whose it is.
    pub person: PersonAnswer,
    /// It is the one that answers.
    pub here: bool,
    /// A link to it is up.
    pub connected: bool,
    /// When it was certified, by its person's clock, in milliseconds since 1970.
    pub certified_ms: i64,
}

/// Whether the disk takes what it is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StorageAnswer {
    /// Everything written is saved.
    pub saving: bool,
    /// Why not, in a plain sentence.
    pub reason: Option<String>,
    /// Why not, by its kind.
    pub trouble: Option<DiskTrouble>,
    /// How the keys on disk are protected: `passphrase` or `file`.
    pub key_protection: String,
    /// Bytes the journal takes on disk.
    pub bytes: u64,
}

/// How the network is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NetworkAnswer {
    /// Whether this daemon looks for partners on the LAN and lets them find it.
    pub discovery: bool,
    /// Why not, or why it is not heard, where it was meant to.
    pub discovery_trouble: Option<String>,
    /// Addresses a partner could dial.
    pub addresses: Vec<String>,
}

/// How many documents are held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DocumentsAnswer {
    /// All of them.
    pub count: usize,
    /// Those in which one computer's changes stopped following on from each other, so that it is no longer followed there.
    pub quarantined: usize,
    /// Those that are stored here and cannot be read: they are left alone, and nothing is taken in for them.
    pub unreadable: usize,
    /// Changes from elsewhere that were refused, or are left out as nothing can be made of them; each once, since the start.
    pub refused: usize,
}

/// `GET /status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Status {
    /// [`ANSWER_SCHEMA`].
    pub schema: u32,
    /// The program's version.
    pub version: String,
    /// Whose daemon this is.
    pub person: PersonAnswer,
    /// Whether they chose that name; until then it is the account's, as a guess.
    pub named: bool,
    /// This device.
    #[schema(value_type = String)]
    pub device: DeviceId,
    /// The data folder.
    pub data: String,
    /// Where the page is served.
    pub http: String,
    /// Where partners are listened for.
    pub listen: Vec<String>,
    /// The disk.
    pub storage: StorageAnswer,
    /// After how many idle minutes a page locks, where there is a passphrase.
    pub idle_minutes: u32,
    /// The network.
    pub network: NetworkAnswer,
    /// The partners.
    pub partners: Vec<Partner>,
    /// The documents.
    pub documents: DocumentsAnswer,
}

/// One row of the document list.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DocumentRow {
    /// The document's id.
    #[schema(value_type = String)]
    pub id: DocumentId,
    /// What it is.
    pub kind: Kind,
    /// What to call it.
    pub title: String,
    /// The other people who may read it.
    pub with: Vec<PersonAnswer>,
    /// When it last changed here, in milliseconds since 1970.
    pub updated_ms: i64,
    /// The visit it belongs to.
    #[schema(value_type = Option<String>)]
    pub visit: Option<DocumentId>,
    /// People who hold all of it.
    #[schema(value_type = Vec<String>)]
    pub delivered_to: Vec<PersonId>,
    /// People whom some of it has not reached.
    #[schema(value_type = Vec<String>)]
    pub waiting_for: Vec<PersonId>,
    /// Somebody else wrote in it since it was last looked at here.
    pub unread: bool,
    /// For a visit: what lists say of it.
    pub facts: Option<VisitFacts>,
    /// For a goal: what lists say of it.
    pub goal: Option<GoalFacts>,
    /// For an open door: what lists say of it.
    pub door: Option<DoorFacts>,
    /// For the words of a success card: what lists say of them.
    pub card: Option<CardFacts>,
    /// For feedback: the goal it is on.
    #[schema(value_type = Option<String>)]
    pub feedback_on: Option<DocumentId>,
    /// When it was put in this computer's bin, in milliseconds since 1970.
    pub binned_ms: Option<i64>,
    /// When it is deleted from this computer for good, unless it is put back.
    pub goes_ms: Option<i64>,
}
rounds_crdt::silent!(DocumentRow { id, kind });

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SearchAnswer {
    /// [`ANSWER_SCHEMA`].
    pub schema: u32,
    /// The best first.
    pub found: Vec<Found>,
    /// There are more than are named here.
    pub more: bool,
    /// Documents that were not read yet: asking again finds what is in them.
    pub unread: usize,
    /// Documents that were not looked through, because more is held here than is searched at once.
    pub left_out: usize,
}

/// A document in which every word that was looked for stands.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Found {
    /// The document's id.
    #[schema(value_type = String)]
    pub id: DocumentId,
    /// What it is.
    pub kind: Kind,
    /// What to call it.
    pub title: String,
    /// The other people who may read it.
    pub with: Vec<PersonAnswer>,
    /// The visit it belongs to.
    #[schema(value_type = Option<String>)]
    pub visit: Option<DocumentId>,
    /// When it last changed here, in milliseconds since 1970.
    pub updated_ms: i64,
    /// Some of its words, on one line, around the first that matches.
    pub excerpt: String,
    /// What matches in the excerpt, in order and apart.
    pub hits: Vec<Hit>,
}
rounds_crdt::silent!(Found { id, kind });

/// How one's own lessons were, as far as anything was counted in them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OwnLessonsAnswer {
    /// [`ANSWER_SCHEMA`].
    pub schema: u32,
    /// Each instrument over the lessons it was used in; what was used last comes first.
    pub measures: Vec<Repeated>,
    /// Notes that were not read yet: asking again tells what is in them.
    pub unread: usize,
    /// Notes that were not read, because more is held here than is told at once.
    pub left_out: usize,
}

/// Where something stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Hit {
    /// Its first UTF-16 unit.
    pub from: usize,
    /// The unit behind its last.
    pub to: usize,
}

/// What a list says of a visit, so that nobody need open it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct VisitFacts {
    /// Where it is on its way, derived from what happened.
    pub stage: Stage,
    /// Everybody in it, the host first.
    pub people: Vec<VisitPerson>,
    /// What kind of visit it is.
    pub visit_kind: VisitKind,
    /// The open door it comes through.
    #[schema(value_type = Option<String>)]
    pub door: Option<DocumentId>,
    /// When it is, in milliseconds since 1970; when it began, where nobody set a time.
    pub when_ms: Option<i64>,
    /// How long it is.
    pub minutes: Option<u32>,
    /// The school's name for the lesson's slot.
    #[schema(value_type = Option<String>)]
    pub period: Option<Words>,
    /// The room.
    #[schema(value_type = Option<String>)]
    pub room: Option<Words>,
    /// The focus question's beginning.
    #[schema(value_type = String)]
    pub focus: Words,
    /// How the debrief is meant to happen.
    pub debrief: Option<DebriefPlan>,
    /// The host asks for no notes of it.
    pub notes_waived: bool,
    /// This person has notes of it that went to nobody.
    pub notes_held: bool,
    /// Notes of it were released to this person, who has not looked at them since.
    pub notes_unread: bool,
    /// Somebody answered notes of it that this person released, and they have not looked since.
    pub answers_unread: bool,
    /// This person wrote in their mirror of it.
    pub reflected: bool,
}

/// What a list says of a goal, so that nobody need open it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct GoalFacts {
    /// Where its owners say it is.
    pub state: GoalState,
    /// Whose it is.
    pub owners: Vec<PersonAnswer>,
    /// Actions with a date that this person, as an owner, has not done; the soonest first.
    pub due: Vec<DueAction>,
    /// The feedback on it, when there is a place for any.
    #[schema(value_type = Option<String>)]
    pub feedback: Option<DocumentId>,
    /// Somebody else wrote feedback since this person last looked.
    pub feedback_unread: bool,
}

/// Something an owner means to do by a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DueAction {
    /// The day they put on it.
    #[schema(value_type = String)]
    pub on: Day,
    /// The words.
    #[schema(value_type = String)]
    pub text: Words,
}

/// Somebody in a visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct VisitPerson {
    /// Who.
    pub person: PersonAnswer,
    /// As what.
    pub part: Part,
    /// What they answered. A no of somebody else is told to the owners of the visit as stepping back, and to others not at all.
    pub answer: Option<Answer>,
}

/// One live text of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TextAnswer {
    /// [`ANSWER_SCHEMA`].
    pub schema: u32,
    /// The text field.
    pub field: String,
    /// The words.
    #[schema(value_type = String)]
    pub text: Words,
    /// The point of history it stands at.
    #[schema(value_type = Vec<String>)]
    pub heads: Vec<ChangeHash>,
}

/// `GET /documents/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DocumentAnswer {
    /// [`ANSWER_SCHEMA`].
    pub schema: u32,
    /// The document's id.
    #[schema(value_type = String)]
    pub id: DocumentId,
    /// What it is.
    pub kind: Kind,
    /// What this person may do with it.
    pub role: Role,
    /// Who founded it.
    #[schema(value_type = Vec<String>)]
    pub owners: Vec<PersonId>,
    /// What it says.
    pub model: Model,
    /// Its live texts.
    pub texts: Vec<TextAnswer>,
    /// What was said of words in its live texts, oldest first.
    pub comments: Vec<CommentTold>,
    /// A visit's stage, derived from what happened.
    pub stage: Option<Stage>,
    /// For a goal: the feedback on it, when there is a place for any.
    #[schema(value_type = Option<String>)]
    pub feedback: Option<DocumentId>,
    /// For feedback: the goal it is on.
    #[schema(value_type = Option<String>)]
    pub feedback_on: Option<DocumentId>,
    /// What notes tell in figures, when they were taken with an instrument.
    pub figures: Option<Figures>,
    /// Where the people are who go through its protocol, at the moment of this answer.
    pub timing: Option<Timing>,
    /// What in it could not be read as meant.
    pub problems: Vec<Problem>,
    /// Everybody it names, with their names.
    pub people: Vec<PersonAnswer>,
    /// When it was put in this computer's bin, in milliseconds since 1970.
    pub binned_ms: Option<i64>,
}

/// Somebody who may read a document, or could.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Holder {
    /// Who.
    pub person: PersonAnswer,
    /// What they may do now.
    pub role: Role,
    /// How many of their devices are known here.
    pub devices: usize,
    /// How much of it they hold.
    pub copy: Copy,
    /// For somebody whose access ended: whether their computer has heard of it.
    pub heard_of_revocation: Option<bool>,
}

/// How much of a document somebody holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Copy {
    /// All of it, saved on their disk.
    Held,
    /// Some of it has not reached them.
    Waiting,
    /// The same, and it will not until Rounds is brought up to date, there or here.
    NotUnderstood,
    /// Their computer has never met this one.
    Unknown,
    /// This person, on this computer.
    Here,
}

/// One step of a document's history: a stretch of writing, never a keystroke.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HistoryPoint {
    /// Names the point, for `at`.
    pub point: String,
    /// The day it ended on the writer's calendar: its midnight in UTC, in milliseconds since 1970.
    pub day_ms: i64,
    /// Who wrote.
    pub person: Option<PersonAnswer>,
}

/// A run of text by one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SpanAnswer {
    /// Who wrote it.
    pub person: Option<PersonAnswer>,
    /// The words.
    #[schema(value_type = String)]
    pub text: Words,
}

/// `GET /documents/{id}/history`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HistoryAnswer {
    /// [`ANSWER_SCHEMA`].
    pub schema: u32,
    /// The steps, oldest first.
    pub points: Vec<HistoryPoint>,
    /// The main text at the point asked for, or now.
    #[schema(value_type = Option<String>)]
    pub text: Option<Words>,
    /// Who wrote each span of it.
    pub spans: Vec<SpanAnswer>,
}

/// How a document is written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// Markdown, for people.
    Md,
    /// JSON, for scripts.
    Json,
    /// The Automerge document itself.
    Automerge,
    /// A page, for people to print.
    Html,
}

/// An offer to pair, as its page or script sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OfferAnswer {
    /// [`ANSWER_SCHEMA`].
    pub schema: u32,
    /// Names the offer.
    pub offer: u64,
    /// Where it stands.
    pub state: OfferState,
    /// The code to say aloud; changes after a failed attempt.
    pub code: String,
    /// Where the partner could dial when the network hides computers from each other.
    pub addresses: Vec<String>,
    /// Who paired.
    pub person: Option<PersonAnswer>,
    /// Why it closed.
    pub reason: Option<String>,
}

/// Where an offer to pair stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OfferState {
    /// Waiting for the partner.
    Open,
    /// Done.
    Paired,
    /// Over without a pairing.
    Closed,
}

/// What a visit begins with.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposeVisit {
    /// The partner; absent while there is none: then it is a visit to this person, planned alone until somebody is invited.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub with: Option<PersonId>,
    /// Which part this person takes; when absent, visitor with a partner, and host without one.
    #[serde(default, rename = "as")]
    pub part: Option<ProposePart>,
    /// When, in milliseconds since 1970.
    #[serde(default)]
    pub when_ms: Option<i64>,
    /// How long.
    #[serde(default)]
    pub length_minutes: Option<u32>,
    /// What kind of visit it is; one of two partners when absent.
    #[serde(default)]
    pub visit_kind: Option<VisitKind>,
    /// It has taken place already, at that time and for so long.
    #[serde(default)]
    pub just_visited: bool,
    /// The focus question.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub focus: Option<Words>,
    /// The goal it serves, of whoever is visited: only a host names one, and only their own. It is not shared by it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub goal: Option<DocumentId>,
    /// What to call that goal here; the partner sees this.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub goal_label: Option<Words>,
}

/// The part the proposer takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProposePart {
    /// The teacher visited.
    Host,
    /// The one who comes.
    Visitor,
}

/// What a document begins with.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateDocument {
    /// `note_set`, `debrief`, `mirror`, `partnership`, `goal`, `try_log`, `strategy_card`, `success_card`, `resource`,
    /// `vocabulary` or `instrument`.
    pub kind: Kind,
    /// The visit it belongs to.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub visit: Option<DocumentId>,
    /// The partner, for a partnership, or for a goal or an instrument of two.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub with: Option<PersonId>,
    /// Its title.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub title: Option<Words>,
}

/// A change to a text by a script.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum TextChange {
    /// Adds at the end.
    Append(Words),
    /// Makes it this text, changing only what differs.
    Set(Words),
    /// One replacement.
    Splice(Splice),
}

/// `{"saved": true}` with what else became known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SavedAnswer {
    /// [`ANSWER_SCHEMA`].
    pub schema: u32,
    /// The document.
    #[schema(value_type = String)]
    pub document: DocumentId,
    /// On this disk, durably.
    pub saved: bool,
    /// The person, if asked for, on whose disk it is too.
    #[schema(value_type = Vec<String>)]
    pub delivered_to: Vec<PersonId>,
}
