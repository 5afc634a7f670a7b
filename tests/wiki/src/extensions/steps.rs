//! The test extension: sign-ups in several steps, well and badly behaved.

use super::forms;
use crate::auth::{
    Action, AuthRequest, Context, Exception, Field, FieldType, NewUser, Primary, Provider, Response,
    Secondary,
};
use crate::instance::User;
use crate::message::Message;
use crate::random;
use serde_json::json;
use std::thread;
use std::time::Duration;

/// The primary provider.
pub struct StepTest;

/// The step of the chain `secondary`, which comes when the account is there.
pub struct LateStep;

const ID: &str = "StepTest";
/// Where the session keeps the chain and how far it is.
const SCRATCH: &str = "steptest";

impl Provider for StepTest {
    fn requests(&self, _context: &mut Context<'_>, action: Action) -> Vec<AuthRequest> {
        if action == Action::Create { vec![start_request()] } else { Vec::new() }
    }
}

impl Primary for StepTest {
    fn id(&self) -> &'static str {
        ID
    }

    fn begin_creation(
        &self,
        context: &mut Context<'_>,
        user: &NewUser,
        requests: &[AuthRequest],
    ) -> Result<Response, Exception> {
        let Some(start) = find(requests, "StepTestRequest") else { return Ok(Response::Abstain) };
        let chain = start.text("stepChain").unwrap_or_default();
        set(context, "chain", chain);
        set(context, "return", start.return_to_url.as_deref().unwrap_or_default());
        Ok(match chain {
            "none" | "secondary" => Response::pass(&user.name),
            "ui" => ask_everything(context, "steptest-everything"),
            "chain" | "late-fail" | "loop" => ask_code(context, "steptest-code"),
            "redirect" | "redirect-optional" => redirect(context),
            "script" => Response::Redirect {
                target: "javascript:alert(1)".to_owned(),
                data: None,
                requests: vec![return_request(false)],
            },
            "restart" => Response::fail("steptest-restart"),
            "other" => Response::fail("steptest-other"),
            "slow" => {
                thread::sleep(Duration::from_secs(3));
                Response::pass(&user.name)
            }
            "held" => {
                context.wiki.await_release();
                Response::pass(&user.name)
            }
            "crash" => return Err(Exception("RuntimeException")),
            "fail" => Response::fail("steptest-refused"),
            _ => ask_form(context, chain),
        })
    }

    fn continue_creation(
        &self,
        context: &mut Context<'_>,
        user: &NewUser,
        requests: &[AuthRequest],
    ) -> Result<Response, Exception> {
        Ok(match get(context, "step").as_str() {
            "everything" => take_everything(context, user, requests),
            "code" => take_code(context, requests),
            "topics" => Response::pass(&user.name),
            "form" => {
                if forms::is_held(&get(context, "chain")) {
                    context.wiki.await_release();
                }
                Response::pass(&user.name)
            }
            _ => take_return(context, user, requests),
        })
    }
}

impl Provider for LateStep {}

impl Secondary for LateStep {
    fn id(&self) -> &'static str {
        ID
    }

    fn begin_creation(&self, _context: &mut Context<'_>, _user: &User, requests: &[AuthRequest]) -> Response {
        let chain = find(requests, "StepTestRequest").and_then(|request| request.text("stepChain"));
        if chain == Some("secondary") { ask_topics() } else { Response::Abstain }
    }

    fn continue_creation(
        &self,
        _context: &mut Context<'_>,
        user: &User,
        _requests: &[AuthRequest],
    ) -> Response {
        Response::pass(&user.name)
    }
}

fn take_everything(context: &mut Context<'_>, user: &NewUser, requests: &[AuthRequest]) -> Response {
    if find(requests, "StepTestSkipRequest").is_some() {
        return Response::pass(&user.name);
    }
    let Some(request) = find(requests, "StepTestEverythingRequest") else {
        return ask_everything(context, "steptest-everything");
    };
    if request.text("ticket") != Some(&get(context, "ticket")) {
        Response::fail("steptest-bad-ticket")
    } else if request.text("code") != Some("1234") {
        ask_everything(context, "steptest-wrong-code")
    } else {
        Response::pass(&user.name)
    }
}

fn take_code(context: &mut Context<'_>, requests: &[AuthRequest]) -> Response {
    let code = find(requests, "StepTestCodeRequest").and_then(|request| request.text("code"));
    match get(context, "chain").as_str() {
        "late-fail" => Response::fail("steptest-refused"),
        "loop" => ask_code(context, "steptest-code"),
        _ if code != Some("1234") => ask_code(context, "steptest-wrong-code"),
        _ => redirect(context),
    }
}

fn take_return(context: &mut Context<'_>, user: &NewUser, requests: &[AuthRequest]) -> Response {
    let request = find(requests, "StepTestReturnRequest");
    let state = get(context, "state");
    let Some(request) = request.filter(|request| request.text("state") == Some(&state)) else {
        return Response::fail("steptest-bad-state");
    };
    if request.text("code") != Some("third-party-code") {
        Response::fail("steptest-bad-code")
    } else if get(context, "chain") == "chain" {
        set(context, "step", "topics");
        ask_topics()
    } else {
        Response::pass(&user.name)
    }
}

fn redirect(context: &mut Context<'_>) -> Response {
    set(context, "step", "redirect");
    let with_hint = get(context, "chain") == "redirect-optional";
    send_away(context, vec![return_request(with_hint)])
}

