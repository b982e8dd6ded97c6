//! Decides what an instrument holds that people build themselves, what still keeps it from being observed with, and which
//! version of it that is.

use serde::{Deserialize, Serialize};

use crate::ids::hash_parts;
use crate::model::bounds::{INTERVAL_SECONDS_MAX, LABEL_PLACE_MAX, MINUTES_MAX, PROMPTS_MAX};
use crate::model::instrument::{InstrumentError, Shape, label_faults};
use crate::model::note_set::Speaker;
use crate::model::reader::Reader;
use crate::model::reason::{Reason, ReasonCode};
use crate::model::words::{ItemId, Word, Words};

/// The kinds of mark that a few labels are enough for, so that people build instruments of them.
pub const BUILT_SHAPES: [Shape; 6] = [Shape::Tally, Shape::State, Shape::Beat, Shape::Line, Shape::Turn, Shape::Sweep];

/// A word that an instrument offers for what is seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BuiltLabel {
    /// Chosen by the page.
    pub id: ItemId,
    /// The word.
    pub text: Words,
    /// How somebody else worded it at the same moment, until one of the two is settled on.
    #[serde(default)]
    pub also: Vec<Words>,
}

/// An instrument that people build themselves. Observing freezes a copy of it, so that what becomes of it later is nothing to
/// the notes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct OwnInstrument {
    /// What it is called.
    pub title: Option<Words>,
    /// The beginning of the question it answers.
    pub question: Words,
    /// The beginning of what to keep in mind.
    pub caution: Words,
    /// What one mark of it is.
    pub shape: Shape,
    /// The words it offers, in the order in which they are offered.
    pub labels: Vec<BuiltLabel>,
    /// Whose words or deeds it tells apart.
    pub speakers: Vec<Speaker>,
    /// Seconds of one beat, once somebody said so.
    pub interval_seconds: Option<u32>,
    /// For how many minutes one usually observes with it, once somebody said so.
    pub minutes: Option<u32>,
    /// Which version it is: another number whenever what is counted would be something else, the same for all who read the
    /// same.
    pub version: u32,
    /// What still keeps it from being observed with.
    pub faults: Vec<Reason>,
}

impl Shape {
    /// Whether an instrument of it has beats of a length.
    pub fn has_beats(self) -> bool {
        self == Self::Beat
    }

    /// Whether an own instrument of it may tell speakers apart.
    pub fn tells_speakers(self) -> bool {
        matches!(self, Self::Tally | Self::Line)
    }
}

impl OwnInstrument {
    /// Which version it is. What it is called, asks and reminds of may be put in other words; what is counted may not.
    fn present_version(&self) -> u32 {
        let speakers = if self.shape.tells_speakers() { self.speakers.as_slice() } else { &[] };
        let beat = if self.shape.has_beats() { self.interval_seconds.unwrap_or_default() } else { 0 }.to_le_bytes();
        let count = self.labels.len().to_le_bytes();
        let mut parts: Vec<&[u8]> = vec![b"rounds instrument v1", self.shape.word().as_bytes(), &beat, &count];
        parts.extend(self.labels.iter().map(|label| label.text.as_str().as_bytes()));
        parts.extend(speakers.iter().map(|speaker| speaker.word().as_bytes()));
        let hash = hash_parts(&parts);
        u32::from_le_bytes([hash[0], hash[1], hash[2], hash[3]])
    }

    fn present_faults(&self) -> Vec<Reason> {
        let mut faults = Vec::new();
        if self.title.as_ref().is_none_or(Words::is_blank) {
            faults.push(Reason::of(ReasonCode::NoName));
        }
        if self.labels.is_empty() && self.shape.needs_labels() {
            faults.push(InstrumentError::NoLabel.reason());
        }
        if self.labels.len() > PROMPTS_MAX {
            faults.push(InstrumentError::TooManyLabels.reason());
        }
        let labels: Vec<&Words> = self.labels.iter().map(|label| &label.text).collect();
        faults.extend(label_faults(&labels).iter().map(|(fault, _)| fault.reason()));
        faults
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let root = reader.root();
        reader.contested("title", "was put in two ways at once; one of the two is shown");
        reader.contested("shape", "was chosen in two ways at once; one of the two is shown");
        let shape = reader.choice(&root, "shape").unwrap_or(Shape::Tally);
        let built = BUILT_SHAPES.contains(&shape);
        if !built {
            reader.problem("shape", "is none that an instrument is built of");
        }
        let mut labels = reader.items("labels", |reader, id, spot| {
            let mut said = reader.each_short(spot, "text");
            if said.is_empty() {
                reader.problem("labels", "holds one without words");
                return None;
            }
            let label = BuiltLabel { id, text: said.remove(0), also: said };
            Some((reader.number(spot, "place", 0..=LABEL_PLACE_MAX).unwrap_or(LABEL_PLACE_MAX), label))
        });
        // Of two in one place the older one stands first.
        labels.sort_by_key(|(place, _)| *place);
        let told = reader.word_set("speakers");
        let interval = reader.number(&root, "interval_seconds", 1..=INTERVAL_SECONDS_MAX);
        let minutes = reader.number(&root, "minutes", 1..=MINUTES_MAX);
        let mut read = Self {
            title: reader.short(&root, "title"),
            question: reader.excerpt("question"),
            caution: reader.excerpt("caution"),
            shape: if built { shape } else { Shape::Tally },
            labels: labels.into_iter().map(|(_, label)| label).collect(),
            speakers: Speaker::ALL
                .iter()
                .copied()
                .filter(|speaker| told.iter().any(|word| word.as_str() == speaker.word()))
                .collect(),
            interval_seconds: interval.and_then(|seconds| u32::try_from(seconds).ok()),
            minutes: minutes.and_then(|minutes| u32::try_from(minutes).ok()),
            version: 0,
            faults: Vec::new(),
        };
        read.version = read.present_version();
        read.faults = read.present_faults();
        read
    }
}
