//! A host that goes as far as a wiki lets it, for tests with any replies.

use createaccount::{Answer, Begin, Client, Config, Error, ErrorKind, FieldType, Form, Result, Step};

/// How many answers a conversation has.
const MAX_ANSWERS: usize = 8;

/// Begins, and answers whatever is asked, whatever comes. `check` is called before each answer.
pub fn converse(client: &mut Client, check: impl FnMut(&Client, &Result<Step>)) {
    let step = client.begin(Begin::new());
    go_on(client, step, check);
}

/// The same from a step on.
pub fn go_on(client: &mut Client, mut step: Result<Step>, mut check: impl FnMut(&Client, &Result<Step>)) {
    for _ in 0..MAX_ANSWERS {
        check(client, &step);
        step = match step {
            Ok(Step::Form(form) | Step::Ui(form)) => submit(client, &form),
            Ok(Step::Redirect(visit)) => {
                let mut url = visit.return_url().clone();
                url.query_pairs_mut().append_pair("code", "1");
                client.resume(url.as_str(), b"code=2")
            }
            Ok(Step::Restart(_)) => client.begin(Begin::new().preserve_state(true)),
            Ok(_) => client.begin(Begin::new()),
            Err(error) if is_doubtful(&error) => client.reconcile(),
            Err(_) => return,
        };
    }
}

/// A flow can be saved in any state, and what is loaded is at the same step.
pub fn can_be_saved(client: &Client, settings: Config) {
    let saved = client.save().expect("any state can be saved");
    let loaded = Client::load(client.api_url().as_str(), &saved, settings).expect("what was saved is loaded");
    let status = |client: &Client| client.step().map(|step| step.status().to_owned());
    assert_eq!(status(&loaded), status(client), "the same step");
}

/// Fills in the form, and sends it anyway if the library refuses that.
fn submit(client: &mut Client, form: &Form) -> Result<Step> {
    let answer = answer(form);
    match client.submit(&answer) {
        Err(error) if error.kind() == ErrorKind::InvalidArgument => client.submit(&answer.unchecked(true)),
        outcome => outcome,
    }
}

fn answer(form: &Form) -> Answer {
    form.fields().iter().filter(|field| field.asks()).fold(Answer::new(), |answer, field| {
        let first = || field.choices().first().map_or("", |choice| choice.value.as_str());
        let name = field.name();
        match field.kind() {
            _ if name == "username" => answer.set(name, "Al"),
            FieldType::Password => answer.set(name, "correct horse 7"),
            FieldType::Checkbox => answer.set(name, true),
            FieldType::Select => answer.set(name, first()),
            FieldType::Multiselect => answer.choose(name, first()),
            FieldType::Button => answer,
            _ => answer.set(name, "1"),
        }
    })
}

fn is_doubtful(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::OutcomeUnknown | ErrorKind::Protocol)
}
