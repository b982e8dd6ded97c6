//! Decides what pages, scripts and exports are told of the comments in a document, and when pages are told again.

use rounds_crdt::access::Directory;
use rounds_crdt::ids::{DocumentId, PersonId};
use rounds_crdt::model::{Comment, CommentAnswer, ItemId, Words};
use serde::Serialize;
use utoipa::ToSchema;

use super::answers::PersonAnswer;
use super::keeper::{Keeper, name_in};
use super::{PageEvent, Trouble};

/// What somebody said of words in a live text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CommentTold {
    /// The comment's id.
    pub id: ItemId,
    /// Who wrote it.
    pub by: PersonAnswer,
    /// Which text it is about.
    pub field: String,
    /// How the words it is about began when it was written.
    pub quote: Words,
    /// Where those words stand now; null when they are gone.
    pub place: Option<PlaceTold>,
    /// The words; empty when its writer took it back and only the answers are left.
    pub text: Words,
    /// Somebody said that it needs no more talk, and nobody answered since.
    pub settled: bool,
    /// Answers, oldest first.
    pub answers: Vec<AnswerTold>,
}

/// Where words stand in a text, in UTF-16 code units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlaceTold {
    /// Where they begin.
    pub from: usize,
    /// Where they end: after the last of them.
    pub to: usize,
}

/// An answer to a comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AnswerTold {
    /// The answer's id.
    pub id: ItemId,
    /// Who wrote it.
    pub by: PersonAnswer,
    /// The words.
    pub text: Words,
}

/// Comments as they are told, with names.
pub(super) fn told(directory: &Directory, comments: Vec<Comment>) -> Vec<CommentTold> {
    let named = |person: PersonId| PersonAnswer { id: person, name: name_in(directory, &person) };
    let answer = |CommentAnswer { id, by, text }| AnswerTold { id, by: named(by), text };
    let told = comments.into_iter().map(|comment| CommentTold {
        id: comment.id,
        by: named(comment.by),
        field: comment.field.to_owned(),
        quote: comment.quote,
        place: comment.place.map(|(from, to)| PlaceTold { from, to }),
        text: comment.text,
        settled: comment.settled,
        answers: comment.answers.into_iter().map(answer).collect(),
    });
    told.collect()
}

impl Keeper {
    /// The same with the names that are known here.
    pub(super) fn comments_told(&self, comments: Vec<Comment>) -> Vec<CommentTold> {
        told(self.replica.directory(), comments)
    }

    /// What pages are told of the comments on some of a document's texts, each list at the present version of its text.
    pub(super) fn comments_on(&mut self, id: DocumentId, fields: &[&'static str]) -> Result<Vec<PageEvent>, Trouble> {
        let directory = self.replica.directory().clone();
        let open = self.here(&id)?;
        let comments = open.document.comments(&directory);
        open.commented = !comments.is_empty();
        let epoch = open.epoch;
        let versions: Vec<(&'static str, u64)> = fields.iter().map(|field| (*field, open.version(field))).collect();
        let told = self.comments_told(comments);
        let event = |(field, version): (&'static str, u64)| PageEvent::Comments {
            document: id,
            field: field.to_owned(),
            epoch,
            version,
            comments: told.iter().filter(|comment| comment.field == field).cloned().collect(),
        };
        Ok(versions.into_iter().map(event).collect())
    }

    /// Shows the comments to every page that has a document open, after something in it changed that was not typing.
    pub(super) fn tell_comments(&mut self, id: DocumentId) {
        if !self.is_shown(id) {
            return;
        }
        let Ok(open) = self.here(&id) else { return };
        let (kind, before) = (open.document.kind(), open.commented);
        if !kind.texts_are_live() {
            return;
        }
        let Ok(events) = self.comments_on(id, kind.text_fields()) else { return };
        let now = self.here(&id).is_ok_and(|open| open.commented);
        if before || now {
            for event in events {
                self.tell_readers(id, &event);
            }
        }
    }
}
