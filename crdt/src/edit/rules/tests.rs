//! The table of verbs, kinds and people, every cell of it, written down apart from the code.

use std::collections::{BTreeMap, BTreeSet};

use crate::access::Role;
use crate::edit::tests::{ana, ben, chidi, dara, replica, samples, verb};
use crate::edit::{Author, Edit, EditError, authorise};
use crate::ids::PersonId;
use crate::model::bounds::WEEKDAYS;
use crate::model::{
    Action, ActionKind, BuiltLabel, CheckIn, Comment, Debrief, Entry, Event, Evidence, FeedbackEntry, Filling,
    GoalFeedback, ItemId, Kind, Mirror, Model, NextStep, NoteSet, Part, Period, PeriodUse, Phase, Protocol,
    ReleasedNotes, Reply, ReplyTo, Run, ShownCard, Slot, Speaks, Timetable, TryLog, TryOut, Visit, Watch, read,
};

/// `-` no such verb · `O` owners · `W` everybody who may write · `h`, `v`, `f`: host, visitor, facilitator, who may write.
const TABLE: &str = "
verb                       profile binder partnership visit note_set released_notes debrief mirror goal goal_feedback try_log open_door strategy_card vocabulary instrument timetable free_periods success_card shown_card resource
splice_text:focus          -       -      -           hv    -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
splice_text:plan           -       -      -           W     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
splice_text:journal        -       -      O           -     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
splice_text:notes          -       -      -           -     O        -              W       -      -    -             -       -         -             -          -          -         -            -            -          -
splice_text:next           -       -      -           -     -        -              W       -      -    -             -       -         -             -          -          -         -            -            -          -
splice_text:ideas          -       -      -           -     -        -              -       O      -    -             -       -         -             -          -          -         -            -            -          -
splice_text:stop           -       -      -           -     -        -              -       O      -    -             -       -         -             -          -          -         -            -            -          -
splice_text:start          -       -      -           -     -        -              -       O      -    -             -       -         -             -          -          -         -            -            -          -
splice_text:keep           -       -      -           -     -        -              -       O      -    -             -       -         -             -          -          -         -            -            -          -
splice_text:why            -       -      -           -     -        -              -       -      O    -             -       -         -             -          -          -         -            -            -          -
splice_text:student_side   -       -      -           -     -        -              -       -      O    -             -       -         -             -          -          -         -            -            -          -
splice_text:strategy       -       -      -           -     -        -              -       -      O    -             -       -         -             -          -          -         -            -            -          -
splice_text:baseline       -       -      -           -     -        -              -       -      O    -             -       -         -             -          -          -         -            -            -          -
splice_text:measure        -       -      -           -     -        -              -       -      O    -             -       -         -             -          -          -         -            -            -          -
splice_text:text           -       -      -           -     -        -              -       -      -    -             -       -         O             -          -          -         -            O            -          O
splice_text:question       -       -      -           -     -        -              -       -      -    -             -       -         -             -          W          -         -            -            -          -
splice_text:caution        -       -      -           -     -        -              -       -      -    -             -       -         -             -          W          -         -            -            -          -
comment:measure            -       -      -           -     -        -              -       -      W    -             -       -         -             -          -          -         -            -            -          -
comment:baseline           -       -      -           -     -        -              -       -      W    -             -       -         -             -          -          -         -            -            -          -
comment:strategy           -       -      -           -     -        -              -       -      W    -             -       -         -             -          -          -         -            -            -          -
comment:student_side       -       -      -           -     -        -              -       -      W    -             -       -         -             -          -          -         -            -            -          -
comment:why                -       -      -           -     -        -              -       -      W    -             -       -         -             -          -          -         -            -            -          -
comment:focus              -       -      -           W     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
comment:plan               -       -      -           W     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
comment:journal            -       -      W           -     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
comment:notes              -       -      -           -     W        -              W       -      -    -             -       -         -             -          -          -         -            -            -          -
comment:next               -       -      -           -     -        -              W       -      -    -             -       -         -             -          -          -         -            -            -          -
comment:ideas              -       -      -           -     -        -              -       W      -    -             -       -         -             -          -          -         -            -            -          -
comment:stop               -       -      -           -     -        -              -       W      -    -             -       -         -             -          -          -         -            -            -          -
comment:start              -       -      -           -     -        -              -       W      -    -             -       -         -             -          -          -         -            -            -          -
comment:keep               -       -      -           -     -        -              -       W      -    -             -       -         -             -          -          -         -            -            -          -
comment:text               -       -      -           -     -        -              -       -      -    -             -       -         W             -          -          -         -            W            -          W
comment:question           -       -      -           -     -        -              -       -      -    -             -       -         -             -          W          -         -            -            -          -
comment:caution            -       -      -           -     -        -              -       -      -    -             -       -         -             -          W          -         -            -            -          -
reply_to_comment           -       -      W           W     W        -              W       W      W    -             -       -         W             -          W          -         -            W            -          W
edit_comment               -       -      W           W     W        -              W       W      W    -             -       -         W             -          W          -         -            W            -          W
remove_comment             -       -      W           W     W        -              W       W      W    -             -       -         W             -          W          -         -            W            -          W
settle_comment             -       -      W           W     W        -              W       W      W    -             -       -         W             -          W          -         -            W            -          W
set_title                  -       -      O           -     O        -              O       -      O    -             -       -         O             -          W          -         -            O            -          O
set_visit                  -       -      -           -     O        O              O       O      -    -             -       -         -             -          -          -         -            O            -          -
accept                     -       -      O           hvf   -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
decline                    -       -      O           hvf   -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
talked                     -       -      -           hv    -        -              O       -      -    -             -       -         -             -          -          -         -            -            -          -
not_talked                 -       -      -           hv    -        -              O       -      -    -             -       -         -             -          -          -         -            -            -          -
set_name                   O       -      -           -     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
set_role_label             O       -      -           -     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
set_grades                 O       -      -           -     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
set_subjects               O       -      -           -     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
set_room                   O       -      -           -     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
set_experience             O       -      -           -     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
show_here                  O       -      -           -     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
remember                   -       O      -           -     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
forget                     -       O      -           -     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
pin                        -       O      -           -     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
archive                    -       O      -           -     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
label                      -       O      -           -     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
pause                      -       -      O           -     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
resume                     -       -      O           -     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
end_partnership            -       -      O           -     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
set_cadence                -       -      O           -     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
agree_confidential         -       -      O           -     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
agree_debrief_within_a_day -       -      O           -     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
agreed_aloud               -       -      O           -     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
propose                    -       -      -           O     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
invite                     -       -      -           O     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
uninvite                   -       -      -           O     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
schedule                   -       -      -           hv    -        -              -       -      -    -             -       O         -             -          -          -         -            -            -          -
withdraw                   -       -      -           vf    -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
cancel                     -       -      -           hv    -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
set_visit_kind             -       -      -           hv    -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
through_door               -       -      -           v     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
set_instrument             -       -      -           hv    -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
set_seat                   -       -      -           hv    -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
set_may_talk               -       -      -           hv    -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
set_role                   -       -      -           hvf   -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
plan_debrief               -       -      -           hvf   -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
set_goal                   -       -      -           h     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
begin                      -       -      -           hvf   -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
end                        -       -      -           hvf   -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
join                       -       -      -           vf    -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
leave                      -       -      -           vf    -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
stop_asked                 -       -      -           v     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
did_not_happen             -       -      -           hv    -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
just_visited               -       -      -           hv    -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
waive_notes                -       -      -           h     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
ask_for_notes              -       -      -           h     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
freeze_instrument          -       -      -           -     O        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
set_own_lesson             -       -      -           -     O        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
add_event                  -       -      -           -     O        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
describe_event             -       -      -           -     O        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
end_observing              -       -      -           -     O        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
remove_event               -       -      -           -     O        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
mark_released              -       -      -           -     O        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
publish                    -       -      -           -     -        O              -       -      -    -             -       -         -             -          -          -         -            -            -          -
reply                      -       -      -           -     -        W              -       -      -    -             -       -         -             -          -          -         -            -            -          -
remove_reply               -       -      -           -     -        W              -       -      -    -             -       -         -             -          -          -         -            -            -          -
freeze_protocol            -       -      -           hvf   -        -              W       O      O    -             -       -         -             -          -          -         -            -            -          -
begin_phase                -       -      -           hvf   -        -              W       O      O    -             -       -         -             -          -          -         -            -            -          -
add_entry                  -       -      -           -     -        -              W       -      -    W             -       -         -             -          -          -         -            -            -          -
edit_entry                 -       -      -           -     -        -              W       -      -    W             -       -         -             -          -          -         -            -            -          -
remove_entry               -       -      -           -     -        -              W       -      -    W             -       -         -             -          -          -         -            -            -          -
add_next_step              -       -      -           -     -        -              W       -      -    -             -       -         -             -          -          -         -            -            -          -
tick_next_step             -       -      -           -     -        -              W       -      -    -             -       -         -             -          -          -         -            -            -          -
remove_next_step           -       -      -           -     -        -              W       -      -    -             -       -         -             -          -          -         -            -            -          -
add_watch                  -       -      -           -     -        -              W       -      -    -             -       -         -             -          -          -         -            -            -          -
remove_watch               -       -      -           -     -        -              W       -      -    -             -       -         -             -          -          -         -            -            -          -
thank                      -       -      -           -     -        -              W       -      -    -             -       -         -             -          -          -         -            -            -          -
set_goal_state             -       -      -           -     -        -              -       -      O    -             -       -         -             -          -          -         -            -            -          -
set_measured_with          -       -      -           -     -        -              -       -      O    -             -       -         -             -          -          -         -            -            -          -
add_action                 -       -      -           -     -        -              -       -      O    -             -       -         -             -          -          -         -            -            -          -
edit_action                -       -      -           -     -        -              -       -      O    -             -       -         -             -          -          -         -            -            -          -
tick_action                -       -      -           -     -        -              -       -      O    -             -       -         -             -          -          -         -            -            -          -
remove_action              -       -      -           -     -        -              -       -      O    -             -       -         -             -          -          -         -            -            -          -
add_evidence               -       -      -           -     -        -              -       -      O    -             -       -         -             -          -          -         -            -            -          -
remove_evidence            -       -      -           -     -        -              -       -      O    -             -       -         -             -          -          -         -            -            -          -
add_check_in               -       -      -           -     -        -              -       -      O    -             -       -         -             -          -          -         -            -            -          -
edit_check_in              -       -      -           -     -        -              -       -      O    -             -       -         -             -          -          -         -            -            -          -
remove_check_in            -       -      -           -     -        -              -       -      O    -             -       -         -             -          -          -         -            -            -          -
add_try_out                -       -      -           -     -        -              -       -      -    -             O       -         -             -          -          -         -            -            -          -
edit_try_out               -       -      -           -     -        -              -       -      -    -             O       -         -             -          -          -         -            -            -          -
remove_try_out             -       -      -           -     -        -              -       -      -    -             O       -         -             -          -          -         -            -            -          -
describe_door              -       -      -           -     -        -              -       -      -    -             -       O         -             -          -          -         -            -            -          -
close_door                 -       -      -           -     -        -              -       -      -    -             -       O         -             -          -          -         -            -            -          -
set_tags                   -       -      -           -     -        -              -       -      -    -             -       -         O             -          -          -         -            O            -          O
fill_vocabulary            -       -      -           -     -        -              -       -      -    -             -       -         -             O          -          -         -            -            -          -
set_shape                  -       -      -           -     -        -              -       -      -    -             -       -         -             -          W          -         -            -            -          -
add_label                  -       -      -           -     -        -              -       -      -    -             -       -         -             -          W          -         -            -            -          -
rename_label               -       -      -           -     -        -              -       -      -    -             -       -         -             -          W          -         -            -            -          -
move_label                 -       -      -           -     -        -              -       -      -    -             -       -         -             -          W          -         -            -            -          -
remove_label               -       -      -           -     -        -              -       -      -    -             -       -         -             -          W          -         -            -            -          -
set_speakers               -       -      -           -     -        -              -       -      -    -             -       -         -             -          W          -         -            -            -          -
set_interval               -       -      -           -     -        -              -       -      -    -             -       -         -             -          W          -         -            -            -          -
set_usual_minutes          -       -      -           -     -        -              -       -      -    -             -       -         -             -          W          -         -            -            -          -
name_person                -       -      -           -     -        -              -       -      -    -             -       -         -             -          -          -         -            O            -          -
mark_asked                 -       -      -           -     -        -              -       -      -    -             -       -         -             -          -          -         -            O            -          -
ask_people                 -       -      -           -     -        -              -       -      -    -             -       -         -             -          -          -         -            -            O          -
let_others_see             -       -      -           -     -        -              -       -      -    -             -       -         -             -          -          -         -            -            W          -
set_link                   -       -      -           -     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          O
set_reference              -       -      -           -     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          O
set_seats                  -       -      -           hv    -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
keep_map                   -       O      -           -     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
forget_map                 -       O      -           -     -        -              -       -      -    -             -       -         -             -          -          -         -            -            -          -
set_cycle                  -       -      -           -     -        -              -       -      -    -             -       -         -             -          -          O         -            -            -          -
set_weekdays               -       -      -           -     -        -              -       -      -    -             -       -         -             -          -          O         -            -            -          -
set_periods                -       -      -           -     -        -              -       -      -    -             -       -         -             -          -          O         -            -            -          -
fill_period                -       -      -           -     -        -              -       -      -    -             -       -         -             -          -          O         -            -            -          -
set_days                   -       -      -           -     -        -              -       -      -    -             -       -         -             -          -          O         -            -            -          -
show_free                  -       -      -           -     -        -              -       -      -    -             -       -         -             -          -          O         -            -            -          -
set_free_times             -       -      -           -     -        -              -       -      -    -             -       -         -             -          -          -         O            -            -          -
";

