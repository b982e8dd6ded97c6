//! Decides a visit's stage from what happened. It is never stored and never stops anybody.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::ids::PersonId;
use crate::model::bounds::OBSERVING_MS_MAX;
use crate::model::partnership::Answer;
use crate::model::visit::{Part, Visit};

/// Where a visit is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Somebody asked; requests never expire.
    Proposed,
    /// A time stands, and the host and a visitor accepted.
    Scheduled,
    /// Scheduled, with a focus and something to look with or for.
    Prepared,
    /// It has begun.
    Observing,
    /// It is over: somebody ended it, or nobody who came watches any more.
    WrittenUp,
    /// The debrief has begun.
    Debriefing,
    /// They talked, or the host asked for no notes.
    Closed,
    /// Somebody called it off.
    Cancelled,
    /// The host, or every visitor, declined.
    Declined,
    /// It did not happen.
    DidNotHappen,
}

/// What a stage depends on that is not in the visit itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VisitContext {
    /// The moment of asking, in milliseconds since 1970.
    pub now_ms: i64,
    /// Who released notes of this visit that the asker can see.
    pub released_by: BTreeSet<PersonId>,
    /// A debrief of this visit has begun.
    pub debrief_begun: bool,
    /// In a debrief of this visit, somebody said that they talked.
    pub debrief_talked: bool,
}

/// The stage of `visit`. What happened outweighs what was called off: a cancelled visit that began anyway is observing.
pub fn stage(visit: &Visit, context: &VisitContext) -> Stage {
    let began = visit.began_ms.is_some();
    let happened = began || visit.ended_ms.is_some() || visit.talked || visit.stop_asked;
    let happened = happened || !context.released_by.is_empty() || context.debrief_begun || context.debrief_talked;
    if !happened {
        return before(visit);
    }
    if visit.talked || context.debrief_talked {
        return Stage::Closed;
    }
    let fresh = visit.began_ms.is_some_and(|began| context.now_ms < began.saturating_add(OBSERVING_MS_MAX));
    if context.debrief_begun {
        return Stage::Debriefing;
    }
    let over = visit.ended_ms.is_some() || visit.stop_asked || visit.visitors_are_gone(&context.released_by);
    if began && fresh && !over {
        return Stage::Observing;
    }
    if visit.notes_waived { Stage::Closed } else { Stage::WrittenUp }
}

fn before(visit: &Visit) -> Stage {
    if visit.did_not_happen {
        return Stage::DidNotHappen;
    }
    if visit.cancelled {
        return Stage::Cancelled;
    }
    let answer = |person| visit.answers.get(person).copied();
    let host = visit.host.as_ref().and_then(answer);
    let visitors: Vec<Option<Answer>> = visit.with_part(Part::Visitor).map(answer).collect();
    let gone = |answer: &Option<Answer>| matches!(answer, Some(Answer::Declined | Answer::Withdrew));
    if host == Some(Answer::Withdrew) || visitors.contains(&Some(Answer::Withdrew)) && visitors.iter().all(gone) {
        return Stage::Cancelled;
    }
    if host == Some(Answer::Declined) || !visitors.is_empty() && visitors.iter().all(gone) {
        return Stage::Declined;
    }
    let accepted = host == Some(Answer::Accepted) && visitors.contains(&Some(Answer::Accepted));
    if visit.when_ms.is_none() || !accepted {
        return Stage::Proposed;
    }
    let something_to_see = !visit.instruments.is_empty() || !visit.plan.is_blank();
    if visit.focus.is_blank() || !something_to_see { Stage::Scheduled } else { Stage::Prepared }
}
