//! Decides how changes enter an Automerge document: the one place where foreign bytes meet Automerge.
//!
//! A remote keystroke is replayed as a local splice under its writer's actor: its position comes from its own first
//! operation, and an equal hash proves that the local change is the remote one, byte for byte. Applying it would cost
//! time in proportion to the text (automerge#1042); replaying costs the same at every size. Everything else is applied,
//! in a batch. Every call into Automerge with foreign bytes is bounded first and caught if it panics.

mod replay;
mod snapshot;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::transaction::CommitOptions;
use automerge::{Automerge, Change, ObjId, Patch, PatchAction, PatchLog, ReadDoc};

pub(crate) use self::snapshot::load as load_foreign;
pub use self::snapshot::{SnapshotError, compact, join_snapshot, verify_snapshot};
use crate::access::{Directory, Founding};
use crate::change::{ChangeHeader, InvalidChange};
use crate::edit::{self, Author, Edit, EditError, Splice};
use crate::ids::{ActorId, ChangeHash};
use crate::model::{self, Comment, Kind, Reading};
use crate::record::{Base, Record};
use crate::replica::StoredDocument;
use crate::schema;

/// Edits that go into one change when a new document begins: passages of the longest fit it.
const EDITS_OF_ONE_CHANGE_MAX: usize = 64;

/// Bytes typed into live texts that go into one change when a new document begins, unless one edit types more.
const TYPED_OF_ONE_CHANGE_MAX: usize = 256 * 1024;

/// A document that somebody looks at: its words, in memory.
#[derive(Debug)]
pub struct OpenDocument {
    kind: Kind,
    automerge: Automerge,
    texts: Vec<LiveField>,
    /// Remote changes that did not come out byte for byte when replayed; past a few, replaying is given up here.
    mismatches: u32,
    /// Stored changes that could not be merged: whoever reads is told that something is left out.
    left_out: usize,
    /// What it says, for authorising edits; read again after anything but typing.
    reading: Option<Reading>,
}

#[derive(Debug)]
struct LiveField {
    name: &'static str,
    object: ObjId,
    /// The object as operations name it.
    id: String,
}

/// What changed in the texts, field by field, in order; and whether anything else did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    /// Splices per text, each in the text as the one before left it.
    pub texts: Vec<(&'static str, Vec<Splice>)>,
    /// Something outside the texts changed.
    pub structure: bool,
}

/// A change made here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalChange {
    /// The uncompressed chunk.
    pub change: Vec<u8>,
    /// Its hash.
    pub hash: ChangeHash,
    /// Other writers' changes it builds on.
    pub builds_on: Vec<Base>,
    /// What it changed.
    pub changed: Changed,
}

/// Why remote changes could not be taken in as they came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// The document in memory is no longer trustworthy: open it again from what is stored.
    #[error("the open document must be read anew")]
    Reopen,
}

/// A record that could not be merged; the document goes on without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmerged {
    /// Its hash, when it could be read that far.
    pub hash: Option<ChangeHash>,
    /// Why.
    pub why: InvalidChange,
}

impl Unmerged {
    fn of(record: &Record, why: InvalidChange) -> Self {
        Self { hash: ChangeHeader::read(&record.change).ok().map(|header| header.hash), why }
    }
}

impl OpenDocument {
    /// Opens a document from what is stored. Records that cannot be merged are left out and listed.
    pub fn open(founding: &Founding, stored: &StoredDocument) -> (Self, Vec<Unmerged>) {
        let mut unmerged = Vec::new();
        let load = || stored.snapshot.as_ref().map(|snapshot| snapshot::load(&snapshot.bytes));
        let begin = |loaded: Option<Result<Automerge, _>>| {
            loaded.and_then(Result::ok).unwrap_or_else(|| schema::genesis(founding))
        };
        let loaded = load();
        if matches!(loaded, Some(Err(_))) {
            unmerged.push(Unmerged { hash: None, why: InvalidChange::Malformed });
        }
        let mut changes = Vec::with_capacity(stored.tail.len());
        for (_, record) in &stored.tail {
            match readable(record) {
                Ok(change) => changes.push(change),
                Err(why) => unmerged.push(Unmerged::of(record, why)),
            }
        }
        let (automerge, refused) = apply_all(begin(loaded), || begin(load()), changes);
        unmerged.extend(refused);
        let kind = founding.kind;
        let left_out = unmerged.len();
        let mut document = Self { kind, automerge, texts: Vec::new(), mismatches: 0, left_out, reading: None };
        document.find_texts();
        (document, unmerged)
    }