fn table() -> BTreeMap<(String, Kind), String> {
    let mut lines = TABLE.trim().lines();
    let kinds: Vec<Kind> = lines
        .next()
        .into_iter()
        .flat_map(|heading| heading.split_whitespace().skip(1))
        .map(|name| Kind::from_name(name).expect("a kind"))
        .collect();
    let mut cells = BTreeMap::new();
    for line in lines {
        let mut words = line.split_whitespace();
        let verb = words.next().expect("a verb");
        for kind in &kinds {
            cells.insert((verb.to_owned(), *kind), words.next().expect("a cell").to_owned());
        }
    }
    cells
}

fn row(edit: &Edit) -> String {
    match edit {
        Edit::SpliceText { field, .. } => format!("splice_text:{field}"),
        Edit::Comment { field, .. } => format!("comment:{field}"),
        _ => verb(edit),
    }
}

/// A document in which nothing but the author's standing is in the way.
fn open_model(kind: Kind, edit: &Edit, author: PersonId) -> Model {
    let ids = || ["a", "b", "c"].into_iter().map(|id| id.parse::<ItemId>().expect("id"));
    match read(kind, &replica(kind, 1)).model {
        Model::Visit(mut visit) => {
            let parts = [(ana(), Part::Visitor), (ben(), Part::Host), (chidi(), Part::Facilitator)];
            visit.people = parts.into_iter().collect();
            visit.host = Some(ben());
            visit.run = open_run();
            let moved = match edit {
                Edit::Propose { host } => Some(*host),
                Edit::Invite { person, .. } | Edit::Uninvite { person } | Edit::SetRole { person, .. } => Some(*person),
                _ => None,
            };
            if let Some(person) = moved {
                visit.host = None;
                visit.people.insert(person, Part::Visitor);
            }
            Model::Visit(visit)
        }
        Model::Partnership(mut partnership) => {
            partnership.people = vec![author];
            Model::Partnership(partnership)
        }
        Model::NoteSet(_) => {
            let events =
                ids().map(|id| Event { id, at_ms: 0, speaker: None, label: None, text: "x".into(), mark: None });
            Model::NoteSet(NoteSet { events: events.collect(), ..NoteSet::default() })
        }
        Model::ReleasedNotes(_) => {
            let replies = ids().map(|id| Reply { id, by: author, to: ReplyTo::Whole, text: "x".into() });
            Model::ReleasedNotes(ReleasedNotes { replies: replies.collect(), ..ReleasedNotes::default() })
        }
        Model::Goal(mut goal) => {
            let (on, action) = ("2026-03-02".parse().expect("a day"), |id| Action {
                id,
                by: author,
                how: ActionKind::Try,
                text: "x".into(),
                due: None,
                done: vec![],
            });
            let document = crate::ids::DocumentId::from_bytes([1; 20]);
            goal.actions = ids().map(action).collect();
            goal.check_ins = ids().map(|id| CheckIn { id, by: author, on, text: "x".into() }).collect();
            let evidence = |id| Evidence { id, by: author, document, label: "x".into(), action: None };
            goal.evidence = ids().map(evidence).collect();
            goal.run = open_run();
            Model::Goal(goal)
        }
        Model::GoalFeedback(_) => {
            let entries = ids().map(|id| FeedbackEntry { id, by: author, text: "x".into() }).collect();
            Model::GoalFeedback(GoalFeedback { entries })
        }
        Model::TryLog(_) => {
            let on = "2026-03-02".parse().expect("a day");
            let entry = |id| TryOut { id, on, text: "x".into(), goal: None, action: None };
            Model::TryLog(TryLog { entries: ids().map(entry).collect() })
        }
        Model::Timetable(timetable) => {
            let period = |(at, id): (u32, ItemId)| Period { id, name: "x".into(), begins: 60 * at, ends: 60 * at + 45 };
            let periods = (1..).zip(ids()).map(period).collect();
            let free = Filling { what: PeriodUse::Free, label: None, room: None };
            let slots = (1..=WEEKDAYS).flat_map(|day| ids().map(move |period| Slot { day, period }));
            let filled = slots.map(|slot| (slot, free.clone())).collect();
            Model::Timetable(Timetable { periods, filled, ..timetable })
        }
        Model::ShownCard(card) => {
            let words = match edit {
                Edit::LetOthersSee { words } => *words,
                _ => None,
            };
            Model::ShownCard(ShownCard { people: vec![author], words, ..card })
        }
        Model::Debrief(_) => Model::Debrief(open_debrief(author)),
        Model::Mirror(mirror) => Model::Mirror(Mirror { run: open_run(), ..mirror }),
        Model::Instrument(mut own) => {
            own.labels = ids().map(|id| BuiltLabel { id, text: "x".into(), also: vec![] }).collect();
            Model::Instrument(own)
        }
        other => other,
    }
}

