//! Decides what typing in a page becomes: pushes at the present version only, carets, and a text to begin from.

use rounds_crdt::access::Role;
use rounds_crdt::edit::Edit;
use rounds_crdt::ids::{ChangeHash, DocumentId, PersonId};
use rounds_crdt::limits::EDIT_ID_BYTES_MAX;
use rounds_crdt::record::PresenceNote;

use super::documents::{Opening, text_field};
use super::keeper::Keeper;
use super::pages::PageId;
use super::{PageCommand, PageEvent, PageUpdate, PatchUpdate, Trouble, TroubleCode, fault};

/// Steps one push may carry: a page that was away for a lesson joins its typing into fewer.
const UPDATES_PER_PUSH_MAX: usize = 1_000;

impl Keeper {
    /// Does what a page asks; what cannot be done yet waits for its document to be in memory.
    pub(super) fn page_command(&mut self, page: PageId, command: PageCommand) {
        let document = command.document();
        if let PageCommand::Close { document } = &command {
            return self.no_longer_shows(page, *document);
        }
        let name = command.name();
        if self.is_whole().is_err() {
            return; // pages were let go and come again, with all that they have not heard saved
        }
        let outcome = self.contained(|keeper| match keeper.open.get(&document) {
            Some(Opening::Here(_)) => keeper.page_asks(page, command),
            _ => keeper.open_for_page(document, page, command),
        });
        let outcome = outcome.unwrap_or_else(|| Err(fault()));
        if let Err(trouble) = outcome {
            self.tell(page, PageEvent::Refused { document, id: name, trouble });
        }
    }

    fn page_asks(&mut self, page: PageId, command: PageCommand) -> Result<(), Trouble> {
        match command {
            PageCommand::Open { document, field, heads, pending } => {
                self.page_opens(page, document, field, heads, &pending)
            }
            PageCommand::Close { .. } => Ok(()),
            PageCommand::Push { document, field, epoch, version, updates } => {
                self.page_pushes(page, document, &field, (epoch, version), updates)
            }
            PageCommand::Edit { document, id, edit } => self.page_edits(page, document, id, &edit),
            PageCommand::Presence { document, field, anchor, head } => {
                self.page_moves(document, &field, (anchor, head))
            }
        }
    }

    fn page_opens(
        &mut self,
        page: PageId,
        id: DocumentId,
        field: Option<String>,
        heads: Option<Vec<ChangeHash>>,
        pending: &[String],
    ) -> Result<(), Trouble> {
        self.require(&id)?;
        let role = self.replica.role(&id);
        let mut waits = Vec::new();
        for edit in pending {
            if let Some(commit) = self.done.commit_of(&id, edit) {
                waits.push((commit, edit.clone()));
            }
        }
        let known: Vec<String> = waits.iter().map(|(_, edit)| edit.clone()).collect();
        let open = self.here(&id)?;
        let field = match field {
            None if open.document.kind().main_text().is_none() => None,
            field => Some(text_field(open.document.kind(), field.as_deref())?),
        };
        let mut answer = Vec::new();
        if let Some(field) = field {
            answer.push(beginning(open, id, field, role, heads, known));
            answer.extend(self.comments_on(id, &[field])?);
        }
        self.shows(page, id);
        self.catalog.seen(id);
        for event in answer {
            self.tell(page, event);
        }
        for (commit, edit) in waits {
            self.tell_when_saved(commit, page, vec![edit]);
        }
        let people = self.deliveries_of(id);
        self.tell(page, PageEvent::Delivered { document: id, people });
        Ok(())
    }

    fn page_pushes(
        &mut self,
        page: PageId,
        id: DocumentId,
        field: &str,
        at: (u64, u64),
        updates: Vec<PageUpdate>,
    ) -> Result<(), Trouble> {
        self.require(&id)?;
        if updates.len() > UPDATES_PER_PUSH_MAX || updates.iter().any(|update| update.id.len() > EDIT_ID_BYTES_MAX) {
            return Err(Trouble::new(TroubleCode::TooLarge, "too much typing in one message"));
        }
        let open = self.here(&id)?;
        let field = text_field(open.document.kind(), Some(field))?;
        let now = (open.epoch, open.version(field));
        if at != now {
            let answer = if at.0 == now.0 {
                vec![PageEvent::Stale { document: id, field: field.to_owned(), version: now.1 }]
            } else {
                let role = self.replica.role(&id);
                let open = self.here(&id)?;
                let mut anew = vec![beginning(open, id, field, role, None, Vec::new())];
                anew.extend(self.comments_on(id, &[field])?);
                anew
            };
            for event in answer {
                self.tell(page, event);
            }
            return Ok(());
        }
        for update in updates {
            if let Some(commit) = self.done.commit_of(&id, &update.id) {
                self.tell_when_saved(commit, page, vec![update.id]);
                continue;
            }
            let edit = Edit::SpliceText { field: field.to_owned(), splices: update.splices };
            let ids = [update.id];
            match self.edit_here(id, &edit, &ids) {
                Ok(made) => {
                    let commit = made.map_or(self.last_commit(), |made| made.commit);
                    self.tell_when_saved(commit, page, ids.into());
                }
                Err(trouble) => {
                    let [name] = ids;
                    self.tell(page, PageEvent::Refused { document: id, id: Some(name), trouble });
                    break; // what follows was typed on top of it
                }
            }
        }
        Ok(())
    }

