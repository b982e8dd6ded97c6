//! Decides which instruments come with Rounds, in every language it speaks.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::model::{Instrument, ItemId, Seat, Shape, Speaker, Words};

/// The instruments, as data.
const INSTRUMENTS: &str = include_str!("../library/instruments.json");

/// The same words in every language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// English.
    pub en: Words,
    /// Spanish.
    pub es: Words,
}

impl Said {
    /// The words in the language of this code; English where there are none.
    pub fn in_language(&self, code: &str) -> &Words {
        if code == "es" { &self.es } else { &self.en }
    }
}

/// Which seats an instrument needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SeatsNeeded {
    /// Whether they lie on a map of the room; else they are a few students who are followed or asked.
    pub map: bool,
    /// How many at least.
    pub least: u32,
    /// How many at most.
    pub most: u32,
}

/// An instrument as Rounds offers it; observing freezes a copy of it, set up for one visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LibraryInstrument {
    /// Which.
    pub id: ItemId,
    /// Which version of it.
    pub version: u32,
    /// What one mark of it is; absent where the people choose that themselves.
    pub shape: Option<Shape>,
    /// Its name.
    pub title: Said,
    /// The question it answers.
    pub answers: Said,
    /// What to keep in mind.
    pub caution: Said,
    /// The words it offers.
    pub labels: Vec<Said>,
    /// The words it keeps apart for what students do.
    #[serde(default)]
    pub student_labels: Vec<Said>,
    /// How many labels there may be, where people may word them otherwise; absent where they stay as they are.
    #[serde(default)]
    pub labels_most: Option<u32>,
    /// Whose words or deeds it tells apart.
    #[serde(default)]
    pub speakers: Vec<Speaker>,
    /// Which seats it needs.
    #[serde(default)]
    pub seats: Option<SeatsNeeded>,
    /// Seconds of one interval or beat, or between two seats of a sweep.
    #[serde(default)]
    pub interval_seconds: Option<u32>,
    /// How many sweeps make a sample.
    #[serde(default)]
    pub sweeps_least: Option<u32>,
    /// How many clicks one tries out before it counts.
    #[serde(default)]
    pub practice_clicks: Option<u32>,
    /// Whether the host must have agreed to it.
    #[serde(default)]
    pub host_agrees: bool,
    /// Where its facts come from.
    pub source: Words,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Library {
    #[serde(rename = "version")]
    _version: u32,
    instruments: Vec<LibraryInstrument>,
}

/// Every instrument that comes with Rounds, in the order in which they are offered.
pub fn instruments() -> &'static [LibraryInstrument] {
    static READ: OnceLock<Vec<LibraryInstrument>> = OnceLock::new();
    // The tests read the same bytes, so what is shipped can be read.
    READ.get_or_init(|| serde_json::from_str::<Library>(INSTRUMENTS).map_or_else(|_| Vec::new(), |it| it.instruments))
}

impl LibraryInstrument {
    /// A copy to observe with, in the words of a language, on these seats. What the people choose themselves is chosen in
    /// the copy.
    pub fn set_up(&self, language: &str, seats: Vec<Seat>) -> Instrument {
        let words = |said: &[Said]| said.iter().map(|it| it.in_language(language).clone()).collect();
        Instrument {
            id: self.id.clone(),
            version: self.version,
            title: self.title.in_language(language).clone(),
            shape: self.shape,
            labels: words(&self.labels),
            student_labels: words(&self.student_labels),
            speakers: self.speakers.clone(),
            seats,
            interval_seconds: self.interval_seconds,
            minutes: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::model::bounds::{PROMPTS_MAX, SEATS_MAX};

    fn seats(count: u32) -> Vec<Seat> {
        (0..count).map(|n| Seat { id: format!("s{n}").parse().expect("an id"), x: 10, y: 10 }).collect()
    }

    #[test]
    fn there_are_nineteen_each_with_a_name_of_its_own() {
        let library: Library = serde_json::from_str(INSTRUMENTS).expect("the library can be read");
        assert_eq!(library.instruments, instruments());
        let ids: BTreeSet<&ItemId> = instruments().iter().map(|it| &it.id).collect();
        assert_eq!((instruments().len(), ids.len()), (19, 19));
    }

    #[test]
    fn each_can_be_observed_with_in_every_language() {
        for it in instruments() {
            let least = it.seats.map_or(0, |seats| seats.least);
            for language in ["en", "es"] {
                let mut copy = it.set_up(language, seats(least));
                if it.shape.is_none() {
                    copy.shape = Some(Shape::Tally);
                    copy.labels = vec!["Explains why".into()];
                }
                assert_eq!(copy.check(), Ok(()), "{} in {language}", it.id);
            }
        }
    }

    #[test]
    fn everything_is_said_in_every_language_in_its_own_words() {
        for it in instruments() {
            let labels = it.labels.iter().chain(&it.student_labels);
            for said in [&it.title, &it.answers, &it.caution].into_iter().chain(labels) {
                assert!(!said.en.is_blank() && !said.es.is_blank() && said.en != said.es, "{}: {said:?}", it.id);
            }
            assert!(!it.source.is_blank());
        }
    }

    #[test]
    fn what_it_asks_for_is_within_bounds() {
        for it in instruments() {
            assert!(it.labels.len() <= PROMPTS_MAX && it.student_labels.len() <= PROMPTS_MAX);
            let most = it.labels_most.map_or(it.labels.len(), |most| usize::try_from(most).expect("few"));
            assert!(it.labels.len() <= most, "{}", it.id);
            if let Some(needed) = it.seats {
                assert!(needed.least <= needed.most && usize::try_from(needed.most).expect("few") <= SEATS_MAX);
            }
            let on_seats = it.shape.is_some_and(Shape::needs_seats);
            assert!(!on_seats || it.seats.is_some_and(|needed| needed.least > 0), "{}", it.id);
        }
    }
}
