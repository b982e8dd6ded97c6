//! Decides what the keeper and an open page say to each other, and what becomes of a page that does not read.

use std::collections::BTreeSet;
use std::sync::Arc;

use rounds_crdt::access::Role;
use rounds_crdt::edit::{Edit, Splice};
use rounds_crdt::ids::{ChangeHash, DocumentId, PersonId};
use rounds_crdt::model::Words;
use tokio::sync::mpsc;

use super::comments::CommentTold;
use super::keeper::Keeper;
use super::{House, Trouble};
use crate::journal::DiskTrouble;

/// One connected page.
pub(super) type PageId = u64;

/// Events a page may leave unread before it is let go; it comes back and asks where it was.
const PAGE_EVENTS_MAX: usize = 4_096;

/// What a page asks for.
#[derive(Debug)]
pub enum PageCommand {
    /// Show a document, and one of its texts from where the page was.
    Open {
        /// The document.
        document: DocumentId,
        /// The text.
        field: Option<String>,
        /// Where the page's text stands, if it has one.
        heads: Option<Vec<ChangeHash>>,
        /// Edits that the page has not heard saved.
        pending: Vec<String>,
    },
    /// Stop showing it.
    Close {
        /// The document.
        document: DocumentId,
    },
    /// Type.
    Push {
        /// The document.
        document: DocumentId,
        /// The text.
        field: String,
        /// The opening the version belongs to.
        epoch: u64,
        /// The version the updates were made at.
        version: u64,
        /// In order.
        updates: Vec<PageUpdate>,
    },
    /// Do something else to a document.
    Edit {
        /// The document.
        document: DocumentId,
        /// The page's name for the edit.
        id: String,
        /// The edit.
        edit: Box<Edit>,
    },
    /// The caret moved.
    Presence {
        /// The document.
        document: DocumentId,
        /// The text.
        field: String,
        /// Where the selection began.
        anchor: usize,
        /// Where the caret is.
        head: usize,
    },
}

impl PageCommand {
    /// The document it is about.
    pub(super) fn document(&self) -> DocumentId {
        match self {
            Self::Open { document, .. }
            | Self::Close { document }
            | Self::Push { document, .. }
            | Self::Edit { document, .. }
            | Self::Presence { document, .. } => *document,
        }
    }

    /// The page's name for what it asks, for telling it that it was refused.
    pub(super) fn name(&self) -> Option<String> {
        match self {
            Self::Push { updates, .. } => updates.first().map(|update| update.id.clone()),
            Self::Edit { id, .. } => Some(id.clone()),
            Self::Open { .. } | Self::Close { .. } | Self::Presence { .. } => None,
        }
    }
}

/// One step a page typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageUpdate {
    /// The page's name for it; sent twice, it counts once.
    pub id: String,
    /// Applied in order.
    pub splices: Vec<Splice>,
}

/// One step of a text as pages are shown it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatchUpdate {
    /// The name its page gave it; `None` when it came from a partner.
    pub id: Option<String>,
    /// Who wrote it, when it was one person.
    pub by: Option<PersonId>,
    /// Applied in order.
    pub splices: Vec<Splice>,
}

/// What a page is told.
#[derive(Debug, Clone)]
pub enum PageEvent {
    /// A text, whole.
    Text {
        /// The document.
        document: DocumentId,
        /// The text's name.
        field: String,
        /// The words.
        text: Words,
        /// The version it is.
        version: u64,
        /// The opening it belongs to.
        epoch: u64,
        /// The point of history it stands at.
        heads: Vec<ChangeHash>,
        /// What this person may do.
        role: Role,
        /// Which of the page's pending edits are in it.
        known: Vec<String>,
    },
    /// Steps of a text.
    Patches {
        /// The document.
        document: DocumentId,
        /// The text's name.
        field: String,
        /// The opening the versions belong to.
        epoch: u64,
        /// The version before the first step; in the answer to an opening, where the page's own version is unknown, the
        /// version after them all.
        from: u64,
        /// The version after them all.
        version: u64,
        /// The steps.
        updates: Vec<PatchUpdate>,
        /// The point of history after them.
        heads: Vec<ChangeHash>,
        /// Which of the page's pending edits are in them.
        known: Vec<String>,
    },
    /// What was said of words in a text, all of it.
    Comments {
        /// The document.
        document: DocumentId,
        /// The text's name.
        field: String,
        /// The opening the version belongs to.
        epoch: u64,
        /// The version of the text that the places are places in.
        version: u64,
        /// The comments, oldest first.
        comments: Vec<CommentTold>,
    },
    /// A push was made at an old version: take in the patches and push again.
    Stale {
        /// The document.
        document: DocumentId,
        /// The text's name.
        field: String,
        /// The present version.
        version: u64,
    },
    /// These edits are on this disk, durably.
    Saved {
        /// By the names the page gave them.
        ids: Vec<String>,
    },
    /// Who holds all of a document.
    Delivered {
        /// The document.
        document: DocumentId,
        /// Each other reader, and whether they do.
        people: Vec<(PersonId, bool)>,
    },
    /// A document's model changed.
    Document {
        /// The document.
        document: DocumentId,
    },
    /// The list of documents changed.
    Documents,
    /// Partners or their reach changed.
    People,
    /// The disk takes what it is given, or not.
    Storage {
        /// Whether it does.
        saving: bool,
        /// Why not.
        reason: Option<String>,
        /// Why not, by its kind.
        trouble: Option<DiskTrouble>,
    },
    /// Somebody's caret.
    Presence {
        /// The document.
        document: DocumentId,
        /// The text's name.
        field: String,
        /// Whose.
        person: PersonId,
        /// Their name.
        name: Words,
        /// Where the selection began.
        anchor: usize,
        /// Where the caret is.
        head: usize,
    },
    /// Somebody left a document.
    Absent {
        /// The document.
        document: DocumentId,
        /// Who.
        person: PersonId,
    },
    /// Something the page asked was not done.
    Refused {
        /// In which document.
        document: DocumentId,
        /// The page's name for it.
        id: Option<String>,
        /// Why.
        trouble: Trouble,
    },
}