/// Of `forms.json`. Whatever is answered, it is taken.
fn ask_form(context: &mut Context<'_>, name: &str) -> Response {
    set(context, "step", "form");
    let requests = forms::requests(name);
    if forms::is_redirect(name) {
        send_away(context, requests)
    } else {
        Response::Ui(requests, Message::new("steptest-form"))
    }
}

fn send_away(context: &mut Context<'_>, requests: Vec<AuthRequest>) -> Response {
    let state = random::hex(16);
    set(context, "state", &state);
    let back: String = url::form_urlencoded::byte_serialize(get(context, "return").as_bytes()).collect();
    Response::Redirect {
        target: format!("{}/_third?return={}&state={state}", context.base, back.replace('+', "%20")),
        data: Some(json!({ "purpose": "tests", "n": 1 })),
        requests,
    }
}

fn ask_everything(context: &mut Context<'_>, key: &str) -> Response {
    let ticket = format!("T-{}", random::hex(8));
    set(context, "step", "everything");
    set(context, "ticket", &ticket);
    let skip = request("StepTestSkipRequest", vec![field("skip", FieldType::Button)]).optional();
    Response::Ui(vec![everything_request(&ticket), skip], Message::new(key))
}

fn ask_code(context: &mut Context<'_>, key: &str) -> Response {
    set(context, "step", "code");
    Response::Ui(vec![request("StepTestCodeRequest", vec![code_field()])], Message::new(key))
}

fn ask_topics() -> Response {
    let fields = vec![topics_field(), field("confirmTopics", FieldType::Checkbox).optional()];
    Response::Ui(vec![request("StepTestTopicsRequest", fields)], Message::new("steptest-topics"))
}

fn start_request() -> AuthRequest {
    const CHAINS: [&str; 15] = [
        "none",
        "ui",
        "redirect",
        "redirect-optional",
        "chain",
        "fail",
        "late-fail",
        "crash",
        "secondary",
        "loop",
        "script",
        "restart",
        "other",
        "slow",
        "held",
    ];
    let mut start = field("stepStart", FieldType::Button);
    start.help = Message::new("steptest-help-stepStart");
    let mut chain = field("stepChain", FieldType::Select);
    chain.help = Message::new("steptest-help-stepChain");
    chain.options = options("chain", &CHAINS.map(|chain| (chain, chain)));
    chain.options.extend(forms::titles().map(|(name, title)| (name.to_owned(), Message::raw(title))));
    let mut request = request("StepTestRequest", vec![start, chain]);
    request.metadata.insert("purpose".to_owned(), json!("tests"));
    request
}

fn everything_request(ticket: &str) -> AuthRequest {
    let mut color = field("color", FieldType::Select);
    color.options = options("color", &[("red", "red"), ("green", "green"), ("1", "one")]);
    request(
        "StepTestEverythingRequest",
        vec![
            code_field(),
            field("pin", FieldType::Password).sensitive(),
            field("note", FieldType::Text).optional(),
            color,
            topics_field(),
            field("agree", FieldType::Checkbox),
            field("news", FieldType::Checkbox).optional(),
            field("ticket", FieldType::Hidden).with_value(ticket),
            field("info", FieldType::Null).with_value("Read this."),
        ],
    )
}

fn return_request(with_hint: bool) -> AuthRequest {
    let mut fields =
        vec![field("code", FieldType::Text).sensitive(), field("state", FieldType::Text).sensitive()];
    if with_hint {
        fields.push(field("hint", FieldType::Text).optional());
    }
    request("StepTestReturnRequest", fields)
}

fn code_field() -> Field {
    let mut code = field("code", FieldType::Text).sensitive();
    code.help = Message::new("steptest-help-code");
    code
}

fn topics_field() -> Field {
    let mut topics = field("topics", FieldType::Multiselect).optional();
    topics.options = options("topic", &[("art", "art"), ("law", "law"), ("a|b", "either")]);
    topics
}

/// A request as the test extension describes all of its own.
pub fn request(class: &'static str, fields: Vec<Field>) -> AuthRequest {
    AuthRequest::new(class, fields)
        .described(Message::new("steptest-provider"), Message::new("steptest-account"))
}

/// Each of a key and the end of its label's name.
fn options(kind: &str, keys: &[(&str, &str)]) -> Vec<(String, Message)> {
    keys.iter()
        .map(|(key, label)| ((*key).to_owned(), Message::new(&format!("steptest-{kind}-{label}"))))
        .collect()
}

/// A field with the label and the help that the test extensions give.
pub fn field(name: &'static str, kind: FieldType) -> Field {
    let label = Message::new(&format!("steptest-label-{name}"));
    Field::new(name, kind, label, Message::new("steptest-help").text_param(name))
}

fn find<'a>(requests: &'a [AuthRequest], class: &str) -> Option<&'a AuthRequest> {
    requests.iter().find(|request| request.class == class)
}

fn get(context: &Context<'_>, name: &str) -> String {
    context
        .session
        .data()
        .auth_data
        .get(SCRATCH)
        .and_then(|scratch| scratch[name].as_str())
        .unwrap_or_default()
        .into()
}

fn set(context: &mut Context<'_>, name: &str, value: &str) {
    let scratch = context.session.change().auth_data.entry(SCRATCH).or_insert_with(|| json!({}));
    scratch[name] = json!(value);
}

/// What the API is to show instead of a failure: core itself can give neither status.
pub fn rewrite(code: &str) -> Option<&'static str> {
    match code {
        "steptest-restart" => Some("RESTART"),
        "steptest-other" => Some("TOMORROW"),
        _ => None,
    }
}
