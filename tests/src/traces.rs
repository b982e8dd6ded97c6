//! Decides how recorded keystrokes are read: those of one writer as they are, those of two so that each keystroke can
//! be repeated wherever the other's words have already arrived.

use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Where the recordings are.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/bench/data/editing-traces");

/// One replacement: where, how many letters go, what comes. The recordings are ASCII, so a letter is a code unit.
pub type Splice = (usize, usize, String);

/// What one writer did, transaction by transaction.
#[derive(Debug, Clone)]
pub struct Monologue {
    /// The splices of each transaction, in order.
    pub transactions: Vec<Vec<Splice>>,
    /// The text at the end.
    pub end: String,
}

/// What two writers did, often at once.
#[derive(Debug, Clone)]
pub struct Conversation {
    /// Each writer's keystrokes, in order.
    pub writers: [Vec<Keystroke>; 2],
    /// Every letter that was ever typed, in the order in which all of them would stand.
    letters: Vec<u16>,
    /// The text at the end.
    pub end: String,
}

/// One keystroke, told by the letters it concerns.
#[derive(Debug, Clone)]
pub struct Keystroke {
    /// How many of the other's keystrokes its writer had seen.
    seen: usize,
    touches: Vec<Touch>,
}

/// What happens to one letter, by its place among all letters.
#[derive(Debug, Clone, Copy)]
enum Touch {
    Typed(usize),
    Deleted(usize),
}

/// Opens the recording of one writer.
pub fn monologue(name: &str) -> Monologue {
    #[derive(Deserialize)]
    struct File {
        #[serde(rename = "endContent")]
        end: String,
        txns: Vec<Transaction>,
    }
    #[derive(Deserialize)]
    struct Transaction {
        patches: Vec<Splice>,
    }
    let File { end, txns } = open(&format!("{name}.json.gz"));
    assert!(end.is_ascii(), "positions count letters");
    Monologue { transactions: txns.into_iter().map(|transaction| transaction.patches).collect(), end }
}

/// Opens the recording of two writers.
pub fn conversation(name: &str) -> Conversation {
    let File { end, txns } = open(&format!("{name}.concurrent.json.gz"));
    assert!(end.is_ascii(), "positions count letters");
    let mut reading = Reading::default();
    for transaction in &txns {
        reading.take(transaction);
    }
    let conversation = reading.finish(end);
    let mut copy = Copy::new(&conversation);
    while let Some(writer) = [0, 1].into_iter().find(|writer| copy.can_take(*writer)) {
        copy.repeat(writer);
    }
    assert_eq!(String::from_utf16_lossy(&copy.text()), conversation.end, "the recording is understood");
    conversation
}

fn open<T: DeserializeOwned>(name: &str) -> T {
    let file = std::fs::File::open(Path::new(FOLDER).join(name)).expect("the recording is there");
    let mut text = String::new();
    GzDecoder::new(file).read_to_string(&mut text).expect("it unpacks");
    serde_json::from_str(&text).expect("it has the known form")
}

#[derive(Deserialize)]
struct File {
    #[serde(rename = "endContent")]
    end: String,
    txns: Vec<Transaction>,
}

#[derive(Deserialize)]
struct Transaction {
    parents: Vec<usize>,
    agent: usize,
    patches: Vec<Splice>,
}

/// A letter by the order in which letters are met in the recording.
type Letter = usize;

/// The recording as it is read: every letter, who typed it, and whom it is gone for.
#[derive(Default)]
struct Reading {
    /// How much of each writer each transaction stands on, itself included.
    clocks: Vec<[usize; 2]>,
    units: Vec<u16>,
    typed: Vec<(usize, usize)>,
    deleted: Vec<Vec<(usize, usize)>>,
    /// All letters in their places.
    order: Vec<Letter>,
    /// What each writer has before them.
    screens: [Screen; 2],
    said: [Vec<Said>; 2],
}

/// When something was said, and which letters it typed (or deleted).
type Said = (usize, Vec<(bool, Letter)>);

#[derive(Default)]
struct Screen {
    clock: [usize; 2],
    letters: Vec<Letter>,
}

impl Reading {
    fn take(&mut self, transaction: &Transaction) {
        let me = transaction.agent;
        let mut clock = [0, 0];
        for parent in &transaction.parents {
            let parent = self.clocks[*parent];
            clock = [clock[0].max(parent[0]), clock[1].max(parent[1])];
        }
        assert_eq!(clock[me], self.said[me].len(), "a writer's keystrokes follow on from each other");
        if self.screens[me].clock != clock {
            let letters = self.order.iter().copied().filter(|letter| self.shows(clock, *letter)).collect();
            self.screens[me] = Screen { clock, letters };
        }
        let seen = clock[1 - me];
        clock[me] += 1;
        let now = (me, clock[me]);
        let mut touches = Vec::new();
        for (at, delete, insert) in &transaction.patches {
            let gone: Vec<Letter> = self.screens[me].letters.drain(*at..*at + *delete).collect();
            for letter in gone {
                self.deleted[letter].push(now);
                touches.push((false, letter));
            }
            let first_place = match at.checked_sub(1).map(|left| self.screens[me].letters[left]) {
                Some(left) => 1 + self.order.iter().position(|letter| *letter == left).expect("it stands somewhere"),
                None => 0,
            };
            for (offset, unit) in insert.encode_utf16().enumerate() {
                let letter = self.units.len();
                self.units.push(unit);
                self.typed.push(now);
                self.deleted.push(Vec::new());
                self.order.insert(first_place + offset, letter);
                self.screens[me].letters.insert(at + offset, letter);
                touches.push((true, letter));
            }
        }
        self.screens[me].clock = clock;
        self.clocks.push(clock);
        self.said[me].push((seen, touches));
    }

