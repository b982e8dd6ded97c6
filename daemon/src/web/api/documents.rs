//! Decides how documents are made, listed, read, edited, written out and deleted over the API.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use rounds_crdt::describe::Language;
use rounds_crdt::edit::Edit;
use rounds_crdt::ids::DocumentId;
use rounds_crdt::model::Kind;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::App;
use super::super::extract::{Asked, Body, InDocument};
use super::super::refusal::{Refusal, Refusals};
use super::{Answer, Done, done, saved};
use crate::house::answers::{
    ANSWER_SCHEMA, CreateDocument, DocumentAnswer, DocumentRow, ExportFormat, HistoryAnswer, ProposeVisit, SavedAnswer,
};
use crate::house::export::SheetAnswer;

/// Documents in one answer when nobody says how many: a few screens.
const LIMIT: usize = 100;
/// Documents in one answer at most: half a megabyte of titles.
const LIMIT_MAX: usize = 500;

pub(super) fn endpoints() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(propose_visit))
        .routes(routes!(list_documents, create_document))
        .routes(routes!(show_document, delete_document))
        .routes(routes!(put_in_bin, put_back))
        .routes(routes!(release_notes))
        .routes(routes!(edit_document))
        .routes(routes!(show_history))
        .routes(routes!(show_sheet))
        .routes(routes!(start_clean_copy))
        .routes(routes!(export_document))
}

/// Proposes a visit: answers when it is on this disk.
#[utoipa::path(
    post, path = "/visits", tag = "documents", request_body = ProposeVisit,
    responses((status = 200, body = SavedAnswer), Refusals)
)]
async fn propose_visit(State(app): State<App>, Body(visit): Body<ProposeVisit>) -> Answer<SavedAnswer> {
    Ok(saved(app.house.propose_visit(visit).await?))
}

/// Begins a document: answers when it is on this disk.
#[utoipa::path(
    post, path = "/documents", tag = "documents", request_body = CreateDocument,
    responses((status = 200, body = SavedAnswer), Refusals)
)]
async fn create_document(State(app): State<App>, Body(wanted): Body<CreateDocument>) -> Answer<SavedAnswer> {
    Ok(saved(app.house.create_document(wanted).await?))
}

/// Releases a note set: answers the new document that the hosts may read.
#[utoipa::path(
    post, path = "/documents/{id}/release", tag = "documents",
    params(("id" = String, Path, description = "The note set")),
    responses((status = 200, body = SavedAnswer), Refusals)
)]
async fn release_notes(InDocument(id): InDocument, State(app): State<App>) -> Answer<SavedAnswer> {
    Ok(saved(app.house.release_notes(id).await?))
}

/// Which documents.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Listing {
    /// Only those of this kind.
    kind: Option<Kind>,
    /// Only those that belong to this visit.
    #[param(value_type = Option<String>)]
    visit: Option<DocumentId>,
    /// What is in the bin, last put there first and all at once, instead of what is not.
    bin: Option<bool>,
    /// Where the answer before this one ended: its `next`.
    cursor: Option<String>,
    /// How many; 100 when absent.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<usize>,
}

/// One page of the list.
#[derive(Debug, Serialize, ToSchema)]
struct DocumentList {
    /// The version of this shape.
    schema: u32,
    /// The documents, last changed first.
    documents: Vec<DocumentRow>,
    /// The cursor of the next page, if there is one.
    next: Option<String>,
}

/// The documents, last changed first, page by page. One that changes meanwhile moves to the front.
#[utoipa::path(
    get, path = "/documents", tag = "documents", params(Listing),
    responses((status = 200, body = DocumentList), Refusals)
)]
async fn list_documents(Asked(asked): Asked<Listing>, State(app): State<App>) -> Answer<DocumentList> {
    let limit = asked.limit.unwrap_or(LIMIT);
    if !(1..=LIMIT_MAX).contains(&limit) {
        return Err(Refusal::bad_request(format!("the limit is between 1 and {LIMIT_MAX}")));
    }
    if asked.bin == Some(true) {
        let documents = app.house.list_bin().await?;
        return Ok(Json(DocumentList { schema: ANSWER_SCHEMA, documents, next: None }));
    }
    let after = asked.cursor.as_deref().map(Place::read).transpose()?;
    let places = app.house.list_places(asked.kind, asked.visit).await?;
    let places = places.into_iter().map(|(moment, id)| Place(std::cmp::Reverse(moment), id)).collect();
    // Only what is asked for is told in full: a decade of documents is looked through for each page.
    let (page, next) = cut(places, after, limit, |place: &Place| *place);
    let documents = app.house.list_rows(page.into_iter().map(|Place(_, id)| id).collect()).await?;
    Ok(Json(DocumentList { schema: ANSWER_SCHEMA, documents, next: next.map(Place::write) }))
}

