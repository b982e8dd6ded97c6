//! Decides what the made-up people of a sample keep beside their visits: doors, cards, resources, and when they are free.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::making::{Dice, prose, question, title};
use super::term::{Plan, School, arrives, begin, edit, is_anas_door, is_own, lesson, set_text};
use crate::daemon::OwnDaemon;

/// What cards and resources are about.
const TAGS: [&str; 6] = ["talk", "waiting", "pairs", "fractions", "reading", "questions"];
/// Bells of a school day, in minutes since midnight: six lessons of 45 minutes.
const BELLS: [usize; 6] = [480, 530, 595, 645, 700, 750];
const LESSON_MINUTES: usize = 45;
const SCHOOL_DAYS: usize = 5;
/// Mondays of the first half of the first term, on which partners say when they are free.
const FREE_ON: [&str; 8] =
    ["2020-09-07", "2020-09-14", "2020-09-21", "2020-09-28", "2020-10-05", "2020-10-12", "2020-10-19", "2020-10-26"];

/// Somebody opens a door to all their partners.
pub(super) fn open_door(host: &OwnDaemon, when: usize, dice: &mut Dice) -> Result<String> {
    let door = json!({
        "when_ms": when, "length_minutes": 25, "room": format!("Room {}", 100 + dice.below(30)), "see": question(dice), "places": 2,
    });
    begin(host, "/api/v1/doors", &door)
}

/// Ana's timetable: classes, and a free period each day.
pub(super) fn timetable(ana: &OwnDaemon) -> Result<()> {
    let own = begin(ana, "/api/v1/documents", &json!({ "kind": "timetable" }))?;
    let periods: Vec<Value> = BELLS.iter().enumerate().map(|(at, begins)| period(at, *begins)).collect();
    edit(ana, &own, json!({ "verb": "set_periods", "periods": periods }))?;
    for day in 1..=SCHOOL_DAYS {
        for at in 0..BELLS.len() {
            let filling = if (day + at).is_multiple_of(BELLS.len()) {
                json!({ "what": "free" })
            } else {
                json!({ "what": "class", "label": format!("{}B", 5 + at % 3), "room": "204" })
            };
            edit(ana, &own, json!({ "verb": "fill_period", "slot": format!("{day}.p{at}"), "filling": filling }))?;
        }
    }
    Ok(())
}

fn period(at: usize, begins: usize) -> Value {
    json!({ "id": format!("p{at}"), "name": format!("{}", at + 1), "begins": begins, "ends": begins + LESSON_MINUTES })
}

/// A partner says when they are free, to Ana.
pub(super) fn free_periods(partner: &OwnDaemon, ana: &OwnDaemon, ana_id: &str, index: usize) -> Result<()> {
    let free = begin(partner, "/api/v1/documents", &json!({ "kind": "free_periods" }))?;
    let begins = BELLS.get(index % BELLS.len()).copied().unwrap_or_default();
    let time = |on: &&str| json!({ "on": on, "begins": begins, "ends": begins + LESSON_MINUTES });
    let times: Vec<Value> = FREE_ON.iter().map(time).collect();
    edit(partner, &free, json!({ "verb": "set_free_times", "times": times }))?;
    show(partner, &free, ana_id)?;
    arrives(ana, &free, |model| model["times"].as_array().is_some_and(|times| times.len() == FREE_ON.len()))
}

fn show(owner: &OwnDaemon, document: &str, reader: &str) -> Result<()> {
    let grant = json!({ "with": reader, "role": "reader" });
    owner.post(&format!("/api/v1/documents/{document}/grants"), &grant).map(drop)
}

/// A card or a resource with a title, words and a tag.
fn written(owner: &OwnDaemon, kind: &str, dice: &mut Dice) -> Result<String> {
    let card = begin(owner, "/api/v1/documents", &json!({ "kind": kind, "title": title(dice) }))?;
    set_text(owner, &card, "text", &prose(dice, 60))?;
    let tag = TAGS.get(dice.below(TAGS.len())).copied().unwrap_or_default();
    edit(owner, &card, json!({ "verb": "set_tags", "tags": [tag] }))?;
    Ok(card)
}

impl School {
    pub(super) fn door_nobody_came_through(&self, plan: &Plan, term: u32, index: usize) -> Result<()> {
        let mut dice = Dice::new(term, 5, index);
        let when = lesson(&mut dice, index * plan.weeks / plan.other_doors().max(1), term);
        let host = if is_anas_door(index) { &self.ana } else { &self.partner(index)?.daemon };
        open_door(host, when, &mut dice).map(drop)
    }

    /// What went well, with the consent of whoever it is about: of Ana about a partner, or the other way round.
    pub(super) fn success_card(&self, term: u32, index: usize) -> Result<()> {
        let mut dice = Dice::new(term, 6, index);
        let partner = self.partner(index)?;
        let (author, named, person) = if is_own(index) {
            (&self.ana, &partner.daemon, &partner.id)
        } else {
            (&partner.daemon, &self.ana, &self.ana_id)
        };
        let draft = written(author, "success_card", &mut dice)?;
        edit(author, &draft, json!({ "verb": "name_person", "person": person, "named": true }))?;
        let asked = author.post(&format!("/api/v1/documents/{draft}/ask"), &json!({}))?;
        let card = asked["document"].as_str().context("nobody was asked")?;
        arrives(named, card, |model| model["words"].is_string())?;
        let words = named.get(&format!("/api/v1/documents/{card}"))?["model"]["words"].clone();
        edit(named, card, json!({ "verb": "let_others_see", "words": words }))
    }

    pub(super) fn strategy_card(&self, term: u32, index: usize) -> Result<()> {
        self.shelved("strategy_card", Dice::new(term, 7, index), index).map(drop)
    }

    pub(super) fn resource(&self, term: u32, index: usize) -> Result<()> {
        let (owner, resource) = self.shelved("resource", Dice::new(term, 8, index), index)?;
        let link = json!({ "verb": "set_link", "link": format!("https://example.org/{term}/{index}") });
        edit(owner, &resource, link)
    }

    /// Ana's own, or a partner's who shows it to her.
    fn shelved(&self, kind: &str, mut dice: Dice, index: usize) -> Result<(&OwnDaemon, String)> {
        let owner = if is_own(index) { &self.ana } else { &self.partner(index / 3)?.daemon };
        let document = written(owner, kind, &mut dice)?;
        if !is_own(index) {
            show(owner, &document, &self.ana_id)?;
        }
        Ok((owner, document))
    }
}
