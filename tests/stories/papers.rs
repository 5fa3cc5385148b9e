//! What the papers say is so: what they name is there, and the Market's limits are kept.

use std::{collections::BTreeSet, fs, path::Path};

const PAPERS: [&str; 9] = [
    "README.md",
    "CONTRIBUTING.md",
    "docs/architecture.md",
    "docs/data.md",
    "docs/runbook.md",
    "docs/scale.md",
    "docs/threats.md",
    "docs/market/checklist.md",
    "CHANGELOG.md",
];
/// Names that are Postgres' and sqlx's.
const NOT_OURS: [&str; 2] = ["synchronous_standby_names", "_sqlx_migrations"];
const CARDS: [&str; 3] = ["docs/market/card.en.md", "docs/market/card.ru.md", "docs/market/card.de.md"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| line.split('`').skip(1).step_by(2))
}

fn gather(folder: &Path, extension: &str, found: &mut String) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            gather(&entry, extension, found);
        } else if entry.extension().is_some_and(|e| e == extension) {
            found.push_str(&fs::read_to_string(entry).unwrap());
        }
    }
}

/// A name of at least three parts, such as tests, columns and figures have.
fn is_name(word: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    word.chars().all(plain) && word.matches('_').count() >= 2 && !word.ends_with('_') && !NOT_OURS.contains(&word)
}

/// The names of what a folder of ours holds.
fn names(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join(folder)).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn what_the_papers_name_is_there() {
    let (mut code, mut columns) = (String::new(), String::new());
    gather(&root().join("src"), "rs", &mut code);
    gather(&root().join("tests"), "rs", &mut code);
    gather(&root().join("migrations"), "sql", &mut columns);
    let makefile = read("Makefile");
    let rooms = [
        "src/",
        "tests/",
        "docs/",
        "scripts/",
        "templates/",
        "static/",
        "locales/",
        "migrations/",
        "ops/",
        "benches/",
        "fuzz/",
        ".ci/",
    ];
    let mut seen = 0;
    for paper in PAPERS {
        for word in quoted(&read(paper)) {
            if is_name(word) {
                let is_figure = word.starts_with("handback_") && code.contains(&format!("\"{word}\""));
                let is_there = code.contains(&format!("fn {word}(")) || columns.contains(word) || is_figure;
                assert!(is_there, "{paper}: no test, column or figure {word}");
            } else if let Some(target) = word.strip_prefix("make ").filter(|target| !target.contains(' ')) {
                assert!(makefile.contains(&format!("\n{target}: ##")), "{paper}: no {word}");
            } else if rooms.iter().any(|room| word.starts_with(room)) && !word.contains([' ', '*', '…', '{']) {
                assert!(root().join(word).exists(), "{paper}: no {word}");
            } else {
                continue;
            }
            seen += 1;
        }
    }
    assert!(seen > 300, "{seen}");
}

/// Every room of `src`, every folder with work in it, every bench and every paper of ours stands in the README's map.
#[test]
fn the_readmes_map_is_true() {
    let readme = read("README.md");
    let map = readme.split("## How it is built").nth(1).unwrap().split("\n## ").next().unwrap().to_owned();
    let named: BTreeSet<&str> = quoted(&map).map(|word| word.trim_end_matches('/')).collect();
    for room in names("src").into_iter().filter(|room| !["lib.rs", "bin"].contains(&room.as_str())) {
        let room = format!("src/{room}");
        let is_leaf = named.contains(format!("{room}.rs").as_str());
        assert!(named.contains(room.as_str()) || is_leaf, "the README's map does not know {room}");
    }
    for folder in [
        "src/bin/sandbox",
        "docs",
        "scripts",
        "templates",
        "static",
        "locales",
        "migrations",
        "ops",
        "tests/stories",
        "fuzz",
    ] {
        assert!(named.contains(folder), "the README's map does not know {folder}");
    }
    // Tables are named after their bench, and Python leaves a folder of its own.
    for bench in names("benches").into_iter().filter(|name| !name.ends_with(".md") && !name.starts_with('_')) {
        let bench = format!("benches/{bench}");
        assert!(named.contains(bench.as_str()), "the README's map does not know {bench}");
    }
    for paper in names("docs").into_iter().filter(|name| name.ends_with(".md")) {
        assert!(map.contains(&format!("](docs/{paper})")), "the README's map does not lead to docs/{paper}");
    }
}

/// The text below a heading of a card, by its place: the headings are in three languages.
fn field(card: &str, heading: usize) -> String {
    read(card).split("\n## ").nth(heading).unwrap().split_once('\n').unwrap().1.trim().to_owned()
}

#[test]
fn the_cards_keep_within_the_markets_limits() {
    let headings: Vec<usize> = CARDS.iter().map(|card| read(card).matches("\n## ").count()).collect();
    assert_eq!(headings, [10; 3], "the same fields in each language");
    for card in CARDS {
        let (title, short, keywords) = (field(card, 1), field(card, 2), field(card, 4));
        assert_eq!(title, "Handback", "{card}: as in the licence agreement");
        assert!(!short.contains(&title), "{card}: the summary does not repeat the title");
        let sentences = short.matches(['.', '!', '?']).count();
        assert!((1..=2).contains(&sentences) && short.ends_with('.'), "{card}: {sentences} sentences");
        assert!(keywords.chars().count() <= 2_000 && keywords.split(", ").count() > 5, "{card}");
        assert!(!keywords.contains("itrix") && !keywords.contains("итрикс"), "{card}: no brands");
        for list in [field(card, 5), field(card, 6)] {
            let chosen = list.rsplit_once(": ").unwrap().1.split("; ").count();
            assert!((1..=5).contains(&chosen), "{card}: {list}");
        }
        let plain = field(card, 3);
        for limit in ["500", "tasks", "REST 3.0", "443"] {
            assert!(plain.contains(limit), "{card}: {limit}");
        }
    }
}

#[test]
fn the_cards_name_every_place() {
    let desired = read("src/usecases/install/desired.rs");
    let places = desired.split("pub const PLACES").nth(1).unwrap().split("];").next().unwrap();
    let places: Vec<&str> = places.split("(\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(places.len() >= 5, "{places:?}");
    for card in CARDS {
        for place in &places {
            assert!(field(card, 3).contains(&format!("`{place}`")), "{card} does not name {place}");
        }
    }
}

#[test]
fn the_icon_is_square_and_has_no_transparency() {
    let png = fs::read(root().join("docs/market/icon.png")).unwrap();
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    assert_eq!((&png[1..4], &png[12..16]), (&b"PNG"[..], &b"IHDR"[..]));
    let (width, height, colour) = (number(16), number(20), png[25]);
    assert!(width == height && (250..=650).contains(&width), "{width}x{height}");
    // 4 and 6 have an alpha channel, a palette may have one.
    assert_eq!(colour, 2, "true colour without alpha");
    assert!(!png.windows(4).any(|chunk| chunk == b"tRNS"));
}
