//! Decides whether marks stand where they should, and nowhere else.

use std::cell::Cell;

use proptest::prelude::*;

use super::pack::Language;
use super::*;

thread_local! {
    /// Steps of work that this test took.
    pub(super) static STEPS: Cell<u64> = const { Cell::new(0) };
}

/// What is marked in a text, and under which rule.
fn marked(text: &str, language: Language, purpose: Purpose) -> Vec<(String, Rule)> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let marks = marks(text, Pack::of(language), purpose);
    marks.iter().map(|mark| (String::from_utf16(&units[mark.from..mark.to]).expect("letters"), mark.rule)).collect()
}

fn english(text: &str) -> Vec<(String, Rule)> {
    marked(text, Language::En, Purpose::Evidence)
}

fn spanish(text: &str) -> Vec<(String, Rule)> {
    marked(text, Language::Es, Purpose::Evidence)
}

fn one(words: &str, rule: Rule) -> Vec<(String, Rule)> {
    vec![(words.to_owned(), rule)]
}

#[test]
fn each_rule_marks_what_it_is_about() {
    let cases = [
        ("10:05 a chaotic minute", "chaotic", Rule::Value),
        ("Seat 4 was bored at 10:12", "bored", Rule::Mind),
        ("Several hands went up at 10:12", "Several", Rule::Vague),
        ("T should call on row 4", "should", Rule::Advice),
        ("More hands up than in my room: 12", "than in my", Rule::Compare),
        ("Seat 9 is a troublemaker", "troublemaker", Rule::Label),
        ("Seat 9 left because seat 8 hummed", "because", Rule::Cause),
        ("Well done at 10:05", "Well done", Rule::Praise),
        ("The rhythm of the whole hour", "The rhythm of the whole hour", Rule::Thin),
        ("I wonder if you could call on row 4", "I wonder if you could call", Rule::HiddenAdvice),
    ];
    for (text, words, rule) in cases {
        assert_eq!(english(text), one(words, rule), "{text}");
    }
    let cases = [
        ("10:05 un minuto caótico", "caótico", Rule::Value),
        ("El asiento 4 se aburría a las 10:12", "aburría", Rule::Mind),
        ("Algunos levantan la mano a las 10:12", "Algunos", Rule::Vague),
        ("Debería preguntar a la fila 4", "Debería", Rule::Advice),
        ("5 manos, a diferencia de 2.º B", "a diferencia de", Rule::Compare),
        ("El asiento 9 es un payaso", "payaso", Rule::Label),
        ("El asiento 9 sale porque el 8 tararea", "porque", Rule::Cause),
        ("Enhorabuena por los 10 minutos", "Enhorabuena", Rule::Praise),
        ("El compás de toda la hora", "El compás de toda la hora", Rule::Thin),
        ("Me pregunto si podrías preguntar a la fila 4", "Me pregunto si podrías preguntar", Rule::HiddenAdvice),
    ];
    for (text, words, rule) in cases {
        assert_eq!(spanish(text), one(words, rule), "{text}");
    }
}

#[test]
fn every_mark_says_what_was_noticed_and_asks() {
    for language in [Language::En, Language::Es] {
        let text = "excelente excellent\nthe rhythm of it, el compás\nI wonder if you could\nMe pregunto si podrías";
        for mark in marks(text, Pack::of(language), Purpose::Evidence) {
            assert!(mark.why.ends_with('.') && mark.question.ends_with(['?', '.']), "{mark:?}");
        }
    }
}

#[test]
fn positions_are_utf16_units_of_the_whole_text() {
    // A picture letter is two units, é composed is one and decomposed two.
    let text = "👩‍🏫 at 9:00\nÉlan, e\u{301}lan: 2 lovely minutes";
    let [mark] = &marks(text, Pack::of(Language::En), Purpose::Evidence)[..] else { panic!("one mark") };
    let before = &text[..text.find("lovely").expect("there")];
    assert_eq!((mark.from, mark.to), (before.encode_utf16().count(), before.encode_utf16().count() + 6));
    let crlf = "At 9:00\r\nLovely at 9:05\r\n";
    assert_eq!(english(crlf), one("Lovely", Rule::Value));
}

