//! Decides which edits were done already, without asking the disk: what is sent again must be known while it refuses.

use std::collections::{HashMap, VecDeque};

use rounds_crdt::ids::DocumentId;
use rounds_crdt::replica::CommitId;

use crate::journal::{EDIT_IDS_MAX, EditKey, edit_key};

/// Before every commit of this start.
const DURABLE: CommitId = 0;

/// The last [`EDIT_IDS_MAX`] edits that had a name, as the journal remembers them.
#[derive(Debug, Default)]
pub(super) struct DoneEdits {
    commits: HashMap<EditKey, CommitId>,
    order: VecDeque<EditKey>,
}

impl DoneEdits {
    /// What the journal remembers from before this start, the oldest first.
    pub(super) fn remembered(edits: Vec<EditKey>) -> Self {
        let commits = edits.iter().map(|key| (*key, DURABLE)).collect();
        Self { commits, order: edits.into() }
    }

    /// Remembers an edit that goes to the disk in this commit. The oldest falls out, but none that is not durable yet: it is
    /// sent again until it is.
    pub(super) fn put(&mut self, id: &DocumentId, edit: &str, commit: CommitId, durable: CommitId) {
        let key = edit_key(id, edit);
        if self.commits.insert(key, commit).is_none() {
            self.order.push_back(key);
        }
        while self.order.len() as u64 > EDIT_IDS_MAX {
            let commits = &self.commits;
            let is_durable = |key: &mut EditKey| commits.get(&*key).is_none_or(|at| *at <= durable);
            let Some(oldest) = self.order.pop_front_if(is_durable) else { break };
            self.commits.remove(&oldest);
        }
    }

    /// The commit in which an edit of a document was done, if it was. What another document was given under the same name
    /// is another edit.
    pub(super) fn commit_of(&self, id: &DocumentId, edit: &str) -> Option<CommitId> {
        self.commits.get(&edit_key(id, edit)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTES: DocumentId = DocumentId::from_bytes([1; 20]);
    const DEBRIEF: DocumentId = DocumentId::from_bytes([2; 20]);

    #[test]
    fn the_oldest_fall_out_and_the_same_one_is_one() {
        let mut done = DoneEdits::remembered((0..EDIT_IDS_MAX).map(|n| edit_key(&NOTES, &n.to_string())).collect());
        assert_eq!((done.commit_of(&NOTES, "0"), done.commit_of(&NOTES, "new")), (Some(DURABLE), None));
        for commit in [7, 8] {
            done.put(&NOTES, "new", commit, DURABLE);
        }
        let found = ["0", "1", "new"].map(|edit| done.commit_of(&NOTES, edit));
        assert_eq!(found, [None, Some(DURABLE), Some(8)]);
    }

    #[test]
    fn what_the_disk_does_not_take_is_known_until_it_does() {
        let mut done = DoneEdits::default();
        for n in 0..=EDIT_IDS_MAX {
            done.put(&NOTES, &n.to_string(), 5, 4);
        }
        assert_eq!(done.commit_of(&NOTES, "0"), Some(5), "not durable yet");
        done.put(&NOTES, "next", 6, 5);
        assert_eq!(["0", "1", "2"].map(|edit| done.commit_of(&NOTES, edit)), [None, None, Some(5)]);
    }

    #[test]
    fn one_name_in_two_documents_names_two_edits() {
        let mut done = DoneEdits::default();
        done.put(&NOTES, "one", 5, 4);
        assert_eq!((done.commit_of(&NOTES, "one"), done.commit_of(&DEBRIEF, "one")), (Some(5), None));
        done.put(&DEBRIEF, "one", 6, 4);
        assert_eq!((done.commit_of(&NOTES, "one"), done.commit_of(&DEBRIEF, "one")), (Some(5), Some(6)));
    }
}
