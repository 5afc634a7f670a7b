//! The sizes that are accepted of a form, and that larger ones are errors.

#[path = "common/canned.rs"]
mod canned;

use canned::Canned;
use createaccount::{Begin, Config, ErrorKind, Field, Step};
use serde_json::{Map, Value, json};

/// The merged fields of a form of these requests, each with its `required` and its fields.
fn begin(requests: Vec<(&str, Map<String, Value>)>) -> Result<Vec<Field>, String> {
    let number = |(id, (required, fields)): (usize, (&str, Map<String, Value>))| json!({"id": id.to_string(), "required": required, "fields": fields});
    let requests: Vec<Value> = requests.into_iter().enumerate().map(number).collect();
    let wiki = Canned::default();
    wiki.reply(
        json!({"query": {"authmanagerinfo": {"requests": requests}, "tokens": {"createaccounttoken": "x"}}})
            .to_string(),
    );
    match wiki.client(Config::new()).begin(Begin::new()) {
        Ok(Step::Form(form)) => Ok(form.fields().to_vec()),
        Ok(step) => panic!("{step:?}"),
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
            Err(error.to_string())
        }
    }
}

/// A field with the choices from `first` on.
fn select(name: &str, first: usize, count: usize) -> Map<String, Value> {
    let options: Map<String, Value> = (first..first + count).map(|n| (format!("k{n}"), json!(0))).collect();
    Map::from_iter([(name.to_owned(), json!({"type": "select", "options": options}))])
}

fn lines(names: std::ops::Range<usize>) -> Map<String, Value> {
    names.map(|n| (format!("f{n}"), json!({"type": "string"}))).collect()
}

#[test]
fn the_choices_of_a_field_are_bounded_wherever_they_come_from() {
    let ten = |each: usize, apart: usize| {
        (0..10).map(|n| ("required", select("topic", n * apart, each))).collect::<Vec<_>>()
    };
    let fields = begin(ten(1_000, 1_000)).expect("10 000 choices");
    let keys: Vec<&str> = fields[0].choices().iter().map(|choice| choice.value.as_str()).collect();
    assert_eq!((fields.len(), keys.len()), (1, 10_000));
    assert_eq!((keys[0], keys[999], keys[1_000], keys[9_999]), ("k0", "k999", "k1000", "k9999"));
    assert!(begin(ten(1_001, 1_001)).expect_err("10 010 choices").contains("topic"));

    let four = |each: usize, apart: usize| ten(each, apart).into_iter().take(4).collect();
    assert_eq!(begin(four(10_000, 0)).expect("the same ones four times")[0].choices().len(), 10_000);
    assert_eq!(begin(four(8_500, 500)).expect("mostly the same")[0].choices().len(), 10_000);
}

#[test]
fn the_choices_of_a_reply_are_bounded() {
    let apart = |count: usize, each: usize| {
        (0..count).map(|n| ("optional", select(&format!("f{n}"), 0, each))).collect::<Vec<_>>()
    };
    assert_eq!(begin(apart(100, 400)).expect("40 000 choices").len(), 100);
    assert!(begin(apart(100, 401)).expect_err("40 100 choices").contains("choices"));
    let all = (0..30).map(|n| ("required", select("topic", n * 9_000, 9_000))).collect();
    assert!(begin(all).expect_err("nearly all that four megabytes hold").contains("values"));
}

#[test]
fn the_fields_of_a_reply_are_bounded() {
    let same =
        |count: usize, fields: usize| (0..count).map(|_| ("primary-required", lines(0..fields))).collect();
    let fields = begin(same(200, 5)).expect("1 000 fields");
    assert_eq!(fields.len(), 5);
    assert!(fields.iter().all(Field::is_required), "every way needs them");
    begin(same(200, 6)).expect_err("1 200 fields");
    begin(vec![("required", lines(0..1_000)), ("optional", lines(1_000..1_001))]).expect_err("1 001 fields");
}

#[test]
fn a_field_that_only_some_ways_need_is_not_required() {
    let fields = begin(vec![
        ("primary-required", lines(0..3)),
        ("primary-required", lines(1..3)),
        ("optional", lines(2..4)),
        ("required", lines(4..5)),
    ]);
    let required: Vec<(String, bool)> =
        fields.expect("a form").iter().map(|field| (field.name().to_owned(), field.is_required())).collect();
    let expected = [("f0", false), ("f1", true), ("f2", true), ("f3", false), ("f4", true)];
    assert_eq!(required, expected.map(|(name, required)| (name.to_owned(), required)));
}
