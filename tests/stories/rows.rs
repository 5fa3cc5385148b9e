//! Which test holds which row of `docs/threats.md`. The table is written from the tests' names, never by hand.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Rows that no test of ours can hold, with the reason.
const UNTESTED: &[(&str, &str)] = &[];

struct Row {
    name: String,
    files: Vec<String>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The rows of the page's tables.
fn rows() -> Vec<Row> {
    let page = fs::read_to_string(root().join("docs/threats.md")).unwrap();
    let is_row = |name: &str| {
        let digits = name.strip_prefix(['T', 'F']).unwrap_or_default();
        digits.len() >= 2 && digits[..2].bytes().all(|b| b.is_ascii_digit())
    };
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [name, _, _, held] = cells[..] else { return None };
        let files = held.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        is_row(name).then(|| Row { name: name.to_owned(), files })
    };
    page.lines().filter_map(row).collect()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// `t09_f35_words` -> T09, F35.
fn rows_of_name(name: &str) -> Vec<String> {
    let is_row = |part: &&str| {
        let digits = part.strip_prefix(['t', 'f', 'p']).unwrap_or_default().trim_end_matches('b');
        digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit())
    };
    let upper = |part: &str| format!("{}{}", part[..1].to_ascii_uppercase(), &part[1..]);
    name.split('_').take_while(is_row).map(upper).collect()
}

/// Rows with the tests that hold them: functions with a test's attribute above them.
fn tests() -> BTreeMap<String, Vec<String>> {
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    sources(&root().join("tests/stories"), &mut files);
    let mut held: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let place = file.strip_prefix(root()).unwrap().display().to_string();
        let mut is_test = false;
        for line in text.lines().map(str::trim) {
            let name = line.trim_start_matches("async ").strip_prefix("fn ").and_then(|rest| rest.split('(').next());
            match name {
                Some(name) if is_test => {
                    for row in rows_of_name(name) {
                        held.entry(row).or_default().push(format!("`{name}` in `{place}`"));
                    }
                    is_test = false;
                }
                Some(_) => is_test = false,
                None => is_test |= line.starts_with("#[test]") || line.starts_with("#[tokio::test"),
            }
        }
    }
    held
}

fn table(rows: &[Row], held: &BTreeMap<String, Vec<String>>) -> String {
    let mut text =
        "# Which test holds which row\n\nWritten by `make rows` from the tests' names; the rows are those of \
                    `docs/threats.md`, and `P` rows are promises of the product.\n\n| Row | Tests |\n|---|---|\n"
            .to_owned();
    let promises = held.keys().filter(|row| row.starts_with('P'));
    for row in rows.iter().map(|row| &row.name).chain(promises) {
        let tests = held.get(row).cloned().unwrap_or_default().join("<br>");
        let reason = UNTESTED.iter().find(|(name, _)| name == row).map_or("", |(_, why)| why);
        text.push_str(&format!("| {row} | {}{reason} |\n", if tests.is_empty() { "" } else { &tests }));
    }
    text
}

#[test]
fn every_row_is_held_by_a_test_or_says_why_not() {
    let (rows, held) = (rows(), tests());
    assert_eq!(rows.len(), 65 + 40, "T01 to T64 with T21b, F01 to F40");
    let mut wrong = Vec::new();
    for row in &rows {
        match (held.contains_key(&row.name), UNTESTED.iter().any(|(name, _)| *name == row.name)) {
            (true, true) => wrong.push(format!("{} is tested and excused", row.name)),
            (false, false) => wrong.push(format!("{} has no test and no reason", row.name)),
            (false, true) => {}
            (true, false) if row.files.is_empty() => wrong.push(format!("{} does not say where it is held", row.name)),
            (true, false) => {}
        }
        let missing = row.files.iter().filter(|file| !root().join(file).exists());
        wrong.extend(missing.map(|file| format!("{} names {file}, which is not there", row.name)));
    }
    let unknown = held.keys().filter(|name| !name.starts_with('P') && !rows.iter().any(|row| row.name == **name));
    wrong.extend(unknown.map(|name| format!("a test names {name}, which is no row")));
    assert!(wrong.is_empty(), "{wrong:#?}");
    let (path, table) = (root().join("tests/rows.md"), table(&rows, &held));
    if std::env::var_os("WRITE_ROWS").is_some() {
        fs::write(&path, &table).unwrap();
    }
    let stands = fs::read_to_string(&path).unwrap_or_default();
    assert!(stands == table, "tests/rows.md is not what the tests say: `make rows` writes it anew");
}

#[test]
fn a_tests_name_tells_its_rows() {
    assert_eq!(rows_of_name("t09_f35_t21b_words_of_t10"), ["T09", "F35", "T21b"]);
    assert!(
        rows_of_name("two_words").is_empty() && rows_of_name("t9_x").is_empty() && rows_of_name("tea_x").is_empty()
    );
}
