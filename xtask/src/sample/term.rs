//! Decides how made-up people live through a term: each at a daemon of their own, several things at once.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::{Value, json};

use super::making::{Dice, frozen, marks, prose, question};
use super::shelf::{free_periods, open_door, timetable};
use super::until;
use crate::daemon::OwnDaemon;

/// The counts of a term.
const TERM: &str = include_str!("../../data/term.json");

/// Whom Ana visits, and who visits her.
const PARTNERS: [&str; 3] = ["Ben", "Chidi", "Dara"];
/// Whom Ana is partners with besides: they say when they are free, and that is all of them in a term.
const OTHERS: [&str; 17] = [
    "Eda", "Femi", "Gita", "Hugo", "Iris", "Juno", "Kofi", "Lena", "Milo", "Nour", "Otis", "Pia", "Quin", "Rosa",
    "Sami", "Tove", "Uma",
];

/// How many things happen at once: a busy afternoon of sixteen who write, on two processors.
const AT_ONCE: usize = 16;

/// When the first term begins, in milliseconds since 1970: a Monday in September, so long ago that ten terms are over.
const BEGINS_MS: usize = 1_599_465_600_000;
const WEEK_MS: usize = 7 * 24 * 60 * 60 * 1000;
/// From one term to the next.
const TERM_WEEKS: usize = 24;

/// Of ten sets of notes, so many are released.
const RELEASED_OF_TEN: usize = 8;
/// Of three goals or cards, so many are Ana's; the others let her read theirs.
const OWN_OF_THREE: usize = 2;

/// How much of everything a term holds.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) weeks: usize,
    pub(super) visits: usize,
    pub(super) drop_ins: usize,
    pub(super) open_doors: usize,
    pub(super) success_cards: usize,
    pub(super) strategy_cards: usize,
    pub(super) resources: usize,
    partnerships: usize,
    note_sets: usize,
    debriefs: usize,
    reflections: usize,
    goals: usize,
    check_ins: usize,
    instruments: Vec<Value>,
}

impl Plan {
    /// The counts of a term, or one in so many of them.
    pub(super) fn read(part: u32) -> Result<Self> {
        let term: Value = serde_json::from_str(TERM).context("the counts of a term cannot be read")?;
        let number = |name: &str| term[name].as_u64().and_then(|it| usize::try_from(it).ok());
        let number = |name: &str| number(name).with_context(|| format!("a term has no {name}"));
        let part = part as usize;
        let count = |name: &str| number(name).map(|count| count.div_ceil(part));
        Ok(Self {
            weeks: number("weeks")?,
            visits: count("visits")?,
            drop_ins: count("drop_ins")?,
            open_doors: count("open_doors")?,
            success_cards: count("success_cards")?,
            strategy_cards: count("strategy_cards")?,
            resources: count("resources")?,
            partnerships: count("partnerships")?.clamp(PARTNERS.len(), PARTNERS.len() + OTHERS.len()),
            note_sets: count("note_sets")?,
            debriefs: count("debriefs")?,
            reflections: count("reflections")?,
            goals: count("goals")?,
            check_ins: number("check_ins_each")?,
            instruments: term["instruments"].as_array().cloned().context("a term has no instruments")?,
        })
    }

    /// What Ana holds after so many terms, kind by kind.
    pub(super) fn held_by_ana(&self, terms: u32) -> BTreeMap<&'static str, usize> {
        let sets: Vec<usize> = (0..self.note_sets).collect();
        let own = sets.iter().filter(|set| !is_hosted(*set % self.visits)).count();
        let released = sets.iter().filter(|set| is_released(**set)).count();
        let theirs = (0..self.goals).filter(|goal| !is_own(*goal)).count();
        // What is over is listed for whoever opened it alone.
        let through = (0..self.visits).filter(|visit| self.is_drop_in(*visit) && is_hosted(*visit)).count();
        let opened = (0..self.other_doors()).filter(|door| is_anas_door(*door)).count();
        let each = [
            ("visit", self.visits),
            ("note_set", own),
            ("released_notes", released),
            ("debrief", self.debriefs.min(self.visits)),
            ("mirror", (0..self.visits).filter(|visit| !is_hosted(*visit)).count()),
            ("goal", self.goals),
            ("goal_feedback", theirs),
            ("open_door", through + opened),
            ("success_card", (0..self.success_cards).filter(|card| is_own(*card)).count()),
            ("shown_card", self.success_cards),
            ("strategy_card", self.strategy_cards),
            ("resource", self.resources),
        ];
        let mut held: BTreeMap<&str, usize> = each.map(|(kind, count)| (kind, count * terms as usize)).into();
        held.insert("try_log", 1);
        held.insert("timetable", 1);
        held.insert("partnership", self.partnerships);
        held.insert("free_periods", self.partnerships);
        held
    }

    /// Whether a visit comes through an open door; they are spread evenly.
    pub(super) fn is_drop_in(&self, visit: usize) -> bool {
        let visits = self.visits.max(1);
        visit * self.drop_ins / visits != (visit + 1) * self.drop_ins / visits
    }

    /// Doors that nobody came through.
    pub(super) fn other_doors(&self) -> usize {
        self.open_doors.saturating_sub(self.drop_ins)
    }

    /// What a set of notes is taken with: by the shares of the term.
    fn instrument(&self, set: usize) -> &Value {
        let share = |one: &Value| one["share"].as_u64().and_then(|it| usize::try_from(it).ok()).unwrap_or(0);
        // A step that shares no factor with 100 goes through all the hundredths.
        let mut at = set * 37 % 100;
        let found = self.instruments.iter().find(|one| {
            let here = at < share(one);
            at = at.saturating_sub(share(one));
            here
        });
        found.or(self.instruments.first()).unwrap_or(&Value::Null)
    }
}

