//! A language that nobody speaks: English in Hebrew letters, from right to left, with Hebrew's own dates and numbers. It
//! shows what a page looks like to people who read in that direction before their words are there. The sandbox alone
//! offers it.

use std::borrow::Cow;

/// Of the region that stands for pseudo languages.
pub(super) const CODE: &str = "he-XB";

const LETTERS: [char; 26] = [
    'א', 'ב', 'ג', 'ד', 'ה', 'ו', 'ז', 'ח', 'ט', 'י', 'כ', 'ל', 'מ', 'נ', 'ס', 'ע', 'פ', 'צ', 'ק', 'ר', 'ש', 'ת', 'ם',
    'ן', 'ף', 'ץ',
];

/// Letter by letter; digits and signs are the same in both.
pub(super) fn letters(text: &str) -> Cow<'_, str> {
    let mirrored = |c: char| {
        let place = c.to_ascii_lowercase().is_ascii_lowercase().then(|| c.to_ascii_lowercase() as usize - 'a' as usize);
        place.and_then(|place| LETTERS.get(place).copied()).unwrap_or(c)
    };
    Cow::Owned(text.chars().map(mirrored).collect())
}