    fn find_texts(&mut self) {
        let found = self.kind.text_fields().iter().filter_map(|name| {
            let object = schema::text_object(&self.automerge, name)?;
            let id = object.to_string();
            Some(LiveField { name, object, id })
        });
        self.texts = found.collect();
    }

    /// What the document says and whose devices signed it, with a list of problems; never an error.
    pub fn read(&self, directory: &Directory) -> Reading {
        let mut reading = model::read_signed(self.kind, &self.automerge, directory);
        if !self.automerge.get_missing_deps(&[]).is_empty() {
            reading.problems.push(model::Problem {
                place: "history".into(),
                what: "some changes wait for others that have not arrived".into(),
            });
        }
        if self.left_out > 0 {
            reading.problems.push(model::Problem {
                place: "history".into(),
                what: "some changes could not be read and are left out".into(),
            });
        }
        reading
    }

    /// The document as it was when this was its latest change; nothing where it has no such change. For reading.
    pub fn at(&self, point: &[ChangeHash]) -> Option<Self> {
        let automerge = self.automerge.fork_at(&self.known_heads(point)?).ok()?;
        let mut past =
            Self { kind: self.kind, automerge, texts: Vec::new(), mismatches: 0, left_out: 0, reading: None };
        past.find_texts();
        Some(past)
    }

    /// What was said of words in its texts, without reading the rest.
    pub fn comments(&self, directory: &Directory) -> Vec<Comment> {
        model::comments_signed(self.kind, &self.automerge, directory)
    }

    /// The document's kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The Automerge document, for reading.
    pub fn automerge(&self) -> &Automerge {
        &self.automerge
    }

    /// The object of a text.
    pub fn text_object(&self, field: &str) -> Option<&ObjId> {
        self.texts.iter().find(|text| text.name == field).map(|text| &text.object)
    }

    /// A text as it stands.
    pub fn text(&self, field: &str) -> Option<String> {
        self.automerge.text(self.text_object(field)?).ok()
    }

    /// The heads, sorted.
    pub fn heads(&self) -> Vec<ChangeHash> {
        self.automerge.get_heads().into_iter().map(ChangeHash::from).collect()
    }

    /// Makes a change here as `actor`. On an error nothing has changed; `None` when the edit changes nothing.
    pub fn edit(&mut self, actor: ActorId, author: &Author, edit: &Edit) -> Result<Option<LocalChange>, EditError> {
        let reading = self.reading.get_or_insert_with(|| model::read(self.kind, &self.automerge));
        edit::authorise(edit, &reading.model, &reading.comments, author)?;
        let before = self.automerge.get_heads();
        self.automerge.set_actor(actor.to_automerge());
        let mut transaction = self.automerge.transaction();
        if let Err(error) = edit::apply(edit, author, &mut transaction) {
            transaction.rollback();
            return Err(error);
        }
        let (hash, _) = transaction.commit_with(CommitOptions::default().with_time(author.day()));
        let Some(hash) = hash else { return Ok(None) };
        let Some(change) = self.automerge.get_change_by_hash(&hash) else { return Ok(None) };
        let changed = match edit {
            Edit::SpliceText { field, splices } => {
                let name = self.texts.iter().find(|text| text.name == field).map(|text| text.name);
                Changed {
                    texts: name.into_iter().map(|name| (name, splices.clone())).collect(),
                    structure: name.is_none(),
                }
            }
            _ => {
                self.reading = None;
                let patches = self.automerge.diff(&before, &[hash]);
                Changed { structure: true, ..self.changed(patches) }
            }
        };
        let builds_on = self.bases(&change);
        Ok(Some(LocalChange { change: change.raw_bytes().to_vec(), hash: hash.into(), builds_on, changed }))
    }

