//! Comments as people make them, at once, and as a hostile writer leaves them.

use automerge::Automerge;

use super::*;
use crate::access::Role;
use crate::edit::tests::{ana, ben, chidi, edit, owner, replica};
use crate::edit::{Splice, authorise};
use crate::model::bounds::{BROKEN_ANCHORS_MAX, PASSAGE_BYTES_MAX, QUOTE_CHARACTERS_MAX};
use crate::model::{Kind, Reading, read};

fn id(text: &str) -> ItemId {
    text.parse().expect("an id")
}

fn typed(at: usize, delete: usize, insert: &str) -> Edit {
    Edit::SpliceText { field: "notes".into(), splices: vec![Splice { at, delete, insert: insert.into() }] }
}

fn about(name: &str, from: usize, to: usize) -> Edit {
    Edit::Comment { id: id(name), field: "notes".into(), from, to, at: vec![], text: "why?".into() }
}

fn answer(name: &str, comment: &str, text: &str) -> Edit {
    Edit::ReplyToComment { id: id(name), comment: id(comment), text: text.into() }
}

/// A debrief of Ana and Ben with these notes in it, on Ana's device and on Ben's.
fn pair(notes: &str) -> (Automerge, Automerge) {
    let (mut hers, mut his) = (replica(Kind::Debrief, 1), replica(Kind::Debrief, 2));
    does(&mut hers, &typed(0, 0, notes));
    his.merge(&mut hers).expect("merge");
    (hers, his)
}

fn does(document: &mut Automerge, change: &Edit) {
    edit(Kind::Debrief, document, &owner(ana()), change).expect("allowed");
}

fn ben_does(document: &mut Automerge, change: &Edit) {
    edit(Kind::Debrief, document, &owner(ben()), change).expect("allowed");
}

fn meet(one: &mut Automerge, other: &mut Automerge) -> Vec<Comment> {
    one.merge(other).expect("merge");
    other.merge(one).expect("merge");
    let (one, other) = (read(Kind::Debrief, one), read(Kind::Debrief, other));
    assert_eq!(one, other);
    one.comments
}

fn comments(document: &Automerge) -> Vec<Comment> {
    let Reading { comments, problems, .. } = read(Kind::Debrief, document);
    assert_eq!(problems, []);
    comments
}

/// The words a document's only comment stands at.
fn words(document: &Automerge) -> Option<String> {
    let [comment] = comments(document).try_into().expect("one comment");
    let (from, to) = comment.place?;
    let text = document.text(schema::text_object(document, "notes").expect("notes")).expect("text");
    let units: Vec<u16> = text.encode_utf16().collect();
    Some(String::from_utf16(&units[from..to]).expect("whole characters"))
}

#[test]
fn a_comment_stays_at_its_words_through_edits_at_both_edges() {
    let (mut hers, _) = pair("After I ask, who answers?");
    does(&mut hers, &about("c", 13, 24));
    let [comment] = comments(&hers).try_into().expect("one comment");
    assert_eq!((comment.by, comment.quote.as_str(), comment.text.as_str()), (ana(), "who answers", "why?"));
    let steps = [
        (typed(0, 0, "🙋 "), "who answers"),
        (typed(16, 0, "so, "), "who answers"),
        (typed(31, 0, " first"), "who answers"),
        (typed(24, 0, "really "), "who really answers"),
        (typed(20, 4, ""), "really answers"),
        (typed(32, 2, ""), "really answe"),
        (typed(19, 2, ""), "eally answe"),
    ];
    for (step, left) in steps {
        does(&mut hers, &step);
        assert_eq!(words(&hers).as_deref(), Some(left), "{step:?}");
    }
}

#[test]
fn words_that_are_gone_leave_the_comment_with_its_quote() {
    for (notes, from, to) in
        [("All of it", 0, 9), ("at the end", 7, 10), ("first of all", 0, 5), ("in the middle", 3, 6)]
    {
        let (mut hers, _) = pair(notes);
        does(&mut hers, &about("c", from, to));
        does(&mut hers, &typed(from, to - from, ""));
        let [comment] = comments(&hers).try_into().expect("one comment");
        assert_eq!((comment.place, comment.quote.as_str()), (None, &notes[from..to]), "{notes}");
        does(&mut hers, &typed(from.min(1), 0, "other words"));
        assert_eq!(words(&hers), None, "{notes}");
    }
}

