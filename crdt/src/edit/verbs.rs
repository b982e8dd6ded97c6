//! Decides the verbs: everything that anybody can do to a document, as data.

use serde::{Deserialize, Serialize};

use crate::ids::{ChangeHash, DocumentId, PersonId, WordsHash};
use crate::model::{
    ActionKind, Cadence, Cycle, Day, DebriefPlan, Event, Experience, Filling, FreeTime, GoalState, Instrument, ItemId,
    Kind, Otherwise, Part, Period, Protocol, ReplyTo, Seat, Shape, Slot, Speaker, TryOut, VisitKind, VisitRole,
    Vocabulary, Words,
};

/// What is said by naming the verb alone.
fn said() -> bool {
    true
}

/// One replacement in a live text, in UTF-16 code units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Splice {
    /// Where it begins, in the text as the splices before it left it.
    pub at: usize,
    /// How many code units fall away.
    #[serde(default)]
    pub delete: usize,
    /// What is written there.
    #[serde(default)]
    pub insert: Words,
}

/// One thing somebody does to one document.
///
/// None of them can carry a score, a rating, a rank, or when somebody was where. A verb that is common to several kinds means
/// what it says in each. Absent optional fields leave things as they are; where "null clears it" is said, absent is null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "verb", rename_all = "snake_case", deny_unknown_fields)]
pub enum Edit {
    // Live text, wherever there is one.
    /// Types into a live text.
    SpliceText {
        /// Which text.
        field: String,
        /// Applied in order, each in the text as the one before left it.
        splices: Vec<Splice>,
    },

    // Comments, wherever there is a live text.
    /// Says something about words of a live text.
    Comment {
        /// Chosen by the page, like no other comment's or answer's in the document.
        id: ItemId,
        /// Which text.
        field: String,
        /// Where the words begin, in UTF-16 code units.
        from: usize,
        /// Where they end: after the last of them.
        to: usize,
        /// The point of history whose text those two are places in, as heads; none means the text as it stands.
        #[serde(default)]
        at: Vec<ChangeHash>,
        /// What is said.
        text: Words,
    },
    /// Answers a comment; one that was settled is open again.
    ReplyToComment {
        /// Chosen by the page.
        id: ItemId,
        /// Which comment.
        comment: ItemId,
        /// The words.
        text: Words,
    },
    /// Rewrites one's own comment or answer.
    EditComment {
        /// Which.
        id: ItemId,
        /// The words.
        text: Words,
    },
    /// Takes one's own comment or answer back; answers to it stay.
    RemoveComment {
        /// Which.
        id: ItemId,
    },
    /// Says that a comment needs no more talk, or that it does.
    SettleComment {
        /// Which.
        id: ItemId,
        /// Whether it is settled.
        settled: bool,
    },

    // Shared by several kinds.
    /// Names a partnership, a note set, a debrief, a goal, a card or a resource; null clears it.
    SetTitle {
        /// The title.
        title: Option<Words>,
    },
    /// Says which visit a note set, released notes, a debrief, a mirror or a success card belongs to.
    SetVisit {
        /// The visit.
        visit: DocumentId,
    },
    /// Says yes to a partnership or a visit.
    Accept {},
    /// Says no to a partnership or a visit; no reason is asked.
    Decline {},
    /// We talked: closes a visit or a debrief.
    Talked {},
    /// Takes back that they talked: it is open again. Said at the same moment as that they talked, it stays closed, until said
    /// once more.
    NotTalked {},

    // Profile.
    /// The name shown to others.
    SetName {
        /// The name.
        name: Words,
    },
    /// What one calls one's work; null clears it.
    SetRoleLabel {
        /// The label.
        label: Option<Words>,
    },
    /// The grades one teaches.
    SetGrades {
        /// All of them.
        grades: Vec<Words>,
    },
    /// The subjects one teaches.
    SetSubjects {
        /// All of them.
        subjects: Vec<Words>,
    },
    /// The room one usually teaches in; null clears it.
    SetRoom {
        /// The room.
        room: Option<Words>,
    },
    /// Says how long one has taught, for those who are paired with one; null clears it.
    SetExperience {
        /// How long.
        experience: Option<Experience>,
    },
    /// Lets partners see that one's computer is on, or no longer.
    ShowHere {
        /// Whether they may.
        show: bool,
    },

