//! Decides what becomes of documents somebody is done with: thirty days in a bin of this computer, then gone from it.
//!
//! Copies that others hold are theirs and stay; so does everything another device of this person keeps. Only a card about
//! people is taken back from everybody first: whoever is named in it could not take their yes back any more.

use std::time::Duration;

use rounds_crdt::access::Role;
use rounds_crdt::ids::DocumentId;
use rounds_crdt::model::Kind;
use tokio::sync::oneshot;

use super::answers::DocumentRow;
use super::documents::local;
use super::keeper::{Keeper, now_ms};
use super::{House, PageEvent, Trouble, TroubleCode};

/// How long a document stays in the bin: a month's holiday, and one still finds it.
pub(super) const BIN_KEEPS: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The moment, in milliseconds since 1970, at which what was put in the bin then is deleted.
pub(super) fn goes_ms(binned_ms: i64) -> i64 {
    binned_ms.saturating_add(i64::try_from(BIN_KEEPS.as_millis()).unwrap_or(i64::MAX))
}

impl Keeper {
    /// Puts a document in the bin, or back; `saved` hears when that is on the disk.
    fn bin(&mut self, id: DocumentId, binned_ms: Option<i64>, saved: oneshot::Sender<()>) -> Result<(), Trouble> {
        self.may_go(id)?;
        self.load_catalog()?;
        if binned_ms.is_some() {
            // People's words about others are not left with anybody once their author puts them away.
            self.take_from_everybody(id)?;
        }
        let feedback = self.feedback_of(&id);
        let moved = self.catalog.set_binned(id, binned_ms);
        if let Some(feedback) = feedback {
            self.catalog.set_binned(feedback, binned_ms);
        }
        if !moved {
            // It is where it is to be, once what came before is saved.
            self.when_saved(self.last_commit(), saved);
            return Ok(());
        }
        let ops = self.catalog_ops();
        let told = move |result: Result<(), crate::journal::SaveError>| match result {
            Ok(()) => drop(saved.send(())), // the caller may have gone away
            Err(error) => tracing::error!(%error, "a batch will not be saved"),
        };
        self.write_then(ops, Box::new(told));
        self.tell_everyone(&PageEvent::Documents);
        self.tell_readers(id, &PageEvent::Document { document: id });
        Ok(())
    }

    /// Whether a document is one that may be put away or deleted.
    fn may_go(&self, id: DocumentId) -> Result<(), Trouble> {
        self.require(&id)?;
        let own = [Kind::Profile, Kind::Binder].into_iter().any(|kind| self.own_document(kind) == Some(id));
        if own {
            let trouble = Trouble::new(TroubleCode::Refused, "your own profile and binder stay");
            return Err(trouble.hint("your name can be changed in the page's settings"));
        }
        if self.goal_of(&id).is_some_and(|goal| self.replica.role(&goal) >= Role::Reader) {
            return Err(Trouble::new(TroubleCode::Refused, "feedback goes with its goal"));
        }
        Ok(())
    }

    /// Deletes a document from this machine for good: its key is destroyed.
    fn delete(&mut self, id: DocumentId) -> Result<u64, Trouble> {
        self.may_go(id)?;
        self.take_from_everybody(id)?;
        if !self.all_have_heard(&id) {
            let trouble = "not everybody's computer has heard yet that this was taken back";
            return Err(
                Trouble::new(TroubleCode::Unavailable, trouble).hint("put it in the bin: it goes once they have")
            );
        }
        for id in std::iter::once(id).chain(self.feedback_of(&id)) {
            self.close_for_pages(id);
            self.open.remove(&id);
            self.catalog.remove(&id);
            let effects = self.replica.forget(id).map_err(local)?;
            self.perform(effects, Vec::new());
        }
        self.tell_everyone(&PageEvent::Documents);
        Ok(self.last_commit())
    }

    /// Deletes what has been in the bin for long enough.
    pub(super) fn empty_bin(&mut self, now_ms: i64) {
        for id in self.catalog.in_bin_since(now_ms, BIN_KEEPS) {
            match self.delete(id) {
                Ok(_) => tracing::info!(document = %id, "deleted after its time in the bin"),
                Err(trouble) if trouble.code == TroubleCode::Unavailable => {
                    tracing::info!(document = %id, "it stays in the bin until everybody has heard of it");
                }
                // It was taken away meanwhile: there is nothing to keep a place for.
                Err(_) => self.catalog.remove(&id),
            }
        }
    }
}

impl House {
    /// Takes a document out of the lists; it can be put back for 30 days.
    pub async fn put_in_bin(&self, id: DocumentId) -> Result<(), Trouble> {
        self.move_in_bin(id, Some(now_ms())).await
    }

    /// Puts a document back into the lists.
    pub async fn put_back(&self, id: DocumentId) -> Result<(), Trouble> {
        self.move_in_bin(id, None).await
    }

    async fn move_in_bin(&self, id: DocumentId, binned_ms: Option<i64>) -> Result<(), Trouble> {
        let (saved, answer) = oneshot::channel();
        self.call(move |keeper| keeper.bin(id, binned_ms, saved)).await?;
        self.durable(answer).await
    }

    /// What is in the bin, last put there first.
    pub async fn list_bin(&self) -> Result<Vec<DocumentRow>, Trouble> {
        self.read_up().await?;
        let mut rows = self.call(|keeper| keeper.binned_rows()).await?;
        rows.retain(|row| row.feedback_on.is_none()); // it is there with its goal, and goes with it
        rows.sort_by_key(|row| (std::cmp::Reverse(row.binned_ms), row.id));
        Ok(rows)
    }

    /// Deletes a document from this machine for good: its key is destroyed.
    pub async fn delete_document(&self, id: DocumentId) -> Result<(), Trouble> {
        let commit = self.call(move |keeper| keeper.delete(id)).await?;
        self.saved(commit).await
    }
}