#[test]
fn a_comment_is_made_at_the_words_the_page_showed() {
    let (mut hers, mut his) = pair("Who asks?");
    let shown: Vec<ChangeHash> = hers.get_heads().into_iter().map(ChangeHash::from).collect();
    ben_does(&mut his, &typed(0, 0, "In room 12: "));
    meet(&mut hers, &mut his);
    let at = |at: Vec<ChangeHash>, from, to| Edit::Comment {
        id: id("c"),
        field: "notes".into(),
        from,
        to,
        at,
        text: "the children".into(),
    };
    does(&mut hers, &at(shown.clone(), 4, 8));
    assert_eq!(words(&hers).as_deref(), Some("asks"));
    let unknown = edit(Kind::Debrief, &mut hers, &owner(ana()), &at(vec![ChangeHash::from_bytes([9; 32])], 0, 1));
    assert!(matches!(unknown, Err(EditError::Invalid { .. })), "{unknown:?}");
    let many = edit(Kind::Debrief, &mut hers, &owner(ana()), &at(vec![shown[0]; DEPENDENCIES_MAX + 1], 0, 1));
    assert!(matches!(many, Err(EditError::TooLarge { .. })), "{many:?}");
}

#[test]
fn a_place_that_makes_no_sense_is_refused() {
    let (mut hers, _) = pair("a 😀");
    let mut tried = |from, to| edit(Kind::Debrief, &mut hers, &owner(ana()), &about("c", from, to));
    for (from, to) in [(0, 5), (3, 2), (usize::MAX, usize::MAX), (0, usize::MAX)] {
        assert!(matches!(tried(from, to), Err(EditError::OutOfRange { length: 4, .. })), "{from} {to}");
    }
    for (from, to) in [(0, 0), (1, 2), (4, 4)] {
        assert!(matches!(tried(from, to), Err(EditError::Invalid { .. })), "{from} {to}");
    }
    tried(3, 4).expect("half a character is the whole of it");
    assert_eq!(words(&hers).as_deref(), Some("😀"));
}

#[test]
fn two_comment_on_the_same_words_at_once() {
    let (mut hers, mut his) = pair("Who answers?");
    does(&mut hers, &about("hers", 0, 11));
    ben_does(&mut his, &about("his", 4, 11));
    let both = meet(&mut hers, &mut his);
    let mut told: Vec<_> = both.iter().map(|one| (one.id.as_str(), one.by, one.place)).collect();
    told.sort_unstable();
    assert_eq!(told, [("hers", ana(), Some((0, 11))), ("his", ben(), Some((4, 11)))]);
}

#[test]
fn an_answer_written_while_the_words_are_deleted_stays() {
    let (mut hers, mut his) = pair("Who answers? Nobody.");
    does(&mut hers, &about("c", 0, 12));
    meet(&mut hers, &mut his);
    does(&mut hers, &typed(0, 13, ""));
    ben_does(&mut his, &answer("r", "c", "the same three"));
    let [comment] = meet(&mut hers, &mut his).try_into().expect("one comment");
    assert_eq!((comment.place, comment.quote.as_str()), (None, "Who answers?"));
    assert_eq!(
        comment.answers,
        [crate::model::CommentAnswer { id: id("r"), by: ben(), text: "the same three".into() }]
    );
}

#[test]
fn an_answer_outlives_the_comment_that_is_taken_back_meanwhile() {
    let (mut hers, mut his) = pair("Who answers?");
    does(&mut hers, &about("c", 0, 3));
    meet(&mut hers, &mut his);
    does(&mut hers, &Edit::RemoveComment { id: id("c") });
    assert_eq!(comments(&hers), []);
    ben_does(&mut his, &answer("r", "c", "a good question"));
    let [comment] = meet(&mut hers, &mut his).try_into().expect("one comment");
    assert_eq!((comment.text.as_str(), comment.place, comment.answers.len()), ("", Some((0, 3)), 1));
    ben_does(&mut his, &Edit::RemoveComment { id: id("r") });
    assert_eq!(meet(&mut hers, &mut his), []);
}

#[test]
fn an_answer_opens_a_settled_comment_also_from_elsewhere() {
    let (mut hers, mut his) = pair("Who answers?");
    let settle = |settled| Edit::SettleComment { id: id("c"), settled };
    does(&mut hers, &about("c", 0, 3));
    does(&mut hers, &answer("r1", "c", "all of them"));
    meet(&mut hers, &mut his);
    does(&mut hers, &settle(true));
    assert!(comments(&hers)[0].settled);
    ben_does(&mut his, &answer("r2", "c", "not all"));
    let [comment] = meet(&mut hers, &mut his).try_into().expect("one comment");
    assert!(!comment.settled, "what was said meanwhile is not folded away");
    ben_does(&mut his, &settle(true));
    does(&mut hers, &settle(true));
    assert!(meet(&mut hers, &mut his)[0].settled);
    does(&mut hers, &Edit::RemoveComment { id: id("r1") });
    does(&mut hers, &answer("r3", "c", "some"));
    assert!(!comments(&hers)[0].settled);
    does(&mut hers, &settle(true));
    does(&mut hers, &settle(false));
    assert!(!comments(&hers)[0].settled);
}

