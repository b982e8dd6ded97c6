//! Decides how somebody asks what was counted in their own lessons.

use axum::Json;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::App;
use super::super::refusal::Refusals;
use super::Answer;
use crate::house::answers::OwnLessonsAnswer;

pub(super) fn endpoints() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(own_lessons))
}

/// What was counted in one's own lessons, lesson by lesson: from notes that were released to oneself as the host, and from
/// notes of one's own about one's own room. Worked out anew each time, on this computer; nothing of it is stored or shared, and
/// nothing can be asked about anybody else. The first answers after a start may come before all that lists name are read, and say
/// so (`unread`).
#[utoipa::path(
    get, path = "/own-lessons", tag = "documents",
    responses((status = 200, body = OwnLessonsAnswer), Refusals)
)]
async fn own_lessons(State(app): State<App>) -> Answer<OwnLessonsAnswer> {
    Ok(Json(app.house.own_lessons().await?))
}