    fn page_edits(&mut self, page: PageId, id: DocumentId, name: String, edit: &Edit) -> Result<(), Trouble> {
        self.require(&id)?;
        if name.len() > EDIT_ID_BYTES_MAX {
            return Err(Trouble::new(TroubleCode::BadRequest, "an edit's name is too long"));
        }
        let commit = match self.done.commit_of(&id, &name) {
            Some(commit) => commit,
            None => {
                let made = self.edit_here(id, edit, std::slice::from_ref(&name))?;
                made.map_or(self.last_commit(), |made| made.commit)
            }
        };
        self.tell_when_saved(commit, page, vec![name]);
        Ok(())
    }

    /// Shows partners where the caret is; one's own other pages do not show it, as they are the same person's.
    fn page_moves(&mut self, id: DocumentId, field: &str, (anchor, head): (usize, usize)) -> Result<(), Trouble> {
        self.require(&id)?;
        let open = self.here(&id)?;
        let field = text_field(open.document.kind(), Some(field))?;
        let cursors = (open.document.cursor(field, anchor), open.document.cursor(field, head));
        let (Some(anchor), Some(head)) = cursors else { return Ok(()) };
        self.caret_seq += 1;
        let note = PresenceNote { field: field.to_owned(), anchor, head, seq: self.caret_seq };
        let effects = self.replica.presence(id, &note, &self.device_key);
        self.perform(effects, Vec::new());
        Ok(())
    }

    /// Tells partners that this person's caret is gone, once no page shows the document.
    pub(super) fn caret_left(&mut self, id: DocumentId) {
        if self.is_shown(id) {
            return;
        }
        self.caret_seq += 1;
        let note =
            PresenceNote { field: String::new(), anchor: String::new(), head: String::new(), seq: self.caret_seq };
        let effects = self.replica.presence(id, &note, &self.device_key);
        self.perform(effects, Vec::new());
    }

    pub(super) fn caret_from_partner(&mut self, id: DocumentId, person: PersonId, note: &PresenceNote) {
        if !self.is_shown(id) {
            return;
        }
        let name = self.name_of(&person).into();
        let event = match self.here(&id) {
            Ok(open) if !note.field.is_empty() => {
                let place = |cursor: &str| open.document.cursor_position(&note.field, cursor);
                let (Some(anchor), Some(head)) = (place(&note.anchor), place(&note.head)) else { return };
                PageEvent::Presence { document: id, field: note.field.clone(), person, name, anchor, head }
            }
            _ => PageEvent::Absent { document: id, person },
        };
        self.tell_readers(id, &event);
    }

    /// A link went down: carets that came over it are no longer known.
    pub(super) fn carets_gone(&mut self) {
        let shown: Vec<DocumentId> =
            self.pages.values().flat_map(|page| page.documents().collect::<Vec<_>>()).collect();
        for id in shown {
            let Some(access) = self.replica.access(&id) else { continue };
            let away: Vec<PersonId> = access
                .people()
                .into_iter()
                .filter(|person| {
                    *person != self.person
                        && !self.devices_of(*person).iter().any(|device| self.replica.is_connected(device))
                })
                .collect();
            for person in away {
                self.tell_readers(id, &PageEvent::Absent { document: id, person });
            }
        }
    }

    /// Shows every page of a document its texts whole: it was read anew and versions begin again.
    pub(super) fn tell_texts(&mut self, id: DocumentId) {
        if !self.is_shown(id) {
            return;
        }
        let role = self.replica.role(&id);
        let Ok(open) = self.here(&id) else { return };
        let fields = open.document.kind().text_fields();
        let mut events: Vec<PageEvent> =
            fields.iter().map(|field| beginning(open, id, field, role, None, Vec::new())).collect();
        events.extend(self.comments_on(id, fields).unwrap_or_default());
        for event in events {
            self.tell_readers(id, &event);
        }
        self.tell_readers(id, &PageEvent::Document { document: id });
    }
}

/// What a page begins from: the steps since where it was when that is known here, else the whole text.
fn beginning(
    open: &super::documents::Open,
    id: DocumentId,
    field: &'static str,
    role: Role,
    was: Option<Vec<ChangeHash>>,
    known: Vec<String>,
) -> PageEvent {
    let heads = open.document.heads();
    let since = was.and_then(|was| open.document.changed_between(&was, &heads));
    let (version, epoch) = (open.version(field), open.epoch);
    match since {
        Some(changed) => {
            let splices = changed.texts.into_iter().find(|(name, _)| *name == field).map(|(_, splices)| splices);
            let updates = splices.into_iter().map(|splices| PatchUpdate { id: None, by: None, splices }).collect();
            PageEvent::Patches {
                document: id,
                field: field.to_owned(),
                epoch,
                from: version,
                version,
                updates,
                heads,
                known,
            }
        }
        None => {
            let text = open.document.text(field).unwrap_or_default().into();
            PageEvent::Text { document: id, field: field.to_owned(), text, version, epoch, heads, role, known }
        }
    }
}
