//! `EmailNotificationSecondaryAuthenticationProvider`: asks a new user to confirm the address.

use super::provider::{Context, Provider, Response, Secondary};
use super::request::AuthRequest;
use crate::clock;
use crate::instance::{Mail, User};
use crate::message::{Language, Message};
use crate::random;

pub struct EmailNotification;

impl Provider for EmailNotification {}

impl Secondary for EmailNotification {
    fn id(&self) -> &'static str {
        "MediaWiki\\Auth\\EmailNotificationSecondaryAuthenticationProvider"
    }

    fn begin_creation(&self, context: &mut Context<'_>, user: &User, _requests: &[AuthRequest]) -> Response {
        let is_mailed = context.session.data().auth_data.contains_key("no-email");
        if context.wiki.profile.has_email && !user.email.is_empty() && !is_mailed {
            context.wiki.send(confirmation(user, context.base));
        }
        Response::pass(&user.name)
    }
}

fn confirmation(user: &User, base: &str) -> Mail {
    const LIFETIME: u64 = 7 * 86400;
    let token = random::hex(32);
    let expiry = clock::english(clock::unix() + LIFETIME);
    let (day, time) = expiry.split_once(", ").map_or(("", ""), |(time, day)| (day, time));
    let body = Message::new("confirmemail_body")
        .text_param("127.0.0.1")
        .text_param(&user.name)
        .text_param(format!("{base}/index.php/Special:ConfirmEmail/{token}"))
        .text_param(&expiry)
        .text_param(format!("{base}/index.php/Special:InvalidateEmail/{token}"))
        .text_param(day)
        .text_param(time);
    Mail {
        to: user.email.clone(),
        subject: Message::new("confirmemail_subject").text(Language::English),
        body: body.text(Language::English),
    }
}
