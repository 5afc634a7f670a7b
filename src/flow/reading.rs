//! Reading what came back for an answer: whether the wiki executed it, and what it said.

use super::{
    exchange::{Module, Outcome},
    session::Session,
};
use crate::{Error, protocol::Status};

/// What came back, sorted by whether the wiki acted on the request.
pub(super) enum Reading {
    Status(Box<Status>),
    /// The wiki executed nothing.
    NotExecuted(Error),
    /// A page from something in front of the wiki, which may have passed the request on.
    Page(Error),
    /// The wiki may have acted on the request.
    Lost(Error),
}

pub(super) fn read(session: &mut Session, module: Module, outcome: Outcome) -> Reading {
    let response = match outcome {
        Ok(response) => response,
        Err(failed) if failed.may_have_arrived => return Reading::Lost(failed.error),
        Err(failed) => return Reading::NotExecuted(failed.error),
    };
    match session.read(Ok(response)) {
        Ok(reply) => match reply.status(module.names().action) {
            Ok(status) => Reading::Status(Box::new(status.plain_if(session.settings.wants_plaintext()))),
            Err(error) => Reading::Lost(error),
        },
        Err(error) => match error.api_code() {
            Some(code) if proves_not_executed(code, &error) => Reading::NotExecuted(error),
            // A redirect of a POST is not followed. A refusal with 4xx may be a firewall's, which
            // blocked either the request or the wiki's answer.
            None if matches!(error.http_status(), Some(300..=499)) || asks_client_to_wait(&error) => {
                Reading::Page(error)
            }
            _ => Reading::Lost(error),
        },
    }
}

/// Whether an error of the API says that nothing was executed. An exception rolls the database
/// back, but not what extensions did elsewhere. A gateway that gives up may send JSON that looks
/// like an API error, but with a status that MediaWiki does not use for API errors.
fn proves_not_executed(code: &str, error: &Error) -> bool {
    !code.starts_with("internal_api_error") && error.http_status().unwrap_or_default() < 500
}

/// Whether a page asks the client to come back later.
pub(super) fn asks_client_to_wait(error: &Error) -> bool {
    match error.http_status() {
        Some(429) => true,
        Some(503) => error.retry_after().is_some(),
        _ => false,
    }
}
