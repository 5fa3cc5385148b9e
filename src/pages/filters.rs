//! What templates may call. The language comes with the rendering, so no struct has to carry it for its words.

use super::{assets, lang::Lang, when};
use askama::{Result, Values, filter_fn};
use chrono::{DateTime, FixedOffset, TimeDelta};
use std::borrow::Cow;

/// The key under which [`super::Page::html`] hands over the language.
pub(super) const LANG: &str = "lang";

fn lang(values: &dyn Values) -> Result<Lang> {
    askama::get_value::<Lang>(values, LANG).copied()
}

/// `{{ "key"|t }}`
#[filter_fn]
pub fn t(key: &str, values: &dyn Values) -> Result<Cow<'static, str>> {
    Ok(lang(values)?.t(key))
}

/// `{{ "key"|tn(number) }}`: the number chooses the plural form.
#[filter_fn]
pub fn tn(key: &str, values: &dyn Values, n: usize) -> Result<Cow<'static, str>> {
    Ok(lang(values)?.tn(key, n))
}

/// `{{ "key"|tx("text") }}`: one value, named `$x` in the words.
#[filter_fn]
pub fn tx(key: &str, values: &dyn Values, x: &str) -> Result<Cow<'static, str>> {
    Ok(lang(values)?.with(key, &[("x", x.to_owned().into())]))
}

/// A date and time in the offset that it carries.
#[filter_fn]
pub fn moment(at: &DateTime<FixedOffset>, values: &dyn Values) -> Result<String> {
    Ok(when::moment(lang(values)?, at))
}

/// The same with seconds.
#[filter_fn]
pub fn exact(at: &DateTime<FixedOffset>, values: &dyn Values) -> Result<String> {
    Ok(when::exact(lang(values)?, at))
}

/// How long something has waited: its largest unit.
#[filter_fn]
pub fn age(age: &TimeDelta, values: &dyn Values) -> Result<Cow<'static, str>> {
    Ok(when::age(lang(values)?, *age))
}

/// The address of a static file, with its content's hash.
#[filter_fn]
pub fn asset(name: &str, _: &dyn Values) -> Result<&'static str> {
    assets::url(name).ok_or(askama::Error::ValueMissing)
}
