//! Decides how documents leave as files: in which form, and never half written.

use std::io::Write;
use std::path::{Path, PathBuf};

use rounds_crdt::ids::DocumentId;
use serde_json::json;

use crate::client::{self, Daemon, Question};
use crate::commands::documents::{self, Listed, point_to_list};
use crate::failure::Failure;
use crate::session::Session;

/// Write a document, or all of them, to files that other programs read.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["id", "all"]))]
pub(crate) struct Export {
    /// The document.
    id: Option<DocumentId>,
    /// Every document, one file each; PATH is then a folder.
    #[arg(long)]
    all: bool,
    /// The form: Markdown to read, JSON to process, or an Automerge file with the whole history.
    #[arg(long, value_enum)]
    format: Format,
    /// The file to write, or the folder with --all. A file of that name is replaced.
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
}

impl Format {
    /// Its word in the API, which is also the ending of the file.
    fn word(self) -> &'static str {
        match self {
            Format::Md => "md",
            Format::Json => "json",
            Format::Automerge => "automerge",
        }
    }
}

impl Export {
    /// Writes the files.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let daemon = session.daemon()?;
        let mut files = Vec::new();
        if let Some(id) = self.id {
            export(&daemon, &id.to_string(), self.format, &self.output).await?;
            files.push(self.output);
        } else {
            let documents = documents::all(&daemon, None).await?;
            std::fs::create_dir_all(&self.output).map_err(|error| not_written(&self.output, &error))?;
            for document in &documents {
                let document: Listed = client::read(document)?;
                // The folder is only ever left downwards: both words come from elsewhere.
                let id: DocumentId = document.id.parse().map_err(|_| Failure::failed("a document has no proper id"))?;
                let kind: String = document.kind.chars().filter(char::is_ascii_alphanumeric).collect();
                let path = self.output.join(format!("{kind}-{id}.{}", self.format.word()));
                export(&daemon, &document.id, self.format, &path).await?;
                files.push(path);
            }
        }
        session.output.object(json!({ "files": files }))?;
        match files.as_slice() {
            [file] => session.output.note(&format!("Wrote {}.", file.display())),
            several => session.output.note(&format!("Wrote {} files.", several.len())),
        }
    }
}

async fn export(daemon: &Daemon, id: &str, format: Format, path: &Path) -> Result<(), Failure> {
    let question = Question::get(&["documents", id, "export"]).with("format", format.word());
    let bytes = daemon.fetch(question).await.map_err(point_to_list)?;
    write_whole(path, &bytes).map_err(|error| not_written(path, &error))
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
