//! Decides how live text is read: patches since a version, cursors that survive edits, who wrote each span, any point
//! of history.

use std::collections::VecDeque;

use automerge::{CursorPosition, ObjId, ReadDoc};
use serde::{Deserialize, Serialize};

use crate::anchor;
use crate::edit::Splice;
use crate::ids::{ActorId, ChangeHash, DeviceId};
use crate::merge::OpenDocument;

/// Updates a field remembers for pages that fall behind; a page further back is given the whole text.
pub const UPDATES_KEPT_MAX: usize = 4_096;

/// One step of a text: what one page, or one partner's change, did to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// The page's own name for the edit; `None` when it came from a partner.
    pub id: Option<String>,
    /// The device that wrote it; `None` when several did at once.
    pub device: Option<DeviceId>,
    /// Applied in order.
    pub splices: Vec<Splice>,
}

/// The versions of one text since its document was opened: version n is the text after n updates.
#[derive(Debug, Default)]
pub struct Versions {
    first: u64,
    updates: VecDeque<Update>,
}

impl Versions {
    /// The present version.
    pub fn current(&self) -> u64 {
        self.first + self.updates.len() as u64
    }

    /// Adds one update.
    pub fn push(&mut self, update: Update) {
        self.updates.push_back(update);
        if self.updates.len() > UPDATES_KEPT_MAX {
            self.updates.pop_front();
            self.first += 1;
        }
    }

    /// The updates since a version; `None` when it is not remembered, or in the future.
    pub fn since(&self, version: u64) -> Option<impl Iterator<Item = &Update>> {
        let skip = version.checked_sub(self.first)?;
        (version <= self.current()).then(|| self.updates.iter().skip(usize::try_from(skip).unwrap_or(usize::MAX)))
    }
}

/// A run of text by one device.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Who wrote it; `None` for what the document began with.
    pub device: Option<DeviceId>,
    /// The text.
    pub text: String,
}
crate::silent!(Span { device });

/// A stretch of writing by one device, on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The last change, which names the point.
    pub point: ChangeHash,
    /// Who wrote.
    pub device: DeviceId,
    /// When that day began by the writer's clock on the wall, in milliseconds since 1970 as if that clock showed UTC.
    pub day: i64,
    /// How many changes it holds.
    pub changes: usize,
}

/// Changes of one device in a row that make a step of history, at most: about a minute of quick typing. No change tells when
/// in a day it was made, so a pause cannot part them.
const SESSION_CHANGES_MAX: usize = 200;
/// Operations of a change from which on it begins a step of its own: more than between two keystrokes, as when something is
/// pasted, wiped, or brought back. What stood there before it stays to be seen.
const LEAP_OPERATIONS: u64 = 8;

/// When the day of a moment began.
pub(crate) fn day(at_ms: i64) -> i64 {
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    at_ms.saturating_sub(at_ms.rem_euclid(DAY_MS))
}

impl OpenDocument {
    /// A cursor at a position: it stays with its letter through any edits.
    pub fn cursor(&self, field: &str, position: usize) -> Option<String> {
        let text = self.text_object(field)?;
        let length = self.automerge().length(text);
        let position = if position >= length { CursorPosition::End } else { CursorPosition::Index(position) };
        self.automerge().get_cursor(text, position, None).ok().map(|cursor| cursor.to_string())
    }

    /// Where a cursor stands now.
    pub fn cursor_position(&self, field: &str, cursor: &str) -> Option<usize> {
        anchor::position(self.automerge(), self.text_object(field)?, cursor).ok().flatten()
    }

    /// The text at a point of history; `None` when the point is not in this document.
    pub fn text_at(&self, field: &str, point: &[ChangeHash]) -> Option<String> {
        let heads = self.known_heads(point)?;
        self.automerge().text_at(self.text_object(field)?, &heads).ok()
    }

    /// Who wrote each span of the text, now or at a point of history.
    pub fn spans(&self, field: &str, point: Option<&[ChangeHash]>) -> Option<Vec<Span>> {
        let text = self.text_object(field)?;
        let mut spans: Vec<Span> = Vec::new();
        let mut take = |id: ObjId, letter: &str| {
            let device = match &id {
                ObjId::Id(_, actor, _) => ActorId::from_automerge(actor).ok().map(|actor| actor.device()),
                ObjId::Root => None,
            };
            match spans.last_mut() {
                Some(last) if last.device == device => last.text.push_str(letter),
                _ => spans.push(Span { device, text: letter.to_owned() }),
            }
        };
        match point {
            None => {
                for item in self.automerge().list_range(text, ..) {
                    take(item.id(), item.value.clone().into_value().as_str().unwrap_or_default());
                }
            }
            Some(point) => {
                let heads = self.known_heads(point)?;
                for item in self.automerge().list_range_at(text, .., &heads) {
                    take(item.id(), item.value.clone().into_value().as_str().unwrap_or_default());
                }
            }
        }
        Some(spans)
    }

    /// The writing sessions, oldest first: history in steps, never of keystrokes.
    pub fn sessions(&self) -> Vec<Session> {
        let mut sessions: Vec<Session> = Vec::new();
        for change in self.automerge().get_changes_meta(&[]) {
            let Ok(actor) = ActorId::from_automerge(&change.actor) else { continue };
            let (device, day) = (actor.device(), day(change.timestamp));
            match sessions.last_mut() {
                Some(last)
                    if (last.device, last.day) == (device, day)
                        && last.changes < SESSION_CHANGES_MAX
                        && change.max_op.saturating_sub(change.start_op) + 1 < LEAP_OPERATIONS =>
                {
                    last.point = change.hash.into();
                    last.changes += 1;
                }
                _ => sessions.push(Session { point: change.hash.into(), device, day, changes: 1 }),
            }
        }
        sessions
    }

    pub(crate) fn known_heads(&self, point: &[ChangeHash]) -> Option<Vec<automerge::ChangeHash>> {
        let heads: Vec<_> = point.iter().map(|hash| hash.to_automerge()).collect();
        heads.iter().all(|hash| self.automerge().get_change_meta_by_hash(hash).is_some()).then_some(heads)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::DeviceCert;
    use ed25519_dalek::SigningKey;

    #[test]
    fn what_a_log_line_may_show_holds_no_words_and_no_names() {
        let [person, device] = [1, 2].map(|n| SigningKey::from_bytes(&[n; 32]));
        let cert = DeviceCert::issue(&person, &device, [0; 32], "secret".into(), 0, 7);
        let span = Span { device: Some(cert.device), text: "secret".into() };
        let anchor = anchor::Anchor { from: "1@a".into(), to: "2@a".into(), quote: "secret".into() };
        let splice = Splice { at: 0, delete: 0, insert: "secret".into() };
        let shown = format!("{cert:?} {span:?} {anchor:?} {splice:?}");
        assert!(!shown.contains("secret") && shown.contains("seq: 7"), "{shown}");
    }
}
