//! Static files: inside the binary, addressed by their content, so that a browser may keep them for ever.

use flate2::{Compression, write::GzEncoder};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};
use std::{borrow::Cow, collections::HashMap, io::Write, sync::LazyLock};

#[derive(RustEmbed)]
#[folder = "static"]
struct Files;

/// The page's script: modules below `static/app/`, sent as one file in this order. Each is a module of its own to an
/// editor; to a browser they are one request, with no import to resolve.
const MODULES: [&str; 12] =
    ["page", "rows", "desk", "ahead", "look", "list", "bulk", "keys", "view", "live", "file", "start"];

/// One file, ready to be sent.
#[derive(Debug, Clone)]
pub struct Asset {
    /// As they are.
    pub bytes: Cow<'static, [u8]>,
    /// The same, compressed; only when that is smaller.
    pub gzip: Option<Vec<u8>>,
    /// `Content-Type`.
    pub mime: &'static str,
    /// Strong `ETag`, with its quotation marks.
    pub etag: String,
}

/// Content addresses, and which name has which.
struct Index {
    by_path: HashMap<String, Asset>,
    urls: HashMap<String, String>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index { by_path: HashMap::new(), urls: HashMap::new() };
    for name in Files::iter().filter(|name| !name.starts_with("app/")) {
        if let Some(file) = Files::get(&name) {
            index.add(name.into_owned(), file.data);
        }
    }
    index.add("app.js".to_owned(), Cow::Owned(bundle().into_bytes()));
    index
});

impl Index {
    fn add(&mut self, name: String, bytes: Cow<'static, [u8]>) {
        let Some(mime) = mime(&name) else { return };
        let hash = hex::encode(&Sha256::digest(&bytes)[..8]);
        let url = format!("/static/{hash}/{name}");
        let gzip = gzip(&bytes).filter(|g| g.len() < bytes.len());
        let etag = format!("\"{hash}\"");
        self.urls.insert(name, url.clone());
        self.by_path.insert(url, Asset { bytes, gzip, mime, etag });
    }
}

fn module(name: &str) -> String {
    let file = Files::get(&format!("app/{name}.js")).map(|file| file.data).unwrap_or_default();
    String::from_utf8_lossy(&file).into_owned()
}

/// All modules in one scope: what one exports the others see by its name. Comments are for who reads them here.
fn bundle() -> String {
    let mut out = "\"use strict\";\n(() => {\n".to_owned();
    for line in MODULES.map(module).iter().flat_map(|text| text.lines()) {
        let is_comment = ["//", "/**", "* ", "*/"].iter().any(|mark| line.trim_start().starts_with(mark));
        if !line.starts_with("import ") && !is_comment {
            out.push_str(line.strip_prefix("export ").unwrap_or(line));
            out.push('\n');
        }
    }
    out.push_str("})();\n");
    out
}

fn mime(name: &str) -> Option<&'static str> {
    match name.rsplit_once('.')?.1 {
        "css" => Some("text/css; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        _ => None,
    }
}

fn gzip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}

/// The file at a request's path, `/static/<hash>/<name>`; `None` also for a hash that is not the content's.
pub fn find(path: &str) -> Option<&'static Asset> {
    INDEX.by_path.get(path)
}

/// The path of a file by its name below `static/`.
pub fn url(name: &str) -> Option<&'static str> {
    INDEX.urls.get(name).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_found_by_its_address_alone() {
        let url = url("app.css").unwrap();
        let asset = find(url).unwrap();
        assert_eq!(asset.mime, "text/css; charset=utf-8");
        assert!(asset.gzip.as_ref().unwrap().len() < asset.bytes.len());
        assert!(url.contains(asset.etag.trim_matches('"')));
        assert!(find("/static/0000000000000000/app.css").is_none());
        assert!(find("/static/app.css").is_none());
        assert!(find("/static/../Cargo.toml").is_none());
    }

    #[test]
    fn a_browser_gets_the_code_without_what_is_said_of_it() {
        let lines = MODULES.map(module).join("\n").lines().count();
        let sent = bundle();
        assert!(sent.lines().count() < lines && !sent.contains("/**") && !sent.contains("\n//"), "{sent}");
    }

    /// To a browser the modules are one scope: each name once, and what is imported is there.
    #[test]
    fn modules_fit_together() {
        let files: Vec<_> = Files::iter().filter(|name| name.starts_with("app/")).collect();
        assert_eq!(files.len(), MODULES.len(), "every module is sent");
        let names = |text: &str, exported: bool| -> Vec<String> {
            let declared = text.lines().filter_map(|line| {
                let line = if exported { line.strip_prefix("export ")? } else { line.trim_start_matches("export ") };
                let line = line.trim_start_matches("async ");
                let rest = ["function ", "const ", "let "].iter().find_map(|word| line.strip_prefix(word))?;
                Some(rest.split(|c: char| !c.is_alphanumeric() && c != '_').next()?.to_owned())
            });
            declared.filter(|name| !name.is_empty()).collect()
        };
        let mut all: Vec<_> = MODULES.iter().flat_map(|name| names(&module(name), false)).collect();
        let many = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), many, "a name twice");
        for name in MODULES {
            for line in module(name).lines().filter(|line| line.starts_with("import ")) {
                let (wanted, from) = line.trim_start_matches("import {").split_once("} from \"./").unwrap();
                let exported = names(&module(from.trim_end_matches(".js\";")), true);
                for one in wanted.split(',').map(str::trim) {
                    assert!(exported.contains(&one.to_owned()), "{name} imports {one}");
                }
            }
        }
    }
}
