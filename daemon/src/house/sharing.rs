//! Decides how a document is shared, who holds it, and when a script's words have reached somebody.

use std::collections::BTreeSet;
use std::time::Duration;

use rounds_crdt::access::Role;
use rounds_crdt::edit::Edit;
use rounds_crdt::ids::{DocumentId, PersonId};
use rounds_crdt::model::Kind;
use rounds_crdt::replica::Permission;
use rounds_crdt::wire::Position;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::answers::{ANSWER_SCHEMA, Copy, Holder, SavedAnswer, TextChange};
use super::documents::{Opening, difference, local, text_field};
use super::keeper::{Keeper, now_ms};
use super::{House, PageEvent, Trouble, TroubleCode};

/// Stands for no record in particular: the whole document is waited for. Records have positions from 1.
const ALL_OF_IT: Position = 0;

/// Somebody waits until a person's disk holds a record.
pub(super) struct Delivery {
    document: DocumentId,
    person: PersonId,
    position: Position,
    until: Instant,
    caller: oneshot::Sender<bool>,
}

impl Keeper {
    /// Each other reader of a document, and whether their disk holds all of it.
    pub(super) fn deliveries_of(&self, id: DocumentId) -> Vec<(PersonId, bool)> {
        let Some(access) = self.replica.access(&id) else { return Vec::new() };
        let readers = access.readers().filter(|person| *person != self.person);
        readers.map(|person| (person, self.person_holds(person, &id))).collect()
    }

    /// Tells pages what changed about who holds their documents, or one of them, and scripts that what they wait for has
    /// arrived.
    pub(super) fn tell_deliveries(&mut self, only: Option<DocumentId>) {
        let shown: BTreeSet<DocumentId> = match only {
            Some(document) if self.is_shown(document) => BTreeSet::from([document]),
            Some(_) => BTreeSet::new(),
            None => self.pages.values().flat_map(|page| page.documents().collect::<Vec<_>>()).collect(),
        };
        for id in shown {
            let people = self.deliveries_of(id);
            let Some(Opening::Here(open)) = self.open.get_mut(&id) else { continue };
            if open.told != people {
                open.told.clone_from(&people);
                self.tell_readers(id, &PageEvent::Delivered { document: id, people });
            }
        }
        let waiting = std::mem::take(&mut self.deliveries);
        for delivery in waiting {
            if self.has_arrived(&delivery.document, delivery.person, delivery.position) {
                let _ = delivery.caller.send(true); // the caller may have gone away
            } else {
                self.deliveries.push(delivery);
            }
        }
    }

    fn has_arrived(&self, id: &DocumentId, person: PersonId, position: Position) -> bool {
        if position == ALL_OF_IT {
            return self.person_holds(person, id);
        }
        self.devices_of(person).iter().any(|device| self.replica.holds_position(device, id, position))
    }

    pub(super) fn deliveries_expire_at(&self) -> Option<Instant> {
        self.deliveries.iter().map(|delivery| delivery.until).min()
    }

    pub(super) fn expire_deliveries(&mut self) {
        let now = Instant::now();
        for delivery in std::mem::take(&mut self.deliveries) {
            if delivery.until > now {
                self.deliveries.push(delivery);
            } else {
                let _ = delivery.caller.send(false); // the caller may have gone away
            }
        }
    }

    pub(super) fn set_grant(&mut self, id: DocumentId, person: PersonId, role: Role) -> Result<u64, Trouble> {
        self.require(&id)?;
        let kind = self.replica.access(&id).map(|access| access.founding.kind);
        if kind.is_some_and(|kind| !kind.may_be_shared()) {
            let trouble = Trouble::new(TroubleCode::Refused, "this page is yours alone and is never shared");
            return Err(match kind {
                Some(Kind::SuccessCard) => trouble.hint("ask the people named in it; then its words can be shown"),
                _ => trouble,
            });
        }
        match kind {
            Some(Kind::Goal) => self.share_goal(id, person, role),
            Some(Kind::ShownCard) => self.show_card(id, person, role),
            Some(Kind::Visit) if role == Role::None => self.show_out(id, person),
            Some(Kind::ReleasedNotes) if role >= Role::Writer => {
                Err(Trouble::new(TroubleCode::Refused, "released notes are answered by the host; others may read them")
                    .hint(format!("rounds share {id} --with NAME --as reader")))
            }
            Some(Kind::ReleasedNotes) if self.may_answer(&id, &person) => {
                let trouble = "what was released belongs to whoever it was released to as well, and is not called back";
                Err(Trouble::new(TroubleCode::Refused, trouble).hint("say so in the debrief, or release other notes"))
            }
            Some(Kind::StrategyCard | Kind::Resource) if role >= Role::Writer => {
                let trouble = "a card and a resource are their author's to write; others may read them";
                Err(Trouble::new(TroubleCode::Refused, trouble)
                    .hint(format!("rounds share {id} --with NAME --as reader")))
            }
            Some(Kind::FreePeriods) if role >= Role::Writer => {
                Err(Trouble::new(TroubleCode::Refused, "when somebody is free they say themselves; others may read it")
                    .hint(format!("rounds share {id} --with NAME --as reader")))
            }
            Some(Kind::GoalFeedback) => {
                Err(Trouble::new(TroubleCode::Refused, "feedback is shared with its goal, and with it alone")
                    .hint("rounds share GOAL --with NAME --as reader"))
            }
            Some(Kind::OpenDoor) if role >= Role::Writer => {
                Err(Trouble::new(TroubleCode::Refused, "an open door is its host's to write")
                    .hint(format!("rounds share {id} --with NAME --as reader")))
            }
            _ => self.grant_known(id, person, role),
        }
    }

