//! Decides how a sheet is a page that prints well on A4 and on Letter: one file, with no script and nothing from elsewhere.

use std::fmt::Write as _;

use rounds_crdt::describe::Language;

use super::prose::{escaped, prose};
use super::sheet::{Block, Fact, Item, Moment, Row, Sheet, Table};
use super::words::Tongue;

/// The look, which the page carries with it.
const LOOK: &str = include_str!("page.css");

/// What the page may load and run: nothing. Should anything typed ever slip past the escaping, it is still only words.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// The sheet as a page.
pub(super) fn page(sheet: &Sheet, tongue: Tongue) -> String {
    let code = match tongue.language {
        Language::En => "en",
        Language::Es => "es",
    };
    let title = escaped(&sheet.title);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{code}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{title}</title>\n<style>\n{LOOK}</style>\n</head>\n<body>\n<main>\n<header>\n"
    );
    // Writing into a string does not fail.
    if sheet.title != sheet.kind {
        let _ = writeln!(page, "<p class=\"kind\">{}</p>", sheet.kind);
    }
    let _ = writeln!(page, "<h1 dir=\"auto\">{title}</h1>");
    if !sheet.facts.is_empty() {
        page.push_str("<dl>\n");
        for Fact { name, value } in &sheet.facts {
            let _ = writeln!(page, "<dt>{name}</dt><dd dir=\"auto\">{}</dd>", escaped(value));
        }
        page.push_str("</dl>\n");
    }
    page.push_str("</header>\n");
    for part in &sheet.parts {
        let _ = writeln!(page, "<section>\n<h2 dir=\"auto\">{}</h2>", escaped(&part.title));
        for block in &part.blocks {
            self::block(&mut page, block, tongue);
        }
        page.push_str("</section>\n");
    }
    let footer = tongue.of([
        "Written in Rounds. Whoever has this page can read it: it is for the people it was shared with.",
        "Escrito en Rounds. Quien tenga esta hoja puede leerla: es para las personas con quienes se compartió.",
    ]);
    let _ = write!(page, "<footer>{footer}</footer>\n</main>\n</body>\n</html>\n");
    page
}

fn block(page: &mut String, block: &Block, tongue: Tongue) {
    match block {
        Block::Text(text) => {
            let _ = writeln!(page, "<div dir=\"auto\">{}</div>", prose(text));
        }
        Block::Entry { title, text } => {
            let (title, text) = (escaped(title), prose(text));
            let _ = writeln!(page, "<div class=\"entry\" dir=\"auto\"><h3>{title}</h3>{text}</div>");
        }
        Block::Items(items) => list(page, items, tongue),
        Block::Moments(moments) => {
            // Taps alone stand side by side: a lesson of them would fill pages.
            let taps = moments.iter().all(|one| one.text.trim().is_empty());
            let _ = writeln!(page, "<ol class=\"list moments{}\">", if taps { " taps" } else { "" });
            moments.iter().for_each(|one| moment(page, one));
            page.push_str("</ol>\n");
        }
        Block::Table(table) => figures(page, table),
    }
}

fn list(page: &mut String, items: &[Item], tongue: Tongue) {
    let ticks = if items.iter().any(|item| item.ticked.is_some()) { " ticks" } else { "" };
    let _ = writeln!(page, "<ul class=\"list{ticks}\">");
    for item in items {
        page.push_str("<li>");
        if let Some(done) = item.ticked {
            let word = tongue.of(if done { ["done: ", "hecho: "] } else { ["to do: ", "por hacer: "] });
            let mark = if done { "✓" } else { "" };
            let _ = write!(
                page,
                "<span class=\"box\" aria-hidden=\"true\">{mark}</span><div><span class=\"unseen\">{word}</span>"
            );
        } else {
            page.push_str("<div>");
        }
        if let Some(about) = &item.about {
            let _ = write!(page, "<span class=\"about\"><bdi>{}</bdi></span> — ", escaped(about));
        }
        if let Some(by) = &item.by {
            let _ = write!(page, "<span class=\"by\"><bdi>{}</bdi>:</span> ", escaped(by));
        }
        let _ = write!(page, "<span class=\"words\" dir=\"auto\">{}</span>", escaped(item.text.trim_end()));
        if let Some(aside) = &item.aside {
            let _ = write!(page, " <span class=\"aside\">({})</span>", escaped(aside));
        }
        if !item.below.is_empty() {
            page.push('\n');
            list(page, &item.below, tongue);
        }
        page.push_str("</div></li>\n");
    }
    page.push_str("</ul>\n");
}

