use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

use super::*;

#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
struct Row {
    id: Field<Id>,
    count: Field<u64>,
    flag: Field<bool>,
    when: Field<Moment>,
    text: Field<String>,
    seconds: Field<f64>,
    map: Map<Field<Id>>,
    inner: Maybe<Inner>,
}

#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
struct Inner {
    id: Field<Id>,
}

fn row(json: Value) -> Result<Row, String> {
    decode(json.to_string().as_bytes())
}

fn moment(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

/// Every way to write one value.
fn any_of(ways: Vec<Value>) -> impl Strategy<Value = Value> {
    proptest::sample::select(ways)
}

fn id_ways(id: i64) -> impl Strategy<Value = Value> {
    any_of(vec![json!(id), json!(id.to_string()), json!(format!(" {id} ")), json!(id as f64)])
}

fn flag_ways(flag: bool) -> impl Strategy<Value = Value> {
    any_of(match flag {
        true => vec![json!(true), json!("Y"), json!("y"), json!("1"), json!(1), json!("true")],
        false => vec![json!(false), json!("N"), json!("n"), json!("0"), json!(0), json!("false")],
    })
}

fn nothing_ways() -> impl Strategy<Value = Value> {
    any_of(vec![json!(null), json!(""), json!(false), json!([]), json!({}), json!("0"), json!(0)])
}

proptest! {
    #[test]
    fn any_mixture_of_shapes_is_the_same_value(
        (id, raw_id) in (1..1_000_000_000_i64).prop_flat_map(|id| (Just(id), id_ways(id))),
        (count, raw_count) in (0..1_000_000_i64).prop_flat_map(|count| (Just(count), id_ways(count))),
        (flag, raw_flag) in any::<bool>().prop_flat_map(|flag| (Just(flag), flag_ways(flag))),
        as_list in any::<bool>(),
    ) {
        let map = if as_list { json!([raw_id, raw_id]) } else { json!({ "0": raw_id, "1": raw_id }) };
        let read = row(json!({
            "id": raw_id, "count": raw_count, "flag": raw_flag, "map": map, "inner": { "id": raw_id }, "more": [1],
        })).unwrap();
        prop_assert_eq!(read.id.map(Id::get), Some(id));
        prop_assert_eq!(*read.count, Some(count as u64));
        prop_assert_eq!(*read.flag, Some(flag));
        prop_assert_eq!(read.map.get("1").and_then(|id| **id).map(Id::get), Some(id));
        prop_assert_eq!(read.inner.get().and_then(|inner| *inner.id).map(Id::get), Some(id));
    }

    #[test]
    fn every_way_to_say_nothing_is_nothing(nothing in nothing_ways(), inner in nothing_ways()) {
        let read = row(json!({ "id": nothing })).unwrap();
        prop_assert_eq!(*read.id, None);
        if !matches!(inner, Value::Number(_) | Value::String(_)) && inner != json!({}) {
            let read = row(json!({ "inner": inner, "map": inner, "text": inner, "when": inner })).unwrap();
            prop_assert!(read.inner.get().is_none() && read.map.is_empty() && read.text.is_none() && read.when.is_none());
        }
    }

    #[test]
    fn whatever_comes_it_decodes_or_names_the_path(value in any_json(), name in "id|count|flag|when|text|seconds|map|inner") {
        match row(json!({ (name.clone()): value })) {
            Ok(_) => {}
            Err(path) => prop_assert!(path.starts_with(&name), "{} for {}", path, name),
        }
    }

    #[test]
    fn no_text_panics_the_date(text in "[0-9.T:+ Z-]{0,30}|\\PC{0,30}") {
        let _ = Moment::parse(&text);
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode::<Row>(&bytes);
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec(("[a-z0-9]{1,4}|id", inner), 0..4)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

#[test]
fn an_error_names_the_place_and_no_value() {
    let cases = [
        (json!({ "id": "CANARY" }), "id"),
        (json!({ "id": -1 }), "id"),
        (json!({ "id": 1.5 }), "id"),
        (json!({ "id": "1e3" }), "id"),
        (json!({ "id": "+1" }), "id"),
        (json!({ "id": u64::MAX }), "id"),
        (json!({ "count": "-1" }), "count"),
        (json!({ "flag": "maybe" }), "flag"),
        (json!({ "flag": 2 }), "flag"),
        (json!({ "when": "31.02.2025 10:00:00" }), "when"),
        (json!({ "map": { "7": "x" } }), "map.7"),
        (json!({ "map": [1, [2]] }), "map[1]"),
        (json!({ "map": "undefined" }), "map"),
        (json!({ "inner": { "id": {"a": 1} } }), "inner.id"),
        (json!({ "inner": [1] }), "inner[0]"),
        (json!({ "text": { "a": 1 } }), "text"),
    ];
    for (json, path) in cases {
        let error = row(json.clone()).unwrap_err();
        assert!(
            error == path || (path.ends_with(']') && error == path.split('[').next().unwrap()),
            "{error} for {json}"
        );
    }
    assert_eq!(decode::<Row>(b"{} x").unwrap_err(), ".");
    assert_eq!(decode::<Row>(b"<html>").unwrap_err(), ".");
}

#[test]
fn dates_in_every_format_are_the_same_moment() {
    let at = |text| moment(text).known().unwrap();
    assert_eq!(at("2025-09-25T14:30:00+02:00"), at("2025-09-25T12:30:00Z"));
    assert_eq!(at("2025-09-25T14:30:00+0200"), at("2025-09-25T12:30:00Z"));
    let portal = *at("2025-09-25T14:30:00+02:00").offset();
    for wall in ["25.09.2025 14:30:00", "25.09.2025 14:30", "2025-09-25 14:30:00", "2025-09-25T14:30:00"] {
        assert_eq!(moment(wall).known(), None);
        assert_eq!(moment(wall).at(portal), at("2025-09-25T12:30:00Z"), "{wall}");
    }
    assert_eq!(moment("25.09.2025").at(portal), at("2025-09-24T22:00:00Z"));
    assert_eq!(*row(json!({ "when": "0000-00-00 00:00:00" })).unwrap().when, None);
    assert_eq!(row(json!({ "when": 1758803400 })).unwrap().when.unwrap().known(), Some(at("2025-09-25T12:30:00Z")));
}

#[test]
fn a_list_that_no_portal_has_is_not_taken_into_memory() {
    let is_taken = |text: String| decode::<Map<u8>>(text.as_bytes()).is_ok();
    let list = |entries: usize| format!("[{}1]", "1,".repeat(entries - 1));
    assert!(is_taken(list(20_000)) && !is_taken(list(20_001)));
    let object = |entries: usize| {
        let entries: Vec<String> = (0..entries).map(|nth| format!("\"{nth}\":1")).collect();
        format!("{{{}}}", entries.join(","))
    };
    assert!(is_taken(object(20_000)) && !is_taken(object(20_001)));
}

#[test]
fn t28_the_first_entries_are_kept_and_the_others_never_built() {
    /// Counts itself.
    #[derive(Deserialize)]
    struct Page(#[serde(deserialize_with = "three")] Map<Field<u64>>);
    fn three<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Map<Field<u64>>, D::Error> {
        first(3, from)
    }
    let read = |text: &str| decode::<Page>(text.as_bytes()).map(|page| page.0.into_values());
    let values = |text: &str| read(text).unwrap().into_iter().filter_map(Field::into_inner).collect::<Vec<_>>();
    assert_eq!(values("[1,2]"), [1, 2]);
    assert_eq!(values("[1,2,3,4,{},[[]]]"), [1, 2, 3], "what does not fit behind them is not looked at");
    assert_eq!(values(r#"{"a":1,"b":2,"c":3,"d":{"e":[4]}}"#), [1, 2, 3]);
    assert!(read("[1,{\"a\":1},3,4]").is_err() && read("[1,2,3,4").is_err(), "but what is kept fits, and it is JSON");
}

#[test]
fn values_are_counted_before_they_are_built() {
    for (text, least) in [("7", 1), ("[]", 1), ("[[0],[0]]", 5), (r#"{"a":1,"b":[2,3]}"#, 5), (r#""[,{,\",[""#, 1)] {
        let counted = values(text.as_bytes());
        assert!((least..=least + 2).contains(&counted), "{text}: {counted}");
    }
}
