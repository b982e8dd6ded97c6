//! Decides which files of the page travel inside this program.

use rounds_daemon::web::assets::PageFiles;
use rust_embed::RustEmbed;

/// The page as it was built, or nothing where it was not: then the daemon serves its API alone.
#[derive(RustEmbed)]
#[folder = "../web-ui/dist"]
#[allow_missing = true]
struct Built;

/// The page's files, as the daemon takes them.
pub(crate) fn files() -> Option<PageFiles> {
    PageFiles::new(Built::iter().filter_map(|path| Built::get(&path).map(|file| (path.into_owned(), file.data))))
}
