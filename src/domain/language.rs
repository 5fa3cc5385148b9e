//! The languages that a portal can speak, as the vendor codes them and as they call themselves.

/// The vendor's code and the language's own name. Source: the list of `LANG` values.
pub const ALL: [(&str, &str); 20] = [
    ("en", "English"),
    ("de", "Deutsch"),
    ("ru", "Русский"),
    ("la", "Español"),
    ("fr", "Français"),
    ("it", "Italiano"),
    ("pl", "Polski"),
    ("br", "Português (Brasil)"),
    ("ua", "Українська"),
    ("tr", "Türkçe"),
    ("kz", "Қазақша"),
    ("ar", "العربية"),
    ("in", "हिन्दी"),
    ("id", "Bahasa Indonesia"),
    ("ms", "Bahasa Melayu"),
    ("vn", "Tiếng Việt"),
    ("th", "ไทย"),
    ("sc", "中文（简体）"),
    ("tc", "中文（繁體）"),
    ("ja", "日本語"),
];

/// The code, if it is one.
pub fn known(code: &str) -> Option<&'static str> {
    ALL.iter().find(|(known, _)| *known == code).map(|(known, _)| *known)
}

/// What a language calls itself.
pub fn name(code: &str) -> &'static str {
    ALL.iter().find(|(known, _)| *known == code).map_or("", |(_, name)| name)
}
