//! The notification of a return: what native lacks is the reason, so that is what it tells. Off unless the portal or the
//! project wants it, never for whom has switched it off, and never too often.

/// A person gets so many in 24 hours at most; those above it are not caught up on.
pub const MOST_A_DAY: i64 = 10;

/// How a notification ended, or that it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The portal has it.
    Rung,
    /// It may be there; never sent again.
    Unknown,
    /// The portal refused it, or could not be reached for long.
    Refused,
    /// Not wanted, or nothing to tell.
    Quiet,
    /// The person has had [`MOST_A_DAY`].
    Enough,
}

impl Fate {
    /// As stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rung => "rung",
            Self::Unknown => "unknown",
            Self::Refused => "refused",
            Self::Quiet => "quiet",
            Self::Enough => "enough",
        }
    }
}

/// The words; `told` is what stands in the task's discussion, and like `title` BBCode already. `lang` is the vendor's code
/// of the portal's language.
pub fn message(title: &str, card: &str, told: &str, lang: &str) -> String {
    let what = match lang {
        "ru" => "Возвращена на доработку",
        "de" => "Zur Nachbesserung zurückgegeben",
        _ => "Returned for revision",
    };
    format!("{what}: [URL={card}]{title}[/URL]\n{told}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p49_a_notification_tells_the_reason_in_the_portals_language() {
        let said = |lang| message("Offer ［1］", "https://p.example/1/", "Not yet", lang);
        assert_eq!(said("en"), "Returned for revision: [URL=https://p.example/1/]Offer ［1］[/URL]\nNot yet");
        assert!(said("de").starts_with("Zur Nachbesserung zurückgegeben: "));
        assert!(said("ru").starts_with("Возвращена на доработку: "));
        assert_eq!(said("xx"), said("en"), "others fall back to English");
    }
}