/// Every second visit is to Ana.
fn is_hosted(visit: usize) -> bool {
    visit.is_multiple_of(2)
}

fn is_released(set: usize) -> bool {
    set % 10 < RELEASED_OF_TEN
}

/// Of goals and cards, which are Ana's.
pub(super) fn is_own(index: usize) -> bool {
    index % 3 < OWN_OF_THREE
}

/// Each of the four opens as many doors.
pub(super) fn is_anas_door(door: usize) -> bool {
    door.is_multiple_of(PARTNERS.len() + 1)
}

/// Somebody at a daemon.
pub(super) struct Person {
    pub(super) daemon: OwnDaemon,
    pub(super) id: String,
}

/// Ana and her partners, each with a daemon.
pub(super) struct School {
    pub(super) ana: OwnDaemon,
    pub(super) ana_id: String,
    partners: Vec<Person>,
    library: BTreeMap<String, Value>,
    try_log: String,
}

impl School {
    /// Starts the daemons and pairs each partner with Ana, whose folder is the one that is filled.
    pub(super) fn open(plan: &Plan, data: &Path, scratch: &Path, release: bool) -> Result<Self> {
        let ana = OwnDaemon::start_in(data, "Ana", release)?;
        let ana_id = id_of(&ana)?;
        let mut partners = Vec::new();
        let names = PARTNERS.iter().chain(&OTHERS).take(plan.partnerships);
        for (index, name) in names.enumerate() {
            let person = partner(&ana, &ana_id, &scratch.join(name), name, release)?;
            free_periods(&person.daemon, &ana, &ana_id, index)?;
            if index < PARTNERS.len() {
                partners.push(person);
            } else {
                person.daemon.stop()?;
            }
        }
        timetable(&ana)?;
        let instruments = ana.get("/api/v1/instruments")?["instruments"].clone();
        let offered = instruments.as_array().into_iter().flatten().cloned();
        let library = offered.filter_map(|one| Some((one["id"].as_str()?.to_owned(), one))).collect();
        let try_log = begin(&ana, "/api/v1/documents", &json!({ "kind": "try_log" }))?;
        Ok(Self { ana, ana_id, partners, library, try_log })
    }

    /// One term, with everything in it.
    pub(super) fn live(&self, plan: &Plan, term: u32) -> Result<()> {
        let mirrors = (0..plan.visits).filter(|visit| !is_hosted(*visit)).count();
        let tries = plan.reflections.saturating_sub(mirrors);
        at_once(plan.visits, |index| self.visit(plan, term, index))?;
        at_once(plan.other_doors(), |index| self.door_nobody_came_through(plan, term, index))?;
        at_once(plan.goals, |index| self.goal(plan, term, index))?;
        at_once(plan.success_cards, |index| self.success_card(term, index))?;
        at_once(plan.strategy_cards, |index| self.strategy_card(term, index))?;
        at_once(plan.resources, |index| self.resource(term, index))?;
        at_once(tries, |index| self.try_out(term, index))
    }

    /// Everybody stops in order.
    pub(super) fn close(self) -> Result<()> {
        self.partners.into_iter().try_for_each(|person| person.daemon.stop())?;
        self.ana.stop()
    }

    pub(super) fn partner(&self, index: usize) -> Result<&Person> {
        self.partners.get(index % self.partners.len().max(1)).context("nobody is paired")
    }

