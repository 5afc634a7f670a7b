//! ConfirmEdit: questions, sums, pictures and widgets before a creation.

use crate::api::{Call, Failure};
use crate::auth::{
    Action, AuthRequest, Context, Creator, Exception, Field, FieldType, NewUser, PreAuth, Provider, Status,
};
use crate::http::{Request, Response};
use crate::instance::Instance;
use crate::message::Message;
use crate::profile::CaptchaKind;
use crate::random;
use crate::session::Session;
use serde_json::{Map, json};
use std::sync::atomic::Ordering;
use url::form_urlencoded;

pub struct ConfirmEdit {
    pub kind: CaptchaKind,
}

/// The one picture, and what it shows.
const PICTURE: &[u8] = include_bytes!("captcha.png");
const PICTURE_ANSWER: &str = "quartz";
const SITE_KEY: &str = "site-key-10000000";
const CLASS: &str = "MediaWiki\\Extension\\ConfirmEdit\\Auth\\CaptchaAuthenticationRequest";
/// So many unanswered ones does a session keep.
const KEPT: usize = 100;

impl Provider for ConfirmEdit {
    fn requests(&self, context: &mut Context<'_>, action: Action) -> Vec<AuthRequest> {
        if action == Action::Create && is_needed(context, &Creator::of(context)) {
            vec![self.request(context)]
        } else {
            Vec::new()
        }
    }

    fn test_creation(
        &self,
        context: &mut Context<'_>,
        _user: &NewUser,
        creator: &Creator,
        requests: &[AuthRequest],
    ) -> Result<Status, Exception> {
        if !is_needed(context, creator) {
            return Ok(Ok(()));
        }
        let request = requests.iter().find(|request| request.id == "CaptchaAuthenticationRequest");
        let word = request.and_then(|request| request.text("captchaWord")).unwrap_or_default();
        let passes = match self.kind {
            CaptchaKind::HCaptcha | CaptchaKind::Turnstile | CaptchaKind::ReCaptcha => {
                let service = match self.kind {
                    CaptchaKind::HCaptcha => "hcaptcha-api",
                    CaptchaKind::Turnstile => "turnstile-api",
                    _ => "recaptcha-api",
                };
                let error = match word {
                    "widget-token" => return Ok(Ok(())),
                    "widget-down" => "http",
                    // The service has error codes for a token that is none.
                    _ => service,
                };
                return Ok(Err(vec![Message::new("captcha-error").text_param(error)]));
            }
            _ => {
                let id = request.and_then(|request| request.text("captchaId")).unwrap_or_default();
                // Right or wrong, it serves once.
                let answer = take(context.session, id);
                answer.is_some_and(|answer| self.matches(word, &answer))
            }
        };
        Ok(if passes { Ok(()) } else { Err(vec![Message::new("captcha-createaccount-fail")]) })
    }
}

impl PreAuth for ConfirmEdit {}

impl ConfirmEdit {
    fn request(&self, context: &mut Context<'_>) -> AuthRequest {
        let (kind, mime) = match self.kind {
            CaptchaKind::Questy { .. } => ("question", "text/html"),
            CaptchaKind::Arithmetic => ("simple", "text/plain"),
            CaptchaKind::Fancy => ("image", "image/png"),
            CaptchaKind::HCaptcha => ("hcaptcha", "application/javascript"),
            CaptchaKind::Turnstile => ("turnstile", "application/javascript"),
            CaptchaKind::ReCaptcha => ("recaptchanocaptcha", "application/javascript"),
        };
        let mut metadata =
            Map::from_iter([("type".to_owned(), json!(kind)), ("mime".to_owned(), json!(mime))]);
        let widget = match self.kind {
            CaptchaKind::HCaptcha => Some(("hCaptcha\\HCaptcha", "hcaptcha")),
            CaptchaKind::Turnstile => Some(("Turnstile\\Turnstile", "turnstile")),
            CaptchaKind::ReCaptcha => Some(("ReCaptchaNoCaptcha\\ReCaptchaNoCaptcha", "renocaptcha")),
            CaptchaKind::Questy { .. } | CaptchaKind::Arithmetic | CaptchaKind::Fancy => None,
        };
        let mut request = match widget {
            None => self.question(context),
            Some((class, prefix)) => {
                metadata.insert("key".to_owned(), json!(SITE_KEY));
                let label = Message::new(&format!("{prefix}-createaccount"));
                let help = Message::new(&format!("{prefix}-help"));
                let class = format!("MediaWiki\\Extension\\ConfirmEdit\\{class}AuthenticationRequest");
                let mut request =
                    AuthRequest::new(CLASS, vec![Field::new("captchaWord", FieldType::Text, label, help)]);
                request.provider = Message::only_param(crate::message::Param::Text(class));
                request
            }
        };
        request.metadata = metadata;
        request.with_id("CaptchaAuthenticationRequest".to_owned())
    }

