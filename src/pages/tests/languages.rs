//! All languages say the same, each by its own rules, in Bitrix24's own words, and nothing is said outside of them.

use super::{super::*, words::read};
use fluent_bundle::FluentResource;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, VariantKey};
use std::collections::{BTreeMap, BTreeSet};

/// What a text asks of its caller and of its reader's grammar.
#[derive(Debug, Default, PartialEq)]
struct Shape {
    variables: BTreeSet<String>,
    /// The variants of each selection, in order.
    selections: Vec<Vec<String>>,
}

fn look(pattern: &Pattern<&str>, shape: &mut Shape) {
    for element in &pattern.elements {
        match element {
            PatternElement::Placeable { expression: Expression::Inline(inline) } => variable(inline, shape),
            PatternElement::Placeable { expression: Expression::Select { selector, variants } } => {
                variable(selector, shape);
                let name = |key: &VariantKey<&str>| match key {
                    VariantKey::Identifier { name } | VariantKey::NumberLiteral { value: name } => (*name).to_owned(),
                };
                shape.selections.push(variants.iter().map(|v| name(&v.key)).collect());
                variants.iter().for_each(|v| look(&v.value, shape));
            }
            PatternElement::TextElement { .. } => {}
        }
    }
}

fn variable(inline: &InlineExpression<&str>, shape: &mut Shape) {
    match inline {
        InlineExpression::VariableReference { id } => shape.variables.extend([id.name.to_owned()]),
        other => panic!("only variables: {other:?}"),
    }
}

/// Every text of a language by its key.
fn shapes(code: &str) -> BTreeMap<String, Shape> {
    let text = read("locales", "ftl").into_iter().find(|(name, _)| name == code).unwrap().1;
    let words = FluentResource::try_new(text).unwrap();
    let mut shapes = BTreeMap::new();
    for entry in words.entries() {
        let Entry::Message(message) = entry else { continue };
        let attributes = message.attributes.iter().map(|a| (format!("{}.{}", message.id.name, a.id.name), &a.value));
        let own = message.value.iter().map(|value| (message.id.name.to_owned(), value));
        for (key, pattern) in own.chain(attributes) {
            let mut shape = Shape::default();
            look(pattern, &mut shape);
            shapes.insert(key, shape);
        }
    }
    shapes
}

/// What is sent to assignees is said where it is made, and no page would show that a language is missing there.
#[test]
fn every_language_has_words_for_messages() {
    let at = chrono::DateTime::parse_from_rfc3339("2026-12-01T19:00:00+03:00").unwrap();
    let told = |lang: &str| crate::domain::followup::message("", &["A".to_owned()], Some(at), lang);
    let rung = |lang: &str| crate::domain::bell::message("A", "/", "B", lang);
    for (code, _) in read("locales", "ftl").into_iter().filter(|(code, _)| code != "en") {
        assert!(told(&code) != told("en") && rung(&code) != rung("en"), "{code} has no words for messages");
    }
}

/// P70: the same values stand in every language's text, so that none asks for what nobody gives.
#[test]
fn every_language_asks_for_the_same_values() {
    let english = shapes("en");
    assert!(english.len() > 250 && english.values().filter(|s| !s.variables.is_empty()).count() > 40);
    for lang in Lang::all() {
        for (key, shape) in shapes(lang.code()) {
            assert_eq!(shape.variables, english[&key].variables, "{key} in {lang:?}");
        }
    }
}

/// P73: where a text bends with a number it has every form that whole numbers take in its language.
#[test]
fn every_plural_form_is_there() {
    for (code, forms) in [("en", &["one", "other"][..]), ("de", &["one", "other"]), ("ru", &["one", "few", "many"])] {
        let mut seen = 0;
        for (key, shape) in shapes(code) {
            for selection in shape.selections {
                let bent: Vec<_> = selection.into_iter().filter(|form| form != "0").collect();
                assert_eq!(bent, forms, "{key} in {code}");
                seen += 1;
            }
        }
        assert!(seen >= 10, "{code}: {seen}");
    }
    assert_eq!(Lang::all().len(), 3, "a language that comes needs its forms here");
}

/// A number that chooses the form is shown in it; only where it can be 1 alone it may be a word.
#[test]
fn every_form_says_its_number() {
    for lang in Lang::all() {
        for (key, shape) in shapes(lang.code()).into_iter().filter(|(_, shape)| !shape.selections.is_empty()) {
            for n in [2, 5, 21, 111] {
                assert!(lang.tn(&key, n).contains(&n.to_string()), "{key} {n} in {lang:?}: {shape:?}");
            }
        }
    }
}

