//! A task's description as plain text. Nothing is made from the markup: known tags are dropped, the rest stays text.

/// The vendor's tags whose brackets are noise to a reader.
const TAGS: [&str; 27] = [
    "b",
    "i",
    "u",
    "s",
    "p",
    "url",
    "img",
    "code",
    "quote",
    "list",
    "*",
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
];

/// Without the vendor's tags, trimmed. Linear in the length of the text.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('[') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        match tag_length(rest) {
            Some(length) => {
                if rest.starts_with("[*]") {
                    out.push_str("• ");
                }
                rest = &rest[length..];
            }
            None => {
                out.push('[');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out.replace("\r\n", "\n").trim().to_owned()
}

/// The length of the known tag at the start of the text.
fn tag_length(text: &str) -> Option<usize> {
    // Longer "tags" are somebody's prose in brackets; the limit also keeps a text of '[' from costing n².
    let window = text.char_indices().nth(300).map_or(text, |(end, _)| &text[..end]);
    let end = window.find(']')?;
    let inside = &text[1..end];
    let name = inside.strip_prefix('/').unwrap_or(inside);
    let name = name.split(['=', ' ']).next()?.to_ascii_lowercase();
    TAGS.contains(&name.as_str()).then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn known_tags_go_and_the_rest_stays() {
        assert_eq!(plain("[B]Look[/B] at [URL=https://a.example/]this[/URL] [1] [x"), "Look at this [1] [x");
        assert_eq!(plain("[LIST]\r\n[*]one\r\n[*]two[/LIST]"), "• one\n• two");
    }

    #[test]
    fn nothing_is_made_from_markup() {
        assert_eq!(plain("[URL=javascript:alert(1)]<b>x</b>[/URL]"), "<b>x</b>");
        assert_eq!(plain("[[b]b]"), "[b]");
    }

    #[test]
    fn a_text_of_brackets_takes_no_time() {
        let text = "[".repeat(200_000);
        assert_eq!(plain(&text), text);
    }
}