    /// A new captcha, which the session remembers.
    fn question(&self, context: &mut Context<'_>) -> AuthRequest {
        let (info, answer) = match self.kind {
            CaptchaKind::Questy { question, answer } => (question.to_owned(), answer.to_owned()),
            CaptchaKind::Arithmetic => sum(),
            _ => (String::new(), PICTURE_ANSWER.to_owned()),
        };
        let id = remember(context.wiki, context.session, answer);
        let info = if self.kind == CaptchaKind::Fancy { image_url(context.base, &id) } else { info };
        let label = match self.kind {
            CaptchaKind::Questy { .. } => "questycaptcha-createaccount",
            // There is none about accounts.
            CaptchaKind::Fancy => "fancycaptcha-edit",
            _ => "captcha-createaccount",
        };
        let field = |name, kind, label: &str, help: &str| {
            Field::new(name, kind, Message::new(label), Message::new(help))
        };
        let mut id_field =
            field("captchaId", FieldType::Hidden, "captcha-id-label", "captcha-id-help").with_value(id);
        // ConfirmEdit discards the request of a captcha that it does not know.
        id_field.accepted = Some(context.session.data().captchas.iter().map(|(id, _)| id.clone()).collect());
        AuthRequest::new(
            CLASS,
            vec![
                id_field,
                field("captchaInfo", FieldType::Null, label, "captcha-info-help").with_value(info),
                field("captchaWord", FieldType::Text, "captcha-label", "captcha-help"),
            ],
        )
    }

    fn matches(&self, word: &str, answer: &str) -> bool {
        match self.kind {
            CaptchaKind::Questy { .. } => word.trim().to_lowercase() == answer,
            // PHP compares numbers, however they are written.
            CaptchaKind::Arithmetic => {
                word.trim().parse::<f64>().is_ok_and(|number| answer.parse() == Ok(number))
            }
            _ => word == answer,
        }
    }
}

/// `action=fancycaptchareload`
pub fn reload(call: &mut Call<'_>) -> Result<(), Failure> {
    let answer = PICTURE_ANSWER.to_owned();
    let id = remember(call.wiki, &mut call.session, answer);
    call.result.insert("fancycaptchareload".to_owned(), json!({ "index": id }));
    Ok(())
}

/// `Special:Captcha/image`, if that is what was asked for.
pub fn image(wiki: &Instance, request: &Request) -> Option<Response> {
    let parameter = |name: &str| {
        form_urlencoded::parse(request.query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    };
    let is_image =
        parameter("title") == "Special:Captcha/image" || request.path.ends_with("/Special:Captcha/image");
    if !is_image || wiki.profile.captcha != Some(CaptchaKind::Fancy) {
        return None;
    }
    let session = Session::open(request, wiki).ok();
    let id = parameter("wpCaptchaId");
    let known =
        session.as_ref().and_then(|session| session.data().captchas.iter().find(|(known, _)| *known == id));
    Some(match known {
        Some(_) => Response::new(200, "image/png", PICTURE)
            .with("Cache-Control", "private, s-maxage=0, max-age=3600"),
        None => Response::new(400, "text/html; charset=utf-8", bogus()),
    })
}

fn is_needed(context: &Context<'_>, creator: &Creator) -> bool {
    context.wiki.is_captcha_on.load(Ordering::SeqCst) && !creator.is_sysop(context)
}

fn bogus() -> &'static str {
    "<!DOCTYPE html>\n<html><head><title>No captcha</title></head><body><h1>No captcha</h1>\
     <p>This session has no captcha with that id.</p></body></html>\n"
}

fn sum() -> (String, String) {
    let (a, b) = (random::below(101) as i64, random::below(11) as i64);
    if random::below(2) == 0 {
        (format!("{a}+{b} ="), (a + b).to_string())
    } else {
        (format!("{a}\u{2212}{b} ="), (a - b).to_string())
    }
}

fn remember(wiki: &Instance, session: &mut Session, answer: String) -> String {
    let id = (random::number() >> 1).to_string();
    if wiki.profile.captcha == Some(CaptchaKind::Fancy) {
        wiki.record_captcha(&id, &answer);
    }
    session.persist();
    let captchas = &mut session.change().captchas;
    captchas.push((id.clone(), answer));
    let surplus = captchas.len().saturating_sub(KEPT);
    captchas.drain(..surplus);
    id
}

fn take(session: &mut Session, id: &str) -> Option<String> {
    let at = session.data().captchas.iter().position(|(known, _)| known == id)?;
    Some(session.change().captchas.remove(at).1)
}

/// Without the host.
fn image_url(base: &str, id: &str) -> String {
    let path = base.find("/w/").map_or("", |at| &base[at..]);
    format!("{path}/index.php?title=Special:Captcha/image&wpCaptchaId={id}")
}
