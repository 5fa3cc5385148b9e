//! Samples of the pages about what is kept.

use super::{super::*, Sample, sample, samples};
use crate::domain::{
    Zone,
    receipt::{Asker, Deed, Receipt},
};
use uuid::Uuid;

const KINDS: [&str; 17] = [
    "portals",
    "decisions",
    "reasons",
    "followups",
    "bells",
    "saved_reasons",
    "settings",
    "delegates",
    "views",
    "snoozes",
    "snooze_log",
    "actions",
    "calls",
    "events",
    "sessions",
    "credentials",
    "receipts",
];

fn receipt(whole: bool, deed: Deed, asker: Asker) -> Receipt {
    let rows = KINDS.into_iter().map(|kind| (kind.to_owned(), 1_234)).collect();
    Receipt { id: Uuid::from_u128(7), whole, deed, asker, rows, at: samples::now() }
}

pub fn pages(lang: Lang) -> Vec<Sample> {
    let (shell, zone) = (Shell::sample(lang), Zone::of(None, None));
    let data = |receipts: Vec<Receipt>| {
        let tabs = Tabs { portal: true, installation: !receipts.is_empty() };
        DataPage { shell: shell.clone(), tabs, viewer: samples::viewer(), receipts, zone }
    };
    let all = vec![
        receipt(false, Deed::Export, Asker::Person),
        receipt(true, Deed::Export, Asker::Administrator),
        receipt(false, Deed::Erasure, Asker::Operator),
    ];
    let erase = |whose, user| {
        let words = "portal.example".to_owned();
        ErasePage { shell: shell.clone(), whose, user, words, wrong: whose == "portal" }
    };
    let whole = receipt(true, Deed::Erasure, Asker::Administrator);
    let closed = ReceiptPage { shell: Shell::closed_sample(lang), receipt: whole, zone };
    let open = ReceiptPage { shell: shell.clone(), receipt: all[2].clone(), zone };
    vec![
        sample("data", &data(all)),
        sample("data-own", &data(Vec::new())),
        sample("erase-me", &erase("me", Some(samples::viewer()))),
        sample("erase-portal", &erase("portal", None)),
        sample("receipt-portal", &closed),
        sample("receipt-person", &open),
    ]
}
