//! Decides how documents leave as files: in which form, and never half written.

mod folder;
mod index;
mod naming;

use std::io::Write;
use std::path::{Path, PathBuf};

use hyper::body::Bytes;
use rounds_crdt::ids::DocumentId;
use serde_json::json;

use crate::client::{Daemon, Question};
use crate::commands::documents::point_to_list;
use crate::failure::Failure;
use crate::session::Session;

/// Write a document, or all of them, to files that other programs read.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["id", "all"]))]
pub(crate) struct Export {
    /// The document.
    id: Option<DocumentId>,
    /// Every document, into a new folder with an index; PATH names it.
    #[arg(long)]
    all: bool,
    /// The form: Markdown to read, a page to print, JSON to process, or an Automerge file with the whole history.
    #[arg(long, value_enum)]
    format: Format,
    /// Of the words that Markdown and pages add to what people wrote.
    #[arg(long, value_enum, default_value = "en")]
    language: Spoken,
    /// The file to write, which is replaced; or the folder to make with --all.
    #[arg(short, long = "output", value_name = "PATH")]
    output: PathBuf,
}

/// What an exported file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Markdown, to read.
    Md,
    /// JSON, to process.
    Json,
    /// An Automerge file, with the whole history.
    Automerge,
    /// A page, to print.
    Html,
}

/// A language that Rounds speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Spoken {
    /// English.
    En,
    /// Spanish.
    Es,
}

impl Spoken {
    /// Its code.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Spoken::En => "en",
            Spoken::Es => "es",
        }
    }
}

impl Format {
    /// Its word in the API, which is also the ending of the file.
    fn word(self) -> &'static str {
        match self {
            Format::Md => "md",
            Format::Json => "json",
            Format::Automerge => "automerge",
            Format::Html => "html",
        }
    }
}

impl Export {
    /// Writes the files.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let daemon = session.daemon()?;
        let Some(id) = self.id else {
            return folder::write(session, &daemon, self.format, self.language, &self.output).await;
        };
        let bytes = fetch(&daemon, &id.to_string(), self.format, self.language).await.map_err(point_to_list)?;
        write_whole(&self.output, &bytes).map_err(|error| not_written(&self.output, &error))?;
        session.output.object(json!({ "files": [self.output] }))?;
        session.output.note(&format!("Wrote {}.", self.output.display()))
    }
}

/// A document in one form.
async fn fetch(daemon: &Daemon, id: &str, format: Format, language: Spoken) -> Result<Bytes, Failure> {
    let mut question = Question::get(&["documents", id, "export"]).with("format", format.word());
    if language == Spoken::Es {
        question = question.with("language", "es");
    }
    daemon.fetch(question).await
}

/// Writes beside the target, syncs, then renames: the file is the old one or the new one, never half of either.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

pub(crate) fn not_written(path: &Path, error: &std::io::Error) -> Failure {
    let failure = Failure::failed(format!("could not write {}: {error}", path.display()));
    if error.kind() == std::io::ErrorKind::StorageFull {
        return failure.hint("free some space, or name another folder with -o");
    }
    failure.hint("name a file in a folder that exists and that you may write to, with -o")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_or_not_at_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("visit.md");
        write_whole(&path, b"first").expect("written");
        write_whole(&path, b"second").expect("written");
        assert_eq!(std::fs::read(&path).expect("read"), b"second");
        assert_eq!(std::fs::read_dir(folder.path()).expect("listed").count(), 1, "nothing is left beside it");
        assert!(write_whole(&folder.path().join("missing/visit.md"), b"x").is_err());
    }
}
