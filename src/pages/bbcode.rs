//! A task's description and results: the vendor's BBCode as blocks of plain spans, which a template writes out and
//! escapes. Nothing of a text is ever HTML: a tag that is not known here stays text, and a link only leads to http(s).

use std::mem;

/// A paragraph, a point of a list, or words of somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Plain.
    Text,
    /// `[*]`.
    Item,
    /// `[QUOTE]`.
    Quote,
    /// `[CODE]`.
    Code,
}

/// A piece of text that looks the same throughout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    pub text: String,
    pub bold: bool,
    pub italic: bool,
    pub struck: bool,
    /// Absolute, http or https.
    pub link: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    pub kind: Kind,
    pub spans: Vec<Span>,
}

impl Block {
    pub(super) fn is_item(&self) -> bool {
        self.kind == Kind::Item
    }

    pub(super) fn is_quote(&self) -> bool {
        self.kind == Kind::Quote
    }

    pub(super) fn is_code(&self) -> bool {
        self.kind == Kind::Code
    }
}

/// Tags whose brackets are noise to a reader, beside those that mean something here.
const NOISE: [&str; 20] = [
    "u",
    "p",
    "img",
    "user",
    "project",
    "department",
    "disk",
    "color",
    "size",
    "font",
    "left",
    "right",
    "center",
    "justify",
    "table",
    "tr",
    "td",
    "th",
    "video",
    "h1",
];
const MEANT: [&str; 8] = ["b", "i", "s", "url", "list", "*", "quote", "code"];

/// More of one text is for Bitrix24's own page: characters.
const LONGEST: usize = 40_000;
/// Bytes of addresses that the spans of one text hold together. Each span of a link holds the address anew, so that a
/// long address around many short spans would be written out a thousand times.
const ADDRESSES: usize = 32 * 1024;

#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    /// Bytes of addresses in the spans so far.
    addresses: usize,
    spans: Vec<Span>,
    kind: Option<Kind>,
    text: String,
    bold: usize,
    italic: usize,
    struck: usize,
    /// The address of an open `[URL=…]`; an empty one is the text itself.
    link: Option<String>,
}

/// The blocks of a text, as much of it as is shown; "…" stands for the rest. What they take is linear in the text.
pub(super) fn blocks(text: &str, origin: Option<&str>) -> Vec<Block> {
    let (text, cut) = text.char_indices().nth(LONGEST).map_or((text, false), |(end, _)| (&text[..end], true));
    let text = text.replace("\r\n", "\n");
    let mut reader = Reader::default();
    let mut rest = text.as_str();
    while let Some(start) = rest.find('[') {
        reader.text.push_str(&rest[..start]);
        rest = &rest[start..];
        match tag(rest) {
            Some((length, name, value)) if reader.kind != Some(Kind::Code) || name == "/code" => {
                rest = &rest[length..];
                reader.take(&name, value, origin);
            }
            _ => {
                reader.text.push('[');
                rest = &rest[1..];
            }
        }
    }
    reader.text.push_str(rest);
    if cut {
        reader.text.push('…');
    }
    reader.end_block(None);
    reader.blocks
}

impl Reader {
    fn take(&mut self, name: &str, value: &str, origin: Option<&str>) {
        match name {
            "b" | "/b" => self.style(|reader| &mut reader.bold, name == "b"),
            "i" | "/i" => self.style(|reader| &mut reader.italic, name == "i"),
            "s" | "/s" => self.style(|reader| &mut reader.struck, name == "s"),
            "url" => {
                self.end_span();
                self.link = Some(address(value, origin).unwrap_or_default());
            }
            "/url" => {
                let open = self.link.take();
                let link =
                    open.and_then(|link| if link.is_empty() { address(self.text.trim(), origin) } else { Some(link) });
                self.link = link;
                self.end_span();
                self.link = None;
            }
            "*" => self.end_block(Some(Kind::Item)),
            "list" | "/list" | "/quote" | "/code" => self.end_block(None),
            "quote" => self.end_block(Some(Kind::Quote)),
            "code" => self.end_block(Some(Kind::Code)),
            _ => {}
        }
    }

    fn style(&mut self, which: impl Fn(&mut Self) -> &mut usize, begins: bool) {
        self.end_span();
        let depth = which(self);
        *depth = if begins { *depth + 1 } else { depth.saturating_sub(1) };
    }

    fn end_span(&mut self) {
        let text = mem::take(&mut self.text);
        if !text.is_empty() {
            let room = ADDRESSES - self.addresses;
            let link = self.link.as_ref().filter(|link| !link.is_empty() && link.len() <= room).cloned();
            self.addresses += link.as_ref().map_or(0, String::len);
            let (bold, italic, struck) = (self.bold > 0, self.italic > 0, self.struck > 0);
            self.spans.push(Span { text, bold, italic, struck, link });
        }
    }

    /// Empty ones, and the line ends around a block, are nobody's.
    fn end_block(&mut self, next: Option<Kind>) {
        self.end_span();
        let mut spans = mem::take(&mut self.spans);
        let kind = mem::replace(&mut self.kind, next).unwrap_or(Kind::Text);
        if let Some(first) = spans.first_mut() {
            first.text = first.text.trim_start_matches('\n').to_owned();
        }
        if let Some(last) = spans.last_mut() {
            last.text = last.text.trim_end().to_owned();
        }
        spans.retain(|span| !span.text.is_empty());
        if spans.iter().any(|span| !span.text.trim().is_empty()) {
            self.blocks.push(Block { kind, spans });
        }
    }
}

