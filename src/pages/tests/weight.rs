//! How heavy it is over the wire.

use super::{super::*, samples};
use flate2::{Compression, write::GzEncoder};
use std::io::Write;

fn gzip(bytes: &[u8]) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap().len()
}

/// The first opening: the page with 50 rows, our style and script. Bitrix24's own script is Bitrix24's.
#[test]
fn the_first_opening_is_light() {
    let html = samples::queue(Lang::english(), 50, 3).html().unwrap();
    let names = ["app.css", "app.js", "vendor/b24-tokens/tokens.css"];
    let files = names.map(|name| (name, assets::find(assets::url(name).unwrap()).unwrap()));
    let page = gzip(html.as_bytes());
    println!("queue of 50: {} bytes, {page} compressed", html.len());
    let mut total = page;
    for (name, file) in files {
        let size = file.gzip.as_ref().map_or(file.bytes.len(), Vec::len);
        println!("{name}: {} bytes, {size} compressed", file.bytes.len());
        total += size;
    }
    println!("together {total}");
    assert!(total <= 60_000, "{total}");
    let requests = html.matches(" src=\"").count() + html.matches("<link ").count() + 1;
    assert!(requests <= 6, "{requests}");
}

#[test]
fn five_thousand_rows_fit_one_fragment() {
    let rows = samples::queue(Lang::english(), 5_000, 0).rows;
    let start = std::time::Instant::now();
    let html = rows.html().unwrap();
    let took = start.elapsed();
    let packed = gzip(html.as_bytes());
    println!("5000 rows: {} bytes, {packed} compressed, rendered in {took:?}", html.len());
    assert!(html.len() / 5_000 < 2_600, "{} bytes a row", html.len() / 5_000);
    assert!(packed < 600_000, "{packed}");
}
