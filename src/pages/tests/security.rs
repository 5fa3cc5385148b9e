//! Untrusted text stays text; the session stays out of addresses; nothing runs inline.

use super::{super::*, Sample, all, attributes, samples::NASTY};

fn every() -> Vec<Sample> {
    Lang::all().into_iter().flat_map(all).collect()
}

/// Every tag of a page, from `<` to its `>` outside quotation marks.
fn tags(html: &str) -> Vec<&str> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        rest = &rest[start..];
        let mut quoted = false;
        let end = rest.char_indices().find(|(_, c)| {
            quoted ^= *c == '"';
            *c == '>' && !quoted
        });
        let (tag, after) = rest.split_at(end.map_or(rest.len(), |(at, _)| at + 1));
        tags.push(tag);
        rest = after;
    }
    tags
}

#[test]
fn a_nasty_title_is_text() {
    for Sample { name, html } in every().iter().filter(|s| s.name.ends_with("-nasty")) {
        assert!(html.contains("onerror=alert(1)"), "{name}: the text is shown");
        let found = tags(html);
        assert!(!found.iter().any(|t| t.starts_with("<img")), "{name}");
        assert_eq!(html.matches("</script>").count(), 2, "{name}: our two script elements");
        assert_eq!(html.matches("</textarea>").count(), html.matches("<textarea").count(), "{name}");
        assert!(!html.contains("<!--"), "{name}");
        assert!(!html.contains("href=\"javascript"), "{name}");
    }
    assert!(every().iter().any(|s| s.html.contains("{{7*7}}")));
}

/// What turns the direction of writing may only do so where it stands.
#[test]
fn a_direction_override_is_contained() {
    assert!(NASTY.contains('\u{202e}'));
    for Sample { name, html } in every() {
        for (at, _) in html.match_indices('\u{202e}') {
            let before = &html[..at];
            let open = before.rfind('<').unwrap();
            let own = [
                "<bdi>",
                "<bdi data-title-of=",
                "<textarea ",
                "<option value=",
                "<p class=\"description\" dir=\"auto\">",
            ];
            assert!(own.iter().any(|tag| html[open..].starts_with(tag)), "{name}: {}", &html[open..at]);
        }
    }
}

#[test]
fn nothing_runs_inline() {
    for Sample { name, html } in every() {
        for tag in tags(&html) {
            assert!(!tag.contains(" style="), "{name}: {tag}");
            assert!(!tag.starts_with("<style"), "{name}: {tag}");
            let handler = tag.split_whitespace().skip(1).any(|a| a.starts_with("on") && a.contains('='));
            assert!(!handler || tag.contains("&#"), "{name}: {tag}");
        }
        for script in html.split("<script").skip(1) {
            let (tag, rest) = script.split_once('>').unwrap();
            assert!(tag.contains(" src=\"") && rest.starts_with("</script>"), "{name}");
        }
    }
}

#[test]
fn the_session_is_in_no_address() {
    let mut seen = 0;
    for Sample { name, html } in every() {
        for attribute in ["href", "action", "src", "formaction", "id", "class", "data-decision-id"] {
            for value in attributes(&html, attribute) {
                assert!(!value.contains(Shell::SAMPLE_SESSION), "{name}: {attribute}");
            }
        }
        for (at, _) in html.match_indices(Shell::SAMPLE_SESSION) {
            let tag = &html[html[..at].rfind('<').unwrap()..at];
            let hidden = tag.starts_with("<input type=\"hidden\" name=\"session\"");
            assert!(hidden || tag.starts_with("<meta name=\"handback-session\""), "{name}: {tag}");
            seen += 1;
        }
    }
    assert!(seen > 100);
}

/// A form with authority is a POST to us that carries the session.
#[test]
fn every_form_posts_to_us_with_the_session() {
    for Sample { name, html } in every() {
        for form in html.split("<form ").skip(1) {
            let body = form.split("</form>").next().unwrap();
            if body.contains("action=\"/connect\"") {
                continue;
            }
            assert!(body.contains("method=\"post\" action=\"/"), "{name}: {body}");
            assert!(body.contains("name=\"session\""), "{name}: {body}");
        }
    }
}

#[test]
fn no_template_marks_anything_as_safe() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    for folder in [root.clone(), root.join("parts")] {
        for file in std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).filter(|p| p.is_file()) {
            let text = std::fs::read_to_string(&file).unwrap();
            for word in ["|safe", "| safe", "escape(\"none\")"] {
                assert!(!text.contains(word), "{}", file.display());
            }
        }
    }
}

/// As the privacy policy says. The cookie of a sign-in outside the frame is the server's and no script can read it.
#[test]
fn nothing_is_stored_in_the_browser() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("static");
    let folders = [root.clone(), root.join("app")].into_iter().filter_map(|folder| std::fs::read_dir(folder).ok());
    let files = folders.flatten().map(|file| file.unwrap().path()).filter(|p| p.extension().is_some_and(|e| e == "js"));
    let mut read = 0;
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        for store in ["localStorage", "sessionStorage", "indexedDB", "document.cookie", "caches.", "serviceWorker"] {
            assert!(!text.contains(store), "{}: {store}", file.display());
        }
        read += 1;
    }
    assert!(read > 0);
}