    // Binder.
    /// Keeps a document in the binder.
    Remember {
        /// The document.
        document: DocumentId,
        /// What it is.
        kind: Kind,
    },
    /// Takes a document out of the binder, with its pin, label and archive mark.
    Forget {
        /// The document.
        document: DocumentId,
    },
    /// Shows a document first, or no longer.
    Pin {
        /// The document.
        document: DocumentId,
        /// Whether it is pinned.
        pinned: bool,
    },
    /// Puts a document away, or takes it out again.
    Archive {
        /// The document.
        document: DocumentId,
        /// Whether it is put away.
        archived: bool,
    },
    /// Labels a document for oneself; null clears it.
    Label {
        /// The document.
        document: DocumentId,
        /// The label.
        label: Option<Words>,
    },

    /// Keeps the map of a room for one's own visits, or another one under the same id.
    KeepMap {
        /// Chosen by the page.
        id: ItemId,
        /// What one calls it.
        name: Words,
        /// Its seats.
        seats: Vec<Seat>,
    },
    /// Keeps a map no longer. Visits that it was put into have it still.
    ForgetMap {
        /// Which.
        id: ItemId,
    },

    // Partnership.
    /// Rests a partnership.
    Pause {},
    /// Takes a rested partnership up again.
    Resume {},
    /// Ends a partnership for good.
    EndPartnership {},
    /// Says how often the two mean to visit; null clears it.
    SetCadence {
        /// How often.
        cadence: Option<Cadence>,
    },
    /// Agrees that what is seen stays between the two, or takes it back.
    AgreeConfidential {
        /// Whether one agrees.
        agree: bool,
    },
    /// Agrees to talk within a day of a visit, or takes it back.
    AgreeDebriefWithinADay {
        /// Whether one agrees.
        agree: bool,
    },
    /// Notes that the two agreed in person.
    AgreedAloud {
        /// Whether they did; what was said by mistake is taken back.
        #[serde(default = "said")]
        agreed: bool,
    },

    // Visit.
    /// Says who is visited; the proposer accepts by proposing. Once.
    Propose {
        /// The teacher visited.
        host: PersonId,
    },
    /// Gives a person a part in the visit. Access is granted apart.
    Invite {
        /// Who.
        person: PersonId,
        /// As what: visitor or facilitator.
        part: Part,
    },
    /// Takes a person's part back.
    Uninvite {
        /// Who.
        person: PersonId,
    },
    /// Sets or moves the time and place of a visit or an open door, without a reason. Takes up again a visit that was called
    /// off.
    Schedule {
        /// Milliseconds since 1970.
        #[serde(default)]
        when_ms: Option<i64>,
        /// How long.
        #[serde(default)]
        minutes: Option<u32>,
        /// The school's name for the slot; empty clears it.
        #[serde(default)]
        period: Option<Words>,
        /// The room; empty clears it.
        #[serde(default)]
        room: Option<Words>,
    },
    /// A visitor or facilitator steps back; no reason is asked.
    Withdraw {},
    /// Calls the visit off; no reason is asked.
    Cancel {},
    /// Says what kind of visit it is.
    SetVisitKind {
        /// The kind.
        visit_kind: VisitKind,
    },
    /// Names the open door that a visitor comes through. Once.
    ThroughDoor {
        /// The door.
        door: DocumentId,
    },
    /// Chooses an instrument, or no longer.
    SetInstrument {
        /// Which.
        instrument: ItemId,
        /// Whether it is chosen.
        chosen: bool,
    },
    /// Puts the map of the room into the plan, for every instrument that lies on one; without seats, takes it out again.
    SetSeats {
        /// All of them.
        seats: Vec<Seat>,
    },
    /// Says where the visitor sits; null clears it.
    SetSeat {
        /// Where.
        seat: Option<Words>,
    },
    /// Says whether the visitor may talk to students; null clears it.
    SetMayTalk {
        /// Whether.
        may_talk: Option<bool>,
    },
    /// Says who looks after what; null clears it.
    SetRole {
        /// Who.
        person: PersonId,
        /// What.
        role: Option<VisitRole>,
    },
    /// Says how the debrief is meant to happen; null clears it.
    PlanDebrief {
        /// How.
        plan: Option<DebriefPlan>,
    },
    /// Names the goal the visit serves; null clears it. The goal is not shared by it: its label is what others see.
    SetGoal {
        /// The goal.
        goal: Option<DocumentId>,
        /// What the host calls it here.
        #[serde(default)]
        label: Option<Words>,
    },
    /// The visit begins.
    Begin {
        /// When, in milliseconds since 1970; the moment of the edit when absent.
        #[serde(default)]
        at_ms: Option<i64>,
    },
    /// The visit ends.
    End {
        /// When, in milliseconds since 1970; the moment of the edit when absent.
        #[serde(default)]
        at_ms: Option<i64>,
    },
    /// One comes in, perhaps late. The moment is not kept.
    Join {},
    /// One leaves, perhaps early. The moment is not kept.
    Leave {},
    /// The host asked to stop.
    StopAsked {},
    /// The visit did not happen; nobody is at fault.
    DidNotHappen {},
    /// We just visited: records a visit after the fact.
    JustVisited {
        /// When it began, in milliseconds since 1970.
        began_ms: i64,
        /// How long it was.
        minutes: u32,
    },
    /// The host asks for no notes.
    WaiveNotes {},
    /// The host would like notes after all.
    AskForNotes {},