    /// Ends somebody's access to a visit, and to the talk about it where they are a guest.
    fn show_out(&mut self, visit: DocumentId, person: PersonId) -> Result<u64, Trouble> {
        self.load_catalog()?;
        let talks: Vec<DocumentId> = self
            .catalog
            .of_visit(visit)
            .filter(|id| self.replica.access(id).is_some_and(|access| access.founding.kind == Kind::Debrief))
            .filter(|id| self.replica.role(id) == Role::Owner && self.may_answer(id, &person))
            .collect();
        for talk in talks {
            self.grant_known(talk, person, Role::None)?;
        }
        self.grant_known(visit, person, Role::None)
    }

    /// Whether somebody may write in a document that they do not own: in released notes, the host who answers them.
    fn may_answer(&self, id: &DocumentId, person: &PersonId) -> bool {
        self.replica.access(id).is_some_and(|access| access.role(person) == Role::Writer)
    }

    /// Grants something to somebody who is known here.
    pub(super) fn grant_known(&mut self, id: DocumentId, person: PersonId, role: Role) -> Result<u64, Trouble> {
        let known = self.replica.directory().certs_of(person).next().is_some();
        let named = self.replica.access(&id).is_some_and(|access| access.people().contains(&person));
        if !known && !named {
            return Err(
                Trouble::new(TroubleCode::NotFound, "there is nobody with this id here").hint("rounds people list")
            );
        }
        if self.replica.access(&id).is_some_and(|access| access.role(&person) == role) {
            return Ok(self.last_commit());
        }
        self.grant_anew(id, person, role)
    }

    /// Grants something whatever was granted before, as far as it is known here.
    pub(super) fn grant_anew(&mut self, id: DocumentId, person: PersonId, role: Role) -> Result<u64, Trouble> {
        let permission = Permission { person, role, at: now_ms() };
        let effects = self.replica.grant(self.now(), id, permission, &self.device_key, &*self.disk).map_err(local)?;
        self.perform(effects, Vec::new());
        Ok(self.last_commit())
    }

    fn holders(&self, id: DocumentId) -> Result<Vec<Holder>, Trouble> {
        self.require(&id)?;
        let Some(access) = self.replica.access(&id) else { return Err(Trouble::no_document()) };
        let holders = access.people().into_iter().map(|person| {
            let role = access.role(&person);
            let devices = self.devices_of(person);
            let copy = if person == self.person {
                Copy::Here
            } else if devices.is_empty() {
                Copy::Unknown
            } else if self.person_holds(person, &id) {
                Copy::Held
            } else if devices.iter().any(|device| self.replica.leaves_alone(device, &id)) {
                Copy::NotUnderstood
            } else {
                Copy::Waiting
            };
            let heard = devices.iter().all(|device| !self.replica.is_marked(device, &id));
            Holder {
                person: self.person_answer(&person),
                role,
                devices: if person == self.person { 1 } else { devices.len() },
                copy: if role < Role::Reader && matches!(copy, Copy::Waiting | Copy::NotUnderstood) {
                    Copy::Unknown
                } else {
                    copy
                },
                heard_of_revocation: (role == Role::None).then_some(heard && !devices.is_empty()),
            }
        });
        Ok(holders.collect())
    }
}

impl House {
    /// Says what a person may do with a document; `None` takes access away.
    pub async fn grant(&self, id: DocumentId, person: PersonId, role: Role) -> Result<(), Trouble> {
        if role == Role::None {
            self.read_up().await?; // what belongs to a visit is known by then
        }
        let grant = move |keeper: &mut Keeper| keeper.set_grant(id, person, role);
        // Whether a card may be seen is read from the card itself, at the moment of showing it.
        let commit =
            if self.is_shown_card(id).await? { self.with_open(id, grant).await? } else { self.call(grant).await? };
        self.saved(commit).await
    }

