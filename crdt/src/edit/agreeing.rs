//! Decides how two people agree, rest and end their partnership.

use automerge::transaction::Transaction;

use crate::edit::writing::Writer;
use crate::edit::{Author, Edit, EditError, misplaced, text};
use crate::model::Answer;
use crate::model::words::Word;

pub(super) fn apply(edit: &Edit, author: &Author, transaction: &mut Transaction<'_>) -> Result<(), EditError> {
    let me = author.person.to_string();
    let mut writer = Writer { transaction };
    match edit {
        Edit::SpliceText { field, splices } => text::splice_field(writer.transaction, field, splices),
        Edit::SetTitle { title } => writer.short_or_clear("title", title.as_ref()),
        Edit::Accept {} => writer.answer(&author.person, Answer::Accepted.word()),
        Edit::Decline {} => writer.answer(&author.person, Answer::Declined.word()),
        Edit::Pause {} => writer.put("paused", true),
        Edit::Resume {} => writer.clear("paused"),
        Edit::EndPartnership {} => writer.put("ended", true),
        Edit::SetCadence { cadence } => writer.put_or_clear("cadence", cadence.map(Word::word)),
        Edit::AgreeConfidential { agree } => writer.mark("agreed_confidential", &me, *agree),
        Edit::AgreeDebriefWithinADay { agree } => writer.mark("agreed_debrief_within_a_day", &me, *agree),
        Edit::AgreedAloud { agreed: true } => writer.put("agreed_aloud", true),
        Edit::AgreedAloud { agreed: false } => writer.clear("agreed_aloud"),
        _ => misplaced(),
    }
}
