//! Decides how a call from outside waits for a document to be in memory, and how long that keeps it there.

use rounds_crdt::ids::DocumentId;
use rounds_crdt::model::Kind;
use tokio::sync::oneshot;

use super::answers::{ANSWER_SCHEMA, DocumentAnswer, TextAnswer};
use super::documents::{Opening, text_field};
use super::keeper::Keeper;
use super::{House, Trouble};

impl House {
    /// Opens a document and does something with it on the keeper's thread.
    pub(super) async fn with_open<R: Send + 'static>(
        &self,
        id: DocumentId,
        work: impl FnOnce(&mut Keeper) -> Result<R, Trouble> + Send + 'static,
    ) -> Result<R, Trouble> {
        self.opened(id, work).await.map(|(done, _)| done)
    }

    /// The same for one of many: a document that was not open before, and that no page shows by now, is closed at once.
    pub(super) async fn with_glance<R: Send + 'static>(
        &self,
        id: DocumentId,
        work: impl FnOnce(&mut Keeper) -> Result<R, Trouble> + Send + 'static,
    ) -> Result<R, Trouble> {
        let (done, was_open) = self.opened(id, work).await?;
        if !was_open {
            let close = move |keeper: &mut Keeper| {
                if !keeper.is_shown(id) && matches!(keeper.open.get(&id), Some(Opening::Here(_))) {
                    keeper.open.remove(&id);
                }
                Ok(())
            };
            self.call(close).await?;
        }
        Ok(done)
    }

    /// Does something with an open document; tells, too, whether it was open before.
    async fn opened<R: Send + 'static, W>(&self, id: DocumentId, work: W) -> Result<(R, bool), Trouble>
    where
        W: FnOnce(&mut Keeper) -> Result<R, Trouble> + Send + 'static,
    {
        let mut work = work;
        loop {
            let (caller, opened) = oneshot::channel();
            let open = move |keeper: &mut Keeper| {
                let was_open = keeper.open.contains_key(&id);
                keeper.open_for(id, caller).map(|()| was_open)
            };
            let was_open = self.call(open).await?;
            opened.await.map_err(|_| Trouble::unreadable())?;
            let attempt = move |keeper: &mut Keeper| match keeper.open.get(&id) {
                Some(Opening::Here(_)) => work(keeper).map(Ok),
                // Closed, or being read anew, since it was opened: what is to be done waits for it once more.
                _ => Ok(Err(work)),
            };
            match self.call(attempt).await? {
                Ok(done) => return Ok((done, was_open)),
                Err(again) => work = again,
            }
        }
    }

    /// Everything a document says. Whoever asks has seen it.
    pub async fn document(&self, id: DocumentId) -> Result<DocumentAnswer, Trouble> {
        self.stage_read_up(id).await?;
        self.with_open(id, move |keeper| {
            keeper.load_catalog()?;
            keeper.catalog.seen(id);
            keeper.answer(id)
        })
        .await
    }

    /// The same to be written out: nobody has looked at it.
    pub(super) async fn document_unseen(&self, id: DocumentId) -> Result<DocumentAnswer, Trouble> {
        self.stage_read_up(id).await?;
        self.with_glance(id, move |keeper| keeper.load_catalog().and_then(|()| keeper.answer(id))).await
    }

    /// Lets the catalog read what a visit's stage follows from: its notes and debrief are other documents.
    pub(super) async fn stage_read_up(&self, id: DocumentId) -> Result<(), Trouble> {
        let is_visit = move |keeper: &mut Keeper| {
            Ok(keeper.replica.access(&id).is_some_and(|access| access.founding.kind == Kind::Visit))
        };
        if self.call(is_visit).await? { self.read_up().await } else { Ok(()) }
    }

    /// One text of a document.
    pub async fn text(&self, id: DocumentId, field: Option<String>) -> Result<TextAnswer, Trouble> {
        self.with_open(id, move |keeper| {
            let open = keeper.here(&id)?;
            let field = text_field(open.document.kind(), field.as_deref())?;
            let text = open.document.text(field).unwrap_or_default().into();
            Ok(TextAnswer { schema: ANSWER_SCHEMA, field: field.to_owned(), text, heads: open.document.heads() })
        })
        .await
    }
}
