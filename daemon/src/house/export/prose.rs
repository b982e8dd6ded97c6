//! Decides how words that somebody typed in Markdown become markup: a few known tags, and everything else as it was typed.
//!
//! It is what the editor shows: lines stay lines, raw HTML is words, no picture is fetched, a link leads to the web or to a
//! mailbox or is no link, and a line of dashes makes no heading of the line above it.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// How deep lists and quotations go into each other; what is deeper lies beside the last of them. Nobody writes so deep.
const DEPTH_MAX: usize = 12;

/// What keeps a line such as `[T]: why?` from being taken for a link's address, which would not be shown at all.
const NO_REFERENCE: (&str, &str) = ("]:", "]\\:");

/// The end of a line.
const BREAK: &str = "<br>";

/// Typed words as markup.
pub(super) fn prose(text: &str) -> String {
    let text = text.replace(NO_REFERENCE.0, NO_REFERENCE.1);
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut writing =
        Writing { out: String::with_capacity(text.len() * 2), open: Vec::new(), code: false, heads: false };
    for (event, place) in Parser::new_ext(&text, options).into_offset_iter() {
        writing.take(event, text.get(place).unwrap_or_default());
    }
    writing.out
}

/// Words as they are, safe anywhere between tags and within the quotation marks of an attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // No markup may hold these; they would not be seen either.
            control if control.is_control() && control != '\n' && control != '\t' => {}
            letter => safe.push(letter),
        }
    }
    safe
}

struct Writing {
    out: String,
    /// The tag that each open piece of Markdown was given, the outermost first; none for what has no tag.
    open: Vec<Option<&'static str>>,
    /// Within words that are shown exactly as they are.
    code: bool,
    /// Within the first row of a table.
    heads: bool,
}

impl Writing {
    fn take(&mut self, event: Event<'_>, source: &str) {
        match event {
            Event::Start(tag) => self.begin(tag, source),
            Event::End(end) => self.end(end),
            Event::Text(text) if self.code => self.exactly(&text),
            // Raw HTML is what somebody typed, like any other words.
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.words(&text),
            Event::Code(text) => {
                self.out.push_str("<code>");
                self.exactly(&text);
                self.out.push_str("</code>");
            }
            Event::SoftBreak | Event::HardBreak => self.out.push_str(BREAK),
            Event::Rule => self.out.push_str("<hr>"),
            Event::TaskListMarker(done) => self.out.push_str(if done { "☑ " } else { "☐ " }),
            Event::FootnoteReference(text) | Event::InlineMath(text) | Event::DisplayMath(text) => self.words(&text),
        }
    }

    fn begin(&mut self, tag: Tag<'_>, source: &str) {
        let deep = self.open.len() >= DEPTH_MAX;
        let opened = match tag {
            Tag::Paragraph | Tag::HtmlBlock => Some("p"),
            // Rounds knows headings with `#` alone.
            Tag::Heading { level, .. } if source.trim_start().starts_with('#') => Some(match level {
                HeadingLevel::H1 => "h3",
                HeadingLevel::H2 => "h4",
                _ => "h5",
            }),
            Tag::Heading { .. } => Some("p"),
            Tag::BlockQuote(_) if !deep => Some("blockquote"),
            Tag::CodeBlock(CodeBlockKind::Fenced(_)) => {
                self.code = true;
                Some("pre")
            }
            // Spaces before a line mean nothing.
            Tag::CodeBlock(CodeBlockKind::Indented) => Some("p"),
            Tag::List(first) if !deep => match first {
                Some(first) if first != 1 => {
                    self.out.push_str(&format!("<ol start=\"{first}\">"));
                    self.open.push(Some("ol"));
                    return;
                }
                Some(_) => Some("ol"),
                None => Some("ul"),
            },
            Tag::Item if matches!(self.open.last(), Some(Some("ol" | "ul"))) => Some("li"),
            Tag::Emphasis => Some("em"),
            Tag::Strong => Some("strong"),
            Tag::Strikethrough => Some("del"),
            Tag::Link { dest_url, .. } => {
                let address = leads_somewhere(&dest_url).then(|| escaped(&dest_url));
                if let Some(address) = &address {
                    self.out.push_str(&format!("<a href=\"{address}\" rel=\"noreferrer noopener\">"));
                }
                self.open.push(address.map(|_| "a"));
                return;
            }
            Tag::Table(_) => Some("table"),
            Tag::TableHead => {
                self.heads = true;
                Some("tr")
            }
            Tag::TableRow => Some("tr"),
            Tag::TableCell => Some(if self.heads { "th" } else { "td" }),
            // A picture's words stand for it.
            _ => None,
        };
        if let Some(name) = opened {
            self.out.push_str(&format!("<{name}>"));
        }
        self.open.push(opened);
    }