#[test]
fn what_somebody_said_is_never_marked() {
    let said = [
        r#"T: "Good job, seat 4""#,
        "“Excellent work” at 10:05",
        "„Sehr gut, excellent“ at 10:05",
        "«Excellent» at 10:05",
        "»Excellent« at 10:05",
        "‘That was excellent, wasn’t it’ at 10:05",
        "'That was excellent' at 10:05",
        "「excellent」 10:05",
        "10:05 S4 writes `excellent = good`",
        "T: That was excellent, everyone",
        "10:05 Student 12: this is boring",
        "> an excellent book, says the card",
        "Seat 4: \"excellent, and then it goes on",
        "```\nlet excellent = good;\n```",
        "See https://example.org/excellent-good-page at 10:05",
    ];
    for text in said {
        assert_eq!(english(text), [], "{text}");
    }
    let said = [
        "—Excelente trabajo, dice a las 10:05",
        "—Excelente —dice ella—. Sois geniales.",
        "Alumna: «Esto es aburrido»",
        "Profesora: esto es excelente",
        "10:05: —Muy bien hecho",
    ];
    for text in said {
        assert_eq!(spanish(text), [], "{text}");
    }
}

#[test]
fn words_around_what_was_said_are_still_the_writers() {
    assert_eq!(
        english("A lovely “thank you” and a nasty, sloppy ‘no’"),
        [("lovely".to_owned(), Rule::Value), ("sloppy".to_owned(), Rule::Value),]
    );
    assert_eq!(english("The students' reading was sloppy at 10:05, wasn't it"), one("sloppy", Rule::Value));
    assert_eq!(spanish("—Sentaos —dice con soltura—. Excelente."), one("con soltura", Rule::Value));
    assert_eq!(spanish("Un ambiente excelente – 10:05 – y nada más"), one("excelente", Rule::Value));
}

#[test]
fn capitals_accents_and_apostrophes_make_no_other_word() {
    for text in ["He SHOULDN'T at 10:05", "He shouldn’t at 10:05", "He shouldn\u{2bc}t at 10:05"] {
        assert_eq!(english(text).len(), 1, "{text}");
    }
    for text in [
        "10:05 un día fantástico",
        "10:05 un dia fantastico",
        "10:05 un di\u{301}a fanta\u{301}stico",
        "10:05 FANTÁSTICO",
    ] {
        assert_eq!(spanish(text).len(), 1, "{text}");
    }
    // Without its tilde ñ would be another letter; decomposed it is the same.
    assert_eq!(spanish("Habla con cariño, 10:05"), one("con cariño", Rule::Value));
    assert_eq!(spanish("Habla con carin\u{303}o, 10:05"), one("con carin\u{303}o", Rule::Value));
    assert_eq!(english("A well-managed start, 9:00").first().map(|one| one.0.clone()), Some("well-managed".to_owned()));
}

#[test]
fn a_phrase_ends_where_its_sentence_does() {
    assert_eq!(english("9:00 T says good. Morning bell at 9:05"), one("good", Rule::Value));
    assert_eq!(english("9:00 T says good morning"), []);
    assert_eq!(english("**Good** job, seat 4"), one("Good** job", Rule::Praise));
}

#[test]
fn a_thin_line_is_one_with_nothing_to_see() {
    for thin in ["The rhythm of the hour", "- A sense of the whole", "An air of Monday about it all"] {
        assert!(matches!(english(thin)[..], [(_, Rule::Thin)]), "{thin}");
    }
    let seen = [
        "The rhythm of the hour: 10:05",
        "“The rhythm of the hour” on a card",
        "The class claps the rhythm",
        "Group B, the rhythm",
        "Three of the rhythms",
        "The rhythm on the board",
        "The door half open",
        "An empty row",
        // Headings, labels for what follows, questions, and what is only begun.
        "# The rhythm of the hour",
        "The rhythm of the hour:",
        "What is the rhythm of the hour?",
        "The rhythm",
        "",
    ];
    for text in seen {
        assert_eq!(english(text), [], "{text}");
    }
}