    // Note set.
    /// Freezes the copy of the instrument the notes are taken with. Once.
    FreezeInstrument {
        /// The copy.
        instrument: Instrument,
    },
    /// Says that these notes are about a lesson of one's own, and when it was; null takes it back. Where they were taken in a
    /// visit, the visit says whose lesson it was.
    SetOwnLesson {
        /// Milliseconds since 1970.
        when_ms: Option<i64>,
    },
    /// Puts down one thing seen or heard.
    AddEvent {
        /// The event.
        event: Event,
    },
    /// Puts other words to an event, all else as it was; empty words leave none.
    DescribeEvent {
        /// Which.
        id: ItemId,
        /// The words.
        text: Words,
    },
    /// Takes an event back.
    RemoveEvent {
        /// Which.
        id: ItemId,
    },
    /// Says how long was observed; said again, the later counts.
    EndObserving {
        /// In milliseconds, a day at most.
        observed_ms: i64,
    },
    /// Notes which document releasing made.
    MarkReleased {
        /// The released notes.
        document: DocumentId,
    },

    // Released notes.
    /// Sets the contents. Once.
    Publish {
        /// The title.
        #[serde(default)]
        title: Option<Words>,
        /// The notes as they stand.
        text: Words,
        /// The events as they stand.
        #[serde(default)]
        events: Vec<Event>,
        /// The instrument they were taken with.
        #[serde(default)]
        instrument: Option<Instrument>,
        /// How long was observed, in milliseconds, where it is known.
        #[serde(default)]
        observed_ms: Option<i64>,
        /// What was released of the same notes before, and holds no longer.
        #[serde(default)]
        replaces: Vec<DocumentId>,
    },
    /// Answers something in the notes.
    Reply {
        /// Chosen by the page.
        id: ItemId,
        /// What it answers.
        #[serde(default)]
        to: ReplyTo,
        /// The words.
        text: Words,
    },
    /// Takes one's own reply back.
    RemoveReply {
        /// Which.
        id: ItemId,
    },

    // A protocol: of a debrief, of the talk before a visit, of a mirror, of looking at a goal.
    /// Freezes the copy of the protocol people go by from now on, with nothing of it begun; null goes on without one. What was
    /// put down stays.
    FreezeProtocol {
        /// The copy.
        protocol: Option<Protocol>,
    },
    /// A phase begins, or begins again.
    BeginPhase {
        /// Which.
        phase: ItemId,
        /// When, in milliseconds since 1970; the moment of the edit when absent.
        #[serde(default)]
        at_ms: Option<i64>,
    },

