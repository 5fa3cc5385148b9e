//! Words. The files in `locales/` decide which languages there are; an unknown one is English as a whole.

mod mirror;
#[cfg(test)]
mod tests;

use super::number;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use intl_memoizer::{Memoizable, concurrent::IntlLangMemoizer};
use rust_embed::RustEmbed;
use std::{
    borrow::Cow,
    convert::Infallible,
    fmt,
    sync::{LazyLock, OnceLock},
};
use unic_langid::LanguageIdentifier;

#[derive(RustEmbed)]
#[folder = "locales"]
struct Files;

/// One language with all its words.
struct Language {
    code: String,
    bundle: FluentBundle<FluentResource>,
}

static LANGUAGES: LazyLock<Vec<Language>> = LazyLock::new(|| {
    let mut all: Vec<_> = Files::iter().filter_map(|file| Language::read(&file)).collect();
    all.sort_by_key(|l| (l.code != "en", l.code.clone()));
    assert_eq!(all.first().map(|l| l.code.as_str()), Some("en"), "locales/en.ftl");
    all
});

/// Only where it is offered.
static MIRRORED: OnceLock<Language> = OnceLock::new();

impl Language {
    /// A broken file loses its broken lines; the tests refuse to let one be shipped.
    fn read(file: &str) -> Option<Self> {
        Self::speaking(file.strip_suffix(".ftl")?, file)
    }

    /// English from right to left.
    fn mirrored() -> Option<Self> {
        let mut mirrored = Self::speaking(mirror::CODE, "en.ftl")?;
        mirrored.bundle.set_transform(Some(mirror::letters));
        Some(mirrored)
    }

    fn speaking(code: &str, file: &str) -> Option<Self> {
        let id: LanguageIdentifier = code.parse().ok()?;
        let text = String::from_utf8(Files::get(file)?.data.into_owned()).ok()?;
        let words = FluentResource::try_new(text).unwrap_or_else(|(words, _)| words);
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // Values are isolated in HTML by <bdi>; invisible marks would end up in attributes and in tests.
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(as_written));
        bundle.add_resource_overriding(words);
        let code = code.to_owned();
        Some(Self { code, bundle })
    }
}

/// Fluent hands its memory of a language's tools over and not the language: this tool is its name.
struct Code(String);

impl Memoizable for Code {
    type Args = ();
    type Error = Infallible;

    fn construct(lang: LanguageIdentifier, (): ()) -> Result<Self, Infallible> {
        Ok(Self(lang.to_string()))
    }
}

/// Numbers in the words as the language writes them.
fn as_written(value: &FluentValue<'_>, tools: &IntlLangMemoizer) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    let whole = number.value as i64;
    tools.with_try_get::<Code, _, _>((), |code| number::written(&code.0, whole.into())).ok()
}

/// The language of one answer.
#[derive(Clone, Copy)]
pub struct Lang(&'static Language);

impl fmt::Debug for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl PartialEq for Lang {
    fn eq(&self, other: &Self) -> bool {
        self.code() == other.code()
    }
}

impl Lang {
    /// The fallback.
    pub fn english() -> Self {
        Self(&LANGUAGES[0])
    }

    /// From the vendor's `LANG`, which is not ISO everywhere.
    pub fn of(vendor_code: &str) -> Self {
        let vendor_code = vendor_code.trim().to_ascii_lowercase();
        let code = match vendor_code.as_str() {
            "la" => "es",
            "br" => "pt-BR",
            "ua" => "uk",
            "vn" => "vi",
            "sc" => "zh-CN",
            "tc" => "zh-TW",
            "kz" => "kk",
            "in" => "hi",
            other => other,
        };
        Self::tagged(code).unwrap_or_else(Self::english)
    }

    /// From a browser's `Accept-Language`, where no portal has said anything.
    pub fn accepted(header: &str) -> Self {
        let weigh = |item: &str| {
            let (tag, weight) = item.split_once(';').unwrap_or((item, ""));
            let weight = weight.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()).unwrap_or(1.0);
            Some((Self::tagged(tag.trim()).filter(|_| weight > 0.0)?, weight))
        };
        let wanted = header.split(',').take(20).filter_map(weigh);
        // Of equal ones the first.
        let best = wanted.reduce(|best, next| if next.1 > best.1 { next } else { best });
        best.map_or_else(Self::english, |(lang, _)| lang)
    }

    /// Also speaks the mirrored language, `he-XB`, to those whose portal names it. For the sandbox.
    pub fn offer_mirrored() {
        if let Some(mirrored) = Language::mirrored() {
            MIRRORED.get_or_init(|| mirrored);
        }
    }

    /// `de`, also for `de-AT`.
    fn tagged(tag: &str) -> Option<Self> {
        let main = tag.split(['-', '_']).next().unwrap_or(tag);
        let mirrored = MIRRORED.get().map(Self);
        let called = |name: &str| Self::all().into_iter().chain(mirrored).find(|l| l.code().eq_ignore_ascii_case(name));
        called(tag).or_else(|| called(main))
    }

    /// Every language there is, English first.
    pub fn all() -> Vec<Self> {
        LANGUAGES.iter().map(Self).collect()
    }

    /// As in `<html lang>`.
    pub fn code(self) -> &'static str {
        &self.0.code
    }

    /// As in `<html dir>`.
    pub fn dir(self) -> &'static str {
        match self.code() {
            "ar" | "fa" | "he" | "ur" | mirror::CODE => "rtl",
            _ => "ltr",
        }
    }

    /// The words of a key (`key` or `key.attribute`), the English ones if this language lacks them, else the key.
    pub fn t(self, key: &str) -> Cow<'static, str> {
        self.with(key, &[])
    }

    /// The same with one number, which chooses the plural form.
    pub fn tn(self, key: &str, n: usize) -> Cow<'static, str> {
        self.with(key, &[("n", n.into())])
    }

    /// The same with named values.
    pub fn with(self, key: &str, values: &[(&'static str, FluentValue<'_>)]) -> Cow<'static, str> {
        self.find(key, values)
            .or_else(|| Self::english().find(key, values))
            .unwrap_or_else(|| Cow::Owned(key.to_owned()))
    }

    /// `None` when this language has no such key.
    pub fn find(self, key: &str, values: &[(&'static str, FluentValue<'_>)]) -> Option<Cow<'static, str>> {
        let (id, attribute) = key.split_once('.').map_or((key, None), |(id, a)| (id, Some(a)));
        let message = self.0.bundle.get_message(id)?;
        let pattern = match attribute {
            Some(name) => message.get_attribute(name)?.value(),
            None => message.value()?,
        };
        let args = values.iter().cloned().collect::<FluentArgs<'_>>();
        let mut errors = Vec::new();
        let text = self.0.bundle.format_pattern(pattern, Some(&args), &mut errors);
        debug_assert!(errors.is_empty(), "{key} in {self:?}: {errors:?}");
        Some(Cow::Owned(text.into_owned()))
    }
}

#[cfg(test)]
impl Lang {
    /// The mirrored language, offered to the caller alone.
    pub fn mirrored() -> Self {
        Self(Box::leak(Box::new(Language::mirrored().unwrap())))
    }
}
