//! Decides how everything leaves as one folder, which is there whole or not at all.

use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::json;
use tempfile::TempDir;

use super::index::{Entry, LeftOut, index};
use super::naming::{Names, folder_of};
use super::{Format, Spoken, fetch, not_written, write_whole};
use crate::client::{self, Daemon};
use crate::commands::documents;
use crate::failure::Failure;
use crate::names::Person;
use crate::output::day;
use crate::session::Session;

/// How often progress is told.
const TELL_EVERY: Duration = Duration::from_millis(250);

/// The index's name, with which a browser begins.
const INDEX: &str = "index.html";

/// What of a document's row its file is named by.
#[derive(Debug, Deserialize)]
struct Row {
    id: String,
    kind: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    with: Vec<Person>,
    #[serde(default)]
    updated_ms: i64,
    #[serde(default)]
    visit: Option<String>,
    #[serde(default)]
    facts: Option<VisitFacts>,
}

#[derive(Debug, Deserialize)]
struct VisitFacts {
    #[serde(default)]
    when_ms: Option<i64>,
}

/// Writes every document into a new folder.
pub(super) async fn write(
    session: &Session,
    daemon: &Daemon,
    format: Format,
    language: Spoken,
    target: &Path,
) -> Result<(), Failure> {
    let unfinished = begin(target)?;
    let rows = documents::all(daemon, None).await?;
    let rows = rows.iter().map(client::read::<Row>).collect::<Result<Vec<Row>, Failure>>()?;
    let visits: BTreeMap<&str, i64> =
        rows.iter().filter_map(|row| Some((row.id.as_str(), row.facts.as_ref()?.when_ms?))).collect();
    let mut names: BTreeMap<&str, Names> = BTreeMap::new();
    let (mut entries, mut left_out) = (Vec::new(), Vec::new());
    let mut progress = Progress::begin(session, rows.len());
    for (done, row) in rows.iter().enumerate() {
        progress.tell(done)?;
        let (folder, nameless) = folder_of(&row.kind);
        let title = title(row, nameless);
        let bytes = match fetch(daemon, &row.id, format, language).await {
            Ok(bytes) => bytes,
            // One that cannot be read keeps nobody from the others.
            Err(failure)
                if ["not_found", "unavailable", "unreadable", "internal", "too_large"]
                    .contains(&failure.code.as_str()) =>
            {
                left_out.push(LeftOut { title, why: failure.message });
                continue;
            }
            Err(failure) => return Err(failure),
        };
        // What belongs to a visit lies at the visit's day.
        let when = visits.get(row.id.as_str()).or_else(|| visits.get(row.visit.as_deref()?)).copied();
        let day = day(when.unwrap_or(row.updated_ms));
        let within = unfinished.path().join(folder);
        std::fs::create_dir_all(&within).map_err(|error| not_written(&within, &error))?;
        let file = names.entry(folder).or_default().give(&day, &title, format.word());
        let path = within.join(&file);
        write_whole(&path, &bytes).map_err(|error| not_written(&path, &error))?;
        entries.push(Entry { folder, file, day, title });
    }
    progress.tell_all()?;
    drop(progress);
    let path = unfinished.path().join(INDEX);
    write_whole(&path, index(&entries, &left_out).as_bytes()).map_err(|error| not_written(&path, &error))?;
    finish(unfinished, target)?;
    let files: Vec<PathBuf> = std::iter::once(target.join(INDEX))
        .chain(entries.iter().map(|entry| target.join(entry.folder).join(&entry.file)))
        .collect();
    let missing: Vec<_> = left_out.iter().map(|one| json!({ "title": one.title, "why": one.why })).collect();
    session.output.object(json!({ "event": "done", "folder": target, "files": files, "left_out": missing }))?;
    let documents = if entries.len() == 1 { "1 document".to_owned() } else { format!("{} documents", entries.len()) };
    session.output.note(&format!("Wrote {documents} to {}. Open {INDEX} there.", target.display()))?;
    if left_out.is_empty() {
        return Ok(());
    }
    let message = format!("the folder was written, but {} of the documents could not be read", left_out.len());
    Err(Failure::failed(message).hint(format!("open {}, which names them", target.join(INDEX).display())))
}

