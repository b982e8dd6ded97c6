//! Decides how a data folder is filled with what a term writes, through real daemons, and how its lists and searches are timed.

mod making;
mod shelf;
mod term;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::daemon::OwnDaemon;
use crate::steps::{Steps, cargo};
use term::{Plan, School};

/// Times each question is asked when it is timed.
const ASKED: usize = 200;

/// How long what was written may take to reach the other computer, however slow this one is.
const ARRIVES_WITHIN: Duration = Duration::from_secs(300);

/// How often it is looked for meanwhile.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// The part of a term that the tests live through.
const TESTED_PART: u32 = 10;

/// Fill a data folder with what a term writes: visits, notes, debriefs, goals, doors, cards, timetables, of Ana and her partners, each with a
/// daemon.
#[derive(Debug, clap::Args)]
pub(crate) struct Sample {
    /// The folder to fill, as Ana's, which does not exist yet; one that is deleted afterwards when absent.
    #[arg(long)]
    data: Option<PathBuf>,
    /// How many terms; none to measure a folder that is filled.
    #[arg(long, default_value_t = 1)]
    terms: u32,
    /// One in so many of everything.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    part: u32,
    /// Then ask for lists and searches over and over, and say how long the answers took.
    #[arg(long)]
    measure: bool,
    /// With the program as it is shipped.
    #[arg(long)]
    release: bool,
}

impl Sample {
    /// Builds the daemon, fills the folder and measures it.
    pub(crate) fn run(&self, steps: &mut Steps) -> Result<()> {
        let mut build = vec!["build", "--locked", "--package", "rounds"];
        build.extend(self.release.then_some("--release"));
        steps.step("build the daemon", || cargo(&build).run())?;
        self.fill(steps)
    }

    /// Fills the folder with the daemon that is built.
    fn fill(&self, steps: &mut Steps) -> Result<()> {
        let scratch = TempDir::new().context("no folder for the daemons")?;
        let data = self.data.clone().unwrap_or_else(|| scratch.path().join("ana"));
        if self.terms == 0 && data.exists() {
            let ana = OwnDaemon::start_in(&data, "Ana", self.release)?;
            steps.step("lists and searches", || measure(&ana))?;
            return ana.stop();
        }
        ensure!(!data.exists(), "{} exists: name a folder that does not, or --terms 0", data.display());
        let plan = Plan::read(self.part)?;
        let school = steps.step("partners pair", || School::open(&plan, &data, scratch.path(), self.release))?;
        for term in 0..self.terms {
            steps.step(&format!("term {}", term + 1), || school.live(&plan, term))?;
        }
        let expected = plan.held_by_ana(self.terms);
        steps.step("all of it reaches Ana", || arrived(&school.ana, &expected))?;
        let total: usize = expected.values().sum();
        println!("   {total} documents: {expected:?}");
        if self.measure {
            steps.step("lists and searches", || measure(&school.ana))?;
        }
        school.close()
    }
}

/// A tenth of a term, for the tests: what fills a folder is kept working.
pub(crate) fn tested(steps: &mut Steps) -> Result<()> {
    Sample { data: None, terms: 1, part: TESTED_PART, measure: false, release: false }.fill(steps)
}

/// Waits until so many documents of each kind are listed, and no more.
fn arrived(ana: &OwnDaemon, expected: &BTreeMap<&'static str, usize>) -> Result<()> {
    let until = Instant::now() + ARRIVES_WITHIN;
    for (kind, wanted) in expected {
        loop {
            let held = count(ana, kind)?;
            ensure!(held <= *wanted, "{held} documents of the kind {kind}, not {wanted}");
            if held == *wanted {
                break;
            }
            ensure!(Instant::now() < until, "{held} of {wanted} documents of the kind {kind} arrived");
            std::thread::sleep(LOOK_EVERY);
        }
    }
    Ok(())
}

fn count(daemon: &OwnDaemon, kind: &str) -> Result<usize> {
    let (mut held, mut cursor) = (0, String::new());
    loop {
        let page = daemon.get(&format!("/api/v1/documents?kind={kind}&limit=500{cursor}"))?;
        held += page["documents"].as_array().map_or(0, Vec::len);
        let Some(next) = page["next"].as_str() else { return Ok(held) };
        cursor = format!("&cursor={next}");
    }
}

/// Asks each question over and over, as the page does, each over a connection of its own.
fn measure(ana: &OwnDaemon) -> Result<()> {
    let visit = ana.get("/api/v1/documents?kind=visit&limit=1")?["documents"][0]["id"].clone();
    let visit = visit.as_str().context("there is no visit to ask about")?.to_owned();
    let lists = [
        ("what one wrote last", "/api/v1/documents?limit=50".to_owned()),
        ("visits, a page of 50", "/api/v1/documents?kind=visit&limit=50".to_owned()),
        ("visits, a page of 500", "/api/v1/documents?kind=visit&limit=500".to_owned()),
        ("goals, a page of 50", "/api/v1/documents?kind=goal&limit=50".to_owned()),
        ("all of one visit", format!("/api/v1/documents?visit={visit}")),
        ("one visit", format!("/api/v1/documents/{visit}")),
    ];
    println!("   {:32} {:>9} {:>9} {:>9}", "", "p50", "p95", "most");
    for (name, path) in &lists {
        report(name, || ana.ask_for("GET", path, "").map(drop))?;
    }
    for words in ["waits", "hands window table", "zyzzyva"] {
        let body = json!({ "words": words }).to_string();
        let began = Instant::now();
        // What was not read yet is read first, once.
        while serde_json::from_str::<Value>(&ana.ask_for("POST", "/api/v1/search", &body)?)?["unread"] != 0 {}
        let first = began.elapsed();
        report(&format!("search: {words}"), || ana.ask_for("POST", "/api/v1/search", &body).map(drop))?;
        println!("   {:32} {:>6.1} ms", "  … the first time", milliseconds(first));
    }
    Ok(())
}

fn report(name: &str, mut ask: impl FnMut() -> Result<()>) -> Result<()> {
    let mut took = Vec::with_capacity(ASKED);
    for _ in 0..ASKED {
        let began = Instant::now();
        ask()?;
        took.push(began.elapsed());
    }
    took.sort();
    let at = |percent: usize| took.get((took.len() * percent / 100).min(took.len() - 1)).copied().unwrap_or_default();
    let [middle, most_of_them, most] = [at(50), at(95), at(100)].map(milliseconds);
    println!("   {name:32} {middle:>6.1} ms {most_of_them:>6.1} ms {most:>6.1} ms");
    Ok(())
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// Waits until something is there.
fn until<T>(mut look: impl FnMut() -> Option<T>, what: &str) -> Result<T> {
    let until = Instant::now() + ARRIVES_WITHIN;
    loop {
        if let Some(found) = look() {
            return Ok(found);
        }
        if Instant::now() > until {
            bail!("{what} never came");
        }
        std::thread::sleep(LOOK_EVERY);
    }
}
