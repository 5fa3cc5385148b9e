//! Where secrets are compared. Their type has no `==`; what was taken out of it, and the hashes that are kept of them, meet
//! in one function alone, whose time says nothing (`src/usecases/secret.rs`).

use std::{fs, path::Path};

/// The one place.
const PLACE: &str = "usecases/secret.rs";
/// What a secret is called when it can be compared.
const NAMES: [&str; 7] = ["expose_secret()", "hash", "token", "secret", "password", "cookie", "digest"];
const COMPARES: [&str; 9] =
    ["==", "!=", ".eq(", ".ne(", ".cmp(", "starts_with(", "ends_with(", ".contains(", "strip_prefix("];
/// Statements that look like it.
const OTHERS: [(&str, &str); 2] = [
    ("(16..=256).contains(&token.expose_secret().len())", "how long it is, which whoever sent it knows"),
    ("sealed.expose_secret() == row.endpoint", "an address, which is no secret; sealed so that nobody can choose it"),
];

fn sources(of: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(of).unwrap().map(|entry| entry.unwrap().path()) {
        // The pretend Bitrix24 keeps nobody's secrets.
        if entry.is_dir() && !entry.ends_with("bin") {
            sources(&entry, found);
        } else if entry.extension().is_some_and(|e| e == "rs") && !entry.ends_with("tests.rs") {
            found.push((entry.display().to_string(), fs::read_to_string(&entry).unwrap()));
        }
    }
}

/// What a source does, statement by statement, without comments, texts and tests.
fn statements(source: &str) -> Vec<String> {
    let code = source.split("#[cfg(test)]\nmod ").next().unwrap();
    let lines = code.lines().map(|line| line.split("//").next().unwrap().trim());
    let code = lines.collect::<Vec<_>>().join(" ");
    // Texts stand between quotes; SQL compares on the other side.
    let code: String = code.split('"').step_by(2).collect::<Vec<_>>().join("\"\"");
    code.split([';', '{', '}', ',']).map(|part| part.trim().to_owned()).collect()
}

#[test]
fn t20_secrets_meet_in_one_place_alone() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut files, mut seen) = (Vec::new(), Vec::new());
    sources(&src, &mut files);
    assert!(files.len() > 150, "{}", files.len());
    for (file, source) in &files {
        let statements = statements(source);
        if file.ends_with(PLACE) {
            assert!(source.contains("&[u8; 32]") && source.contains("ct_eq"), "32 bytes, in constant time");
            continue;
        }
        assert!(!statements.iter().any(|s| s.contains("ct_eq")), "{file}: a second place");
        for statement in statements {
            let lower = statement.to_lowercase();
            if NAMES.iter().any(|name| lower.contains(name)) && COMPARES.iter().any(|how| lower.contains(how)) {
                match OTHERS.iter().position(|(known, _)| statement.contains(known)) {
                    Some(nth) => seen.push(nth),
                    None => panic!("{file} compares a secret: {statement}"),
                }
            }
        }
    }
    let door = files.iter().find(|(file, _)| file.ends_with("usecases/handle_event.rs")).unwrap();
    assert!(statements(&door.1).iter().any(|s| s.contains("is_one_of(&said")), "events are proved there");
    for (nth, (known, _)) in OTHERS.iter().enumerate() {
        assert!(seen.contains(&nth), "no such statement any more: {known}");
    }
}
