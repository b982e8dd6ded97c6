//! Decides what the made-up people of a sample write: plain sentences, and marks as each instrument takes them.

use serde_json::{Value, json};

/// A die that falls the same way every time it is thrown from the same start.
#[derive(Debug)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(term: u32, kind: u32, index: usize) -> Self {
        let mixed = (u64::from(term) << 48) ^ (u64::from(kind) << 40) ^ index as u64;
        Self(mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Below a bound.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound.max(1) as u64).unwrap_or(0)
    }

    /// Around a mean, between half of it and half more, and now and then the most there is.
    pub(super) fn around(&mut self, mean: usize, most: usize) -> usize {
        if self.below(40) == 0 { most } else { (mean / 2 + self.below(mean.max(1))).clamp(1, most) }
    }

    fn one_of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words.get(self.below(words.len())).copied().unwrap_or_default()
    }
}

const WHO: [&str; 8] = [
    "The teacher",
    "A student by the door",
    "A pair at the window table",
    "The back row",
    "S3",
    "Somebody at the back",
    "The class",
    "T",
];
const DOES: [&str; 12] = [
    "waits for five seconds and",
    "asks why it halves and",
    "reads the second line aloud and",
    "points at the board and",
    "turns to the next table and",
    "writes a fraction and",
    "draws a number line and",
    "counts the folded parts and",
    "repeats the question and",
    "opens the notebook and",
    "says “because it is the same”, then",
    "lifts a hand and",
];
const THEN: [&str; 12] = [
    "four hands go up",
    "somebody else answers",
    "the pair compares two drawings",
    "nobody speaks for a while",
    "one more example goes on the board",
    "the next group begins",
    "a student walks to the board",
    "two students write it down",
    "the question is put to the whole room",
    "the drawing is changed",
    "three voices answer at once",
    "the talk moves to the window table",
];

/// Sentences of about so many words.
pub(super) fn prose(dice: &mut Dice, words: usize) -> String {
    let (mut text, mut written) = (String::new(), 0);
    while written < words {
        let sentence = format!("{} {} {}.", dice.one_of(&WHO), dice.one_of(&DOES), dice.one_of(&THEN));
        written += sentence.split(' ').count();
        let apart = if text.is_empty() {
            ""
        } else if dice.below(3) == 0 {
            "\n"
        } else {
            " "
        };
        text = format!("{text}{apart}{sentence}");
    }
    text
}

/// A question to look for.
pub(super) fn question(dice: &mut Dice) -> String {
    const ASKS: [&str; 6] = [
        "After I ask, who answers, and how long do I wait?",
        "Which tables do I stand at while the pairs work?",
        "What do students say when they compare two drawings?",
        "How many voices are there after a question to the whole room?",
        "What is on the board when the talk is about the same fraction?",
        "Where does the talk go after the first reply?",
    ];
    dice.one_of(&ASKS).to_owned()
}

/// What a card is called.
pub(super) fn title(dice: &mut Dice) -> String {
    const WHAT: [&str; 8] = [
        "A minute alone, two in pairs",
        "Waiting after a question",
        "One drawing for two",
        "The second reply",
        "A sentence to begin with",
        "Hands down, names drawn",
        "Two wrong examples and a right one",
        "The board in three parts",
    ];
    const WHERE: [&str; 5] = ["with fractions", "in year 5", "at the start", "before reading", "when it is loud"];
    format!("{}, {}", dice.one_of(&WHAT), dice.one_of(&WHERE))
}

/// Seats of a room of thirty.
const ROWS: usize = 5;
const COLUMNS: usize = 6;

/// A copy of an instrument of the library, set up for one room.
pub(super) fn frozen(offered: &Value) -> Value {
    let said = |list: &Value| -> Vec<Value> {
        list.as_array().into_iter().flatten().map(|label| label["en"].clone()).collect()
    };
    let seats: Vec<Value> = (0..ROWS * COLUMNS)
        .map(|seat| {
            let (row, column) = (seat / COLUMNS, seat % COLUMNS);
            json!({ "id": format!("r{row}c{column}"), "x": 100 + column * 150, "y": 200 + row * 150 })
        })
        .collect();
    let needs_map = offered["seats"]["map"] == true;
    let mut copy = json!({
        "id": offered["id"], "version": offered["version"], "title": offered["title"]["en"], "shape": offered["shape"],
        "labels": said(&offered["labels"]), "student_labels": said(&offered["student_labels"]),
        "speakers": offered["speakers"].as_array().cloned().unwrap_or_default(),
        "seats": if needs_map { seats } else { Vec::new() },
    });
    if let Some(seconds) = offered["interval_seconds"].as_u64() {
        copy["interval_seconds"] = json!(seconds);
    }
    copy
}

/// So many marks with an instrument, over a lesson.
pub(super) fn marks(dice: &mut Dice, instrument: &Value, count: usize) -> Vec<Value> {
    const LESSON_MS: usize = 25 * 60 * 1000;
    let labels: Vec<&str> = instrument["labels"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let seats: Vec<&str> =
        instrument["seats"].as_array().into_iter().flatten().filter_map(|seat| seat["id"].as_str()).collect();
    let speakers: Vec<&str> =
        instrument["speakers"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mark = |at: usize| {
        let at_ms = at * LESSON_MS / count.max(1);
        let mut event = json!({ "id": format!("e{at}"), "at_ms": at_ms });
        let (label, seat) = (dice.one_of(&labels), dice.one_of(&seats));
        match instrument["shape"].as_str().unwrap_or("line") {
            "wait" => {
                let reply = at_ms + 800 + dice.below(6_000);
                event["mark"] = json!({ "kind": "wait", "reply_ms": reply, "reply_end_ms": reply + 2_500, "follow_ms": reply + 3_500 });
            }
            "turn" => {
                let to = if dice.below(4) == 0 { "all" } else { seat };
                event["mark"] = json!({ "kind": "turn", "from": "teacher", "to": to });
                event["label"] = json!(label);
            }
            "path" => {
                let (x, y) = (dice.below(1_000), dice.below(1_000));
                event["mark"] = json!({ "kind": "step", "x": x, "y": y, "stop": dice.below(5) == 0 });
            }
            "sweep" => {
                let seat = seats.get(at % seats.len().max(1)).copied().unwrap_or_default();
                event["mark"] = json!({ "kind": "look", "sweep": at / seats.len().max(1), "seat": seat });
                event["label"] = json!(label);
            }
            "grid" => event["mark"] = json!({ "kind": "interval", "index": at, "codes": [label] }),
            "line" => {
                event["text"] = json!(prose(dice, 9));
                if !labels.is_empty() {
                    event["label"] = json!(label);
                }
                if !speakers.is_empty() {
                    event["speaker"] = json!(dice.one_of(&speakers));
                }
            }
            _ => event["label"] = json!(label),
        }
        event
    };
    (0..count).map(mark).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_dice_write_the_same_words() {
        let written = |index| prose(&mut Dice::new(1, 2, index), 40);
        assert_eq!(written(3), written(3));
        assert_ne!(written(3), written(4));
        assert!((40..60).contains(&written(3).split_whitespace().count()));
        let mut dice = Dice::new(0, 0, 0);
        assert!((0..1_000).all(|_| (1..=1_600).contains(&dice.around(620, 1_600))));
    }
}