fn moment(page: &mut String, moment: &Moment) {
    let what = escaped(&moment.what.join(" · "));
    let text = escaped(moment.text.trim());
    let _ = write!(page, "<li><span class=\"at\">{}</span><div dir=\"auto\">", moment.at);
    if !what.is_empty() {
        let _ = write!(page, "<span class=\"what\">{what}</span>");
    }
    if !what.is_empty() && !text.is_empty() {
        page.push_str(" · ");
    }
    let _ = writeln!(page, "<span class=\"words\">{text}</span></div></li>");
}

fn figures(page: &mut String, table: &Table) {
    page.push_str("<table class=\"figures\">\n<thead><tr><td></td>");
    for column in &table.columns {
        let _ = write!(page, "<th scope=\"col\">{}</th>", escaped(column));
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for Row { name, values } in &table.rows {
        let _ = write!(page, "<tr><th scope=\"row\">{}</th>", escaped(name));
        for value in values {
            let _ = write!(page, "<td>{value}</td>");
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table>\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::UtcOffset;

    const TONGUE: Tongue = Tongue { language: Language::Es, offset_at: |_| UtcOffset::UTC };

    /// Words that would do something if they were markup.
    const HOSTILE: &str = "\"><script>alert(1)</script><img src=x onerror='x'></style><b";

    #[test]
    fn nothing_that_anybody_wrote_is_markup() {
        let mut sheet = Sheet::new("Notas", HOSTILE);
        sheet.fact("Aula", HOSTILE);
        sheet.text(HOSTILE, HOSTILE);
        let everything = Item {
            ticked: Some(true),
            by: Some(HOSTILE.into()),
            about: Some(HOSTILE.into()),
            text: HOSTILE.into(),
            aside: Some(HOSTILE.into()),
            below: vec![Item::said(HOSTILE, HOSTILE)],
        };
        sheet.items(HOSTILE, [everything]);
        sheet.part(HOSTILE, Block::Entry { title: HOSTILE.into(), text: HOSTILE.into() });
        let moment = Moment { at: "00:01".into(), what: vec![HOSTILE.into()], text: HOSTILE.into() };
        sheet.part(HOSTILE, Block::Moments(vec![moment]));
        let table =
            Table { columns: vec![HOSTILE.into()], rows: vec![Row { name: HOSTILE.into(), values: vec!["1".into()] }] };
        sheet.part(HOSTILE, Block::Table(table));
        let page = page(&sheet, TONGUE);
        let body = page.split("<body>").nth(1).expect("a body");
        for never in ["<script", "<img", "</style>", "<b ", "<b\n", "alert(1)<", "http:", "https:", "src=x\"", "url("] {
            assert!(!body.contains(never), "{never} in {body}");
        }
        assert_eq!(page.matches("</style>").count(), 1);
        assert!(body.matches("&lt;script&gt;alert(1)&lt;/script&gt;").count() >= 14, "all of it is shown as words");
        for (opened, closed) in
            [("<section", "</section>"), ("<ul", "</ul>"), ("<li", "</li>"), ("<div", "</div>"), ("<table", "</table>")]
        {
            assert_eq!(body.matches(opened).count(), body.matches(closed).count(), "{opened}");
        }
    }

    #[test]
    fn the_page_carries_its_look_and_asks_for_nothing() {
        let page = page(&Sheet::new("Visita", "Visita a Ben"), TONGUE);
        assert!(page.starts_with("<!doctype html>\n<html lang=\"es\">"));
        assert!(page.contains("default-src 'none'") && page.contains("@page") && page.contains("Visita a Ben"));
        for remote in ["http://", "https://", "@import", "url(", "<script", "<link", " src="] {
            assert!(!page.contains(remote), "{remote}");
        }
    }
}
