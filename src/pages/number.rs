//! Numbers as a language writes them: `5,000`, `5.000`, `5\u{a0}000`.

use super::lang::Lang;
use icu_decimal::{DecimalFormatter, input::Decimal};
use std::{cell::RefCell, collections::HashMap};

thread_local! {
    // Like those of dates: dear, and not to be shared between threads.
    static FORMATTERS: RefCell<HashMap<String, DecimalFormatter>> = RefCell::default();
}

/// A whole number.
pub fn whole(lang: Lang, n: usize) -> String {
    written(lang.code(), Decimal::from(n))
}

/// With one digit behind the point.
pub fn tenths(lang: Lang, value: f64) -> String {
    let mut number = Decimal::from((value * 10.0).round() as i64);
    number.multiply_pow10(-1);
    written(lang.code(), number)
}

/// What [`Lang`] puts into its texts; the plain digits if the language has no numbers of its own.
pub(super) fn written(code: &str, number: Decimal) -> String {
    FORMATTERS.with_borrow_mut(|all| {
        if !all.contains_key(code)
            && let Some(formatter) = formatter(code)
        {
            all.insert(code.to_owned(), formatter);
        }
        all.get(code).map_or_else(|| number.to_string(), |formatter| formatter.format(&number).to_string())
    })
}

fn formatter(code: &str) -> Option<DecimalFormatter> {
    let locale: icu_locale_core::Locale = code.parse().ok()?;
    DecimalFormatter::try_new(locale.into(), Default::default()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p73_a_number_is_written_as_its_language_writes_it() {
        for (code, thousands, decimal) in [
            ("en", "1,234,567", "1,234.5"),
            ("de", "1.234.567", "1.234,5"),
            ("ru", "1\u{a0}234\u{a0}567", "1\u{a0}234,5"),
        ] {
            let lang = Lang::of(code);
            assert_eq!(whole(lang, 1_234_567), thousands);
            assert_eq!(tenths(lang, 1_234.46), decimal);
            assert_eq!((whole(lang, 0), whole(lang, 999)), ("0".to_owned(), "999".to_owned()));
        }
    }

    #[test]
    fn p73_a_number_inside_words_is_written_in_the_same_way() {
        assert!(Lang::of("de").tn("queue-title", 5_000).starts_with("5.000 Aufgaben"));
        assert!(
            Lang::of("ru").tn("queue-title", 5_001).starts_with("5\u{a0}001 задача"),
            "and bends the word after it"
        );
        assert!(Lang::english().tn("queue-title", 1_000).starts_with("1,000 tasks"));
    }
}
