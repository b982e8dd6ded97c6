//! Decides how the past of a document is told: by day and by sitting, never by keystroke or hour.

use rounds_crdt::ids::{ChangeHash, DeviceId, DocumentId};

use super::answers::{ANSWER_SCHEMA, HistoryAnswer, HistoryPoint, SpanAnswer};
use super::documents::text_field;
use super::keeper::Keeper;
use super::{House, Trouble, TroubleCode};

impl Keeper {
    fn history(&mut self, id: DocumentId, field: Option<String>, at: Option<&str>) -> Result<HistoryAnswer, Trouble> {
        const DAY_MS: i64 = 24 * 60 * 60 * 1000;
        let open = self.here(&id)?;
        let field = text_field(open.document.kind(), field.as_deref())?;
        let point = match at {
            Some(at) => Some(parse_point(at)?),
            None => None,
        };
        let no_point = || {
            Trouble::new(TroubleCode::NotFound, "this document has no such point").hint(format!("rounds history {id}"))
        };
        let text = match &point {
            Some(point) => open.document.text_at(field, std::slice::from_ref(point)).ok_or_else(no_point)?,
            None => open.document.text(field).unwrap_or_default(),
        };
        let spans = open.document.spans(field, point.as_ref().map(std::slice::from_ref)).unwrap_or_default();
        let sessions = open.document.sessions();
        let person =
            |device: DeviceId| self.replica.directory().person(&device).map(|person| self.person_answer(&person));
        let points = sessions.into_iter().map(|session| HistoryPoint {
            point: hex(session.point),
            day_ms: session.ended_at - session.ended_at.rem_euclid(DAY_MS),
            person: person(session.device),
        });
        let points = points.collect();
        let spans =
            spans.into_iter().map(|span| SpanAnswer { person: span.device.and_then(person), text: span.text.into() });
        Ok(HistoryAnswer { schema: ANSWER_SCHEMA, points, spans: spans.collect(), text: Some(text.into()) })
    }
}

impl House {
    /// How a document came to be, and a text as it stood at a point.
    pub async fn history(
        &self,
        id: DocumentId,
        field: Option<String>,
        at: Option<String>,
    ) -> Result<HistoryAnswer, Trouble> {
        self.with_open(id, move |keeper| keeper.history(id, field, at.as_deref())).await
    }
}

pub(super) fn hex(hash: ChangeHash) -> String {
    data_encoding::HEXLOWER.encode(hash.as_bytes())
}

fn parse_point(point: &str) -> Result<ChangeHash, Trouble> {
    let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(point.as_bytes()).ok();
    let hash = bytes.and_then(|bytes| ChangeHash::from_slice(&bytes).ok());
    hash.ok_or_else(|| {
        Trouble::new(TroubleCode::BadRequest, "a point is 64 hexadecimal digits").hint("rounds history ID")
    })
}
