//! Decides which protocols come with Rounds, in every language it speaks.
//!
//! They are for two people, or for one alone. Those for teams come with what teams do.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::library::Said;
use crate::model::words::vocabulary;
use crate::model::{ItemId, Phase, Protocol, Speaks};

/// The protocols, as data.
const PROTOCOLS: &str = include_str!("../library/protocols.json");

vocabulary! {
    /// What a protocol is for.
    pub enum ProtocolUse {
        /// Before a visit.
        Prep = "prep",
        /// After it, face to face.
        Debrief = "debrief",
        /// After it, each in their own time.
        Writing = "writing",
        /// Alone.
        Reflection = "reflection",
        /// About a goal, alone or with somebody who reads it.
        Goal = "goal",
        /// Through an open door, for each who came.
        DropIn = "drop_in",
    }
}

/// A protocol as Rounds offers it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct OfferedProtocol {
    /// What it is for.
    #[serde(rename = "use")]
    pub purpose: ProtocolUse,
    /// What a run freezes a copy of.
    pub protocol: Protocol,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LibraryPhase {
    id: ItemId,
    title: Said,
    minutes: u32,
    speaks: Speaks,
    prompts: Vec<Said>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LibraryProtocol {
    id: ItemId,
    version: u32,
    #[serde(rename = "use")]
    purpose: ProtocolUse,
    title: Said,
    phases: Vec<LibraryPhase>,
    rules: Vec<Said>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Library {
    #[serde(rename = "version")]
    _version: u32,
    protocols: Vec<LibraryProtocol>,
}

/// Every protocol that comes with Rounds, in the order in which they are offered, in the words of the language of this code;
/// English where Rounds does not speak it.
pub fn protocols(language: &str) -> Vec<OfferedProtocol> {
    let said = |words: &Said| words.in_language(language).clone();
    let phase = |phase: &LibraryPhase| Phase {
        id: phase.id.clone(),
        title: Some(said(&phase.title)),
        minutes: phase.minutes,
        speaks: phase.speaks,
        prompts: phase.prompts.iter().map(said).collect(),
    };
    let offered = library().iter().map(|it| OfferedProtocol {
        purpose: it.purpose,
        protocol: Protocol {
            id: it.id.clone(),
            version: it.version,
            title: said(&it.title),
            phases: it.phases.iter().map(phase).collect(),
            rules: it.rules.iter().map(said).collect(),
        },
    });
    offered.collect()
}

fn library() -> &'static [LibraryProtocol] {
    static READ: OnceLock<Vec<LibraryProtocol>> = OnceLock::new();
    // The tests read the same bytes, so what is shipped can be read.
    READ.get_or_init(|| serde_json::from_str::<Library>(PROTOCOLS).map_or_else(|_| Vec::new(), |it| it.protocols))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::limits::SHORT_TEXT_BYTES_MAX;
    use crate::model::bounds::{MINUTES_MAX, PHASES_MAX, PROMPTS_MAX};

    #[test]
    fn the_library_can_be_read_and_names_everything_once() {
        let read: Library = serde_json::from_str(PROTOCOLS).expect("the library can be read");
        assert_eq!(read.protocols.len(), library().len());
        let ids: BTreeSet<&ItemId> = library().iter().map(|it| &it.id).collect();
        assert_eq!(ids.len(), library().len());
        // An entry names only its phase: it stays with it when another protocol is chosen.
        let phases: Vec<&ItemId> = library().iter().flat_map(|it| &it.phases).map(|phase| &phase.id).collect();
        assert_eq!(phases.iter().collect::<BTreeSet<_>>().len(), phases.len());
    }

    #[test]
    fn everything_is_said_in_every_language_in_its_own_words() {
        for it in library() {
            let of_phase = |phase: &'static LibraryPhase| std::iter::once(&phase.title).chain(&phase.prompts);
            let said = std::iter::once(&it.title).chain(&it.rules).chain(it.phases.iter().flat_map(of_phase));
            for words in said {
                assert!(!words.en.is_blank() && !words.es.is_blank() && words.en != words.es, "{}", words.en.as_str());
                assert!(words.en.as_str().len().max(words.es.as_str().len()) <= SHORT_TEXT_BYTES_MAX);
            }
        }
    }

    #[test]
    fn each_is_within_bounds_and_has_something_to_say() {
        for it in protocols("en") {
            let phases = &it.protocol.phases;
            assert!((1..=PHASES_MAX).contains(&phases.len()), "{}", it.protocol.id);
            assert!((1..=PROMPTS_MAX).contains(&it.protocol.rules.len()), "{}", it.protocol.id);
            for phase in phases {
                assert!((1..=PROMPTS_MAX).contains(&phase.prompts.len()), "{}", phase.id);
                assert!(i64::from(phase.minutes) <= MINUTES_MAX);
                assert_eq!(phase.minutes == 0, it.purpose == ProtocolUse::Writing, "only writing has no clock");
            }
        }
    }

    #[test]
    fn lengths_are_the_usual_ones() {
        let minutes = |id: &str| -> u32 {
            let offered = protocols("en");
            let found = offered.iter().find(|it| it.protocol.id.as_str() == id).expect("in the library");
            found.protocol.phases.iter().map(|phase| phase.minutes).sum()
        };
        let usual = [
            ("prep-12", 12),
            ("pair-20", 20),
            ("data-five", 15),
            ("focus-point", 20),
            ("two-cameras", 20),
            ("teaming", 15),
            ("host-leads", 15),
            ("noticed-wonder", 22),
            ("written", 0),
            ("observer-learns", 10),
            ("start-stop-keep", 7),
            ("impact-check", 15),
            ("drop-in", 12),
        ];
        for (id, length) in usual {
            assert_eq!(minutes(id), length, "{id}");
        }
        assert_eq!(protocols("en").len(), usual.len());
    }

    #[test]
    fn a_language_that_rounds_does_not_speak_is_answered_in_english() {
        assert_eq!(protocols("cy"), protocols("en"));
        assert_ne!(protocols("es"), protocols("en"));
    }
}