    fn visit(&self, plan: &Plan, term: u32, index: usize) -> Result<()> {
        let mut dice = Dice::new(term, 1, index);
        let partner = self.partner(index / 2)?;
        // Whoever comes through a door asks, and whoever opened it answers.
        let ana_asks = if plan.is_drop_in(index) { !is_hosted(index) } else { index % 4 < 2 };
        let (asks, asked, with) = if ana_asks {
            (&self.ana, &partner.daemon, &partner.id)
        } else {
            (&partner.daemon, &self.ana, &self.ana_id)
        };
        let part = if ana_asks == is_hosted(index) { "host" } else { "visitor" };
        let when = lesson(&mut dice, index * plan.weeks / plan.visits.max(1), term);
        let mut proposal =
            json!({ "with": with, "as": part, "when_ms": when, "length_minutes": 25, "focus": question(&mut dice) });
        let visit = if plan.is_drop_in(index) {
            proposal["visit_kind"] = json!("drop_in");
            let door = open_door(asked, when, &mut dice)?;
            arrives(asks, &door, |model| model["when_ms"].is_number())?;
            let visit = begin(asks, "/api/v1/visits", &proposal)?;
            edit(asks, &visit, json!({ "verb": "through_door", "door": door }))?;
            visit
        } else {
            begin(asks, "/api/v1/visits", &proposal)?
        };
        set_text(asks, &visit, "plan", &prose(&mut dice, 90))?;
        there(asked, &visit)?;
        edit(asked, &visit, json!({ "verb": "accept" }))?;
        let visitor = if is_hosted(index) { &partner.daemon } else { &self.ana };
        edit(visitor, &visit, json!({ "verb": "begin", "at_ms": when }))?;
        edit(visitor, &visit, json!({ "verb": "end", "at_ms": when + 25 * 60 * 1000 }))?;
        for set in (index..plan.note_sets).step_by(plan.visits.max(1)) {
            self.notes(plan, term, set, &visit, visitor)?;
        }
        if index < plan.debriefs {
            let debrief = begin(&self.ana, "/api/v1/documents", &json!({ "kind": "debrief", "visit": visit }))?;
            set_text(&self.ana, &debrief, "notes", &prose(&mut dice, 300))?;
            for entry in 0..4 {
                let text = prose(&mut dice, 12);
                edit(&self.ana, &debrief, json!({ "verb": "add_entry", "id": format!("a{entry}"), "text": text }))?;
            }
            edit(&self.ana, &debrief, json!({ "verb": "talked" }))?;
        }
        if !is_hosted(index) {
            let mirror = begin(&self.ana, "/api/v1/documents", &json!({ "kind": "mirror", "visit": visit }))?;
            for field in ["keep", "start", "ideas"] {
                set_text(&self.ana, &mirror, field, &prose(&mut dice, 60))?;
            }
        }
        Ok(())
    }

    fn notes(&self, plan: &Plan, term: u32, set: usize, visit: &str, visitor: &OwnDaemon) -> Result<()> {
        let mut dice = Dice::new(term, 2, set);
        let wanted = plan.instrument(set);
        let name = wanted["id"].as_str().unwrap_or_default();
        let offered = self.library.get(name).with_context(|| format!("there is no instrument {name}"))?;
        let instrument = frozen(offered);
        let number = |key: &str| wanted[key].as_u64().and_then(|it| usize::try_from(it).ok()).unwrap_or(1);
        let title = format!("{}, week {}", instrument["title"].as_str().unwrap_or_default(), set % plan.weeks + 1);
        let notes =
            begin(visitor, "/api/v1/documents", &json!({ "kind": "note_set", "visit": visit, "title": title }))?;
        edit(visitor, &notes, json!({ "verb": "freeze_instrument", "instrument": instrument }))?;
        let count = dice.around(number("events"), number("events_most"));
        for event in marks(&mut dice, &instrument, count) {
            edit(visitor, &notes, json!({ "verb": "add_event", "event": event }))?;
        }
        let words = dice.around(number("words"), number("words_most"));
        set_text(visitor, &notes, "notes", &prose(&mut dice, words))?;
        edit(visitor, &notes, json!({ "verb": "end_observing", "observed_ms": 25 * 60 * 1000 }))?;
        if is_released(set) {
            visitor.post(&format!("/api/v1/documents/{notes}/release"), &json!({}))?;
        }
        Ok(())
    }

    fn goal(&self, plan: &Plan, term: u32, index: usize) -> Result<()> {
        let mut dice = Dice::new(term, 3, index);
        let owner = if is_own(index) { &self.ana } else { &self.partner(index / 3)?.daemon };
        let title = question(&mut dice);
        let goal = begin(owner, "/api/v1/documents", &json!({ "kind": "goal", "title": title }))?;
        for field in ["why", "student_side", "strategy", "baseline"] {
            set_text(owner, &goal, field, &prose(&mut dice, 60))?;
        }
        for (at, how) in ["try", "watch", "adjust"].iter().enumerate() {
            let text = prose(&mut dice, 12);
            edit(owner, &goal, json!({ "verb": "add_action", "id": format!("a{at}"), "how": how, "text": text }))?;
        }
        for week in 0..plan.check_ins {
            let (month, text) = (9 + week % 4, prose(&mut dice, 40));
            let on = format!("2020-{month:02}-{:02}", 1 + week);
            edit(owner, &goal, json!({ "verb": "add_check_in", "id": format!("c{week}"), "on": on, "text": text }))?;
        }
        edit(owner, &goal, json!({ "verb": "set_goal_state", "state": "improve" }))?;
        if !is_own(index) {
            let grants = format!("/api/v1/documents/{goal}/grants");
            owner.post(&grants, &json!({ "with": self.ana_id, "role": "reader" }))?;
        }
        Ok(())
    }

