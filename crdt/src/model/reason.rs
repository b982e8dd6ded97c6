//! Decides by which code a program knows why an instrument, a mark or a vocabulary is not taken, so that every page can say it
//! in its own language.

use serde::{Deserialize, Serialize};

use crate::model::words::{Words, vocabulary};

vocabulary! {
    /// Why an instrument, a mark or a vocabulary is not taken.
    pub enum ReasonCode {
        /// A label without a letter in it.
        BareNumber = "bare_number",
        /// Labels that are numbers, levels or points.
        ScaleNumbers = "scale_numbers",
        /// Labels that are stars, thumbs, ticks or faces.
        ScaleSigns = "scale_signs",
        /// Labels that praise or blame.
        ScaleWorth = "scale_worth",
        /// Labels that say how far somebody agrees.
        ScaleAgreement = "scale_agreement",
        /// Labels that say how often or how much, in general.
        ScaleDegree = "scale_degree",
        /// Labels that tick something off.
        ScaleChecklist = "scale_checklist",
        /// Labels that are letters, as grades are.
        ScaleLetters = "scale_letters",
        /// Labels with the same words.
        SameLabel = "same_label",
        /// More labels than fit a page.
        TooManyLabels = "too_many_labels",
        /// Nothing to tap.
        NoLabel = "no_label",
        /// A map with nobody on it.
        NoSeat = "no_seat",
        /// Two seats of one id, or one that stands for the teacher or the class.
        SameSeat = "same_seat",
        /// A seat outside the room.
        SeatOutside = "seat_outside",
        /// More seats than a map takes.
        TooManySeats = "too_many_seats",
        /// An interval nobody could keep.
        Interval = "interval",
        /// A kind of mark that nobody builds an instrument of.
        NotBuilt = "not_built",
        /// Something without a name.
        NoName = "no_name",
        /// A mark in plain notes.
        NoInstrument = "no_instrument",
        /// A mark of another instrument.
        OtherShape = "other_shape",
        /// A label that is none of the instrument's.
        OtherLabel = "other_label",
        /// A speaker that the instrument does not tell apart.
        OtherSpeaker = "other_speaker",
        /// A seat that is not on the map.
        OtherSeat = "other_seat",
        /// A place outside the room.
        Outside = "outside",
        /// A reply before its question.
        OutOfOrder = "out_of_order",
        /// An interval or sweep that no lesson has.
        TooManyIntervals = "too_many_intervals",
        /// A place without a name.
        NoPlace = "no_place",
        /// An observation longer than a day.
        TooLong = "too_long",
        /// A vocabulary of another form.
        VocabularyForm = "vocabulary_form",
        /// A vocabulary without a title, or with one that is too long.
        VocabularyTitle = "vocabulary_title",
        /// A vocabulary with nothing in it.
        VocabularyEmpty = "vocabulary_empty",
        /// A vocabulary with more in it than anybody chooses from.
        VocabularyTooMany = "vocabulary_too_many",
        /// A name of a vocabulary that says nothing, or too much.
        VocabularyName = "vocabulary_name",
        /// More tags than anybody reads, or one that says nothing.
        VocabularyTags = "vocabulary_tags",
        /// A name twice in one vocabulary.
        VocabularyTwice = "vocabulary_twice",
    }
}

/// Why an instrument, a mark or a vocabulary is not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Reason {
    /// The reason.
    pub code: ReasonCode,
    /// The labels or names it is about; none when it is about none in particular.
    pub labels: Vec<Words>,
    /// How many there may be, where there are too many.
    pub most: Option<u32>,
}

impl Reason {
    /// A reason that is about the whole.
    pub fn of(code: ReasonCode) -> Self {
        Self { code, labels: Vec::new(), most: None }
    }

    /// A reason that is about these words.
    pub fn about(code: ReasonCode, labels: &[Words]) -> Self {
        Self { labels: labels.to_vec(), ..Self::of(code) }
    }

    /// A reason that is a bound.
    pub fn at_most(code: ReasonCode, most: usize) -> Self {
        Self { most: u32::try_from(most).ok(), ..Self::of(code) }
    }

    /// Whether it is that people would be rated.
    pub fn rates_people(&self) -> bool {
        use ReasonCode::{
            BareNumber, ScaleAgreement, ScaleChecklist, ScaleDegree, ScaleLetters, ScaleNumbers, ScaleSigns, ScaleWorth,
        };
        matches!(
            self.code,
            BareNumber
                | ScaleNumbers
                | ScaleSigns
                | ScaleWorth
                | ScaleAgreement
                | ScaleDegree
                | ScaleChecklist
                | ScaleLetters
        )
    }
}
