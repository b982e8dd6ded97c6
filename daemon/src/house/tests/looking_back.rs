//! Decides whether a document's past is read without keeping anybody else waiting.

use std::sync::atomic::Ordering;

use rounds_crdt::describe::Language;

use super::kit::{Home, until};
use crate::house::TroubleCode;

#[tokio::test]
async fn the_past_is_written_out_while_everything_else_is_answered() {
    let ana = Home::of("Ana").await;
    let (notes, other) = (ana.notes().await, ana.notes().await);
    ana.append(notes, "one", "I saw six voices").await.expect("saved");
    let history = ana.house().history(notes, None, None).await.expect("a past");
    let point = history.points.last().expect("a point").point.clone();
    ana.append(notes, "two", " and a question").await.expect("saved");
    assert_eq!(ana.text(other).await, "");

    let disk = ana.house().disk.clone();
    let (held, waiting) = &disk.held;
    held.store(true, Ordering::SeqCst);
    let (house, at) = (ana.house().clone(), Some(point));
    let sheet = tokio::spawn(async move { house.written_out(notes, at, Language::En).await });
    until("it is being read", async || waiting.load(Ordering::SeqCst) > 0).await;
    ana.append(other, "three", "I heard").await.expect("saved meanwhile");
    assert_eq!((ana.text(other).await.as_str(), sheet.is_finished()), ("I heard", false));

    held.store(false, Ordering::SeqCst);
    let sheet = sheet.await.expect("no fault").expect("a sheet");
    let said = serde_json::to_string(&sheet).expect("JSON");
    assert!(said.contains("I saw six voices") && !said.contains("a question"), "{said}");

    let nowhere = "0".repeat(64);
    let refused = ana.house().written_out(notes, Some(nowhere), Language::En).await.expect_err("no such point");
    assert_eq!(refused.code, TroubleCode::NotFound);
}
