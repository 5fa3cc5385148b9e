//! Static files: inside the binary, addressed by their content, so that a browser may keep them for ever.

use flate2::{Compression, write::GzEncoder};
use rust_embed::RustEmbed;
use std::{borrow::Cow, collections::HashMap, io::Write, sync::LazyLock};

#[derive(RustEmbed)]
#[folder = "static"]
struct Files;

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
    for name in Files::iter() {
        if let (Some(file), Some(mime)) = (Files::get(&name), mime(&name)) {
            let hash = hex::encode(&file.metadata.sha256_hash()[..8]);
            let url = format!("/static/{hash}/{name}");
            let gzip = gzip(&file.data).filter(|g| g.len() < file.data.len());
            let etag = format!("\"{hash}\"");
            let bytes = file.data;
            index.urls.insert(name.into_owned(), url.clone());
            index.by_path.insert(url, Asset { bytes, gzip, mime, etag });
        }
    }
    index
});

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
}
