//! The house: which room may name which. Reads the source; a forbidden arrow fails here.

use std::{collections::BTreeSet, fs, path::Path};

/// Rooms with what they may name. Telemetry and world are leaves that all may name.
const ARROWS: &[(&str, &[&str])] = &[
    ("main", &["config", "web", "jobs", "usecases", "store"]),
    ("web", &["usecases", "pages", "domain", "bitrix24::inbound"]),
    ("jobs", &["usecases", "store", "domain"]),
    ("usecases", &["domain", "bitrix24", "store"]),
    ("pages", &["domain"]),
    ("store", &["domain"]),
    ("domain", &[]),
    ("bitrix24", &[]),
    ("config", &[]),
    ("telemetry", &[]),
    ("world", &[]),
];
const LEAVES: &[&str] = &["telemetry", "world"];

/// What a source names of the library, two steps deep: `crate::bitrix24::inbound::Event` -> `bitrix24::inbound`.
fn names(source: &str, root: &str) -> BTreeSet<String> {
    let code: String =
        source.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices(&format!("{root}::")) {
        let standalone = !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        if standalone {
            expand(&code[at + root.len() + 2..], "", 2, &mut found);
        }
    }
    found
}

/// Follows `a::{b, c::d}` and collects paths of `depth` steps.
fn expand(path: &str, before: &str, depth: usize, found: &mut BTreeSet<String>) {
    let path = path.trim_start();
    if let Some(group) = path.strip_prefix('{') {
        for part in parts(group) {
            expand(part, before, depth, found);
        }
        return;
    }
    let end = path.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(path.len());
    let (name, rest) = path.split_at(end);
    if name.is_empty() {
        return;
    }
    let whole = if before.is_empty() { name.to_owned() } else { format!("{before}::{name}") };
    match rest.strip_prefix("::") {
        Some(rest) if depth > 1 => expand(rest, &whole, depth - 1, found),
        _ => {
            found.insert(whole);
        }
    }
}

/// The parts of a group, up to its closing brace.
fn parts(group: &str) -> Vec<&str> {
    let (mut depth, mut begin, mut parts) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                parts.push(&group[begin..at]);
                return parts;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&group[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    parts
}

fn sources(of: &Path, found: &mut Vec<(String, String)>) {
    if of.is_dir() {
        for entry in fs::read_dir(of).unwrap() {
            sources(&entry.unwrap().path(), found);
        }
    } else if of.extension().is_some_and(|e| e == "rs") {
        found.push((of.display().to_string(), fs::read_to_string(of).unwrap()));
    }
}

fn room(name: &str) -> Vec<(String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    for place in [src.join(name), src.join(format!("{name}.rs"))] {
        if place.exists() {
            sources(&place, &mut found);
        }
    }
    assert!(!found.is_empty(), "room {name} has sources");
    found
}

fn forbidden<'a>(room: &str, may: &[&str], names: &'a BTreeSet<String>) -> Vec<&'a str> {
    let allowed = |name: &str| {
        let first = name.split("::").next().unwrap();
        first == room || LEAVES.contains(&first) || may.iter().any(|m| *m == name || *m == first)
    };
    names.iter().map(String::as_str).filter(|name| !allowed(name)).collect()
}

#[test]
fn data_goes_one_way() {
    for (name, may) in ARROWS {
        let root = if *name == "main" { "handback" } else { "crate" };
        for (file, source) in room(name) {
            let names = names(&source, root);
            assert_eq!(forbidden(name, may, &names), Vec::<&str>::new(), "{file} names what {name} may not");
        }
    }
}

#[test]
fn every_room_is_in_the_table() {
    for (name, _) in names_of_lib() {
        assert!(ARROWS.iter().any(|(room, _)| *room == name), "{name} has no row in the table of arrows");
    }
}

fn names_of_lib() -> Vec<(String, ())> {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let module = |line: &str| Some((line.strip_prefix("pub mod ")?.strip_suffix(';')?.to_owned(), ()));
    lib.lines().filter_map(module).collect()
}

#[test]
fn the_sandbox_knows_nothing_of_the_library() {
    for (file, source) in room("bin/sandbox") {
        assert_eq!(names(&source, "handback"), BTreeSet::new(), "{file}");
    }
}

/// The judge itself: planted arrows are seen, however they are written.
#[test]
fn a_planted_arrow_is_seen() {
    let planted = [
        ("use crate::store::Store;", "store::Store"),
        ("use crate::{domain::TaskId, store::{Store, seal}};", "store::Store"),
        ("fn f() { crate::web::start(); }", "web::start"),
        ("use crate::{\n    pages::Row,\n};", "pages::Row"),
        ("pub use crate::usecases as u;", "usecases"),
    ];
    for (source, name) in planted {
        let names = names(source, "crate");
        assert!(names.contains(name), "{source}: {names:?}");
        assert!(!forbidden("domain", &[], &names).is_empty(), "{source}");
    }
    let web = names("use crate::bitrix24::{inbound::Event, Rest};", "crate");
    assert_eq!(forbidden("web", &["bitrix24::inbound"], &web), ["bitrix24::Rest"]);
    assert!(names("// crate::store::Store\nlet othercrate::store = 1;", "crate").is_empty());
}
