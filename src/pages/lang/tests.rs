//! Which language, and how its words come out.

use super::*;

#[test]
fn an_unknown_language_is_english_as_a_whole() {
    for code in ["", "xx", "en", "EN", "kz", "../../en", "ms", "la", "br", "ua", "in", "d", "rus"] {
        assert_eq!(Lang::of(code).code(), "en", "{code}");
    }
    assert_eq!(Lang::of("xx").dir(), "ltr");
}

/// No portal, and no browser, can name its way to it where it was not offered.
#[test]
fn p73_the_mirrored_language_is_not_spoken_unless_it_is_offered() {
    for code in ["he-XB", "he-xb", "he", "HE_XB"] {
        assert_eq!((Lang::of(code).code(), Lang::accepted(code).code()), ("en", "en"), "{code}");
    }
    assert!(!Lang::all().iter().any(|lang| lang.dir() == "rtl"));
}

#[test]
fn p73_the_mirrored_language_is_english_from_right_to_left() {
    let mirrored = Lang::mirrored();
    assert_eq!((mirrored.dir(), mirrored.t("deadline")), ("rtl", "דהאדלטנה".into()));
    assert_eq!(mirrored.tn("queue-title", 5_000).replace(|c: char| !c.is_ascii(), ""), "5,000     ");
}

#[test]
fn the_portal_names_the_language() {
    for (said, code) in [("ru", "ru"), ("de", "de"), (" RU ", "ru"), ("de-AT", "de"), ("ru_RU", "ru"), ("en", "en")] {
        assert_eq!(Lang::of(said).code(), code, "{said}");
    }
}

#[test]
fn a_browser_is_asked_where_no_portal_speaks() {
    for (header, code) in [
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("fr-FR, ru;q=0.7, en;q=0.5", "ru"),
        ("en-US,en;q=0.9,de;q=0.8", "en"),
        ("de;q=0.1, ru;q=0.9", "ru"),
        ("de;q=0, en;q=0.1", "en"),
        ("fr, *", "en"),
        ("", "en"),
        (";;q=,,\u{7f}", "en"),
    ] {
        assert_eq!(Lang::accepted(header).code(), code, "{header}");
    }
}

#[test]
fn plurals_come_from_the_words() {
    let en = Lang::english();
    assert_eq!(en.tn("age-days", 1), "1 day");
    assert_eq!(en.tn("age-days", 2), "2 days");
    let ru = Lang::of("ru");
    for (n, words) in [(1, "1 день"), (2, "2 дня"), (5, "5 дней"), (11, "11 дней"), (21, "21 день"), (104, "104 дня")]
    {
        assert_eq!(ru.tn("age-days", n), words);
    }
    assert_eq!(Lang::of("de").tn("age-days", 1), "1 Tag");
    assert_eq!(Lang::of("de").tn("age-days", 0), "0 Tage");
}

#[test]
fn values_carry_no_invisible_marks() {
    assert!(!Lang::english().tn("age-days", 2).contains(['\u{2068}', '\u{2069}']));
}