    /// Who may read a document and what they hold of it.
    pub async fn holders(&self, id: DocumentId) -> Result<Vec<Holder>, Trouble> {
        self.call(move |keeper| keeper.holders(id)).await
    }

    /// One edit, answered when it is on this disk.
    pub async fn edit(&self, id: DocumentId, name: Option<String>, edit: Edit) -> Result<SavedAnswer, Trouble> {
        let name = checked_name(name)?;
        let commit = self
            .with_open(id, move |keeper| {
                let done = name.as_deref().and_then(|name| keeper.done.commit_of(&id, name));
                match done {
                    Some(commit) => Ok(commit),
                    // What changes nothing may be so in memory alone: it is saved when what came before is.
                    None => Ok(keeper
                        .edit_here(id, &edit, name.as_slice())?
                        .map_or(keeper.last_commit(), |made| made.commit)),
                }
            })
            .await?;
        self.saved(commit).await?;
        Ok(SavedAnswer { schema: ANSWER_SCHEMA, document: id, saved: true, delivered_to: Vec::new() })
    }

    /// Changes a text, answered when it is on this disk and, where asked, on a person's.
    pub async fn change_text(
        &self,
        id: DocumentId,
        field: Option<String>,
        name: Option<String>,
        change: TextChange,
        deliver_to: Option<PersonId>,
        timeout: Duration,
    ) -> Result<SavedAnswer, Trouble> {
        let name = checked_name(name)?;
        let (position, commit) = self
            .with_open(id, move |keeper| {
                if let Some(person) = deliver_to {
                    let reads = keeper.replica.access(&id).is_some_and(|access| access.role(&person) >= Role::Reader);
                    if !reads {
                        return Err(Trouble::new(TroubleCode::Refused, "this person cannot read this document")
                            .hint(format!("rounds share {id} --with NAME --as reader")));
                    }
                }
                if let Some(commit) = name.as_deref().and_then(|name| keeper.done.commit_of(&id, name)) {
                    return Ok((ALL_OF_IT, commit));
                }
                let open = keeper.here(&id)?;
                let field = text_field(open.document.kind(), field.as_deref())?;
                let text = open.document.text(field).unwrap_or_default();
                let end = text.chars().map(char::len_utf16).sum();
                let splice = match change {
                    TextChange::Append(words) => Some(rounds_crdt::edit::Splice { at: end, delete: 0, insert: words }),
                    TextChange::Set(words) => difference(&text, words.as_str()),
                    TextChange::Splice(splice) => Some(splice),
                };
                let Some(splice) = splice else { return Ok((ALL_OF_IT, keeper.last_commit())) };
                let edit = Edit::SpliceText { field: field.to_owned(), splices: vec![splice] };
                Ok(keeper
                    .edit_here(id, &edit, name.as_slice())?
                    .map_or((ALL_OF_IT, keeper.last_commit()), |made| (made.position, made.commit)))
            })
            .await?;
        self.saved(commit).await?;
        let mut delivered_to = Vec::new();
        if let Some(person) = deliver_to {
            self.delivered(id, person, position, timeout).await?;
            delivered_to.push(person);
        }
        Ok(SavedAnswer { schema: ANSWER_SCHEMA, document: id, saved: true, delivered_to })
    }

    async fn delivered(
        &self,
        id: DocumentId,
        person: PersonId,
        position: Position,
        timeout: Duration,
    ) -> Result<(), Trouble> {
        let (caller, arrived) = oneshot::channel();
        let until = Instant::now() + timeout;
        let name = self
            .call(move |keeper| {
                if keeper.has_arrived(&id, person, position) {
                    let _ = caller.send(true); // the caller may have gone away
                } else {
                    keeper.deliveries.push(Delivery { document: id, person, position, until, caller });
                }
                Ok(keeper.name_of(&person))
            })
            .await?;
        if arrived.await.unwrap_or(false) {
            return Ok(());
        }
        Err(Trouble::new(TroubleCode::NobodyReachable, format!("saved here, but not yet on {name}'s computer"))
            .hint("it will reach them when your computers next meet; rounds status"))
    }
}

fn checked_name(name: Option<String>) -> Result<Option<String>, Trouble> {
    use rounds_crdt::limits::EDIT_ID_BYTES_MAX;
    match name {
        Some(name) if name.is_empty() || name.len() > EDIT_ID_BYTES_MAX => {
            Err(Trouble::new(TroubleCode::BadRequest, format!("an edit's id has 1 to {EDIT_ID_BYTES_MAX} bytes")))
        }
        name => Ok(name),
    }
}
