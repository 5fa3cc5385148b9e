//! What the fuzz targets were fed with (`make fuzz`) is fed to the same functions here, so that every run of the tests
//! knows what broke once.

#[path = "../../fuzz/bodies.rs"]
mod bodies;

use std::{fs, path::Path};

fn replay(target: &str, body: impl Fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
    assert!(files.len() > 10, "{target}: {} files", files.len());
    for file in files {
        println!("{}", file.display());
        body(&fs::read(file).unwrap());
    }
}

#[test]
fn what_portals_post() {
    replay("inbound", bodies::inbound);
}

#[test]
fn answers_to_batches() {
    replay("batch", bodies::batch);
}

#[test]
fn answers_about_tasks() {
    replay("task", bodies::task);
}

#[test]
fn texts_of_tasks() {
    replay("bbcode", bodies::bbcode);
}
