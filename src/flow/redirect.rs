//! A visit to a third party.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::form::Form;
use crate::{
    Error, Result,
    config::{Settings, check_return_url},
    protocol::{AuthRequest, Field, Message, Visit, has_user_info, is_encrypted_or_local, is_loopback},
};

/// Where third parties send the person back to.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReturnUrl {
    pub(super) url: Url,
    /// Whether the host gave it, and so notices the return.
    #[serde(rename = "is_hosts")]
    pub(super) is_from_host: bool,
}

impl ReturnUrl {
    /// The host's, or else the wiki's own address: the API insists on one, and most wikis never use
    /// it.
    pub(super) fn of(settings: &Settings, api_url: &Url) -> Self {
        match &settings.return_url {
            Some(url) => Self { url: url.clone(), is_from_host: true },
            None => {
                let mut url = api_url.clone();
                url.set_path("/");
                url.set_query(None);
                Self { url, is_from_host: false }
            }
        }
    }

    /// Checks a return URL that was saved, perhaps with settings other than these.
    pub(super) fn check(&self, settings: &Settings, api_url: &Url) -> Result<()> {
        if self.is_from_host {
            return check_return_url(&self.url, settings.allow_http);
        }
        match self.url.origin() == api_url.origin() && !has_user_info(&self.url) {
            true => Ok(()),
            false => Err(Error::argument("return_url", "The return URL is not the wiki's.")),
        }
    }
}

/// A visit to a third party.
#[derive(Clone)]
pub struct Redirect {
    pub(crate) target: Url,
    pub(crate) data: Option<Value>,
    pub(crate) return_url: ReturnUrl,
    /// The requests that the return will fill in.
    pub(crate) form: Form,
}

impl Redirect {
    /// The API does not check the target, so this does.
    pub(crate) fn new(
        visit: Visit,
        return_url: ReturnUrl,
        settings: &Settings,
        api_url: &Url,
    ) -> Result<Self> {
        let Some(target) = visit.target else {
            return Err(Error::protocol(
                "The wiki wants to send the person elsewhere, but does not say where.",
            ));
        };
        let target = check_target(&target, settings, api_url)?;
        let mut notice = visit.notice;
        if notice.message.is_none() && !return_url.is_from_host {
            let text = "No return URL was configured, so nothing will notice the return from this visit.";
            notice.message = Some(Message::own(text));
        }
        let form = Form::new(visit.requests, visit.raw, api_url).with_notice(notice);
        Ok(Self { target, data: visit.data, return_url, form })
    }

    /// Where to send the person. Without [`Config::allow_http`](crate::Config::allow_http) the
    /// address is https, or http on loopback; and it is on loopback only if the wiki is there too.
    /// It may contain secrets: do not log it, and do not fetch it with the wiki's cookies.
    #[must_use]
    pub fn target(&self) -> &Url {
        &self.target
    }

    /// Further data for the visit, if the wiki gives any; its meaning is up to the provider.
    #[must_use]
    pub fn data(&self) -> Option<&Value> {
        self.data.as_ref()
    }

    /// Where the third party sends the person afterwards. Give
    /// [`Client::resume`](crate::Client::resume) the full address at which the person arrived.
    #[must_use]
    pub fn return_url(&self) -> &Url {
        &self.return_url.url
    }

    /// False when no return URL was configured: the person will end up on the wiki's own page, and the program does not
    /// learn of the return.
    #[must_use]
    pub fn catches_return(&self) -> bool {
        self.return_url.is_from_host
    }

    /// The fields that the return is expected to fill in.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        self.form.fields()
    }

    /// The requests that these fields belong to.
    #[must_use]
    pub fn requests(&self) -> &[AuthRequest] {
        &self.form.requests
    }

    /// The JSON that the step was read from. It contains the target.
    #[must_use]
    pub fn raw(&self) -> &Value {
        self.form.raw.tree()
    }
}

impl fmt::Debug for Redirect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The target carries state and nonces.
        let host = self.target.host_str().unwrap_or_default();
        f.debug_struct("Redirect")
            .field("target", &format_args!("{}://{host}/***", self.target.scheme()))
            .field("catches_return", &self.return_url.is_from_host)
            .field("fields", &self.form.fields())
            .finish_non_exhaustive()
    }
}

fn check_target(target: &str, settings: &Settings, api_url: &Url) -> Result<Url> {
    let refuse =
        |why: &str| Error::protocol(format!("The wiki wants to send the person elsewhere, but {why}."));
    let target = api_url.join(target).map_err(|_| refuse("its target is not an address"))?;
    if !matches!(target.scheme(), "https" | "http") {
        return Err(refuse(&format!("the scheme {}: is not allowed", target.scheme())));
    }
    if !is_encrypted_or_local(&target, settings.allow_http) {
        return Err(refuse("its target is http without encryption; the host can allow that"));
    }
    if is_loopback(&target) && !is_loopback(api_url) && !settings.allow_http {
        return Err(refuse("its target is on the person's own machine; the host can allow that"));
    }
    if has_user_info(&target) {
        return Err(refuse("its target carries a name or password"));
    }
    Ok(target)
}
