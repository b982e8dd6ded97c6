//! Decides how the index of an exported folder reads: a page of links, by kind and day, that opens in any browser.

use std::fmt::Write as _;

/// A file of the folder.
#[derive(Debug)]
pub(super) struct Entry {
    /// The folder it is in.
    pub(super) folder: &'static str,
    /// Its name there.
    pub(super) file: String,
    pub(super) day: String,
    pub(super) title: String,
}

/// A document that is not in the folder, and why.
#[derive(Debug)]
pub(super) struct LeftOut {
    pub(super) title: String,
    pub(super) why: String,
}

const LOOK: &str = "body{max-width:44rem;margin:3rem auto;padding:0 1rem;color:#262523;background:#fdfbf7;\
    font:1.05rem/1.6 Palatino,Georgia,serif}h1{font-weight:600}h2{margin:2rem 0 .3rem;font-size:1.1rem;color:#2c5f51}\
    h2::first-letter{text-transform:uppercase}ul{margin:0;padding:0;list-style:none}li{display:grid;\
    grid-template-columns:7rem 1fr;overflow-wrap:anywhere}span,p{color:#625d55}a{color:inherit}";

/// The index: newest first under each kind. Nothing is gathered by person.
pub(super) fn index(entries: &[Entry], left_out: &[LeftOut]) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>From Rounds</title>\n<style>{LOOK}</style>\n</head>\n<body>\n<h1>From Rounds</h1>\n<p>{} documents, as they \
         stood when this folder was written. Whoever has the folder can read them.</p>\n",
        entries.len()
    );
    let mut folders: Vec<&str> = entries.iter().map(|entry| entry.folder).collect();
    folders.sort_unstable();
    folders.dedup();
    // Writing into a string does not fail.
    for folder in folders {
        let _ = writeln!(page, "<h2>{folder}</h2>\n<ul>");
        let mut of_it: Vec<&Entry> = entries.iter().filter(|entry| entry.folder == folder).collect();
        of_it.sort_by(|a, b| b.day.cmp(&a.day).then_with(|| a.file.cmp(&b.file)));
        for entry in of_it {
            let link = format!("{}/{}", address(folder), address(&entry.file));
            let (day, title) = (escaped(&entry.day), escaped(&entry.title));
            let _ = writeln!(page, "<li><span>{day}</span><a href=\"{link}\" dir=\"auto\">{title}</a></li>");
        }
        page.push_str("</ul>\n");
    }
    if !left_out.is_empty() {
        page.push_str("<h2>Not in this folder</h2>\n<ul>\n");
        for one in left_out {
            let _ = writeln!(page, "<li><span>left out</span>{}: {}</li>", escaped(&one.title), escaped(&one.why));
        }
        page.push_str("</ul>\n");
    }
    page.push_str("</body>\n</html>\n");
    page
}

fn address(name: &str) -> String {
    percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn escaped(text: &str) -> String {
    let shown = text.chars().filter(|letter| !letter.is_control());
    shown.fold(String::new(), |mut safe, letter| {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            letter => safe.push(letter),
        }
        safe
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_title_is_words_and_a_link_stays_in_the_folder() {
        let title = "\"><script>x</script>".to_owned();
        let entry = Entry { folder: "visits", file: "a & \"b\" #?.md".into(), day: "2026-03-02".into(), title };
        let left_out = LeftOut { title: "<b>".into(), why: "<i>".into() };
        let page = index(&[entry], &[left_out]);
        for never in ["<script>", "<b>", "<i>", "http:", "https:"] {
            assert!(!page.contains(never), "{never}: {page}");
        }
        assert!(page.contains("href=\"visits/a%20%26%20%22b%22%20%23%3F%2Emd\""), "{page}");
    }
}