/// One comment under each id, all by one person.
fn comments_by(by: PersonId) -> Vec<Comment> {
    let comment = |id| Comment {
        id,
        by,
        field: "notes",
        quote: "x".into(),
        place: None,
        text: "x".into(),
        settled: false,
        answers: vec![],
    };
    ["a", "b", "c"].map(|id| comment(self::id(id))).into()
}

fn open_run() -> Run {
    let ids = || ["a", "b", "c"].into_iter().map(|id| id.parse::<ItemId>().expect("id"));
    let phase = |id| Phase { id, title: None, minutes: 5, speaks: Speaks::All, prompts: vec![] };
    let phases = ids().map(phase).collect();
    let protocol = Protocol { id: id("p"), version: 1, title: "P".into(), phases, rules: vec![] };
    Run { protocol: Some(protocol), ..Run::default() }
}

fn open_debrief(by: PersonId) -> Debrief {
    let ids = || ["a", "b", "c"].into_iter().map(|id| id.parse::<ItemId>().expect("id"));
    Debrief {
        run: open_run(),
        entries: ids().map(|id| Entry { id, by, phase: None, text: "x".into() }).collect(),
        next_steps: ids().map(|id| NextStep { id, by, text: "x".into(), done: false }).collect(),
        watch_next_time: ids().map(|id| Watch { id, by, text: "x".into() }).collect(),
        ..Debrief::default()
    }
}

