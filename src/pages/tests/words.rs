//! Every key that is used exists, every key that exists is used, every language has the same ones.

use super::super::*;
use std::{collections::BTreeSet, fs, path::Path};

pub(super) fn read(folder: &str, extension: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = fs::read_dir(folder).unwrap().map(|f| f.unwrap().path());
    files
        .filter(|p| p.extension().is_some_and(|e| e == extension))
        .map(|p| (p.file_stem().unwrap().to_string_lossy().into_owned(), fs::read_to_string(p).unwrap()))
        .collect()
}

/// Keys as a file defines them, attributes as `key.attribute`.
fn keys(text: &str) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    let mut last = String::new();
    for line in text.lines() {
        let Some((name, _)) = line.split_once(" =") else {
            continue;
        };
        if let Some(attribute) = name.strip_prefix("    .") {
            keys.insert(format!("{last}.{attribute}"));
        } else if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            last = name.to_owned();
            keys.insert(last.clone());
        }
    }
    keys
}

fn english() -> BTreeSet<String> {
    let files = read("locales", "ftl");
    keys(&files.iter().find(|(name, _)| name == "en").unwrap().1)
}

#[test]
fn every_language_has_the_same_keys_and_no_broken_line() {
    for (name, text) in read("locales", "ftl") {
        assert_eq!(keys(&text), english(), "{name}");
        assert!(fluent_bundle::FluentResource::try_new(text).is_ok(), "{name}");
        assert!(Lang::all().iter().any(|l| l.code() == name), "{name} is offered");
    }
}

#[test]
fn every_key_in_a_template_exists() {
    let keys = english();
    let mut found = 0;
    for (name, text) in [read("templates", "html"), read("templates/parts", "html")].concat() {
        for (at, _) in text.match_indices("\"|t") {
            let key = text[..at].rsplit_once('"').unwrap().1;
            assert!(keys.contains(key), "{name}.html: {key}");
            found += 1;
        }
    }
    assert!(found > 40, "{found}");
}

/// A key that is missing shows itself; no sample may show one.
#[test]
fn no_sample_shows_a_key() {
    for lang in Lang::all() {
        for sample in super::all(lang) {
            for key in english().iter().filter(|k| k.contains(['-', '.'])) {
                for (open, close) in [(">", "<"), (" ", "<")] {
                    let shown = format!("{open}{key}{close}");
                    assert!(!sample.html.contains(&shown), "{}: {key}", sample.name);
                }
            }
            let text = sample.html.split('>').filter_map(|part| part.split('<').next());
            let raw = text.map(str::trim).find(|t| {
                ["error-", "refused-", "not-run-", "step-", "status-", "presence-", "scope-", "control-"]
                    .iter()
                    .any(|prefix| t.starts_with(prefix) && !t.contains(' '))
            });
            assert_eq!(raw, None, "{}", sample.name);
        }
    }
}

/// What is asked for by name in the code.
#[test]
fn every_key_in_the_code_exists() {
    let keys = english();
    let mut found = 0;
    for (name, text) in [read("src/pages", "rs"), read("src/web", "rs"), read("src/web/handlers", "rs")].concat() {
        for call in ["lang.t(\"", "lang.tn(\"", "lang.with(\"", ".lang().t(\""] {
            for (at, _) in text.match_indices(call) {
                let key = text[at + call.len()..].split_once('"').unwrap().0;
                assert!(keys.contains(key), "{name}.rs: {key}");
                found += 1;
            }
        }
    }
    assert!(found > 10, "{found}");
}

#[test]
fn every_key_is_used() {
    let source = [read("src/pages", "rs"), read("templates", "html"), read("templates/parts", "html")]
        .concat()
        .into_iter()
        .map(|(_, text)| text)
        .collect::<String>();
    // Made from a name at run time: kinds of errors, steps, sections of the licence and of the privacy policy, and the vendor's codes.
    let made =
        ["error-", "step-", "place-", "event-", "scope-", "call-", "feature-", "rows-", "terms", "privacy", "kept-"];
    let unused: Vec<_> = english()
        .into_iter()
        .filter(|key| !source.contains(&format!("\"{key}\"")) && !made.iter().any(|p| key.starts_with(p)))
        .collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn every_error_has_its_words() {
    let keys = english();
    for kind in ErrorKind::ALL {
        for key in [format!("error-{}", kind.name()), format!("error-{}.do", kind.name())] {
            assert!(keys.contains(&key), "{key}");
        }
    }
}

#[test]
fn every_reason_of_a_failed_step_has_its_words() {
    let keys = english();
    for why in crate::domain::install::Why::ALL {
        assert!(keys.contains(&format!("step-why-{}", why.name())), "{why:?}");
    }
}

#[test]
fn every_end_of_a_call_has_its_words() {
    let keys = english();
    for why in crate::domain::CallWhy::ALL {
        assert!(keys.contains(&format!("call-{}", why.name())), "{why:?}");
    }
}