    // Debrief.
    /// Puts something down in a debrief, or in the feedback on a goal.
    AddEntry {
        /// Chosen by the page.
        id: ItemId,
        /// The phase of a debrief it belongs to.
        #[serde(default)]
        phase: Option<ItemId>,
        /// The words.
        text: Words,
    },
    /// Rewrites one's own entry.
    EditEntry {
        /// Which.
        id: ItemId,
        /// The words.
        text: Words,
    },
    /// Takes one's own entry back.
    RemoveEntry {
        /// Which.
        id: ItemId,
    },
    /// Writes down something to try.
    AddNextStep {
        /// Chosen by the page.
        id: ItemId,
        /// The words.
        text: Words,
    },
    /// Ticks a next step, or unticks it.
    TickNextStep {
        /// Which.
        id: ItemId,
        /// Whether it is done.
        done: bool,
    },
    /// Takes a next step back.
    RemoveNextStep {
        /// Which.
        id: ItemId,
    },
    /// Writes down something to look for next time.
    AddWatch {
        /// Chosen by the page.
        id: ItemId,
        /// The words.
        text: Words,
    },
    /// Takes something to look for back.
    RemoveWatch {
        /// Which.
        id: ItemId,
    },
    /// Thanks the others; empty takes it back.
    Thank {
        /// The words.
        text: Words,
    },

    // Goal.
    /// Says where a goal is: by hand, in any order.
    SetGoalState {
        /// Where.
        state: GoalState,
    },
    /// Names the instrument one looks with; null clears it. A bare number is refused, since it would be a score.
    SetMeasuredWith {
        /// Its name.
        instrument: Option<Words>,
    },
    /// Writes down something to try, watch or adjust.
    AddAction {
        /// Chosen by the page.
        id: ItemId,
        /// What kind of thing it is.
        how: ActionKind,
        /// The words.
        text: Words,
        /// By when.
        #[serde(default)]
        due: Option<Day>,
    },
    /// Rewrites one's own action.
    EditAction {
        /// Which.
        id: ItemId,
        /// What kind of thing it is.
        how: ActionKind,
        /// The words.
        text: Words,
        /// By when; none when absent.
        #[serde(default)]
        due: Option<Day>,
    },
    /// Says for oneself whether an action is done.
    TickAction {
        /// Which.
        id: ItemId,
        /// Whether it is done.
        done: bool,
    },
    /// Takes one's own action back.
    RemoveAction {
        /// Which.
        id: ItemId,
    },
    /// Links something written elsewhere.
    AddEvidence {
        /// Chosen by the page.
        id: ItemId,
        /// The notes or debrief; it is not shared by it.
        document: DocumentId,
        /// What to call it here; whoever reads the goal sees this.
        label: Words,
        /// The action it belongs to.
        #[serde(default)]
        action: Option<ItemId>,
    },
    /// Takes a link back; what it led to stays.
    RemoveEvidence {
        /// Which.
        id: ItemId,
    },
    /// Writes down how it goes.
    AddCheckIn {
        /// Chosen by the page.
        id: ItemId,
        /// The day to put on it.
        on: Day,
        /// The words.
        text: Words,
    },
    /// Rewrites one's own check-in.
    EditCheckIn {
        /// Which.
        id: ItemId,
        /// The day to put on it.
        on: Day,
        /// The words.
        text: Words,
    },
    /// Takes one's own check-in back.
    RemoveCheckIn {
        /// Which.
        id: ItemId,
    },

    // Open door.
    /// Says what one could see, and how many may come; null leaves that open.
    DescribeDoor {
        /// The words; empty says nothing.
        see: Words,
        /// How many.
        #[serde(default)]
        places: Option<u32>,
    },
    /// Closes an open door, or opens it again. Visits that were agreed stay.
    CloseDoor {
        /// Whether it is closed.
        closed: bool,
    },

    // Try-out log.
    /// Writes down something one tried.
    AddTryOut {
        /// All of it.
        entry: TryOut,
    },
    /// Rewrites something one tried.
    EditTryOut {
        /// All of it.
        entry: TryOut,
    },
    /// Takes it out of the log; it stays in the log's history until the log is written anew.
    RemoveTryOut {
        /// Which.
        id: ItemId,
    },

    // Cards and resources.
    /// Says what a card or a resource is about.
    SetTags {
        /// All of them, a word or two each.
        tags: Vec<Words>,
    },