/// What an instrument takes is a rule of its own, with tests of its own.
fn without_mark(edit: Edit) -> Edit {
    match edit {
        Edit::AddEvent { event } => Edit::AddEvent { event: Event { mark: None, ..event } },
        other => other,
    }
}

#[test]
fn every_cell_of_the_table_holds() {
    let table = table();
    let mut seen = BTreeSet::new();
    for edit in samples().into_iter().map(without_mark) {
        let row = row(&edit);
        seen.insert(row.clone());
        for kind in Kind::ALL {
            let cell = table.get(&(row.clone(), *kind)).unwrap_or_else(|| panic!("no row for {row}"));
            let people = [(ben(), 'h'), (ana(), 'v'), (chidi(), 'f'), (dara(), ' ')];
            for (person, part) in people {
                let model = open_model(*kind, &edit, person);
                for role in [Role::None, Role::Reader, Role::Writer, Role::Owner] {
                    let expected = match cell.as_str() {
                        "-" => false,
                        "O" => role == Role::Owner,
                        "W" => role >= Role::Writer,
                        parts => role >= Role::Writer && parts.contains(part_in(&edit, person, part)),
                    };
                    let author = Author { person, role, at_ms: 0, offset_ms: 0 };
                    let answer = authorise(&edit, &model, &comments_by(person), &author);
                    assert_eq!(answer.is_ok(), expected, "{row} in {kind:?} by {part:?} as {role:?}: {answer:?}");
                    if role < Role::Writer {
                        assert!(
                            matches!(answer, Err(EditError::NotAllowed { .. })),
                            "{row}: readers are refused as readers"
                        );
                    }
                }
            }
        }
    }
    let rows: BTreeSet<String> = table.into_keys().map(|(row, _)| row).collect();
    assert_eq!(seen, rows);
}