    fn try_out(&self, term: u32, index: usize) -> Result<()> {
        let text = prose(&mut Dice::new(term, 4, index), 35);
        let entry =
            json!({ "id": format!("t{term}-{index}"), "on": format!("2020-10-{:02}", 1 + index % 28), "text": text });
        edit(&self.ana, &self.try_log, json!({ "verb": "add_try_out", "entry": entry }))
    }
}

/// When a lesson of a week is, in milliseconds since 1970.
pub(super) fn lesson(dice: &mut Dice, week: usize, term: u32) -> usize {
    let week = week + term as usize * TERM_WEEKS;
    BEGINS_MS + week * WEEK_MS + dice.below(5) * (WEEK_MS / 7) + (8 + dice.below(7)) * 60 * 60 * 1000
}

/// Starts somebody's daemon, who pairs with Ana and becomes her partner.
fn partner(ana: &OwnDaemon, ana_id: &str, data: &Path, name: &str, release: bool) -> Result<Person> {
    let daemon = OwnDaemon::start_in(data, name, release)?;
    let offer = ana.post("/api/v1/pairing/offers", &json!({}))?;
    daemon.post("/api/v1/pairing/accept", &json!({ "code": offer["code"], "at": offer["addresses"][0] }))?;
    ana.get(&format!("/api/v1/pairing/offers/{}?wait_seconds=20", offer["offer"]))?;
    let id = id_of(&daemon)?;
    let partnership = begin(ana, "/api/v1/documents", &json!({ "kind": "partnership", "with": id }))?;
    let path = format!("/api/v1/documents/{partnership}");
    until(|| daemon.get(&path).ok().filter(|shown| shown["model"]["answers"][ana_id].is_string()), "a partnership")?;
    edit(&daemon, &partnership, json!({ "verb": "accept" }))?;
    Ok(Person { daemon, id })
}

/// Does something for each number below a bound, several at once; the first trouble ends it.
fn at_once(count: usize, work: impl Fn(usize) -> Result<()> + Sync) -> Result<()> {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let worker = || loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= count {
                return Ok(());
            }
            if let Err(error) = work(index) {
                next.store(count, Ordering::Relaxed);
                return Err(error);
            }
        };
        let workers: Vec<_> = (0..AT_ONCE.min(count)).map(|_| scope.spawn(worker)).collect();
        let outcomes =
            workers.into_iter().map(|worker| worker.join().unwrap_or_else(|_| Err(anyhow!("a worker fell over"))));
        outcomes.collect::<Vec<Result<()>>>().into_iter().collect()
    })
}

fn id_of(daemon: &OwnDaemon) -> Result<String> {
    let status = daemon.get("/api/v1/status")?;
    Ok(status["person"]["id"].as_str().context("a daemon is nobody's")?.to_owned())
}

pub(super) fn begin(daemon: &OwnDaemon, path: &str, wanted: &Value) -> Result<String> {
    let answer = daemon.post(path, wanted)?;
    ensure!(answer["saved"] == true, "{path}: not saved");
    Ok(answer["document"].as_str().context("no document was begun")?.to_owned())
}

pub(super) fn edit(daemon: &OwnDaemon, document: &str, edit: Value) -> Result<()> {
    daemon.post(&format!("/api/v1/documents/{document}/edits"), &json!({ "edit": edit })).map(drop)
}

pub(super) fn set_text(daemon: &OwnDaemon, document: &str, field: &str, text: &str) -> Result<()> {
    daemon.post(&format!("/api/v1/documents/{document}/texts/{field}"), &json!({ "set": text })).map(drop)
}

/// Waits until a document has arrived, with who is in it.
fn there(daemon: &OwnDaemon, document: &str) -> Result<()> {
    arrives(daemon, document, |model| model["host"].is_string())
}

/// Waits until a document is as it should be.
pub(super) fn arrives(daemon: &OwnDaemon, document: &str, fits: impl Fn(&Value) -> bool) -> Result<()> {
    let path = format!("/api/v1/documents/{document}");
    until(|| daemon.get(&path).ok().filter(|shown| fits(&shown["model"])), "a document").map(drop)
}