    // Instrument of one's own.
    /// Says what one mark is: one of the kinds that an instrument is built of.
    SetShape {
        /// The kind.
        shape: Shape,
    },
    /// Offers another word for what is seen, behind the others. One that rates people is refused.
    AddLabel {
        /// Chosen by the page.
        id: ItemId,
        /// The word.
        text: Words,
    },
    /// Puts a label in other words.
    RenameLabel {
        /// Which.
        id: ItemId,
        /// The word.
        text: Words,
    },
    /// Puts a label before another one.
    MoveLabel {
        /// Which.
        id: ItemId,
        /// Before which; behind all others when absent.
        #[serde(default)]
        before: Option<ItemId>,
    },
    /// Takes a label away.
    RemoveLabel {
        /// Which.
        id: ItemId,
    },
    /// Says whose words or deeds are told apart.
    SetSpeakers {
        /// All of them.
        speakers: Vec<Speaker>,
    },
    /// Says how long one beat is; null leaves that open.
    SetInterval {
        /// In seconds, an hour at most.
        seconds: Option<u32>,
    },
    /// Says for how long one usually observes with it; null leaves that open.
    SetUsualMinutes {
        /// In minutes, a day at most.
        minutes: Option<u32>,
    },

    // Success card.
    /// Says that a card names somebody, or no longer. Nobody is told of it.
    NamePerson {
        /// Who.
        person: PersonId,
        /// Whether it names them.
        named: bool,
    },
    /// Notes which document its people were asked about, or that it is over.
    MarkAsked {
        /// The words as they stood.
        document: DocumentId,
        /// Whether they are asked about it.
        asked: bool,
    },

    // The words of a success card.
    /// Sets the words of a card, and the people named in it, who are asked whether others may see it. Once.
    AskPeople {
        /// What it is called.
        #[serde(default)]
        title: Option<Words>,
        /// What was seen.
        text: Words,
        /// What it is about.
        #[serde(default)]
        tags: Vec<Words>,
        /// Who is named in it.
        people: Vec<PersonId>,
    },
    /// Somebody named in a card says that others may see these very words; null says no, or takes that back, for good.
    LetOthersSee {
        /// The words, as the card tells them.
        words: Option<WordsHash>,
    },

    // Resource.
    /// Says where a resource is on the web; null clears it.
    SetLink {
        /// A whole address that begins with `http://` or `https://`.
        link: Option<Words>,
    },
    /// Says where else a resource is to be found; null clears it.
    SetReference {
        /// The words.
        reference: Option<Words>,
    },

    // Vocabulary.
    /// Puts in what a file held. Once.
    FillVocabulary {
        /// All of it.
        vocabulary: Vocabulary,
    },

    // Timetable.
    /// Says how the days come round; null is the same each week. What was chosen to be shown is chosen anew.
    SetCycle {
        /// How.
        cycle: Option<Cycle>,
    },
    /// Says which days of the week have school. What was chosen to be shown of another day, or of a rotation, is chosen anew.
    SetWeekdays {
        /// From 1 for Monday to 7, in order.
        weekdays: Vec<u32>,
    },
    /// Says which periods a day has. One that is left out goes, with what it was.
    SetPeriods {
        /// All of them.
        periods: Vec<Period>,
    },
    /// Says what a period of a day of the cycle is; null leaves it unsaid. What is no longer free is no longer to be shown.
    FillPeriod {
        /// Which.
        slot: Slot,
        /// What it is.
        filling: Option<Filling>,
    },
    /// Says what is different about some days; null makes them as the others.
    SetDays {
        /// Which.
        days: Vec<Day>,
        /// What.
        otherwise: Option<Otherwise>,
    },
    /// Chooses which free periods are to be shown. It shows nothing: what is shown lies in a document of its own.
    ShowFree {
        /// All of them.
        slots: Vec<Slot>,
        /// The last day for which they are shown.
        #[serde(default)]
        until: Option<Day>,
    },

    // Free periods.
    /// Says at which times one is free, for those who may read it.
    SetFreeTimes {
        /// All of them.
        times: Vec<FreeTime>,
    },
}