/// The part a person has in the model made for this edit: who is being given a role there is a visitor.
fn part_in(edit: &Edit, person: PersonId, usual: char) -> char {
    match edit {
        Edit::SetRole { person: moved, .. } if *moved == person => 'v',
        Edit::SetRole { .. } if usual == 'h' => 'h',
        _ => usual,
    }
}

fn refused(edit: &Edit, model: &Model, person: PersonId) -> bool {
    let author = Author { person, role: Role::Owner, at_ms: 0, offset_ms: 0 };
    authorise(edit, model, &comments_by(ana()), &author).is_err()
}

fn id(text: &str) -> ItemId {
    text.parse().expect("an id")
}

#[test]
fn what_somebody_wrote_only_they_change() {
    let entry = Edit::EditEntry { id: id("a"), text: "y".into() };
    for edit in [entry, Edit::RemoveEntry { id: id("a") }] {
        let model = open_model(Kind::Debrief, &edit, ana());
        assert!(!refused(&edit, &model, ana()));
        assert!(refused(&edit, &model, ben()), "{edit:?}");
    }
    let on = "2026-03-02".parse().expect("a day");
    let reworded = Edit::EditAction { id: id("a"), how: ActionKind::Watch, text: "y".into(), due: None };
    let dated = Edit::EditCheckIn { id: id("a"), on, text: "y".into() };
    for edit in [reworded, dated, Edit::RemoveAction { id: id("a") }, Edit::RemoveCheckIn { id: id("a") }] {
        let model = open_model(Kind::Goal, &edit, ana());
        assert!(!refused(&edit, &model, ana()));
        assert!(refused(&edit, &model, ben()), "{edit:?}");
    }
    for edit in [Edit::EditEntry { id: id("a"), text: "y".into() }, Edit::RemoveEntry { id: id("a") }] {
        assert!(refused(&edit, &open_model(Kind::GoalFeedback, &edit, ana()), ben()), "{edit:?}");
    }
    let edit = Edit::RemoveReply { id: id("a") };
    assert!(refused(&edit, &open_model(Kind::ReleasedNotes, &edit, ana()), ben()));
    let gone = Edit::RemoveEntry { id: id("gone") };
    assert!(refused(&gone, &open_model(Kind::Debrief, &gone, ana()), ana()));
}