    /// Makes many edits in few changes, as a new document begins. Each is authorised against the document as the change
    /// before it left it. On an error, throw the document away: some of the edits may be in it.
    pub fn edit_all(&mut self, actor: ActorId, author: &Author, edits: &[Edit]) -> Result<Vec<LocalChange>, EditError> {
        let (mut made, mut rest) = (Vec::new(), edits);
        while !rest.is_empty() {
            let (change, done) = self.edit_some(actor, author, rest)?;
            made.extend(change);
            rest = &rest[done..];
        }
        Ok(made)
    }

    /// Makes one change of as many edits as it takes, at least one; tells how many.
    fn edit_some(
        &mut self,
        actor: ActorId,
        author: &Author,
        edits: &[Edit],
    ) -> Result<(Option<LocalChange>, usize), EditError> {
        let reading = self.reading.get_or_insert_with(|| model::read(self.kind, &self.automerge));
        let before = self.automerge.get_heads();
        self.automerge.set_actor(actor.to_automerge());
        let mut transaction = self.automerge.transaction();
        let (mut done, mut typed) = (0, 0);
        for edit in edits.iter().take(EDITS_OF_ONE_CHANGE_MAX) {
            typed += edit::typed_bytes(edit);
            // One verb at a time: what an edit may do can follow from what another verb said before it.
            let another = edits.first().map(std::mem::discriminant) != Some(std::mem::discriminant(edit));
            if done > 0 && (another || typed > TYPED_OF_ONE_CHANGE_MAX) {
                break;
            }
            let allowed = edit::authorise(edit, &reading.model, &reading.comments, author);
            // What it depends on may be among the edits before it: it is looked at again once they are in.
            if allowed.is_err() && done > 0 {
                break;
            }
            if let Err(error) = allowed.and_then(|()| edit::apply(edit, author, &mut transaction)) {
                transaction.rollback();
                return Err(error);
            }
            done += 1;
        }
        let (hash, _) = transaction.commit_with(CommitOptions::default().with_time(author.day()));
        self.reading = None;
        let change = hash.and_then(|hash| self.automerge.get_change_by_hash(&hash));
        let change = change.map(|change| {
            let patches = self.automerge.diff(&before, &[change.hash()]);
            let changed = Changed { structure: true, ..self.changed(patches) };
            let builds_on = self.bases(&change);
            LocalChange { change: change.raw_bytes().to_vec(), hash: change.hash().into(), builds_on, changed }
        });
        Ok((change, done))
    }

    /// Names what a change builds on besides its writer's own work and the genesis.
    fn bases(&self, change: &Change) -> Vec<Base> {
        let metas = change.deps().iter().filter_map(|hash| self.automerge.get_change_meta_by_hash(hash));
        metas
            .filter(|meta| *meta.actor != *change.actor_id())
            .filter_map(|meta| ActorId::from_automerge(&meta.actor).ok().map(|actor| Base::new(&actor, meta.seq)))
            .collect()
    }

    /// Takes in records from elsewhere, in causal order. Those already here are skipped.
    pub fn take_in(&mut self, records: &[Record]) -> Result<(Changed, Vec<Unmerged>), MergeError> {
        let mut all = Changed::default();
        let mut unmerged = Vec::new();
        let mut batch = Vec::new();
        for record in records {
            let change = match readable(record) {
                Ok(change) => change,
                Err(why) => {
                    unmerged.push(Unmerged::of(record, why));
                    continue;
                }
            };
            if batch.is_empty() && self.mismatches < MISMATCHES_MAX {
                match catch_unwind(AssertUnwindSafe(|| self.replay(&change))).map_err(|_| MergeError::Reopen)? {
                    replay::Outcome::Replayed(changed) => {
                        all.append(changed);
                        continue;
                    }
                    replay::Outcome::NotThisWay => {}
                    replay::Outcome::Mismatch => return Err(MergeError::Reopen),
                }
            }
            batch.push(change);
        }
        self.left_out += unmerged.len();
        if !batch.is_empty() {
            let mut log = PatchLog::active();
            let applied = catch_unwind(AssertUnwindSafe(|| {
                self.automerge
                    .apply_changes_log_patches(batch, &mut log)
                    .map(|()| self.automerge.make_patches(&mut log))
            }));
            let Ok(Ok(patches)) = applied else { return Err(MergeError::Reopen) };
            self.reading = None;
            all.append(self.changed(patches));
        }
        Ok((all, unmerged))
    }