/// P71: the words of the product's table, letter by letter.
#[test]
fn every_language_uses_bitrix24s_own_words() {
    let glossary = [
        ("status-review", "Pending review", "Ждёт контроля", "Wird kontrolliert"),
        ("return", "Return for revision", "Вернуть на доработку", "Zurück zur Nachbesserung"),
        ("approve", "Accept as completed", "Принять работу", "Akzeptieren"),
        ("status-completed", "Completed", "Завершена", "Abgeschlossen"),
        ("status-pending", "Pending", "Ждёт выполнения", "Anstehend"),
        ("status-in-progress", "In progress", "Выполняется", "In Arbeit"),
        ("status-deferred", "Deferred", "Отложена", "Verschoben"),
        ("creator", "Created by", "Постановщик", "Aufgabenbesitzer"),
        ("assignee", "Assignee", "Исполнитель", "Verantwortliche Person"),
        ("deadline", "Deadline", "Крайний срок", "Frist"),
        ("project", "Project", "Проект", "Projekt"),
    ];
    for (key, en, ru, de) in glossary {
        for (code, words) in [("en", en), ("ru", ru), ("de", de)] {
            assert_eq!(Lang::of(code).t(key), words, "{code}");
        }
    }
    // The buttons that open a dialog say the same with an ellipsis.
    for lang in Lang::all() {
        for (opens, does) in [("return-open", "return"), ("bulk-return-open", "return")] {
            assert_eq!(lang.t(opens), format!("{}…", lang.t(does)));
        }
    }
}

/// Russian speaks to people as «вы» in the middle of a sentence, German as Sie; nothing was left in English.
#[test]
fn every_language_is_itself() {
    let same: BTreeSet<&str> = [
        "product",
        "call-ok",
        "call-took",
        "status-review",
        "project",
        "call-person",
        "health",
        "settings-address",
        "support",
    ]
    .into();
    for (key, shape) in shapes("en") {
        let values: Vec<_> = shape.variables.iter().map(|_| ()).collect();
        if !values.is_empty() || same.contains(key.as_str()) {
            continue;
        }
        for code in ["ru", "de"] {
            assert_ne!(Lang::of(code).t(&key), Lang::english().t(&key), "{key} in {code}");
        }
    }
    for (key, shape) in shapes("ru").into_iter().filter(|(_, shape)| shape.variables.is_empty()) {
        let words = Lang::of("ru").t(&key);
        for formal in [" Вы ", " Вас ", " Вам ", " Ваш"] {
            let inside = words.match_indices(formal).any(|(at, _)| !words[..at].ends_with(['.', '!', '?']));
            assert!(!inside, "{key}: {words} {shape:?}");
        }
    }
    for (key, shape) in shapes("de").into_iter().filter(|(_, shape)| shape.variables.is_empty()) {
        let words = Lang::of("de").t(&key);
        for familiar in [" du ", " dein", " dich ", " dir "] {
            assert!(!words.contains(familiar), "{key}: {words} {shape:?}");
        }
    }
}

/// The text of a template between its tags, without what is put in.
fn literal(template: &str) -> String {
    let mut text = template.to_owned();
    for (open, close) in [("{{", "}}"), ("{%", "%}"), ("<", ">")] {
        while let Some(start) = text.find(open) {
            let end = text[start..].find(close).map_or(text.len(), |at| start + at + close.len());
            text.replace_range(start..end, " ");
        }
    }
    text
}

/// Everything that people read comes from the words: templates have none of their own, and neither has the script.
#[test]
fn nothing_is_said_outside_of_the_words() {
    for (name, template) in [read("templates", "html"), read("templates/parts", "html")].concat() {
        let own = literal(&template);
        assert!(!own.contains(char::is_alphabetic), "{name}.html says by itself: {}", own.trim());
        for attribute in ["aria-label", "title", "alt", "placeholder"] {
            for value in super::attributes(&template, attribute) {
                // The one example of an address.
                assert!(value.starts_with("{{") || value == "company.bitrix24.com", "{name}.html: {attribute}={value}");
            }
        }
    }
    let scripts = read("static/app", "js");
    assert!(scripts.len() > 4, "{}", scripts.len());
    for (name, script) in scripts {
        for line in script.lines().filter(|line| !line.trim_start().starts_with(['/', '*'])) {
            for quote in ['"', '`', '\''] {
                let said =
                    line.split(quote).skip(1).find(|said| said.starts_with(char::is_uppercase) && said.contains(' '));
                assert_eq!(said, None, "{name}.js says by itself: {line}");
            }
        }
    }
}

/// P73: a page that is read from right to left is laid out so: styles know beginnings and ends, not left and right.
#[test]
fn no_style_knows_left_from_right() {
    let mut rules = 0;
    for (name, css) in read("static", "css") {
        for rule in css.split(['{', ';', '}']).map(str::trim).filter(|rule| !rule.starts_with("/*")) {
            let Some((property, value)) = rule.split_once(':') else { continue };
            let physical = ["left", "right"];
            assert!(!physical.iter().any(|side| property.split('-').any(|part| part == *side)), "{name}.css: {rule}");
            let aligned = ["text-align", "float", "clear", "justify-self", "justify-items", "justify-content"];
            assert!(!(aligned.contains(&property) && physical.contains(&value.trim())), "{name}.css: {rule}");
            let sides: Vec<_> = value.split_whitespace().collect();
            let around = ["margin", "padding", "inset", "border-radius", "scroll-margin"].contains(&property);
            assert!(!around || sides.len() < 4 || sides[1] == sides[3], "{name}.css: {rule}");
            rules += 1;
        }
    }
    assert!(rules > 200, "{rules}");
}