#[test]
fn what_is_said_once_is_not_said_again() {
    let visit = |host: Option<PersonId>| match read(Kind::Visit, &replica(Kind::Visit, 1)).model {
        Model::Visit(visit) => Model::Visit(Box::new(Visit { host, ..*visit })),
        other => other,
    };
    assert!(!refused(&Edit::Propose { host: ben() }, &visit(None), ana()));
    assert!(refused(&Edit::Propose { host: ben() }, &visit(Some(ana())), ana()));
    assert!(refused(&Edit::Propose { host: dara() }, &visit(None), ana()), "a host is one of the visit's people");
    let host_as_visitor = Edit::Invite { person: ben(), part: Part::Visitor };
    assert!(refused(&host_as_visitor, &visit(Some(ben())), ben()), "the host does not visit themselves");
    assert!(refused(&Edit::Uninvite { person: ben() }, &visit(Some(ben())), ana()));
    assert!(refused(&Edit::Invite { person: dara(), part: Part::Host }, &visit(None), ana()));
}

#[test]
fn only_what_the_protocol_has_is_begun() {
    let begin = |phase| Edit::BeginPhase { phase: id(phase), at_ms: None };
    for kind in [Kind::Visit, Kind::Debrief, Kind::Mirror, Kind::Goal] {
        let model = open_model(kind, &begin("a"), ana());
        assert!(!refused(&begin("a"), &model, ana()), "{kind:?}");
        assert!(refused(&begin("x"), &model, ana()), "{kind:?}: no such phase");
    }
    let none = Model::Debrief(Debrief::default());
    assert!(refused(&begin("a"), &none, ana()), "nothing is chosen yet");
}
