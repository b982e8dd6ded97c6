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
use time::{OffsetDateTime, UtcOffset};

use super::answers::ExportFormat;
use super::{House, Trouble, TroubleCode};
use words::Tongue;

impl House {
    /// A document, written out. The language is that of the words Rounds adds to a text or a page for people.
    pub async fn export(&self, id: DocumentId, format: ExportFormat, language: Language) -> Result<Vec<u8>, Trouble> {
        let tongue = Tongue { language, offset_at: local_offset };
        match format {
            ExportFormat::Json => {
                let answer = self.document_unseen(id).await?;
                serde_json::to_vec_pretty(&answer)
                    .map_err(|error| Trouble::new(TroubleCode::Internal, error.to_string()))
            }
            ExportFormat::Automerge => {
                self.with_glance(id, move |keeper| Ok(keeper.here(&id)?.document.automerge().save())).await
            }
            ExportFormat::Md => {
                let sheet = self.sheet(id, tongue).await?;
                away(move || markdown::markdown(&sheet)).await
            }
            ExportFormat::Html => {
                let sheet = self.sheet(id, tongue).await?;
                away(move || page::page(&sheet, tongue)).await
            }
        }
    }

    async fn sheet(&self, id: DocumentId, tongue: Tongue) -> Result<sheet::Sheet, Trouble> {
        self.stage_read_up(id).await?;
        self.with_glance(id, move |keeper| keeper.sheet(id, tongue)).await
    }
}

/// Long texts are dressed on a thread of their own: the keeper has other things to do.
async fn away(write: impl FnOnce() -> String + Send + 'static) -> Result<Vec<u8>, Trouble> {
    let written = tokio::task::spawn_blocking(write).await;
    let fault = |_| Trouble::new(TroubleCode::Internal, "the document could not be written out");
    written.map(String::into_bytes).map_err(fault)
}

/// How far this computer's clock on the wall is from UTC at a moment; UTC where the system does not tell.
fn local_offset(at: OffsetDateTime) -> UtcOffset {
    let zone = jiff::tz::TimeZone::system();
    let offset = jiff::Timestamp::from_second(at.unix_timestamp()).map(|at| zone.to_offset(at).seconds());
    offset.ok().and_then(|seconds| UtcOffset::from_whole_seconds(seconds).ok()).unwrap_or(UtcOffset::UTC)
}
