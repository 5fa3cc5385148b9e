//! What the application is built of: locked, from one registry, and nothing that is banned. `make deny` judges licences.

use std::{collections::BTreeSet, fs, path::Path};

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// Packages of a lock file that came from elsewhere, or without a checksum; and the names of all.
fn judged(lock: &str) -> (Vec<String>, BTreeSet<String>) {
    let (mut wrong, mut names) = (Vec::new(), BTreeSet::new());
    for package in lock.split("[[package]]").skip(1) {
        let value = |key: &str| {
            let line = package.lines().find_map(|line| line.strip_prefix(&format!("{key} = ")));
            line.map(|text| text.trim_matches('"').to_owned())
        };
        let name = value("name").unwrap();
        let registry = value("source").is_some_and(|s| s == "registry+https://github.com/rust-lang/crates.io-index");
        if name != "handback" && (!registry || value("checksum").is_none_or(|sum| sum.len() != 64)) {
            wrong.push(name.clone());
        }
        names.insert(name);
    }
    (wrong, names)
}

/// The crates that deny.toml bans.
fn banned() -> Vec<String> {
    let rules = read("deny.toml");
    rules.split("crate = \"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

#[test]
fn t63_every_crate_is_locked_and_none_is_banned() {
    let (wrong, names) = judged(&read("Cargo.lock"));
    assert!(wrong.is_empty(), "not from the registry, or without a checksum: {wrong:?}");
    assert!(names.len() > 100 && banned().len() >= 4, "{} crates", names.len());
    let used: Vec<_> = banned().into_iter().filter(|name| names.contains(name)).collect();
    assert!(used.is_empty(), "banned by deny.toml: {used:?}");
}

#[test]
fn t63_a_bad_crate_is_noticed() {
    let sum = "0".repeat(64);
    let package = |source: &str, sum: &str| format!("[[package]]\nname = \"evil\"\nsource = \"{source}\"\n{sum}\n");
    let checksum = format!("checksum = \"{sum}\"");
    let registry = "registry+https://github.com/rust-lang/crates.io-index";
    for (source, sum) in
        [("git+https://evil.test/x", &*checksum), ("registry+https://evil.test", &checksum), (registry, "")]
    {
        assert_eq!(judged(&package(source, sum)).0, ["evil"], "{source} {sum}");
    }
    assert!(judged(&package(registry, &checksum)).0.is_empty());
}