/// A page as the keeper knows it.
pub(super) struct Page {
    events: mpsc::Sender<PageEvent>,
    open: BTreeSet<DocumentId>,
}

impl Page {
    pub(super) fn documents(&self) -> impl Iterator<Item = DocumentId> + '_ {
        self.open.iter().copied()
    }
}

/// A page's end of its connection to the keeper; dropping it disconnects the page.
#[derive(Debug)]
pub struct PageLink {
    /// What the page is told. It ends when the page fell too far behind or the daemon stops.
    pub events: mpsc::Receiver<PageEvent>,
    commands: mpsc::UnboundedSender<super::Command>,
    page: Arc<Connected>,
}

/// Disconnects the page when the last of its link is gone.
#[derive(Debug)]
struct Connected {
    page: PageId,
    commands: mpsc::UnboundedSender<super::Command>,
}

impl Drop for Connected {
    fn drop(&mut self) {
        let page = self.page;
        let leave: super::Command = Box::new(move |keeper| keeper.page_left(page));
        drop(self.commands.send(leave)); // the keeper may have stopped
    }
}

impl PageLink {
    /// Hands a command to the keeper; false when the daemon is stopping.
    pub fn send(&self, command: PageCommand) -> bool {
        let page = self.page.page;
        self.commands.send(Box::new(move |keeper| keeper.page_command(page, command))).is_ok()
    }
}

impl House {
    /// Connects a page.
    pub async fn connect_page(&self) -> Result<PageLink, Trouble> {
        let (sender, events) = mpsc::channel(PAGE_EVENTS_MAX);
        let page = self
            .call(move |keeper| {
                let page = keeper.next_page;
                keeper.next_page += 1;
                keeper.pages.insert(page, Page { events: sender, open: BTreeSet::new() });
                Ok(page)
            })
            .await?;
        let connected = Connected { page, commands: self.commands.clone() };
        Ok(PageLink { events, commands: self.commands.clone(), page: Arc::new(connected) })
    }
}

impl Keeper {
    fn page_left(&mut self, page: PageId) {
        let documents: Vec<DocumentId> =
            self.pages.remove(&page).map(|page| page.open.into_iter().collect()).unwrap_or_default();
        for document in documents {
            self.caret_left(document);
        }
    }

    pub(super) fn shows(&mut self, page: PageId, document: DocumentId) {
        if let Some(page) = self.pages.get_mut(&page) {
            page.open.insert(document);
        }
    }

    pub(super) fn no_longer_shows(&mut self, page: PageId, document: DocumentId) {
        if let Some(page) = self.pages.get_mut(&page) {
            page.open.remove(&document);
        }
        self.caret_left(document);
    }

    /// Tells one page something; a page that does not read is let go.
    pub(super) fn tell(&mut self, page: PageId, event: PageEvent) {
        let full = self.pages.get(&page).is_some_and(|page| page.events.try_send(event).is_err());
        if full {
            self.pages.remove(&page);
        }
    }

    /// Tells every page.
    pub(super) fn tell_everyone(&mut self, event: &PageEvent) {
        self.pages.retain(|_, page| page.events.try_send(event.clone()).is_ok());
    }

    /// Tells every page that shows a document.
    pub(super) fn tell_readers(&mut self, document: DocumentId, event: &PageEvent) {
        self.pages.retain(|_, page| !page.open.contains(&document) || page.events.try_send(event.clone()).is_ok());
    }

    /// Whether any page shows a document.
    pub(super) fn is_shown(&self, document: DocumentId) -> bool {
        self.pages.values().any(|page| page.open.contains(&document))
    }

    /// A document is gone for this person: pages are told and stop showing it.
    pub(super) fn close_for_pages(&mut self, document: DocumentId) {
        self.tell_readers(document, &PageEvent::Refused { document, id: None, trouble: Trouble::no_document() });
        for page in self.pages.values_mut() {
            page.open.remove(&document);
        }
    }
}
