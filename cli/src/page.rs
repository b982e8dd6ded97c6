//! Decides which files of the page travel inside this program.

use rounds_daemon::web::assets::PageFiles;
use rust_embed::RustEmbed;

/// The page as it was built, or nothing where it was not: then the daemon serves its API alone.
#[derive(RustEmbed)]
#[folder = "../web-ui/dist"]
#[allow_missing = true]
struct Built;

/// The page's files, by path, as the daemon asks for them.
pub(crate) fn files() -> Option<PageFiles> {
    Built::get("index.html")?;
    let find: PageFiles = |path| Built::get(path).map(|file| file.data);
    Some(find)
}
