//! Who may see a card: nobody but those named in it, until each of them said yes to these very words.

use automerge::transaction::Transactable;
use automerge::{Automerge, ROOT, ReadDoc};

use crate::access::{DeviceCert, Directory, Role};
use crate::edit::tests::{ana, ben, chidi, dara, edit, owner, replica};
use crate::edit::{Author, Edit, EditError};
use crate::ids::{ActorId, PersonId, WordsHash};
use crate::model::bounds::{CARD_PEOPLE_MAX, PASSAGE_BYTES_MAX};
use crate::model::{Kind, Model, NotShown, ShownCard, SuccessCard, Words, read, read_signed};

fn writer(person: PersonId) -> Author {
    Author { person, role: Role::Writer, at_ms: 0, offset_ms: 0 }
}

fn ask(text: &str, people: &[PersonId]) -> Edit {
    Edit::AskPeople {
        title: Some("Six voices".into()),
        text: text.into(),
        tags: vec!["talk".into()],
        people: people.into(),
    }
}

/// Ben's card about Ana and Chidi.
fn asked() -> Automerge {
    let mut document = replica(Kind::ShownCard, 1);
    edit(Kind::ShownCard, &mut document, &owner(ben()), &ask("Ana waited, and six spoke.", &[ana(), chidi()]))
        .expect("asked");
    document
}

fn card(document: &Automerge) -> ShownCard {
    let reading = read(Kind::ShownCard, document);
    assert_eq!(reading.problems, vec![]);
    match reading.model {
        Model::ShownCard(card) => card,
        other => panic!("no card: {other:?}"),
    }
}

fn say(document: &mut Automerge, who: PersonId, words: Option<WordsHash>) -> Result<(), EditError> {
    edit(Kind::ShownCard, document, &writer(who), &Edit::LetOthersSee { words })
}

#[test]
fn others_see_it_once_everybody_named_said_yes_and_no_longer_when_one_takes_it_back() {
    let mut document = asked();
    let words = card(&document).words;
    assert!(words.is_some());
    assert_eq!(card(&document).may_be_seen(), Err(NotShown::NotEverybody));
    say(&mut document, ana(), words).expect("yes");
    assert_eq!(card(&document).may_be_seen(), Err(NotShown::NotEverybody), "Chidi has not answered");
    say(&mut document, chidi(), words).expect("yes");
    assert_eq!(card(&document).may_be_seen(), Ok(()));
    say(&mut document, ana(), None).expect("no");
    assert_eq!(card(&document).may_be_seen(), Err(NotShown::NotEverybody));
    assert_eq!(card(&document).answers, [(ana(), false), (chidi(), true)].into());
    let again = say(&mut document, ana(), words);
    assert!(matches!(again, Err(EditError::NotAllowed { .. })), "she is asked anew, where nothing tells of her no");
    // Undone by a hand that is not hers, her no leaves no yes behind.
    let mut transaction = document.transaction();
    let (_, declined) = transaction.get(ROOT, "declined").expect("readable").expect("a map");
    transaction.delete(&declined, ana().to_string()).expect("deleted");
    transaction.commit();
    assert_eq!(card(&document).may_be_seen(), Err(NotShown::NotEverybody));
    let nothing = read(Kind::ShownCard, &replica(Kind::ShownCard, 1)).model;
    let Model::ShownCard(nothing) = nothing else { panic!("no card") };
    assert_eq!(nothing.may_be_seen(), Err(NotShown::NobodyNamed), "nobody was asked");
}

#[test]
fn only_who_is_named_answers_and_only_to_the_words_that_stand() {
    let mut document = asked();
    let words = card(&document).words;
    for other in [ben(), dara()] {
        assert!(matches!(say(&mut document, other, words), Err(EditError::NotAllowed { .. })), "not named");
    }
    let others = Some(WordsHash::from_bytes([1; 32]));
    assert!(matches!(say(&mut document, ana(), others), Err(EditError::Invalid { .. })));
    let reader = Author { role: Role::Reader, ..writer(ana()) };
    assert!(edit(Kind::ShownCard, &mut document, &reader, &Edit::LetOthersSee { words }).is_err());
    assert!(card(&document).answers.is_empty());
}