/// What a document is called; one between two people without a title, by the other.
fn title(row: &Row, nameless: &str) -> String {
    if !row.title.trim().is_empty() {
        return row.title.clone();
    }
    match row.with.as_slice() {
        [other] if row.kind == "partnership" => format!("{nameless} with {}", other.name),
        _ => nameless.to_owned(),
    }
}

/// A folder beside the target that says of itself that it is not finished; gone when the work ends before its time.
fn begin(target: &Path) -> Result<TempDir, Failure> {
    let occupied = match std::fs::read_dir(target) {
        Ok(mut there) => there.next().is_some(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(_) => true,
    };
    let name = target.file_name().and_then(|name| name.to_str()).map(str::to_owned);
    let Some(name) = name.filter(|_| !occupied) else {
        return Err(Failure::conflict(format!("there is something at {} already", target.display()))
            .hint("name a folder that does not exist yet, with -o"));
    };
    let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent).map_err(|error| not_written(parent, &error))?;
    let folder = tempfile::Builder::new().prefix(&format!("{name} (unfinished) ")).tempdir_in(parent);
    folder.map_err(|error| not_written(target, &error))
}

/// Gives the folder its name, once everything is in it.
fn finish(unfinished: TempDir, target: &Path) -> Result<(), Failure> {
    // An empty folder of this name makes room; anything else stays, and the renaming fails.
    let _ = std::fs::remove_dir(target);
    std::fs::rename(unfinished.path(), target).map_err(|error| not_written(target, &error))?;
    // It is no longer where it would be removed from.
    let _ = unfinished.keep();
    Ok(())
}

/// How far it has come, told to a script as lines and to a person on one line of the terminal.
struct Progress<'s> {
    session: &'s Session,
    of: usize,
    told: Option<Instant>,
    line: bool,
}

impl<'s> Progress<'s> {
    fn begin(session: &'s Session, of: usize) -> Self {
        let line = session.output.shows_progress() && std::io::stderr().is_terminal();
        Self { session, of, told: None, line }
    }

    fn tell(&mut self, done: usize) -> Result<(), Failure> {
        if self.told.is_some_and(|told| told.elapsed() < TELL_EVERY) {
            return Ok(());
        }
        self.told = Some(Instant::now());
        self.show(done)
    }

    fn tell_all(&mut self) -> Result<(), Failure> {
        self.show(self.of)
    }

    fn show(&self, done: usize) -> Result<(), Failure> {
        if self.line {
            // A closed standard error must not change what the command does.
            let _ = write!(std::io::stderr(), "\r{done} of {} documents", self.of);
        }
        self.session.output.object(json!({ "event": "progress", "done": done, "of": self.of }))
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        if self.line {
            let _ = writeln!(std::io::stderr());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Exit;

    #[test]
    fn a_folder_is_there_whole_or_not_at_all() {
        let place = tempfile::tempdir().expect("a folder");
        let target = place.path().join("from rounds");
        let unfinished = begin(&target).expect("begun");
        std::fs::write(unfinished.path().join("a.md"), "a").expect("written");
        assert!(!target.exists());
        drop(unfinished);
        assert_eq!(
            std::fs::read_dir(place.path()).expect("listed").count(),
            0,
            "nothing is left of one that was stopped"
        );

        std::fs::create_dir(&target).expect("an empty folder makes room");
        let unfinished = begin(&target).expect("begun");
        std::fs::write(unfinished.path().join("a.md"), "a").expect("written");
        finish(unfinished, &target).expect("finished");
        assert_eq!(std::fs::read(target.join("a.md")).expect("read"), b"a");
        let refused = begin(&target).expect_err("something is there");
        assert_eq!((refused.exit, refused.code.as_str()), (Exit::Failed, "conflict"));
        assert_eq!(std::fs::read_dir(place.path()).expect("listed").count(), 1);
    }
}