/// A row's place in the list: later moments come first, and the id decides between equal ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place(std::cmp::Reverse<i64>, DocumentId);

impl Place {
    fn write(self) -> String {
        format!("{}.{}", self.0.0, self.1)
    }

    fn read(cursor: &str) -> Result<Self, Refusal> {
        let place = cursor
            .split_once('.')
            .and_then(|(moment, id)| Some(Self(std::cmp::Reverse(moment.parse().ok()?), id.parse().ok()?)));
        place.ok_or_else(|| Refusal::bad_request("the cursor is not one of ours"))
    }
}

/// The rows after a place, in order, and the place of the last one when there are more.
fn cut<R, P: Ord + Copy>(
    mut rows: Vec<R>,
    after: Option<P>,
    limit: usize,
    place: impl Fn(&R) -> P,
) -> (Vec<R>, Option<P>) {
    rows.sort_by_key(&place);
    let begin = after.map_or(0, |after| rows.partition_point(|row| place(row) <= after));
    let mut page = rows.split_off(begin);
    let more = page.len() > limit;
    page.truncate(limit);
    let next = if more { page.last().map(place) } else { None };
    (page, next)
}

/// One document: what it says, its texts, what in it could not be read as meant.
#[utoipa::path(
    get, path = "/documents/{id}", tag = "documents",
    params(("id" = String, Path, description = "The document")),
    responses((status = 200, body = DocumentAnswer), Refusals)
)]
async fn show_document(InDocument(id): InDocument, State(app): State<App>) -> Answer<DocumentAnswer> {
    Ok(Json(app.house.document(id).await?))
}

/// Deletes a document from this computer for good.
#[utoipa::path(
    delete, path = "/documents/{id}", tag = "documents",
    params(("id" = String, Path, description = "The document")),
    responses((status = 200, body = Done), Refusals)
)]
async fn delete_document(InDocument(id): InDocument, State(app): State<App>) -> Answer<Done> {
    app.house.delete_document(id).await?;
    Ok(done())
}

/// Puts a document in this computer's bin: it leaves the lists, and is deleted for good 30 days later.
#[utoipa::path(
    put, path = "/documents/{id}/bin", tag = "documents",
    params(("id" = String, Path, description = "The document")),
    responses((status = 200, body = Done), Refusals)
)]
async fn put_in_bin(InDocument(id): InDocument, State(app): State<App>) -> Answer<Done> {
    app.house.put_in_bin(id).await?;
    Ok(done())
}

/// Puts a document back from the bin.
#[utoipa::path(
    delete, path = "/documents/{id}/bin", tag = "documents",
    params(("id" = String, Path, description = "The document")),
    responses((status = 200, body = Done), Refusals)
)]
async fn put_back(InDocument(id): InDocument, State(app): State<App>) -> Answer<Done> {
    app.house.put_back(id).await?;
    Ok(done())
}

/// One edit.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Editing {
    /// The caller's name for it: sent twice for one document, it counts once.
    #[serde(default)]
    #[schema(max_length = 64)]
    id: Option<String>,
    /// The edit.
    edit: Edit,
}

/// Edits a document: answers when it is on this disk.
#[utoipa::path(
    post, path = "/documents/{id}/edits", tag = "documents",
    params(("id" = String, Path, description = "The document")), request_body = Editing,
    responses((status = 200, body = SavedAnswer), Refusals)
)]
async fn edit_document(
    InDocument(id): InDocument,
    State(app): State<App>,
    Body(asked): Body<Editing>,
) -> Answer<SavedAnswer> {
    Ok(Json(app.house.edit(id, asked.id, asked.edit).await?))
}

/// Which moment of a document's past.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Past {
    /// A `point` of the answer without it.
    at: Option<String>,
    /// Which of its texts; the main one when absent.
    field: Option<String>,
}

/// The steps a document took, or a text as it stood at one of them, with who wrote what.
#[utoipa::path(
    get, path = "/documents/{id}/history", tag = "documents",
    params(("id" = String, Path, description = "The document"), Past),
    responses((status = 200, body = HistoryAnswer), Refusals)
)]
async fn show_history(
    InDocument(id): InDocument,
    Asked(asked): Asked<Past>,
    State(app): State<App>,
) -> Answer<HistoryAnswer> {
    Ok(Json(app.house.history(id, asked.field, asked.at).await?))
}