#[test]
fn words_are_set_once_by_the_author_within_bounds() {
    let mut document = replica(Kind::ShownCard, 1);
    let mut put = |author: &Author, what: &Edit| edit(Kind::ShownCard, &mut document, author, what);
    assert!(matches!(put(&writer(ana()), &ask("x", &[ana()])), Err(EditError::NotAllowed { .. })));
    assert!(matches!(put(&owner(ben()), &ask(" ", &[ana()])), Err(EditError::Invalid { .. })), "nothing in it");
    assert!(matches!(put(&owner(ben()), &ask("x", &[])), Err(EditError::Invalid { .. })), "about nobody");
    let crowd: Vec<PersonId> =
        (0..=CARD_PEOPLE_MAX).map(|n| PersonId::from_bytes([u8::try_from(n).expect("few"); 32])).collect();
    assert!(matches!(put(&owner(ben()), &ask("x", &crowd)), Err(EditError::TooLarge { .. })));
    let long = "x".repeat(PASSAGE_BYTES_MAX + 1);
    assert!(matches!(put(&owner(ben()), &ask(&long, &[ana()])), Err(EditError::TooLarge { .. })));
    let mut document = asked();
    let again = edit(Kind::ShownCard, &mut document, &owner(ben()), &ask("Other words", &[ana()]));
    assert!(matches!(again, Err(EditError::Invalid { .. })));
    assert_eq!(card(&document).text, Words::from("Ana waited, and six spoke."));
}

#[test]
fn whatever_changes_the_words_or_the_people_leaves_nobodys_yes() {
    let agreed = || {
        let mut document = asked();
        let words = card(&document).words;
        say(&mut document, ana(), words).expect("yes");
        say(&mut document, chidi(), words).expect("yes");
        document
    };
    let changed = |change: &dyn Fn(&mut automerge::transaction::Transaction<'_>)| {
        let mut document = agreed();
        let mut transaction = document.transaction();
        change(&mut transaction);
        transaction.commit();
        card(&document)
    };
    let map = |transaction: &automerge::transaction::Transaction<'_>, key: &str| {
        crate::schema::map_object(transaction, key).expect("a map")
    };
    assert_eq!(changed(&|_| {}).may_be_seen(), Ok(()));
    let reworded = changed(&|transaction| transaction.put(automerge::ROOT, "text", "Ana was late.").expect("put"));
    assert!(reworded.answers.is_empty() && reworded.may_be_seen().is_err());
    let fewer = changed(&|transaction| {
        let people = map(transaction, "people");
        transaction.delete(&people, ana().to_string()).expect("delete");
    });
    assert!(
        fewer.answers.is_empty() && fewer.may_be_seen().is_err(),
        "whoever is left out was asked about other words"
    );
    let tagged = changed(&|transaction| {
        let tags = map(transaction, "tags");
        transaction.put(&tags, "late", true).expect("put");
    });
    assert!(tagged.answers.is_empty());
}

#[test]
fn a_no_and_a_yes_at_once_are_a_no() {
    let mut tablet = asked();
    let words = card(&tablet).words;
    say(&mut tablet, chidi(), words).expect("yes");
    let mut computer = tablet.fork();
    say(&mut tablet, ana(), words).expect("yes");
    say(&mut computer, ana(), None).expect("no");
    tablet.merge(&mut computer).expect("merged");
    assert_eq!(card(&tablet).answers.get(&ana()), Some(&false));
    assert!(card(&tablet).may_be_seen().is_err());
}

