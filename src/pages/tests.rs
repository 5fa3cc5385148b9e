//! Every page, in every language, in every state.

mod data;
mod health;
mod hooks;
mod languages;
mod levels;
mod samples;
mod security;
mod weight;
mod words;

use super::*;

/// A rendered page and what it is, for messages and for file names.
pub(super) struct Sample {
    pub name: String,
    pub html: String,
}

pub(super) fn sample(name: impl Into<String>, page: &impl Page) -> Sample {
    let name = name.into();
    let html = page.html().unwrap_or_else(|error| panic!("{name}: {error}"));
    Sample { name, html }
}

/// Every sample of every page in one language.
pub(super) fn all(lang: Lang) -> Vec<Sample> {
    let mut all = samples::queues(lang);
    all.extend(samples::fragments(lang));
    all.extend(samples::tasks(lang));
    all.extend(samples::bulks(lang));
    all.extend(samples::others(lang));
    all.extend(samples::looking_back(lang));
    all.extend(levels::pages(lang));
    all.extend(health::pages(lang));
    all.extend(data::pages(lang));
    all
}

/// The value of every attribute with this name, as written.
pub(super) fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    html.split(start.as_str()).skip(1).filter_map(|rest| rest.split_once('"').map(|(value, _)| value)).collect()
}

/// Also writes them, so that they can be looked at: `target/samples/<lang>/<name>.html`, styles beside them.
#[test]
fn every_sample_renders_in_every_language() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/samples");
    for lang in Lang::all().into_iter().chain([Lang::mirrored()]) {
        let folder = root.join(lang.code());
        std::fs::create_dir_all(&folder).unwrap();
        for Sample { name, html } in all(lang) {
            assert!(html.len() > 100, "{name}");
            let local = html.replace("/static/", "../static/");
            std::fs::write(folder.join(format!("{name}.html")), local).unwrap();
        }
    }
    for name in ["app.css", "app.js", "icon.svg", "vendor/b24-tokens/tokens.css"] {
        let url = assets::url(name).unwrap();
        let file = root.join(url.trim_start_matches('/'));
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, &assets::find(url).unwrap().bytes).unwrap();
    }
}