/// Which moment of a document's past, and in which words.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Standing {
    /// A `point` of the history; as it stands now when absent.
    at: Option<String>,
    /// Of the words that are added to what people wrote: the code of a language, such as `es`; English when absent, or when
    /// Rounds does not speak it.
    language: Option<String>,
}

/// Everything a document says, or said at a point of its past, as it is written out for people.
#[utoipa::path(
    get, path = "/documents/{id}/sheet", tag = "documents",
    params(("id" = String, Path, description = "The document"), Standing),
    responses((status = 200, body = SheetAnswer), Refusals)
)]
async fn show_sheet(
    InDocument(id): InDocument,
    Asked(asked): Asked<Standing>,
    State(app): State<App>,
) -> Answer<SheetAnswer> {
    let language = Language::spoken(asked.language.as_deref());
    Ok(Json(app.house.written_out(id, asked.at, language).await?))
}

/// From which moment.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Copying {
    /// A `point` of the history; as it stands now when absent.
    #[serde(default)]
    at: Option<String>,
}

/// Makes a new document of the words alone, without the drafting: answers it when it is on this disk.
///
/// Of a visit it is another one planned like it; of a partnership that has ended, its beginning anew. Kinds that nothing can be made of
/// are refused, and so is a partnership that goes on.
#[utoipa::path(
    post, path = "/documents/{id}/clean-copy", tag = "documents",
    params(("id" = String, Path, description = "The document")), request_body = Copying,
    responses((status = 200, body = SavedAnswer), Refusals)
)]
async fn start_clean_copy(
    InDocument(id): InDocument,
    State(app): State<App>,
    Body(asked): Body<Copying>,
) -> Answer<SavedAnswer> {
    Ok(saved(app.house.start_clean_copy(id, asked.at).await?))
}

/// In which form.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Exporting {
    /// Markdown, JSON, the Automerge document itself, or a page to print.
    format: ExportFormat,
    /// A `point` of the history, for Markdown and a page; as it stands now when absent.
    at: Option<String>,
    /// Of the words that Markdown and the page add to what people wrote: the code of a language, such as `es`; English when
    /// absent, or when Rounds does not speak it.
    language: Option<String>,
}

/// A document as a file.
#[utoipa::path(
    get, path = "/documents/{id}/export", tag = "documents",
    params(("id" = String, Path, description = "The document"), Exporting),
    responses(
        (status = 200, description = "The file", content(
            (String = "text/markdown; charset=utf-8"),
            (Object = "application/json"),
            (Vec<u8> = "application/octet-stream"),
            (String = "text/html; charset=utf-8"),
        )),
        Refusals
    )
)]
async fn export_document(
    InDocument(id): InDocument,
    Asked(asked): Asked<Exporting>,
    State(app): State<App>,
) -> Result<Response, Refusal> {
    let language = Language::spoken(asked.language.as_deref());
    let bytes = app.house.export(id, asked.format, asked.at, language).await?;
    let (kind, ending) = match asked.format {
        ExportFormat::Md => ("text/markdown; charset=utf-8", "md"),
        ExportFormat::Json => ("application/json", "json"),
        ExportFormat::Automerge => ("application/octet-stream", "automerge"),
        ExportFormat::Html => ("text/html; charset=utf-8", "html"),
    };
    // Always a file to keep: served inside the page's own address it would be one of its pages.
    let name = format!("attachment; filename=\"rounds-{id}.{ending}\"");
    let name = HeaderValue::from_str(&name).map_err(|_| Refusal::fault())?;
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(kind)), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, bytes).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other_without_gap_or_repeat() {
        let row = |moment: i64, id: u8| Place(std::cmp::Reverse(moment), DocumentId::from_bytes([id; 20]));
        let rows = vec![row(5, 1), row(9, 2), row(5, 3), row(-1, 4), row(5, 2)];
        let expected = vec![row(9, 2), row(5, 1), row(5, 2), row(5, 3), row(-1, 4)];
        for limit in 1..=6 {
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let (page, next) = cut(rows.clone(), after, limit, |row| *row);
                assert!(page.len() <= limit);
                seen.extend(page);
                let Some(next) = next else { break };
                after = Some(Place::read(&next.write()).expect("our own cursor"));
            }
            assert_eq!(seen, expected, "limit {limit}");
        }
    }

    #[test]
    fn a_cursor_that_is_not_ours_is_refused() {
        for bad in [
            "",
            ".",
            "1",
            "1.a",
            "x.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "99999999999999999999.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ] {
            assert!(Place::read(bad).is_err(), "{bad}");
        }
    }
}