/// Where a link may lead: http or https, or a path of the portal itself.
fn address(said: &str, origin: Option<&str>) -> Option<String> {
    let said = said.trim().trim_matches(['"', '\'']);
    let known = said.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"<>\"'`\\".contains(c));
    let lower = said.get(..8).unwrap_or(said).to_ascii_lowercase();
    if !known || said.len() > 2_000 {
        None
    } else if let Some(scheme) = ["https://", "http://"].into_iter().find(|scheme| lower.starts_with(scheme)) {
        // As everything else reads it that asks what a link begins with.
        Some(format!("{scheme}{}", &said[scheme.len()..]))
    } else if said.starts_with('/') && !said.starts_with("//") {
        origin.map(|origin| format!("{origin}{said}"))
    } else {
        None
    }
}

/// The known tag at the start of the text: its length, its name, what follows `=`.
fn tag(text: &str) -> Option<(usize, String, &str)> {
    // Longer "tags" are somebody's prose in brackets; the limit also keeps a text of '[' from costing n².
    let window = text.char_indices().nth(600).map_or(text, |(end, _)| &text[..end]);
    let end = window.find(']')?;
    let inside = &text[1..end];
    let (name, value) = inside.split_once(['=', ' ']).unwrap_or((inside, ""));
    let name = name.to_ascii_lowercase();
    let bare = name.strip_prefix('/').unwrap_or(&name);
    (MEANT.contains(&bare) || NOISE.contains(&bare)).then(|| (end + 1, name, value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain(text: &str) -> String {
        let words = |block: &Block| block.spans.iter().map(|span| span.text.as_str()).collect::<String>();
        blocks(text, None).iter().map(words).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn known_tags_mean_something_and_the_rest_stays() {
        assert_eq!(plain("[B]Look[/B] at [COLOR=red]this[/COLOR] [1] [x"), "Look at this [1] [x");
        let all = blocks("[LIST]\r\n[*]one\r\n[*][I]two[/I][/LIST]after\n[QUOTE]said[/QUOTE]", None);
        let kinds: Vec<_> = all.iter().map(|block| block.kind).collect();
        assert_eq!(kinds, [Kind::Item, Kind::Item, Kind::Text, Kind::Quote]);
        assert!(all[1].spans[0].italic && !all[2].spans[0].italic);
        assert_eq!(plain("[CODE][B]x[/B] < y[/CODE]"), "[B]x[/B] < y");
    }

    #[test]
    fn a_link_leads_to_the_web_or_to_the_portal() {
        let link = |text: &str| blocks(text, Some("https://portal.example"))[0].spans[0].link.clone();
        assert_eq!(link("[URL=https://a.example/x?y=1]this[/URL]").as_deref(), Some("https://a.example/x?y=1"));
        assert_eq!(link("[URL=HttPs://A.example/X]this[/URL]").as_deref(), Some("https://A.example/X"));
        assert_eq!(link("[url]http://a.example[/url]").as_deref(), Some("http://a.example"));
        assert_eq!(link("[URL=/company/]here[/URL]").as_deref(), Some("https://portal.example/company/"));
        for bad in
            ["javascript:alert(1)", "//evil.example", "data:text/html,x", "/\\evil.example", "java\tscript:x", " "]
        {
            assert_eq!(link(&format!("[URL={bad}]x[/URL]")), None, "{bad}");
        }
    }

    #[test]
    fn nothing_is_made_from_markup() {
        assert_eq!(plain("[URL=javascript:alert(1)]<b>x</b>[/URL]"), "<b>x</b>");
        assert_eq!(plain("[[b]b]"), "[b]");
    }

    #[test]
    fn a_text_of_brackets_takes_no_time() {
        let text = "[".repeat(LONGEST);
        assert_eq!(plain(&text), text);
    }

    #[test]
    fn t35_a_text_costs_no_more_than_it_is_long() {
        let link = format!("[URL=https://{}]", "&".repeat(582));
        let all = blocks(&format!("{link}{}", "[b]x".repeat(1_000_000)), None);
        let spans = || all.iter().flat_map(|block| &block.spans);
        let addresses: usize = spans().filter_map(|span| span.link.as_ref()).map(String::len).sum();
        assert!(addresses > 500 && addresses <= ADDRESSES, "{addresses}");
        assert!(spans().count() <= LONGEST / 4);
        assert_eq!(spans().last().unwrap().text, "x…", "who reads it sees that there is more");
    }

    proptest! {
        #[test]
        fn t30_whatever_is_written_links_are_of_the_web(text in "(\\[/?(B|I|URL|LIST|\\*|QUOTE|CODE)(=[a-z:/\"'<> ]{0,12})?\\]|[a-z<>&\"' \n\\[\\]]){0,60}") {
            for block in blocks(&text, Some("https://portal.example")) {
                for span in block.spans {
                    let fine = span.link.is_none_or(|link| link.starts_with("http://") || link.starts_with("https://"));
                    prop_assert!(fine);
                }
            }
        }
    }
}