    fn end(&mut self, end: TagEnd) {
        match end {
            TagEnd::CodeBlock => self.code = false,
            TagEnd::TableHead => self.heads = false,
            _ => {}
        }
        let Some(Some(name)) = self.open.pop() else { return };
        while self.out.ends_with(BREAK) {
            self.out.truncate(self.out.len() - BREAK.len());
        }
        self.out.push_str(&format!("</{name}>"));
        if name == "p" && matches!(end, TagEnd::Heading(_)) {
            self.out.push_str("<hr>");
        }
    }

    /// Words whose lines stay lines.
    fn words(&mut self, text: &str) {
        self.out.push_str(&escaped(text).replace('\n', BREAK));
    }

    /// Words without what we put in ourselves.
    fn exactly(&mut self, text: &str) {
        self.out.push_str(&escaped(&text.replace(NO_REFERENCE.1, NO_REFERENCE.0)));
    }
}

/// Whether a page may lead there.
fn leads_somewhere(address: &str) -> bool {
    let lower = address.trim().to_ascii_lowercase();
    ["http://", "https://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_teachers_write_looks_as_in_the_editor() {
        let table = [
            ("T: why?\nS: because", "<p>T: why?<br>S: because</p>"),
            (
                "# Part\n\n**four** *voices* ~~five~~",
                "<h3>Part</h3><p><strong>four</strong> <em>voices</em> <del>five</del></p>",
            ),
            ("- [ ] wait\n- [x] write", "<ul><li>☐ wait</li><li>☑ write</li></ul>"),
            ("3. third\n4. fourth", "<ol start=\"3\"><li>third</li><li>fourth</li></ol>"),
            ("> said", "<blockquote><p>said</p></blockquote>"),
            ("above\n---\nbelow", "<p>above</p><hr><p>below</p>"),
            ("    far in\n    and on", "<p>far in<br>and on</p>"),
            ("<div>\nwords\n</div>", "<p>&lt;div&gt;<br>words<br>&lt;/div&gt;</p>"),
            ("```\na < b ]: c\n```", "<pre>a &lt; b ]: c\n</pre>"),
            (
                "| a | b |\n|-|-|\n| 1 | 2 |",
                "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>",
            ),
            (
                "[notes](https://example.org/?a=1&b=2)",
                "<p><a href=\"https://example.org/?a=1&amp;b=2\" rel=\"noreferrer noopener\">notes</a></p>",
            ),
        ];
        for (text, wanted) in table {
            assert_eq!(prose(text), wanted, "{text:?}");
        }
    }

    #[test]
    fn no_line_is_taken_for_the_address_of_a_link() {
        for text in ["[T]: why?", "- [T]: why?", "> [S]: because", "a\n\n[T]: \"one\"\n[S]: two"] {
            let shown = prose(text);
            for words in text.split('\n').filter_map(|line| line.split_once(']')).map(|(_, words)| escaped(words)) {
                assert!(shown.contains(&words), "{text:?}: {shown}");
            }
        }
    }

    #[test]
    fn nothing_typed_becomes_markup_of_its_own() {
        let hostile = [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "a <b onclick='x'>b</b>",
            "<!-- <script> -->",
            "<style>@import url(//x)</style>\n",
            "![a\" onerror=\"x](https://example.org/x.png)",
            "[a](javascript:alert(1))",
            "[a](data:text/html,<script>)",
            "<javascript:alert(1)>",
            "[a](https://x/\"onmouseover=\"alert(1))",
            "```\"><script>\nx\n```",
            "&lt;script&gt; &#60;script>",
            "# <svg/onload=alert(1)>",
            "| <script> |\n|-|\n| <iframe> |",
            "\u{0}<scr\u{0}ipt>",
        ];
        let known = [
            "p",
            "h3",
            "h4",
            "h5",
            "blockquote",
            "pre",
            "code",
            "ol",
            "ul",
            "li",
            "em",
            "strong",
            "del",
            "a",
            "table",
            "tr",
            "th",
            "td",
            "br",
            "hr",
        ];
        for text in hostile {
            let shown = prose(text);
            for tag in shown.split('<').skip(1) {
                let name: String =
                    tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
                assert!(known.contains(&name.as_str()), "{text:?} became {shown}");
                let inside = tag.split('>').next().unwrap_or_default();
                assert!(name == "a" || !inside.contains('='), "{text:?} became {shown}");
                assert!(inside.matches('"').count() <= 4 && !inside.contains("javascript"), "{text:?} became {shown}");
            }
            assert!(!shown.contains("src=") || shown.contains("&lt;img"), "{shown}");
        }
    }

    #[test]
    fn deep_and_long_words_stay_small() {
        let deep = prose(&"> ".repeat(5_000));
        assert!(deep.matches("<blockquote>").count() <= DEPTH_MAX);
        assert_eq!(deep.matches("<blockquote>").count(), deep.matches("</blockquote>").count());
        let nested = (0..200).map(|depth| format!("{}- x\n", "  ".repeat(depth))).collect::<String>();
        let nested = prose(&nested);
        assert_eq!(
            (nested.matches("<ul>").count(), nested.matches('x').count()),
            (nested.matches("</ul>").count(), 200)
        );
    }
}
