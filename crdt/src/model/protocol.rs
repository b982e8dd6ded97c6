//! Decides what a protocol is, and how a document tells that people are going through one.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::model::bounds::{MINUTES_MAX, PHASES_MAX, PROMPTS_MAX};
use crate::model::reader::{Reader, Spot};
use crate::model::words::{ItemId, Words, vocabulary};

vocabulary! {
    /// Who speaks in a phase, in the words of the protocol library.
    pub enum Speaks {
        /// Everybody.
        All = "all",
        /// The two partners.
        Both = "both",
        /// The teacher visited.
        Host = "host",
        /// Those who came.
        Visitor = "visitor",
        /// The facilitator.
        Facilitator = "facilitator",
        /// Nobody: all write.
        Silent = "silent",
        /// Whoever brought the question.
        Presenter = "presenter",
        /// Whose goal it is.
        Owner = "owner",
        /// Whoever leads today.
        Lead = "lead",
        /// The team.
        Team = "team",
        /// Whoever came through the open door.
        Guest = "guest",
    }
}

/// Where it lies what was begun: in the frozen copy, so that another protocol begins afresh; at the root for copies that were
/// frozen before they had such a place.
pub(crate) const BEGUN: &str = "begun";

/// One phase of a protocol.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// Unique in the protocol.
    pub id: ItemId,
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Words>,
    /// How long it is meant to take; 0 for one without a clock.
    pub minutes: u32,
    /// Who speaks.
    pub speaks: Speaks,
    /// Questions that help.
    pub prompts: Vec<Words>,
}

/// The copy of a protocol that people go by; later versions never rewrite it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Protocol {
    /// Which protocol.
    pub id: ItemId,
    /// Which version of it; 0 in copies that were frozen before versions were written down.
    pub version: u32,
    /// Its name.
    pub title: Words,
    /// Its phases, in order.
    pub phases: Vec<Phase>,
    /// Its ground rules.
    pub rules: Vec<Words>,
}

/// A protocol that people go through together, and how far they have come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// The frozen protocol.
    pub protocol: Option<Protocol>,
    /// When each phase was begun, by the clock of whoever began it, in milliseconds since 1970.
    pub begun: BTreeMap<ItemId, i64>,
    /// The phase that was begun last, in the order of edits: clocks differ, and two people who begin phases at once end in
    /// the same one.
    pub at: Option<ItemId>,
}

impl Run {
    /// The phase people are in.
    pub fn phase(&self) -> Option<&Phase> {
        let at = self.at.as_ref()?;
        self.protocol.as_ref()?.phases.iter().find(|phase| phase.id == *at)
    }

    /// Whether the protocol has a phase of this name.
    pub fn knows(&self, phase: &ItemId) -> bool {
        self.protocol.as_ref().is_some_and(|protocol| protocol.phases.iter().any(|theirs| theirs.id == *phase))
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let Some(spot) = reader.frozen("protocol") else { return Self::default() };
        let Some(protocol) = protocol(reader, &spot) else { return Self::default() };
        let mut run = Self { protocol: Some(protocol), ..Self::default() };
        let begun = reader.moments_in_order(&spot, BEGUN);
        let begun: Vec<(ItemId, i64)> = begun.into_iter().filter(|(phase, _)| run.knows(phase)).collect();
        run.at = begun.last().map(|(phase, _)| phase.clone());
        run.begun = begun.into_iter().collect();
        run
    }
}

fn protocol(reader: &mut Reader<'_>, spot: &Spot) -> Option<Protocol> {
    let mut phases = reader.records(spot, "phases", PHASES_MAX, |reader, spot| {
        Some(Phase {
            id: reader.id(spot, "id")?,
            title: reader.short(spot, "title"),
            minutes: reader.number(spot, "minutes", 0..=MINUTES_MAX).and_then(|it| u32::try_from(it).ok())?,
            speaks: reader.choice(spot, "speaks").unwrap_or(Speaks::All),
            prompts: reader.list(spot, "prompts", PROMPTS_MAX),
        })
    });
    let all = phases.len();
    let mut seen = BTreeSet::new();
    phases.retain(|phase| seen.insert(phase.id.clone()));
    if phases.len() < all {
        reader.problem("protocol.phases", "holds two phases of one name; the first is shown");
    }
    let version = reader.number(spot, "version", 0..=i64::from(u32::MAX));
    Some(Protocol {
        id: reader.id(spot, "id")?,
        version: version.and_then(|it| u32::try_from(it).ok()).unwrap_or(0),
        title: reader.short(spot, "title").unwrap_or_default(),
        phases,
        rules: reader.list(spot, "rules", PROMPTS_MAX),
    })
}