#[test]
fn only_its_writer_changes_a_comment_and_an_owner_may_settle_it() {
    let (mut hers, _) = pair("Who answers?");
    let guest = Author { role: Role::Writer, ..owner(chidi()) };
    edit(Kind::Debrief, &mut hers, &guest, &about("c", 0, 3)).expect("a writer comments");
    does(&mut hers, &answer("r", "c", "thank you"));
    does(&mut hers, &about("d", 4, 11));
    let refused = [
        (owner(ana()), Edit::EditComment { id: id("c"), text: "mine".into() }),
        (owner(ana()), Edit::RemoveComment { id: id("c") }),
        (guest, Edit::EditComment { id: id("r"), text: "mine".into() }),
        (guest, Edit::RemoveComment { id: id("r") }),
        (guest, Edit::SettleComment { id: id("d"), settled: true }),
        (Author { role: Role::Reader, ..owner(ben()) }, about("e", 0, 3)),
    ];
    for (author, change) in refused {
        let answer = edit(Kind::Debrief, &mut hers, &author, &change);
        assert!(matches!(answer, Err(EditError::NotAllowed { .. })), "{change:?}: {answer:?}");
    }
    edit(Kind::Debrief, &mut hers, &guest, &Edit::EditComment { id: id("c"), text: "who else?".into() }).expect("own");
    does(&mut hers, &Edit::SettleComment { id: id("c"), settled: true });
    let told = comments(&hers);
    assert_eq!((told[0].text.as_str(), told[0].settled, told[0].answers.len()), ("who else?", true, 1));
}

#[test]
fn what_makes_no_comment_is_refused() {
    let (mut hers, _) = pair("Who answers? ".repeat(20).as_str());
    does(&mut hers, &about("c", 0, 200));
    assert_eq!(comments(&hers)[0].quote.as_str().chars().count(), QUOTE_CHARACTERS_MAX + 1);
    does(&mut hers, &answer("r", "c", "x"));
    let long = "x".repeat(PASSAGE_BYTES_MAX + 1);
    let long = Edit::Comment { id: id("l"), field: "notes".into(), from: 0, to: 3, at: vec![], text: long.into() };
    let blank = Edit::EditComment { id: id("c"), text: " \n".into() };
    for change in [
        long,
        blank,
        about("c", 0, 3),
        about("r", 0, 3),
        answer("c", "c", "x"),
        answer("s", "r", "x"),
        answer("s", "gone", "x"),
    ] {
        let answer = edit(Kind::Debrief, &mut hers, &owner(ana()), &change);
        assert!(
            matches!(answer, Err(EditError::Invalid { .. } | EditError::TooLarge { .. })),
            "{change:?}: {answer:?}"
        );
    }
    assert_eq!(comments(&hers).len(), 1);
}

#[test]
fn a_document_holds_only_so_many_comments() {
    let (mut hers, _) = pair("Who answers?");
    let mut transaction = hers.transaction();
    for number in 0..COMMENTS_MAX {
        let entry = transaction.put_object(ROOT, key(&id(&format!("c{number}"))), ObjType::Map).expect("put");
        transaction.put(&entry, "by", ana().to_string()).expect("put");
    }
    transaction.commit();
    let full = edit(Kind::Debrief, &mut hers, &owner(ana()), &about("one-more", 0, 3));
    assert!(matches!(full, Err(EditError::TooLarge { max: COMMENTS_MAX, .. })), "{full:?}");
}

#[test]
fn every_kind_with_a_live_text_takes_comments_and_no_other() {
    for kind in Kind::ALL {
        let mut document = replica(*kind, 1);
        let Some(field) = kind.main_text().filter(|_| kind.texts_are_live()) else {
            let edit =
                Edit::Comment { id: id("c"), field: "notes".into(), from: 0, to: 1, at: vec![], text: "x".into() };
            let reading = read(*kind, &document);
            assert!(authorise(&edit, &reading.model, &reading.comments, &owner(ana())).is_err(), "{kind:?}");
            continue;
        };
        let text = schema::text_object(&document, field).expect("a text");
        let mut transaction = document.transaction();
        transaction.splice_text(&text, 0, 0, "words").expect("typed");
        transaction.commit();
        let comment = Edit::Comment { id: id("c"), field: field.into(), from: 0, to: 5, at: vec![], text: "x".into() };
        let mut transaction = document.transaction();
        crate::edit::apply(&comment, &owner(ana()), &mut transaction).expect("fits");
        transaction.commit();
        let reading = read(*kind, &document);
        assert_eq!((reading.comments[0].field, reading.comments[0].place), (field, Some((0, 5))), "{kind:?}");
        assert_eq!(reading.problems, []);
    }
}

