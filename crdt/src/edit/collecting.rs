//! Decides how strategy cards and resources are written, and vocabularies are filled.

use automerge::transaction::{Transactable, Transaction};
use automerge::{ObjId, ObjType, ROOT, ReadDoc};

use crate::edit::writing::{Writer, named};
use crate::edit::{Edit, EditError, misplaced, text};
use crate::model::bounds::TAGS_MAX;
use crate::model::{Term, Vocabulary, is_plain_link};

pub(super) fn card(edit: &Edit, transaction: &mut Transaction<'_>) -> Result<(), EditError> {
    let mut writer = Writer { transaction };
    match edit {
        Edit::SpliceText { field, splices } => text::splice_field(writer.transaction, field, splices),
        Edit::SetTitle { title } => writer.short_or_clear("title", title.as_ref()),
        Edit::SetTags { tags } => writer.word_set("tags", tags, TAGS_MAX),
        Edit::SetReference { reference } => writer.short_or_clear("reference", reference.as_ref()),
        Edit::SetLink { link } => match link.as_ref().map_or("", |link| link.as_str().trim()) {
            "" => writer.clear("link"),
            link if is_plain_link(link) => writer.put("link", link),
            _ => Err(EditError::Invalid { what: "a link is a whole address that begins with http:// or https://" }),
        },
        _ => misplaced(),
    }
}

pub(super) fn vocabulary(edit: &Edit, transaction: &mut Transaction<'_>) -> Result<(), EditError> {
    let mut writer = Writer { transaction };
    match edit {
        Edit::FillVocabulary { vocabulary } => fill(&mut writer, vocabulary),
        _ => misplaced(),
    }
}

/// Writes a vocabulary that somebody brought, once: another file is another vocabulary.
fn fill(writer: &mut Writer<'_, '_>, vocabulary: &Vocabulary) -> Result<(), EditError> {
    if writer.transaction.get(ROOT, "vocabulary")?.is_some() {
        return Err(EditError::Invalid { what: "this vocabulary is filled; bring another file in as another one" });
    }
    vocabulary.check()?;
    let object = writer.transaction.put_object(ROOT, "vocabulary", ObjType::Map)?;
    writer.field(&object, "title", named(&vocabulary.title)?)?;
    terms(writer, &object, "strategies", &vocabulary.strategies)?;
    terms(writer, &object, "targets", &vocabulary.targets)
}

fn terms(writer: &mut Writer<'_, '_>, object: &ObjId, key: &str, terms: &[Term]) -> Result<(), EditError> {
    let list = writer.transaction.put_object(object, key, ObjType::List)?;
    for (index, term) in terms.iter().enumerate() {
        let spot = writer.transaction.insert_object(&list, index, ObjType::Map)?;
        writer.field(&spot, "name", named(&term.name)?)?;
        writer.list(&spot, "tags", &term.tags, TAGS_MAX)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use automerge::transaction::Transactable;

    use crate::edit::tests::{ana, edit, owner, replica};
    use crate::edit::{Edit, EditError};
    use crate::model::bounds::TAGS_MAX;
    use crate::model::{Kind, Model, Resource, StrategyCard, Term, Vocabulary, VocabularyError, Words, read};

    #[test]
    fn a_card_has_a_title_and_tags() {
        let mut document = replica(Kind::StrategyCard, 1);
        let mut put = |what: Edit| edit(Kind::StrategyCard, &mut document, &owner(ana()), &what);
        put(Edit::SetTitle { title: Some("Think, pair, share".into()) }).expect("a title");
        put(Edit::SetTags { tags: vec!["talk".into(), "waiting".into()] }).expect("tags");
        put(Edit::SetTags { tags: vec!["talk".into()] }).expect("fewer tags");
        let refused = put(Edit::SetTags { tags: vec![Words::from("t"); TAGS_MAX + 1] });
        assert!(matches!(refused, Err(EditError::TooLarge { .. })));
        let Model::StrategyCard(card) = read(Kind::StrategyCard, &document).model else { panic!("no card") };
        let expected = StrategyCard {
            title: Some("Think, pair, share".into()),
            text: Words::default(),
            tags: vec!["talk".into()],
        };
        assert_eq!(card, expected);
    }

    #[test]
    fn a_resource_leads_to_a_plain_link_or_names_where_it_is() {
        let mut document = replica(Kind::Resource, 1);
        let mut put = |what: Edit| edit(Kind::Resource, &mut document, &owner(ana()), &what);
        put(Edit::SetTitle { title: Some("Wait time".into()) }).expect("a title");
        put(Edit::SetLink { link: Some(" https://example.org/wait ".into()) }).expect("a link");
        let refused = put(Edit::SetLink { link: Some("javascript:alert(1)".into()) });
        assert!(matches!(refused, Err(EditError::Invalid { .. })));
        put(Edit::SetReference { reference: Some("The blue folder, page 12".into()) }).expect("a reference");
        put(Edit::SetTags { tags: vec!["talk".into()] }).expect("tags");
        let expected = Resource {
            title: Some("Wait time".into()),
            link: Some("https://example.org/wait".into()),
            reference: Some("The blue folder, page 12".into()),
            text: Words::default(),
            tags: vec!["talk".into()],
        };
        assert_eq!(read(Kind::Resource, &document).model, Model::Resource(expected));
        // What a changed program wrote leads nowhere.
        let mut transaction = document.transaction();
        transaction.put(automerge::ROOT, "link", "data:text/html,x").expect("put");
        transaction.commit();
        let reading = read(Kind::Resource, &document);
        let Model::Resource(resource) = reading.model else { panic!("no resource") };
        assert_eq!((resource.link, reading.problems.len()), (None, 1));
        edit(Kind::Resource, &mut document, &owner(ana()), &Edit::SetLink { link: None }).expect("no link");
        assert_eq!(read(Kind::Resource, &document).problems, vec![]);
    }

    #[test]
    fn a_vocabulary_is_filled_once_and_reads_as_it_was_brought() {
        let mut document = replica(Kind::Vocabulary, 1);
        let mut fill = |vocabulary: &Vocabulary| {
            let vocabulary = vocabulary.clone();
            edit(Kind::Vocabulary, &mut document, &owner(ana()), &Edit::FillVocabulary { vocabulary })
        };
        let term = |name: &str, tags: &[&str]| Term {
            name: name.into(),
            tags: tags.iter().map(|tag| Words::from(*tag)).collect(),
        };
        let brought = Vocabulary {
            rounds_vocabulary: 1,
            title: "Talk".into(),
            strategies: vec![term("Ask and wait", &["questions", "pauses"])],
            targets: vec![term("Who speaks", &[])],
        };
        let rating = Vocabulary { targets: vec![term("Excellent", &[])], ..brought.clone() };
        assert!(matches!(fill(&rating), Err(EditError::Vocabulary(VocabularyError::Scale { .. }))));
        fill(&brought).expect("filled");
        assert!(matches!(fill(&brought), Err(EditError::Invalid { .. })));
        assert_eq!(read(Kind::Vocabulary, &document).model, Model::Vocabulary(brought));
    }
}
