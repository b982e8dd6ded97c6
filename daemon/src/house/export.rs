//! Decides how a document is written out: for people to read or print, for scripts, and as itself.

mod markdown;
mod notes;
mod page;
mod prose;
mod sheet;
mod week;
mod words;
mod written;

use rounds_crdt::describe::Language;
use rounds_crdt::ids::DocumentId;
use serde::Serialize;
use utoipa::ToSchema;

use self::sheet::Sheet;
use self::words::Tongue;
use super::answers::{ANSWER_SCHEMA, ExportFormat};
use super::past::parse_point;
use super::{House, Trouble, TroubleCode};
use crate::platform;

/// Everything a document says, in the order in which it is written out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SheetAnswer {
    /// The version of this shape.
    pub schema: u32,
    /// What it says.
    pub sheet: Sheet,
}

impl House {
    /// A document, written out, as it stands or for people as it stood. The language is that of the words Rounds adds to a
    /// text or a page for people.
    pub async fn export(
        &self,
        id: DocumentId,
        format: ExportFormat,
        at: Option<String>,
        language: Language,
    ) -> Result<Vec<u8>, Trouble> {
        let tongue = Tongue { language, offset_at: platform::utc_offset };
        match format {
            ExportFormat::Json | ExportFormat::Automerge if at.is_some() => {
                let trouble = "a point of the past is written out as Markdown or as a page";
                Err(Trouble::new(TroubleCode::BadRequest, trouble))
            }
            ExportFormat::Json => {
                let answer = self.document_unseen(id).await?;
                serde_json::to_vec_pretty(&answer)
                    .map_err(|error| Trouble::new(TroubleCode::Internal, error.to_string()))
            }
            ExportFormat::Automerge => {
                self.with_glance(id, move |keeper| Ok(keeper.here(&id)?.document.automerge().save())).await
            }
            ExportFormat::Md => {
                let sheet = self.sheet(id, tongue, at).await?;
                away(move || Ok(markdown::markdown(&sheet).into_bytes())).await
            }
            ExportFormat::Html => {
                let sheet = self.sheet(id, tongue, at).await?;
                away(move || Ok(page::page(&sheet, tongue).into_bytes())).await
            }
        }
    }

    /// Everything a document says, or said at a point of its past.
    pub async fn written_out(
        &self,
        id: DocumentId,
        at: Option<String>,
        language: Language,
    ) -> Result<SheetAnswer, Trouble> {
        let sheet = self.sheet(id, Tongue { language, offset_at: platform::utc_offset }, at).await?;
        Ok(SheetAnswer { schema: ANSWER_SCHEMA, sheet })
    }

    async fn sheet(&self, id: DocumentId, tongue: Tongue, at: Option<String>) -> Result<Sheet, Trouble> {
        let at = at.as_deref().map(parse_point).transpose()?;
        self.stage_read_up(id).await?;
        let Some(at) = at else {
            let (said, beside) = self.with_glance(id, move |keeper| keeper.said_now(id)).await?;
            return away(move || Ok(written::sheet(said, &beside, tongue))).await;
        };
        let (past, beside) = self.call(move |keeper| keeper.said_then(id, at)).await?;
        away(move || Ok(written::sheet(past.read(&beside)?, &beside, tongue))).await
    }
}

/// The past is read, and long texts are dressed, on a thread of their own: the keeper has other things to do.
async fn away<T: Send + 'static>(write: impl FnOnce() -> Result<T, Trouble> + Send + 'static) -> Result<T, Trouble> {
    let fault = |_| Trouble::new(TroubleCode::Internal, "the document could not be written out");
    tokio::task::spawn_blocking(write).await.map_err(fault)?
}
