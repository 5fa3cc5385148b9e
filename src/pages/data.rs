//! What is kept about people: handed out, erased, and the receipts of that.

use super::{filters, install::known, lang::Lang, levels::Tabs, number, shell::Shell, when};
use crate::domain::{
    UserId, Zone,
    receipt::{Asker, Deed, Receipt},
};
use askama::Template;

/// Where everybody asks for their own, and administrators for others'.
#[derive(Debug, Template)]
#[template(path = "data.html")]
pub struct DataPage {
    /// Around it.
    pub shell: Shell,
    /// Where else to go.
    pub tabs: Tabs,
    /// Who looks.
    pub viewer: UserId,
    /// Of the portal, for its administrators; nothing for others.
    pub receipts: Vec<Receipt>,
    /// By which clock the viewer reads.
    pub zone: Zone,
}

/// Asks once more, with words to be typed.
#[derive(Debug, Template)]
#[template(path = "erase.html")]
pub struct ErasePage {
    /// Around it.
    pub shell: Shell,
    /// Whose: `me`, `person` or `portal`.
    pub whose: &'static str,
    /// The person; nobody's number where it is the portal.
    pub user: Option<UserId>,
    /// What has to be typed.
    pub words: String,
    /// Something else was typed.
    pub wrong: bool,
}

/// It is done.
#[derive(Debug, Template)]
#[template(path = "receipt.html")]
pub struct ReceiptPage {
    /// Around it; without a session where that was erased as well.
    pub shell: Shell,
    /// To be kept.
    pub receipt: Receipt,
    /// By which clock the viewer reads.
    pub zone: Zone,
}

impl DataPage {
    fn line(&self, receipt: &Receipt) -> (String, &'static str, &'static str) {
        (when::moment(self.shell.lang, &self.zone.at(receipt.at)), title(receipt), asker(receipt))
    }

    fn many(&self, receipt: &Receipt) -> String {
        number::whole(self.shell.lang, usize::try_from(receipt.rows.values().sum::<i64>()).unwrap_or(0))
    }
}

impl ReceiptPage {
    fn title(&self) -> &'static str {
        title(&self.receipt)
    }

    fn asker(&self) -> &'static str {
        asker(&self.receipt)
    }

    fn at(&self) -> String {
        when::exact(self.shell.lang, &self.zone.at(self.receipt.at))
    }

    fn id(&self) -> String {
        self.receipt.id.simple().to_string()
    }

    fn rows(&self) -> Vec<(String, String)> {
        let lang: Lang = self.shell.lang;
        let many = |many: &i64| number::whole(lang, usize::try_from(*many).unwrap_or(0));
        let name = |kind: &String| known(lang, "rows", kind).unwrap_or_else(|| kind.clone());
        self.receipt.rows.iter().map(|(kind, rows)| (name(kind), many(rows))).collect()
    }
}

fn title(receipt: &Receipt) -> &'static str {
    match (receipt.deed, receipt.whole) {
        (Deed::Export, false) => "receipt-export-person",
        (Deed::Export, true) => "receipt-export-portal",
        (Deed::Erasure, false) => "receipt-erasure-person",
        (Deed::Erasure, true) => "receipt-erasure-portal",
    }
}

fn asker(receipt: &Receipt) -> &'static str {
    match receipt.asker {
        Asker::Person => "receipt-by-person",
        Asker::Administrator => "receipt-by-administrator",
        Asker::Operator => "receipt-by-operator",
    }
}