    /// Notes, after a reopening that a mismatch caused, that replaying does not suit this document.
    pub fn distrust_replay(&mut self, mismatches: u32) {
        self.mismatches = mismatches;
    }

    /// How many replays came out wrong.
    pub fn mismatches(&self) -> u32 {
        self.mismatches
    }

    /// What changed between two points of history.
    pub fn changed_between(&self, before: &[ChangeHash], after: &[ChangeHash]) -> Option<Changed> {
        let [before, after] =
            [before, after].map(|heads| heads.iter().map(|hash| hash.to_automerge()).collect::<Vec<_>>());
        let known = before.iter().chain(&after).all(|hash| self.automerge.get_change_meta_by_hash(hash).is_some());
        known.then(|| self.changed(self.automerge.diff(&before, &after)))
    }

    fn changed(&self, patches: Vec<Patch>) -> Changed {
        let mut texts: BTreeMap<&'static str, Vec<Splice>> = BTreeMap::new();
        let mut structure = false;
        for patch in patches {
            let field = self.texts.iter().find(|text| text.object == patch.obj).map(|text| text.name);
            let splice = match (field, patch.action) {
                (Some(_), PatchAction::SpliceText { index, value, .. }) => {
                    Some(Splice { at: index, delete: 0, insert: value.make_string().into() })
                }
                (Some(_), PatchAction::DeleteSeq { index, length }) => {
                    Some(Splice { at: index, delete: length, insert: String::new().into() })
                }
                (Some(_), PatchAction::Mark { .. }) => None,
                _ => {
                    structure = true;
                    None
                }
            };
            if let (Some(field), Some(splice)) = (field, splice) {
                texts.entry(field).or_default().push(splice);
            }
        }
        Changed { texts: texts.into_iter().collect(), structure }
    }
}

/// Replays that may come out wrong before a document is merged the slow way for good: each costs a reopening.
const MISMATCHES_MAX: u32 = 3;

impl Changed {
    /// Adds what changed afterwards.
    pub fn append(&mut self, later: Changed) {
        for (field, splices) in later.texts {
            match self.texts.iter_mut().find(|(known, _)| *known == field) {
                Some((_, known)) => known.extend(splices),
                None => self.texts.push((field, splices)),
            }
        }
        self.structure |= later.structure;
    }
}

/// Bounds a record's change and lets Automerge parse it.
fn readable(record: &Record) -> Result<Change, InvalidChange> {
    ChangeHeader::read(&record.change)?;
    let bytes = record.change.clone();
    let parsed = catch_unwind(|| Change::from_bytes(bytes)).map_err(|_| InvalidChange::Malformed)?;
    parsed.map_err(|_| InvalidChange::Malformed)
}

/// Applies changes in one batch; when that fails, to what `again` makes and in halves, so that only the bad ones stay out.
fn apply_all(
    automerge: Automerge,
    again: impl FnOnce() -> Automerge,
    changes: Vec<Change>,
) -> (Automerge, Vec<Unmerged>) {
    let mut whole = automerge;
    let batch = changes.clone();
    match catch_unwind(AssertUnwindSafe(move || whole.apply_changes(batch).map(|()| whole))) {
        Ok(Ok(whole)) => (whole, Vec::new()),
        _ => apply_isolating(again(), changes),
    }
}

fn apply_isolating(automerge: Automerge, changes: Vec<Change>) -> (Automerge, Vec<Unmerged>) {
    if changes.is_empty() {
        return (automerge, Vec::new());
    }
    let mut whole = automerge.clone();
    let applied = catch_unwind(AssertUnwindSafe(|| whole.apply_changes(changes.clone())));
    if matches!(applied, Ok(Ok(()))) {
        return (whole, Vec::new());
    }
    if let [bad] = changes.as_slice() {
        return (automerge, vec![Unmerged { hash: Some(bad.hash().into()), why: InvalidChange::Malformed }]);
    }
    let mut earlier = changes;
    let later = earlier.split_off(earlier.len() / 2);
    let (automerge, mut refused) = apply_isolating(automerge, earlier);
    let (automerge, refused_later) = apply_isolating(automerge, later);
    refused.extend(refused_later);
    (automerge, refused)
}

#[cfg(test)]
mod tests;