#[test]
fn nobody_says_yes_for_somebody_else() {
    let key = |n: u8| ed25519_dalek::SigningKey::from_bytes(&[n; 32]);
    let person = |n: u8| PersonId::from_bytes(key(n).verifying_key().to_bytes());
    let mut directory = Directory::default();
    for n in [1, 2] {
        let cert = DeviceCert::issue(&key(n), &key(n + 100), [0; 32], "x".into(), 0, 1);
        directory.learn(cert).expect("a certificate");
    }
    let device = |n: u8| crate::ids::DeviceId::from_bytes(key(n + 100).verifying_key().to_bytes());
    let mut document = replica(Kind::ShownCard, 1);
    document.set_actor(ActorId::new(device(2), [1; 14]).to_automerge());
    edit(Kind::ShownCard, &mut document, &owner(person(2)), &ask("Ana waited.", &[person(1)])).expect("asked");
    let words = card(&document).words.expect("words");
    // The author's own device writes Ana's yes.
    say(&mut document, person(1), Some(words)).expect("written");
    let seen = |document: &Automerge| match read_signed(Kind::ShownCard, document, &directory).model {
        Model::ShownCard(card) => card.may_be_seen(),
        other => panic!("no card: {other:?}"),
    };
    assert_eq!(seen(&document), Err(NotShown::NotEverybody));
    document.set_actor(ActorId::new(device(1), [1; 14]).to_automerge());
    let answers = crate::schema::map_object(&document, "answers").expect("a map");
    let mut transaction = document.transaction();
    transaction.delete(&answers, person(1).to_string()).expect("delete");
    transaction.commit();
    say(&mut document, person(1), Some(words)).expect("written");
    assert_eq!(seen(&document), Ok(()));
    // Nor no: a card that everybody wishes to be seen is not withheld by somebody else.
    document.set_actor(ActorId::new(device(2), [2; 14]).to_automerge());
    let declined = crate::schema::map_object(&document, "declined").expect("a map");
    let mut transaction = document.transaction();
    transaction.put(&declined, person(1).to_string(), true).expect("put");
    transaction.commit();
    assert_eq!(seen(&document), Ok(()));
}

#[test]
fn a_no_stands_whatever_others_write_around_it() {
    let mut document = asked();
    let mut hostile = document.fork();
    say(&mut document, ana(), None).expect("no");
    // Names that sort before every person's, more than a list shows; and at once, that she never said so.
    let declined = crate::schema::map_object(&hostile, "declined").expect("a map");
    let mut transaction = hostile.transaction();
    for at in 0..crate::limits::LIST_ENTRIES_MAX {
        transaction.put(&declined, format!("!{at:06}"), true).expect("put");
    }
    transaction.put(&declined, ana().to_string(), false).expect("put");
    transaction.commit();
    document.merge(&mut hostile).expect("merged");
    assert_eq!(card(&document).answers.get(&ana()), Some(&false));
}

#[test]
fn a_draft_has_a_title_tags_people_and_what_they_were_asked_about() {
    let mut document = replica(Kind::SuccessCard, 1);
    let mut put = |what: Edit| edit(Kind::SuccessCard, &mut document, &owner(ana()), &what);
    let asked = crate::ids::DocumentId::from_bytes([3; 20]);
    put(Edit::SetTitle { title: Some("Six voices".into()) }).expect("a title");
    put(Edit::SetTags { tags: vec!["talk".into()] }).expect("tags");
    put(Edit::NamePerson { person: ben(), named: true }).expect("a person");
    put(Edit::NamePerson { person: chidi(), named: true }).expect("a person");
    put(Edit::NamePerson { person: chidi(), named: false }).expect("no person");
    put(Edit::MarkAsked { document: asked, asked: true }).expect("asked");
    let expected = SuccessCard {
        title: Some("Six voices".into()),
        tags: vec!["talk".into()],
        people: vec![ben()],
        asked: vec![asked],
        ..SuccessCard::default()
    };
    assert_eq!(read(Kind::SuccessCard, &document).model, Model::SuccessCard(expected));
    assert!(!Kind::SuccessCard.may_be_shared() && Kind::ShownCard.may_be_shared());
}
