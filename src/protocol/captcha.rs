//! The captcha of a form, whatever module made it (MediaWiki's extension ConfirmEdit).

use url::Url;

use super::{
    field::{Field, FieldType},
    html::plain_text,
    http::has_user_info,
    request::AuthRequest,
};
use crate::text::clean;

/// What a person has to do for a captcha.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CaptchaKind {
    /// Something else; show the fields as they are.
    Other,
    /// Read the letters of a picture: [`Client::captcha_image`](crate::Client::captcha_image) fetches it.
    Image,
    /// Answer a question in words.
    Question,
    /// Work out a sum.
    Arithmetic,
    /// Solve a third party's widget in a browser; its token is the answer.
    Widget,
}

/// The third party that provides a captcha's widget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CaptchaService {
    /// None, or one that this version does not know.
    Other,
    /// hCaptcha, <https://js.hcaptcha.com/1/api.js>.
    HCaptcha,
    /// Cloudflare Turnstile, <https://challenges.cloudflare.com/turnstile/v0/api.js>.
    Turnstile,
    /// Google reCAPTCHA, <https://www.google.com/recaptcha/api.js>.
    ReCaptcha,
}

impl CaptchaService {
    /// All services, in the order of their numbers in the C API.
    pub const ALL: &'static [Self] = &[Self::Other, Self::HCaptcha, Self::Turnstile, Self::ReCaptcha];

    /// The name in lower case: `hcaptcha`, `turnstile`, `recaptcha`, or `other`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Other => "other",
            Self::HCaptcha => "hcaptcha",
            Self::Turnstile => "turnstile",
            Self::ReCaptcha => "recaptcha",
        }
    }
}

/// A captcha, taken from the fields of a form. It is used up by the first attempt that gets as far as checking it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captcha {
    pub(crate) kind: CaptchaKind,
    pub(crate) text: String,
    pub(crate) mime: String,
    pub(crate) site_key: Option<String>,
    pub(crate) image_url: Option<Url>,
    pub(crate) answer_field: String,
    pub(crate) service: CaptchaService,
    pub(crate) fields: Vec<String>,
}

impl Captcha {
    /// What the person has to do.
    #[must_use]
    pub fn kind(&self) -> CaptchaKind {
        self.kind
    }

    /// The third party that provides the widget; [`CaptchaService::Other`] for captchas that are
    /// not widgets.
    #[must_use]
    pub fn service(&self) -> CaptchaService {
        self.service
    }

    /// The question or the sum as plain text; empty for pictures and widgets.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The MIME type that the wiki names, for instance `image/png`; empty if it names none.
    #[must_use]
    pub fn mime(&self) -> &str {
        &self.mime
    }

    /// The site key that the widget needs.
    #[must_use]
    pub fn site_key(&self) -> Option<&str> {
        self.site_key.as_deref()
    }

    /// The absolute address of a picture, on the wiki's own origin. It needs the session's cookies.
    #[must_use]
    pub fn image_url(&self) -> Option<&Url> {
        self.image_url.as_ref()
    }

    /// The name of the field that takes the answer.
    #[must_use]
    pub fn answer_field(&self) -> &str {
        &self.answer_field
    }

    /// The names of all fields that belong to the captcha, in the wiki's order. A host that shows
    /// the captcha by its text, picture or widget need not show those of its fields that ask nothing
    /// ([`Field::asks`]). A null field that does not belong to the captcha is a separate notice:
    /// show it.
    #[must_use]
    pub fn fields(&self) -> &[String] {
        &self.fields
    }

    /// The captcha among `requests`. It is recognised by its field `captchaWord`, never by the id
    /// of the request: that is a class name in some versions, and has changed without notice.
    pub(crate) fn find(requests: &[AuthRequest], api_url: &Url) -> Option<Self> {
        let request = requests.iter().find(|request| request.field(ANSWER).is_some())?;
        let metadata = |key| request.metadata.get(key).and_then(serde_json::Value::as_str);
        let shown = request.field("captchaInfo").filter(|field| field.kind == FieldType::Null);
        let shown = shown.and_then(|field| field.value()).unwrap_or_default();
        let mime = metadata("mime").unwrap_or_default();
        let site_key = metadata("key").map(str::to_owned);
        let kind = match metadata("type") {
            Some("image") => CaptchaKind::Image,
            Some("question") => CaptchaKind::Question,
            Some("simple" | "math") => CaptchaKind::Arithmetic,
            _ if site_key.is_some() => CaptchaKind::Widget,
            _ if mime.starts_with("image/") && !shown.is_empty() => CaptchaKind::Image,
            _ => CaptchaKind::Other,
        };
        let image_url = match kind {
            // Fetching from another origin could give the session's cookies to a stranger.
            CaptchaKind::Image => {
                let is_own = |url: &Url| url.origin() == api_url.origin() && !has_user_info(url);
                api_url.join(shown).ok().filter(is_own)
            }
            _ => None,
        };
        let text = match kind {
            CaptchaKind::Image | CaptchaKind::Widget => String::new(),
            _ if mime == "text/plain" => shown.to_owned(),
            _ => plain_text(shown),
        };
        let service = match metadata("type") {
            Some("hcaptcha") => CaptchaService::HCaptcha,
            Some("turnstile") => CaptchaService::Turnstile,
            // `recaptcha` is the module's first version, whose widget is a picture with two words.
            Some("recaptchanocaptcha" | "recaptcha") => CaptchaService::ReCaptcha,
            _ => CaptchaService::Other,
        };
        let is_own = |field: &&Field| field.name.starts_with(OWN);
        let fields = request.fields.iter().filter(is_own).map(|field| field.name.clone()).collect();
        Some(Self {
            kind,
            text,
            mime: clean(mime),
            site_key,
            image_url,
            answer_field: ANSWER.to_owned(),
            service,
            fields,
        })
    }
}

const ANSWER: &str = "captchaWord";

/// ConfirmEdit's fields are captchaId, captchaInfo and captchaWord
/// (CaptchaAuthenticationRequest::getFieldInfo). If the wiki has merged the request with others,
/// its other fields belong to those.
const OWN: &str = "captcha";
