//! Decides what a resource holds, and which links it may lead to.

use serde::{Deserialize, Serialize};

use crate::model::bounds::LINK_BYTES_MAX;
use crate::model::reader::Reader;
use crate::model::words::Words;

/// Something to read or look at that helped its owner.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Resource {
    /// What it is called.
    pub title: Option<Words>,
    /// Where it is on the web: an address that begins with http or https, and names its host plainly.
    pub link: Option<Words>,
    /// Where else it is to be found: a book and its page, a folder in the staff room.
    pub reference: Option<Words>,
    /// The beginning of why it helped.
    pub text: Words,
    /// What it is about, in single words.
    pub tags: Vec<Words>,
}

impl Resource {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let root = reader.root();
        let mut link = reader.words(&root, "link", LINK_BYTES_MAX);
        if link.as_ref().is_some_and(|link| !is_plain_link(link.as_str())) {
            reader.problem("link", "is no plain http or https address and is left out");
            link = None;
        }
        Self {
            title: reader.short(&root, "title"),
            link,
            reference: reader.short(&root, "reference"),
            text: reader.excerpt("text"),
            tags: reader.word_set("tags"),
        }
    }
}

/// Whether a link says plainly where it leads: http or https, a host, nobody's name before it, and nothing that cannot be
/// seen. All else a browser would do with an address stays out.
pub(crate) fn is_plain_link(link: &str) -> bool {
    let scheme = ["https://", "http://"]
        .into_iter()
        .find(|scheme| link.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    let Some(scheme) = scheme else { return false };
    let rest = &link[scheme.len()..];
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let visible = |letter: char| !letter.is_whitespace() && !letter.is_control() && !is_unseen(letter);
    link.len() <= LINK_BYTES_MAX
        && link.chars().all(|letter| visible(letter) && letter != '\\')
        && host.chars().any(char::is_alphanumeric)
        && !host.contains('@')
}

/// Letters that turn or hide others.
fn is_unseen(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_says_plainly_where_it_leads() {
        for link in [
            "https://example.org",
            "HTTP://example.org:8080/a?b=c#d",
            "https://münchen.example/wait-time",
            "http://[::1]/page",
            "https://example.org/by/@ana",
        ] {
            assert!(is_plain_link(link), "{link}");
        }
        for link in [
            "",
            "example.org",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "https://",
            "https:///path",
            "https://example.org@elsewhere.example",
            "https://exam ple.org",
            "https://example.org\\@elsewhere.example",
            "https://example.org/\u{202e}gro.elpmaxe",
            " https://example.org",
            "https://example.org\n",
        ] {
            assert!(!is_plain_link(link), "{link:?}");
        }
        assert!(!is_plain_link(&format!("https://example.org/{}", "a".repeat(LINK_BYTES_MAX))));
    }
}
