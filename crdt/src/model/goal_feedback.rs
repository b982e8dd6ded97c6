//! Decides what the feedback on a goal holds: a thread beside the plan, in which everybody's words stay their own.

use serde::{Deserialize, Serialize};

use crate::ids::PersonId;
use crate::model::reader::Reader;
use crate::model::words::{ItemId, Words};

/// What one person said about a goal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FeedbackEntry {
    /// Chosen by the page.
    pub id: ItemId,
    /// Who wrote it; only they change or remove it.
    pub by: PersonId,
    /// The words.
    pub text: Words,
}

/// A thread on one goal. Which goal that is follows from its id ([`crate::access::Founding::of_feedback`]).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct GoalFeedback {
    /// What was said, oldest first.
    pub entries: Vec<FeedbackEntry>,
}

impl GoalFeedback {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            entries: reader.items("entries", |reader, id, spot| {
                Some(FeedbackEntry { by: reader.author(spot)?, text: reader.passage(spot, "text"), id })
            }),
        }
    }
}
