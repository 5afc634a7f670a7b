//! Merging and completing, on forms that real MediaWikis gave.

#[path = "common/canned.rs"]
mod canned;

use std::collections::{BTreeMap, BTreeSet};

use canned::Canned;
use createaccount::{
    Answer, AuthRequest, Begin, Client, Config, ErrorKind, Field, FieldType, Form, Required, Step,
    Value as Given,
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Forms, and the same with the fields merged by the wiki.
const FORMS: [(&str, &str); 6] = [
    (include_str!("fixtures/1.39/form-stock.json"), include_str!("fixtures/1.39/merged-stock.json")),
    (include_str!("fixtures/1.39/form-questy.json"), include_str!("fixtures/1.39/merged-questy.json")),
    (include_str!("fixtures/1.39/form-large.json"), include_str!("fixtures/1.39/merged-large.json")),
    (include_str!("fixtures/1.43/form-stock.json"), include_str!("fixtures/1.43/merged-stock.json")),
    (include_str!("fixtures/1.43/form-questy.json"), include_str!("fixtures/1.43/merged-questy.json")),
    (include_str!("fixtures/1.43/form-large.json"), include_str!("fixtures/1.43/merged-large.json")),
];
const LATER: [&str; 2] =
    [include_str!("fixtures/1.39/ui-steps.json"), include_str!("fixtures/1.43/ui-steps.json")];
const PASS: &str = r#"{"createaccount":{"status":"PASS","username":"Al"}}"#;

/// What goes along with the fields.
const OURS: [&str; 12] = [
    "action",
    "format",
    "formatversion",
    "createtoken",
    "createreturnurl",
    "createcontinue",
    "createmessageformat",
    "errorformat",
    "curtimestamp",
    "assert",
    "errorsuselocal",
    "uselang",
];

#[test]
fn fields_are_merged_as_the_wiki_merges_them() {
    for (form, merged) in FORMS {
        let (_, _, ours) = begin(form);
        let merged: Value = serde_json::from_str(merged).expect("a fixture");
        let theirs = merged["query"]["authmanagerinfo"]["fields"].as_object().expect("fields");
        assert_eq!(ours.fields().len(), theirs.len());
        for (name, theirs) in theirs {
            let field = ours.field(name).expect(name);
            assert_eq!(field.kind().as_str(), theirs["type"], "{name}");
            assert_eq!(field.is_sensitive(), theirs["sensitive"] == true, "{name}");
            if field.asks() {
                assert_eq!(field.is_required(), theirs["optional"] != true, "{name}");
            }
            let keys: BTreeSet<&str> = field.choices().iter().map(|choice| choice.value.as_str()).collect();
            let options = theirs["options"].as_object();
            assert_eq!(
                keys,
                options.into_iter().flat_map(|all| all.keys()).map(String::as_str).collect(),
                "{name}"
            );
        }
    }
}

/// Forms of real wikis are a small part of what is accepted.
#[test]
fn ten_times_the_form_of_a_real_wiki_is_accepted() {
    for (form, _) in FORMS {
        let mut reply: Value = serde_json::from_str(form).expect("a fixture");
        let requests = reply["query"]["authmanagerinfo"]["requests"].as_array_mut().expect("requests");
        let real = requests.clone();
        for copy in 1..10 {
            requests.extend(real.iter().map(|request| {
                let fields = request["fields"].as_object().expect("fields");
                let fields: serde_json::Map<String, Value> =
                    fields.iter().map(|(name, field)| (format!("{name}{copy}"), field.clone())).collect();
                let mut request = request.clone();
                request["id"] = json!(format!("{}{copy}", request["id"]));
                request["fields"] = fields.into();
                request
            }));
        }
        let (_, _, once) = begin(form);
        let (_, client, large) = begin(&reply.to_string());
        assert_eq!(large.fields().len(), 10 * once.fields().len());
        client.save().expect("it can be saved");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_form_is_answered_whole_or_not_at_all(which in 0..FORMS.len(), choices in choices()) {
        let (wiki, client, form) = begin(FORMS[which].0);
        let answer = choices.answer(&form);
        submits(&wiki, client, &form, &answer)?;
    }

    #[test]
    fn a_later_step_is_answered_whole_or_not_at_all(which in 0..LATER.len(), choices in choices()) {
        let (wiki, mut client, _) = begin(FORMS[0].0);
        wiki.reply(LATER[which]);
        let begun = Answer::from([("username", "Al"), ("password", "correct horse 7")]);
        let Ok(Step::Ui(form)) = client.submit(&begun) else { panic!("a step") };
        let answer = choices.answer(&form);
        submits(&wiki, client, &form, &answer)?;
    }
}

/// A refusal that names a field and sends nothing, or a request with all that the wiki wants.
fn submits(
    wiki: &Canned,
    mut client: Client,
    form: &Form,
    given: &BTreeMap<String, Given>,
) -> Result<(), TestCaseError> {
    let before = wiki.sent().len();
    wiki.reply(PASS);
    let outcome = client.submit(&given.clone().into_iter().collect());
    let Err(error) = outcome else {
        let sent = wiki.sent().pop().expect("a request");
        return is_whole(form, given, &sent);
    };
    prop_assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{}", error);
    prop_assert!(error.field().is_some(), "{}", error);
    prop_assert_eq!(wiki.sent().len(), before, "nothing was sent");
    Ok(())
}

fn is_whole(
    form: &Form,
    given: &BTreeMap<String, Given>,
    sent: &[(String, String)],
) -> Result<(), TestCaseError> {
    let values = |name: &str| -> Vec<&str> {
        sent.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
    };
    // The wiki loads a request only with all of its fields, but for those that browsers leave out.
    let is_sent = |request: &&AuthRequest| {
        let mut always = request.fields().iter().filter(|field| {
            use FieldType::{Button, Checkbox, Multiselect, Null};
            !matches!(field.kind(), Button | Checkbox | Multiselect | Null)
        });
        always.all(|field| values(field.name()).len() == 1)
    };
    let whole: Vec<&AuthRequest> = form.requests().iter().filter(is_sent).collect();
    for request in form.requests().iter().filter(|request| request.required() == Required::Required) {
        prop_assert!(whole.iter().any(|other| other.id() == request.id()), "{} is missing", request.id());
    }
    let in_whole = |name: &str| -> Option<&Field> {
        whole.iter().flat_map(|request| request.fields()).find(|field| field.name() == name)
    };
    for (name, value) in sent.iter().filter(|(name, _)| !OURS.contains(&name.as_str())) {
        let field = in_whole(name.trim_end_matches("[]"));
        prop_assert!(field.is_some(), "{} belongs to no request that is whole", name);
        let field = field.expect("it is there");
        prop_assert!(field.kind() != FieldType::Null, "{} is only to be shown", name);
        if field.kind() == FieldType::Hidden && field.value().is_some_and(|preset| !preset.is_empty()) {
            prop_assert_eq!(Some(value.as_str()), field.value());
        }
    }
    for (name, given) in given {
        let (values, lists) = (values(name), values(&format!("{name}[]")));
        match given {
            Given::Text(text) if text.expose().is_empty() => {}
            Given::Text(text) => prop_assert_eq!(values, [text.expose()], "{}", name),
            Given::Flag(set) => prop_assert_eq!(!values.is_empty(), *set, "{}", name),
            Given::Choices(keys) => prop_assert_eq!(lists, keys.clone(), "{}", name),
            other => prop_assert!(false, "{other:?}"),
        }
    }
    Ok(())
}

/// What a person says to the fields, one after the other.
#[derive(Clone, Debug)]
struct Choices(Vec<(u8, String)>);

fn choices() -> impl Strategy<Value = Choices> {
    prop::collection::vec((any::<u8>(), "[a-zé0-9 ]{0,3}[a-zé0-9]"), 16).prop_map(Choices)
}

impl Choices {
    /// Mostly right answers.
    fn answer(&self, form: &Form) -> BTreeMap<String, Given> {
        let asked = form.fields().iter().filter(|field| field.asks());
        let said = asked.zip(self.0.iter().cycle()).filter_map(|(field, (dice, word))| {
            let choice = |dice: usize| {
                field.choices().get(dice % field.choices().len()).map(|choice| choice.value.clone())
            };
            let given = match (dice % 8, field.kind()) {
                (0, _) => return None,
                // The wiki tells of its account.
                _ if field.name() == "username" => Given::from("Al"),
                (_, FieldType::Checkbox | FieldType::Button) => Given::Flag(dice % 2 == 1),
                (1, FieldType::Select) => Given::from(word.as_str()),
                (_, FieldType::Select) => Given::from(choice(usize::from(*dice))?),
                (_, FieldType::Multiselect) => {
                    Given::Choices(choice(usize::from(*dice)).into_iter().collect())
                }
                (_, FieldType::Password) if *dice < 240 => Given::from("correct horse 7"),
                _ => Given::from(word.as_str()),
            };
            Some((field.name().to_owned(), given))
        });
        said.collect()
    }
}

fn begin(form: &str) -> (Canned, Client, std::sync::Arc<Form>) {
    let wiki = Canned::default();
    wiki.reply(form);
    let mut client = wiki.client(Config::new());
    let Ok(Step::Form(form)) = client.begin(Begin::new()) else { panic!("a form") };
    (wiki, client, form)
}
