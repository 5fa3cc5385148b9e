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

/// The highest that a source climbs with `super::`, and from where: (steps up, modules written out around it).
fn climbs(source: &str) -> Vec<(usize, usize)> {
    let mut inside: Vec<&str> = Vec::new();
    let mut offset = 0;
    let mut found = Vec::new();
    for line in source.split_inclusive('\n') {
        let (code, indent) = (line.trim(), &line[..line.len() - line.trim_start().len()]);
        if code == "}" && inside.last() == Some(&indent) {
            inside.pop();
        }
        if !code.starts_with("//") {
            for (at, _) in line.match_indices("super") {
                let before = &line[..at];
                let begins = !before.ends_with(|c: char| c.is_alphanumeric() || c == '_')
                    && !before.ends_with("super::")
                    && !before.ends_with("pub(")
                    && !before.ends_with("pub(in ");
                if begins {
                    found.push((steps_up(&source[offset + at..]), inside.len()));
                }
            }
            // As rustfmt writes it: a module closes at the indent at which it opened.
            let words = code.strip_prefix("pub ").unwrap_or(code);
            if words.starts_with("mod ") && code.ends_with('{')
                || words.starts_with("pub(") && words.contains(" mod ") && code.ends_with('{')
            {
                inside.push(indent);
            }
        }
        offset += line.len();
    }
    found
}

/// How many steps `super::{super::a, b}` climbs at most.
fn steps_up(path: &str) -> usize {
    let path = path.trim_start();
    if let Some(group) = path.strip_prefix('{') {
        return parts(group).into_iter().map(steps_up).max().unwrap_or(0);
    }
    match path.strip_prefix("super") {
        Some(rest) if rest.starts_with("::") => 1 + steps_up(&rest[2..]),
        Some(rest) if !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_') => 1,
        _ => 0,
    }
}

/// How deep in its room a file is: `src/web/error.rs` is one step in, `src/web/mod.rs` and `src/config.rs` none.
fn depth(file: &str, room: &str) -> usize {
    let (_, within) = file.rsplit_once(&format!("/src/{room}")).unwrap();
    let steps = within.trim_end_matches(".rs").split('/').filter(|step| !step.is_empty());
    steps.filter(|step| *step != "mod").count()
}

fn leaves(source: &str, depth: usize) -> bool {
    climbs(source).into_iter().any(|(up, inside)| up > depth + inside)
}

#[test]
fn nobody_climbs_out_of_a_room() {
    for (name, _) in ARROWS {
        for (file, source) in room(name) {
            assert!(!leaves(&source, depth(&file, name)), "{file} leaves {name} with super::");
        }
    }
}

#[test]
fn a_planted_climb_is_seen() {
    assert_eq!(depth("/x/src/web/mod.rs", "web"), 0);
    assert_eq!(depth("/x/src/config.rs", "config"), 0);
    assert_eq!(depth("/x/src/web/handlers/queue.rs", "web"), 2);
    assert_eq!(depth("/x/src/pages/tests/mod.rs", "pages"), 1);
    for climb in [
        "use super::super::store::Store;",
        "use super::{\n    row,\n    super::store,\n};",
        "fn f() { super::super::store::f(); }",
        "use self::super::super::store;",
        "mod tests {\n    use super::super::super::store;\n}",
        "mod tests {\n    use super::*;\n}\nuse super::super::store;",
        "pub(crate) mod a {\n    mod b {\n        use super::super::super::super::store;\n    }\n}",
    ] {
        assert!(leaves(climb, 1), "{climb}");
    }
    for inside in
        ["use super::row;", "mod tests {\n    use super::super::row;\n}", "// super::super::store", "let superb = 1;"]
    {
        assert!(!leaves(inside, 1), "{inside}");
    }
}

/// P84: a comment's author is the owner of the token, whatever the vendor would let us claim.
#[test]
fn nobody_claims_an_author() {
    for (name, _) in ARROWS {
        for (file, source) in room(name) {
            assert!(!source.contains("AUTHOR_ID"), "{file}");
        }
    }
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

/// `Connections::begin` leaves nothing open when nobody waits for it any more.
#[test]
fn f29_transactions_begin_at_one_place() {
    let sources = room("store");
    let places = |what: &str| -> Vec<(&str, usize)> {
        let found = sources.iter().filter(|(_, code)| code.contains(what));
        found.map(|(path, code)| (path.rsplit('/').next().unwrap(), code.matches(what).count())).collect()
    };
    assert_eq!(places("pool.begin("), [("mod.rs", 1)], "what everybody begins by");
    assert_eq!(places("Manager::begin("), [("connections.rs", 1)]);
    assert_eq!(places(".acquire("), [("connections.rs", 1)], "a connection is lent");
}