#[test]
fn what_a_hostile_writer_leaves_as_a_comment_is_shown_without_a_place_or_named_as_a_problem() {
    let (mut hers, _) = pair("Who answers?");
    does(&mut hers, &Edit::AddEntry { id: id("e"), phase: None, text: "x".into() });
    let actor = hers.get_actor().to_hex_string();
    // An operation of another object, one nobody made, another cursor's forms, and no cursor at all.
    let cursors = [
        format!("20@{actor}"),
        format!("9999@{actor}"),
        format!("-3@{actor}"),
        "1@00".into(),
        "s".into(),
        "e".into(),
        String::new(),
        "é@".into(),
        "@".into(),
        "-".into(),
        "x".repeat(5_000),
    ];
    let mut transaction = hers.transaction();
    for (number, cursor) in cursors.iter().enumerate() {
        for (side, other) in [("from", "to"), ("to", "from")] {
            let entry = transaction.put_object(ROOT, key(&id(&format!("c{number}{side}"))), ObjType::Map).expect("put");
            let good = format!("{}@{actor}", 12);
            for (field, value) in [("by", ana().to_string()), ("text", "x".into()), ("field", "notes".into())] {
                transaction.put(&entry, field, value).expect("put");
            }
            transaction.put(&entry, side, cursor.as_str()).expect("put");
            transaction.put(&entry, other, good).expect("put");
        }
    }
    let stray = transaction.put_object(ROOT, key(&id("stray")), ObjType::Map).expect("put");
    for (field, value) in [("by", ana().to_string()), ("text", "still here".into()), ("about", "nothing".into())] {
        transaction.put(&stray, field, value).expect("put");
    }
    let odd = transaction.put_object(ROOT, key(&id("odd")), ObjType::Map).expect("put");
    for (field, value) in
        [("by", ana().to_string()), ("text", "x".repeat(3 * PASSAGE_BYTES_MAX)), ("field", "none".into())]
    {
        transaction.put(&odd, field, value).expect("put");
    }
    transaction.put(ROOT, "comment:a b", "x").expect("put");
    transaction.put(ROOT, "comment:plain", 7).expect("put");
    transaction.commit();
    let reading = read(Kind::Debrief, &hers);
    assert_eq!(reading.comments.len(), 2 * cursors.len() + 2);
    assert!(reading.comments.iter().all(|comment| comment.text.as_str().len() <= PASSAGE_BYTES_MAX));
    assert!(reading.comments.iter().any(|comment| comment.text.as_str() == "still here" && comment.place.is_none()));
    assert!(!reading.problems.is_empty());
    // Editing goes on beside all of it.
    does(&mut hers, &about("good", 0, 3));
    does(&mut hers, &answer("better", "good", "x"));
}

#[test]
fn of_more_comments_than_a_document_holds_the_oldest_are_read() {
    let (mut hers, _) = pair("Who answers?");
    does(&mut hers, &about("zz-first", 0, 3));
    let mut transaction = hers.transaction();
    for number in 0..COMMENTS_MAX {
        let entry = transaction.put_object(ROOT, key(&id(&format!("c{number}"))), ObjType::Map).expect("put");
        transaction.put(&entry, "by", ana().to_string()).expect("put");
        transaction.put(&entry, "text", "x").expect("put");
    }
    transaction.commit();
    let reading = read(Kind::Debrief, &hers);
    assert_eq!((reading.comments.len(), reading.comments[0].id.as_str()), (COMMENTS_MAX, "zz-first"));
    assert!(reading.problems.iter().any(|problem| problem.what.contains("the rest are left out")));
}

#[test]
fn a_reading_stops_placing_comments_once_too_many_are_about_broken_words() {
    let placed = |broken: usize| {
        let (mut hers, _) = pair("Who answers?");
        does(&mut hers, &Edit::AddEntry { id: id("e"), phase: None, text: "x".into() });
        let map = schema::map_object(&hers, "entries").expect("entries");
        let (_, elsewhere) = hers.get(&map, "e").expect("read").expect("the entry");
        let mut transaction = hers.transaction();
        for number in 0..broken {
            let entry = transaction.put_object(ROOT, key(&id(&format!("c{number}"))), ObjType::Map).expect("put");
            for (field, value) in [("by", ana().to_string()), ("text", "x".into()), ("field", "notes".into())] {
                transaction.put(&entry, field, value).expect("put");
            }
            for side in ["from", "to"] {
                transaction.put(&entry, side, elsewhere.to_string()).expect("put");
            }
        }
        transaction.commit();
        does(&mut hers, &about("good", 0, 3));
        let reading = read(Kind::Debrief, &hers);
        assert_eq!(reading.comments.len(), broken + 1);
        assert_eq!(reading.problems.len(), broken.min(BROKEN_ANCHORS_MAX));
        reading.comments[broken].place
    };
    assert_eq!(placed(BROKEN_ANCHORS_MAX - 1), Some((0, 3)));
    assert_eq!(placed(BROKEN_ANCHORS_MAX + 50), None);
}