#[test]
fn lines_that_wonder_may_judge_but_not_advise() {
    assert_eq!(english("I wonder what made the good start"), []);
    assert_eq!(
        english("I wonder why you didn’t call on row 4"),
        one("I wonder why you didn’t call", Rule::HiddenAdvice)
    );
    assert_eq!(marked("Was it good?\nI wonder whether it would help to wait", Language::En, Purpose::Wonder).len(), 1);
    assert_eq!(spanish("Me pregunto qué hizo tan bueno el inicio"), []);
    assert_eq!(spanish("¿Por qué 3?\nMe pregunto por qué no esperas").len(), 1);
}

#[test]
fn reflections_are_left_alone() {
    let text = "I should be better. It was terrible. I wonder if you could help.";
    assert_eq!(marked(text, Language::En, Purpose::Reflection), []);
}

#[test]
fn what_is_too_much_is_left_out() {
    let many = "excellent ".repeat(MARKS_MAX + 10);
    assert_eq!(english(&many).len(), MARKS_MAX);
    let long = "é at 10:05\n".repeat(LOOKED_BYTES_MAX / 11) + "excellent";
    assert_eq!(english(&long), []);
    let word = format!("{} at 10:05", "good".repeat(1_000));
    assert_eq!(english(&word), []);
}

/// The steps that marking a text takes.
fn steps(text: &str, language: Language) -> u64 {
    STEPS.with(|steps| steps.set(0));
    let _ = marks(text, Pack::of(language), Purpose::Evidence);
    STEPS.with(Cell::get)
}

#[test]
fn a_line_of_100_kb_takes_work_in_proportion() {
    /// Steps for each letter: the phrases that one word can begin, and the ways to read them.
    const STEPS_EACH_MAX: u64 = 60;
    let hostile = [
        "a",
        " 'a",
        "' ",
        "\"",
        "“ ",
        "„a ",
        "« ",
        "`a ",
        "` `",
        "— ",
        "—a ",
        "very ",
        "more very ",
        "made a real ",
        "I wonder if ",
        "no ",
        "on ",
        "door half ",
        "group ",
        "put * ",
        "e\u{301}",
        "👩‍🏫",
        "1:1",
        "http://a ",
        "me pregunto si no ",
        "muy ",
        "# sobre ",
        "--- ",
        "it's ",
        "could be could have ",
        "through ",
        "not enough ",
    ];
    for part in hostile {
        for language in [Language::En, Language::Es] {
            let text = part.repeat(100 * 1024 / part.len());
            let taken = steps(&text, language);
            assert!(taken <= STEPS_EACH_MAX * text.len() as u64, "{part:?}: {taken} steps for {} bytes", text.len());
        }
    }
}

