//! What the profiles of an address change.

use crate::auth::{Need, Throttle};
use crate::message::{Language, Message, Param};

/// The seconds of the profile `ratelimit`.
pub const RATE_WINDOW: u64 = 60;

#[derive(Clone, Debug)]
pub struct Profile {
    /// The names of the forms of `forms.json` that every creation begins with.
    pub first_forms: Vec<&'static str>,
    /// Whether the web server logs every visitor in.
    pub knows_everyone: bool,
    pub has_steps: bool,
    /// Whether there is a button, and whether its request is required.
    pub button: Option<Need>,
    pub captcha: Option<CaptchaKind>,
    /// Whether the captcha waits for the window `_captcha_on`.
    pub is_captcha_late: bool,
    pub throttle: Option<Throttle>,
    /// Hits of the action `createaccount` in [`RATE_WINDOW`].
    pub rate_limit: Option<u32>,
    pub read_only: Option<&'static str>,
    pub is_closed: bool,
    pub is_private: bool,
    pub is_blocked: bool,
    pub has_email: bool,
    pub min_password: usize,
    pub has_login_link: bool,
    /// What the way to the wiki loses, once.
    pub loses: Option<Loss>,
}

/// What comes to nothing, the connection being closed in place of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// The first request of a creation, before the wiki has read it.
    Request,
    /// The answer to the request that makes the first account.
    Answer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaptchaKind {
    Questy { question: &'static str, answer: &'static str },
    Arithmetic,
    Fancy,
    HCaptcha,
    Turnstile,
    ReCaptcha,
}

const QUESTY: CaptchaKind = CaptchaKind::Questy { question: "Which planet do we live on?", answer: "earth" };

impl Profile {
    /// Of names joined by `+`; the error is the name that is none.
    pub fn parse(names: &str) -> Result<Self, String> {
        let mut profile = Self {
            first_forms: Vec::new(),
            knows_everyone: false,
            has_steps: false,
            button: None,
            captcha: None,
            is_captcha_late: false,
            throttle: None,
            rate_limit: None,
            read_only: None,
            is_closed: false,
            is_private: false,
            is_blocked: false,
            has_email: true,
            min_password: 8,
            has_login_link: false,
            loses: None,
        };
        for name in names.split('+') {
            match name {
                "stock" => {}
                "steps" => profile.has_steps = true,
                "button" => profile.button = Some(Need::Required),
                "optbutton" => profile.button = Some(Need::Optional),
                "campaign" => profile.first_forms.push("campaign"),
                "renamed" => profile.first_forms.push("renamed"),
                "teacher" => profile.first_forms.push("teacher"),
                "preset" => profile.first_forms.push("preset"),
                "everyone" => profile.knows_everyone = true,
                "questy" => profile.captcha = Some(QUESTY),
                "questy-signs" => {
                    let question = "Is 2 < 3 &amp; 5 > 4?";
                    profile.captcha = Some(CaptchaKind::Questy { question, answer: "yes" });
                }
                "late-questy" => {
                    profile.captcha = Some(QUESTY);
                    profile.is_captcha_late = true;
                }
                "arithmetic" => profile.captcha = Some(CaptchaKind::Arithmetic),
                "fancy" => profile.captcha = Some(CaptchaKind::Fancy),
                "hcaptcha" => profile.captcha = Some(CaptchaKind::HCaptcha),
                "turnstile" => profile.captcha = Some(CaptchaKind::Turnstile),
                "recaptcha" => profile.captcha = Some(CaptchaKind::ReCaptcha),
                "throttle" => profile.throttle = Some(Throttle { count: 3, seconds: 86_400 }),
                "ratelimit" => profile.rate_limit = Some(2),
                "readonly" => profile.read_only = Some("Maintenance until noon."),
                "closed" => profile.is_closed = true,
                "private" => profile.is_private = true,
                "blocked" => profile.is_blocked = true,
                "noemail" => profile.has_email = false,
                "strict" => profile.min_password = 10,
                "login-link" => profile.has_login_link = true,
                "lost-request" => profile.loses = Some(Loss::Request),
                "lost-answer" => profile.loses = Some(Loss::Answer),
                _ => return Err(name.to_owned()),
            }
        }
        Ok(profile)
    }

    /// What the wiki has against a password.
    pub fn password_problems(&self, user_name: &str, password: &str) -> Vec<Message> {
        let mut problems = Vec::new();
        if password.len() < self.min_password {
            problems.push(Message::new("passwordtooshort").int(self.min_password as i64));
        }
        if user_name.to_ascii_lowercase().contains(&password.to_ascii_lowercase()) {
            problems.push(Message::new("password-substring-username-match"));
        }
        problems
    }

    /// What somebody without the right is told.
    pub fn closed_message(&self, language: Language) -> Message {
        let group = Message::new("group-sysop").text(language);
        let link = Param::Text(format!("[[Test Wiki:Administrators|{group}]]"));
        Message::new("badaccess-groups").param(Param::List(vec![link])).int(1)
    }
}