    fn shows(&self, clock: [usize; 2], letter: Letter) -> bool {
        let known = |(writer, number): (usize, usize)| number <= clock[writer];
        known(self.typed[letter]) && !self.deleted[letter].iter().any(|by| known(*by))
    }

    fn finish(self, end: String) -> Conversation {
        let mut places = vec![0; self.order.len()];
        for (place, letter) in self.order.iter().enumerate() {
            places[*letter] = place;
        }
        let keystroke = |(seen, touches): (usize, Vec<(bool, Letter)>)| Keystroke {
            seen,
            touches: touches
                .into_iter()
                .map(
                    |(typed, letter)| if typed { Touch::Typed(places[letter]) } else { Touch::Deleted(places[letter]) },
                )
                .collect(),
        };
        let writers = self.said.map(|said| said.into_iter().map(keystroke).collect());
        Conversation { writers, letters: self.order.iter().map(|letter| self.units[*letter]).collect(), end }
    }
}

/// A copy of the text in which so many of each writer's keystrokes have arrived.
#[derive(Debug, Clone)]
pub struct Copy<'c> {
    conversation: &'c Conversation,
    taken: [usize; 2],
    typed: Vec<bool>,
    deleted: Vec<bool>,
    /// Sums of visible letters, as a Fenwick tree: places are asked for at every keystroke.
    sums: Vec<usize>,
    length: usize,
}

impl<'c> Copy<'c> {
    /// The empty text, before anybody typed.
    pub fn new(conversation: &'c Conversation) -> Copy<'c> {
        let letters = conversation.letters.len();
        let (typed, deleted) = (vec![false; letters], vec![false; letters]);
        Copy { conversation, taken: [0, 0], typed, deleted, sums: vec![0; letters + 1], length: 0 }
    }

    /// How many of a writer's keystrokes are in it.
    pub fn taken(&self, writer: usize) -> usize {
        self.taken[writer]
    }

    /// Whether a writer's next keystroke can be taken in: there is one, and all that its writer had seen is here.
    pub fn can_take(&self, writer: usize) -> bool {
        let next = self.conversation.writers[writer].get(self.taken[writer]);
        next.is_some_and(|next| next.seen <= self.taken[1 - writer])
    }

    /// Takes in a writer's keystrokes, up to so many in all.
    pub fn take(&mut self, writer: usize, up_to: usize) {
        while self.taken[writer] < up_to {
            self.repeat(writer);
        }
    }

    /// Takes in a writer's next keystroke; what it does to this copy. It does nothing where the other was quicker.
    pub fn repeat(&mut self, writer: usize) -> Vec<Splice> {
        let keystroke = &self.conversation.writers[writer][self.taken[writer]];
        self.taken[writer] += 1;
        let mut splices: Vec<Splice> = Vec::new();
        for touch in &keystroke.touches {
            let (Touch::Typed(place) | Touch::Deleted(place)) = *touch;
            let visible = self.shows(place);
            match touch {
                Touch::Typed(_) => self.typed[place] = true,
                Touch::Deleted(_) => self.deleted[place] = true,
            }
            let at = self.visible_before(place);
            if self.shows(place) && !visible {
                self.add(place, true);
                let letter = char::from_u32(self.conversation.letters[place].into()).expect("ASCII");
                splices.push((at, 0, letter.to_string()));
            } else if visible && !self.shows(place) {
                self.add(place, false);
                splices.push((at, 1, String::new()));
            }
        }
        splices
    }

    /// The text.
    pub fn text(&self) -> Vec<u16> {
        self.visible().collect()
    }

    /// Whether this is the text.
    pub fn reads(&self, text: &[u16]) -> bool {
        self.length == text.len() && self.visible().eq(text.iter().copied())
    }

    fn visible(&self) -> impl Iterator<Item = u16> + '_ {
        let shown = self.typed.iter().zip(&self.deleted).map(|(typed, deleted)| *typed && !deleted);
        shown.zip(&self.conversation.letters).filter_map(|(shown, letter)| shown.then_some(*letter))
    }

    fn shows(&self, place: usize) -> bool {
        self.typed[place] && !self.deleted[place]
    }

    fn visible_before(&self, place: usize) -> usize {
        let (mut node, mut sum) = (place, 0);
        while node > 0 {
            sum += self.sums[node];
            node &= node - 1;
        }
        sum
    }

    fn add(&mut self, place: usize, more: bool) {
        let change = |count: &mut usize| if more { *count += 1 } else { *count -= 1 };
        change(&mut self.length);
        let mut node = place + 1;
        while node < self.sums.len() {
            change(&mut self.sums[node]);
            node += node & node.wrapping_neg();
        }
    }
}