/// Text made of what the helper looks at, so that rules meet each other.
fn notes() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => proptest::sample::select(vec![
            "good", "very", "not", "enough", "should", "I wonder", "if you could", "10:05", "seat 4", "T:", "excelente", "muy", "—", "– ",
            "\"", "“", "”", "«", "»", "„", "‘", "’", "'", "`", "```", "\n", "\r\n", " ", "  ", ".", ":", "?", ">", "#", "- ", "é", "e\u{301}",
            "ñ", "n\u{303}", "👩‍🏫", "😀", "\u{200d}", "https://a.b", "3/5", "out of", "me pregunto si", "se nota", "well-", "*", "_",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn marks_lie_within_the_text_on_whole_letters(text in notes(), wonder in any::<bool>()) {
        let purpose = if wonder { Purpose::Wonder } else { Purpose::Evidence };
        let units: Vec<u16> = text.encode_utf16().collect();
        for language in [Language::En, Language::Es] {
            let mut end = 0;
            for mark in marks(&text, Pack::of(language), purpose) {
                prop_assert!(end <= mark.from && mark.from < mark.to && mark.to <= units.len());
                prop_assert!(String::from_utf16(&units[mark.from..mark.to]).is_ok());
                prop_assert!(!units[mark.from..mark.to].contains(&u16::from(b'\n')));
                end = mark.to;
            }
        }
    }

    #[test]
    fn lines_are_looked_at_one_by_one(one in "[^\n`~]{0,60}", other in "[^\n`~]{0,60}") {
        let pack = Pack::of(Language::En);
        let offset = one.encode_utf16().count() + 1;
        let mut apart = marks(&one, pack, Purpose::Evidence);
        apart.extend(marks(&other, pack, Purpose::Evidence).into_iter().map(|mark| {
            Mark { from: mark.from + offset, to: mark.to + offset, ..mark }
        }));
        prop_assert_eq!(marks(&format!("{one}\n{other}"), pack, Purpose::Evidence), apart);
    }

    #[test]
    fn no_text_is_a_pack_by_accident(text in any::<String>()) {
        prop_assert!(Pack::read(&text).is_err());
    }
}

/// The English pack, changed.
fn changed(change: impl FnOnce(&mut serde_json::Value)) -> Result<Pack, PackError> {
    let mut file: serde_json::Value = serde_json::from_str(include_str!("../../describe/en.json")).expect("JSON");
    change(&mut file);
    Pack::read(&file.to_string())
}

#[test]
fn nonsense_in_a_pack_is_refused_and_named() {
    assert!(changed(|_| ()).is_ok());
    let why = |change: fn(&mut serde_json::Value)| changed(change).expect_err("nonsense").to_string();
    assert!(why(|file| file["version"] = 2.into()).contains("version 2"));
    assert!(why(|file| file["stars"] = 5.into()).contains("unknown field `stars`"));
    assert!(why(|file| file["rules"][0]["weight"] = 5.into()).contains("unknown field `weight`"));
    assert!(why(|file| file["rules"][0]["id"] = "score".into()).contains("unknown variant `score`"));
    assert!(why(|file| file["rules"][0]["id"] = "thin".into()).contains("“thin” does not"));
    assert!(why(|file| file["rules"][1]["id"] = "value".into()).contains("“value” does not"));
    assert!(why(|file| drop(file["rules"].as_array_mut().expect("rules").pop())).contains("“praise” does not"));
    assert!(why(|file| file["rules"][0]["question"] = " ".into()).contains("“value” is empty"));
    assert!(why(|file| file["thin"]["why"] = "".into()).contains("“thin” is empty"));
    assert!(why(|file| file["hidden_advice"]["wonders"] = serde_json::json!([])).contains("“wonders” is empty"));
    assert!(why(|file| file["evidence"]["actions"] = serde_json::json!([])).contains("“actions” is empty"));
    assert!(why(|file| file["rules"][1]["words"][0] = "good".into()).contains("“good” stands under two rules"));
    let phrase = |phrase: &str| {
        let refused = changed(|file| file["rules"][0]["phrases"][0] = phrase.into());
        refused.expect_err("nonsense").to_string()
    };
    for bad in [
        "",
        "very? good",
        "* good",
        "*ly good",
        "walk~nothing",
        "(good|bad",
        "a b c d e f g h i",
        "a b? c? d? e?",
        "good|",
        "so,",
    ] {
        assert!(phrase(bad).contains("is no word or phrase"), "{bad}");
    }
    assert!(matches!(Pack::read(&" ".repeat(600_000)), Err(PackError::TooLarge)));
    assert!(why(|file| file["endings"]["s"] = vec!["x"; 60_000].into()).contains("too large"));
}
