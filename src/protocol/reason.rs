//! Why the wiki said FAIL, in a few classes that a host can react to.

use std::fmt;

use serde_json::Value;

use super::message::{Message, is_list};
use crate::Error;

/// The class of a failure. The wiki's own code and message come with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// None of the classes below; extensions and wiki administrators add codes of their own.
    Other,
    /// The name belongs to somebody, here or on another wiki of the family.
    NameTaken,
    /// The name is missing or cannot be a user name.
    NameInvalid,
    /// The name may not be used: it is on a blacklist, reserved, or too similar to another one.
    NameForbidden,
    /// The password does not meet the wiki's rules.
    Password,
    /// The two passwords differ.
    PasswordMismatch,
    /// The e-mail address is missing, malformed or not accepted.
    Email,
    /// The captcha was answered wrongly, or is used up. Begin again for a new one.
    Captcha,
    /// The service that checks captchas did not answer. It is not the person's fault: try again
    /// later.
    CaptchaService,
    /// This visitor or account may not create accounts.
    Permission,
    /// This visitor's address or account is blocked.
    Blocked,
    /// Too many accounts were made from this address.
    Throttled,
    /// Too many attempts in a short time.
    RateLimited,
    /// The wiki is read-only for the time being.
    ReadOnly,
    /// The same name is being registered at this very moment.
    Busy,
    /// The wiki no longer knows this sign-up. Begin again.
    SessionLost,
    /// No way of making the account was filled in completely.
    NoPrimary,
    /// A filter of the wiki rejected the attempt. If it only warns, the same attempt passes the
    /// second time.
    Filter,
}

impl Reason {
    /// All reasons, in the order of their numbers in the C API.
    pub const ALL: &'static [Self] = &[
        Self::Other,
        Self::NameTaken,
        Self::NameInvalid,
        Self::NameForbidden,
        Self::Password,
        Self::PasswordMismatch,
        Self::Email,
        Self::Captcha,
        Self::CaptchaService,
        Self::Permission,
        Self::Blocked,
        Self::Throttled,
        Self::RateLimited,
        Self::ReadOnly,
        Self::Busy,
        Self::SessionLost,
        Self::NoPrimary,
        Self::Filter,
    ];

    /// The name in lower case, for instance `name_taken`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Other => "other",
            Self::NameTaken => "name_taken",
            Self::NameInvalid => "name_invalid",
            Self::NameForbidden => "name_forbidden",
            Self::Password => "password",
            Self::PasswordMismatch => "password_mismatch",
            Self::Email => "email",
            Self::Captcha => "captcha",
            Self::CaptchaService => "captcha_service",
            Self::Permission => "permission",
            Self::Blocked => "blocked",
            Self::Throttled => "throttled",
            Self::RateLimited => "rate_limited",
            Self::ReadOnly => "read_only",
            Self::Busy => "busy",
            Self::SessionLost => "session_lost",
            Self::NoPrimary => "no_primary",
            Self::Filter => "filter",
        }
    }

    /// The reason for a `messagecode` and the message sent with it. Where the wiki is too old for
    /// codes, `code` is the key of a raw message.
    ///
    /// A list of errors has the code of none of them, so its reason is [`Reason::Other`].
    pub(crate) fn of(code: &str, message: Option<&Message>) -> Self {
        if is_list(code) {
            return Self::Other;
        }
        let code = code.strip_prefix("apierror-").unwrap_or(code);
        match look_up(code).or_else(|| look_up(without_farm(code)?)) {
            Some(Self::CaptchaService) if message.is_some_and(is_rejected) => Self::Captcha,
            Some(reason) => reason,
            None => Self::Other,
        }
    }
}

impl Error {
    /// Why the wiki refused, in the classes of a FAIL: some reasons, such as a read-only wiki, can
    /// come as an error as well as a FAIL. HTTP 429 in place of an answer counts as a rate limit.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        match (self.api_code(), self.http_status()) {
            (Some(code), _) => Some(Reason::of(code, None)).filter(|reason| *reason != Reason::Other),
            // A server in front of the wiki sends no code.
            (None, Some(429)) => Some(Reason::RateLimited),
            _ => None,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

use Reason::*;

/// The keys and codes with which MediaWiki and its extensions refuse an account, and where in their
/// source each is. A final `*` makes a key a prefix. A whole key takes precedence over a prefix,
/// and a longer prefix over a shorter one.
const TABLE: &[(&str, Reason, &str)] = &[
    // MediaWiki itself. Some keys have codes that differ from them (ApiMessageTrait::$messageMap).
    ("userexists", NameTaken, "AuthManager::canCreateAccount"),
    ("noname", NameInvalid, "AuthManager::beginAccountCreation"),
    ("invaliduser", NameInvalid, "the code of noname and nouserspecified"),
    ("nouserspecified", NameInvalid, "ApiMessageTrait"),
    ("usernameinprogress", Busy, "AuthManager::continueAccountCreation"),
    (
        "username-previously-renamed-account",
        NameForbidden,
        "PreviouslyRenamedAccountPreAuthenticationProvider, 1.47",
    ),
    ("badretype", PasswordMismatch, "LocalPasswordPrimaryAuthenticationProvider"),
    ("wrongpassword", Password, "AbstractPasswordPrimaryAuthenticationProvider"),
    ("wrongpasswordempty", Password, "LegacyHookPreAuthenticationProvider, to 1.32"),
    ("passwordtoo*", Password, "PasswordPolicyChecks: tooshort, toolong, toopopular"),
    ("passwordincommonlist", Password, "PasswordPolicyChecks, from 1.33"),
    ("passwordinlargeblacklist", Password, "PasswordPolicyChecks, 1.31 and 1.32"),
    ("password-*", Password, "PasswordPolicyChecks: name-match, login-forbidden, substring-username-match"),
    ("invalidemailaddress", Email, "UserDataAuthenticationRequest"),
    ("noemailcreate", Email, "TemporaryPasswordPrimaryAuthenticationProvider"),
    ("emaildisabled", Email, "TemporaryPasswordPrimaryAuthenticationProvider"),
    ("permissiondenied", Permission, "the code of badaccess-group0 and badaccess-groups"),
    ("badaccess*", Permission, "PermissionManager"),
    ("authmanager-create-disabled", Permission, "AuthManager::canCreateAccount"),
    ("authmanager-autocreate-noperm", Permission, "AuthManager::autoCreateUser"),
    ("userlogin-cannot-create", Permission, "ApiAMCreateAccount"),
    ("blocked", Blocked, "the code of the blockedtext family"),
    ("autoblocked", Blocked, "the code of autoblockedtext, and of ipreputation-blocked-ip-reputation"),
    ("blockedtext*", Blocked, "BlockErrorFormatter"),
    ("autoblockedtext*", Blocked, "BlockErrorFormatter"),
    ("systemblockedtext*", Blocked, "BlockErrorFormatter"),
    ("cantcreateaccount-*", Blocked, "AuthManager::checkAccountCreatePermissions, to 1.34"),
    ("sorbs_create_account_reason", Blocked, "AuthManager::authorizeInternal"),
    ("login-userblocked", Blocked, "CheckBlocksSecondaryAuthenticationProvider"),
    ("acct_creation_throttle_hit", Throttled, "ThrottlePreAuthenticationProvider"),
    ("login-throttled", Throttled, "ThrottlePreAuthenticationProvider"),
    ("ratelimited", RateLimited, "the code of actionthrottledtext"),
    ("actionthrottledtext", RateLimited, "PermissionStatus, from 1.41"),
    ("readonly", ReadOnly, "the code of readonlytext"),
    ("readonlytext", ReadOnly, "AuthManager::authorizeInternal"),
    ("authmanager-create-not-in-progress", SessionLost, "AuthManager::continueAccountCreation"),
    ("authmanager-authn-not-in-progress", SessionLost, "AuthManager::continueAuthentication"),
    ("assertuserfailed", SessionLost, "ApiMain::checkAsserts"),
    ("readapidenied", Permission, "ApiMain::checkExecutePermissions"),
    ("writeapidenied", Permission, "ApiMain::checkExecutePermissions"),
    ("noapiwrite", Permission, "ApiMain::checkExecutePermissions, to 1.31"),
    ("mwoauth-invalid-authorization*", Permission, "OAuth, SessionProvider"),
    ("badtoken", SessionLost, "the code of sessionfailure"),
    ("sessionfailure", SessionLost, "LegacyHookPreAuthenticationProvider, to 1.32"),
    ("nocookiesforlogin", SessionLost, "LegacyHookPreAuthenticationProvider, to 1.32"),
    ("authmanager-create-no-primary", NoPrimary, "AuthManager::continueAccountCreation"),
    ("authmanager-authn-no-primary", NoPrimary, "AuthManager::continueAuthentication"),
    // AbuseFilter. Its administrators may put any key into their filters.
    ("abusefilter-accountreserved", NameForbidden, "AbuseFilterPreAuthenticationProvider"),
    ("abusefilter-blocked-display", Blocked, "AbuseFilter, Consequence Block"),
    ("abusefilter-*", Filter, "AbuseFilter, the other consequences"),
    // AntiSpoof. Before 1.43 a conflict has no key, but a message of three parts that nothing else
    // sends.
    ("antispoof-*", NameForbidden, "AntiSpoofPreAuthenticationProvider: conflict, name-illegal"),
    ("$1$2$3", NameForbidden, "AntiSpoofPreAuthenticationProvider, 1.27 to 1.32"),
    ("_1_2_3", NameForbidden, "AntiSpoofPreAuthenticationProvider, 1.33 to 1.42"),
    // BlueSpice.
    (
        "bs-pro-distribution-createaccount-fail-*",
        Permission,
        "BlueSpice Pro, the number of accounts is used up",
    ),
    // CentralAuth.
    ("centralauth-account-exists", NameTaken, "CentralAuthPrimaryAuthenticationProvider"),
    ("centralauth-account-unattached-exists", NameTaken, "CentralAuthPrimaryAuthenticationProvider"),
    ("centralauth-account-rename-exists", NameTaken, "CentralAuthPrimaryAuthenticationProvider"),
    ("centralauth-account-expired", NameForbidden, "CentralAuthPrimaryAuthenticationProvider"),
    ("centralauth-account-*", NameTaken, "CentralAuth"),
    ("centralauth-rename-abortlogin", NameForbidden, "CentralAuthPrimaryAuthenticationProvider"),
    ("centralauth-blocked-ip-reputation", Blocked, "CentralAuthIpReputationPreAuthenticationProvider, 1.43"),
    ("centralauth-login-error-locked", Blocked, "CentralAuthSecondaryAuthenticationProvider"),
    ("centralauth-error-badtoken", SessionLost, "CentralAuthRedirectingPrimaryAuthenticationProvider"),
    ("centralauth-error-sul3-expired", SessionLost, "CentralAuthRedirectingPrimaryAuthenticationProvider"),
    // ConfirmAccount.
    ("requestaccount-inuse", NameTaken, "ConfirmAccount, PreAuthenticationProvider"),
    // ConfirmEdit. The parameter of captcha-error says whether the token was rejected;
    // hcaptcha-internal-error does not say.
    ("captcha-error", CaptchaService, "CaptchaPreAuthenticationProvider::makeError"),
    ("hcaptcha-internal-error", CaptchaService, "CaptchaPreAuthenticationProvider::makeError, from 1.47"),
    ("captcha-*", Captcha, "CaptchaPreAuthenticationProvider: createaccount-fail"),
    ("fancycaptcha-*", Captcha, "ConfirmEdit, FancyCaptcha"),
    ("questycaptcha-*", Captcha, "ConfirmEdit, QuestyCaptcha"),
    ("hcaptcha-*", Captcha, "ConfirmEdit, hCaptcha"),
    ("turnstile-*", Captcha, "ConfirmEdit, Turnstile: createaccount-fail"),
    ("recaptcha-*", Captcha, "ConfirmEdit, ReCaptcha, to 1.34"),
    ("renocaptcha-*", Captcha, "ConfirmEdit, ReCaptchaNoCaptcha: createaccount-fail"),
    // EmailAuth.
    ("emailauth-login-retry-limit", RateLimited, "EmailAuthSecondaryAuthenticationProvider"),
    // EmailDNSValidate.
    ("emaildnsvalidate-*", Email, "EmailDNSValidate: formatvalfail, ipprivres, nxdomain"),
    // GlobalBlocking.
    ("globalblocking-*", Blocked, "GlobalBlockingHooks: blockedtext-ip and others, ipblocked before 1.42"),
    // Invitation codes and terms of use: no reason fits these, and the message explains them.
    ("pickipediainvitations-*", Other, "PickiPediaInvitations: code-required, validation-error"),
    ("newsignuppage-must-accept-tos", Other, "NewSignupPage"),
    // IPReputation.
    ("ipreputation-blocked-*", Blocked, "IPReputation, PreAuthenticationProvider"),
    // MinimumNameLength.
    ("minimumnamelength-error", NameInvalid, "MinimumNameLengthPreAuthenticationProvider"),
    // OpenStackManager.
    ("openstackmanager-shellaccountexists", NameTaken, "OpenStackNovaSecondaryAuthenticationProvider"),
    (
        "openstackmanager-shellaccountvalidationfail",
        NameInvalid,
        "OpenStackNovaSecondaryAuthenticationProvider",
    ),
    // Phalanx.
    ("phalanx-user-block-new-account", NameForbidden, "Phalanx of Fandom"),
    // SpamBlacklist.
    ("spam-blacklisted-email*", Email, "SpamBlacklistPreAuthenticationProvider: signup"),
    // StopForumSpam.
    ("stopforumspam-*", Blocked, "StopForumSpam, onGetUserPermissionsErrorsExpensive: blocked"),
    // TitleBlacklist.
    ("titleblacklist-*", NameForbidden, "TitleBlacklist, Hooks::testUserName: forbidden, custom messages"),
    // TorBlock.
    ("torblock-*", Blocked, "TorBlock, onGetUserPermissionsErrorsExpensive: blocked"),
    // Customizations of farms.
    (
        "wikimediacustomizations-bademaildomain-*",
        Email,
        "BadEmailDomainPreAuthenticationProvider of Wikimedia",
    ),
    ("wikioasissafety-suspended-*", Blocked, "WikiOasisSafety"),
];

fn look_up(code: &str) -> Option<Reason> {
    let matches = |(key, ..): &&(&str, Reason, &str)| match key.strip_suffix('*') {
        Some(start) => code.starts_with(start),
        None => code == *key,
    };
    let weight = |(key, ..): &&(&str, Reason, &str)| (!key.ends_with('*'), key.len());
    TABLE.iter().filter(matches).max_by_key(weight).map(|(_, reason, _)| *reason)
}

/// The key without the prefix that a wiki farm has added: `wikimedia-torblock-blocked`,
/// `weirdgloop-globalblocking-ipblocked-range`. Only extensions that have a hook for this, or that
/// have their own name in the key, are considered, because any word may be followed by `-blocked`.
fn without_farm(code: &str) -> Option<&str> {
    const EXTENSIONS: [&str; 9] = [
        "abusefilter-",
        "antispoof-",
        "centralauth-account-",
        "globalblocking-",
        "ipreputation-blocked-",
        "spam-blacklisted-email",
        "stopforumspam-",
        "titleblacklist-",
        "torblock-",
    ];
    let (_, key) = code.split_once('-')?;
    EXTENSIONS.iter().any(|name| key.starts_with(name)).then_some(key)
}

/// Whether a `captcha-error` says that the token was rejected or missing, and not that the service
/// failed (ConfirmEdit, getError of HCaptcha, Turnstile and ReCaptchaNoCaptcha). The other errors
/// are `http` and `json`: no readable answer.
fn is_rejected(message: &Message) -> bool {
    const REJECTED: [&str; 6] = [
        "hcaptcha-api",
        "turnstile-api",
        "recaptcha-api",
        "sitekey-mismatch",
        "missing-token",
        "forceshowcaptcha",
    ];
    let has_word = |text: &str| {
        let mut words = text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_')));
        words.any(|word| REJECTED.contains(&word))
    };
    match message.key() {
        Some(_) => message.params().iter().map(Value::to_string).any(|param| has_word(&param)),
        None => has_word(message.text()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Message, Reason, TABLE, look_up};
    use crate::{Error, ErrorKind, protocol::json::Document};

    fn message(raw: &Value) -> Option<Message> {
        Message::parse(Some(Document::from(raw).expect("JSON").root()))
    }

    #[test]
    fn every_known_code_has_its_reason() {
        // MediaWiki 1.27 to 1.47 and its extensions.
        let known = [
            (
                Reason::NameTaken,
                "userexists centralauth-account-exists centralauth-account-unattached-exists",
            ),
            (Reason::NameTaken, "centralauth-account-rename-exists requestaccount-inuse"),
            (Reason::NameInvalid, "invaliduser noname minimumnamelength-error"),
            (
                Reason::NameForbidden,
                "titleblacklist-forbidden titleblacklist-forbidden-new-account _1_2_3 $1$2$3",
            ),
            (Reason::NameForbidden, "titleblacklist-custom-bad antispoof-conflict antispoof-name-illegal"),
            (Reason::NameForbidden, "abusefilter-accountreserved centralauth-account-expired"),
            (Reason::NameForbidden, "username-previously-renamed-account centralauth-rename-abortlogin"),
            (Reason::PasswordMismatch, "badretype"),
            (Reason::Password, "passwordtooshort passwordtoolong passwordincommonlist password-name-match"),
            (
                Reason::Password,
                "password-substring-username-match password-login-forbidden passwordtoopopular",
            ),
            (Reason::Password, "passwordinlargeblacklist wrongpassword"),
            (Reason::Email, "invalidemailaddress noemailcreate emaildisabled spam-blacklisted-email-signup"),
            (Reason::Email, "emaildnsvalidate-nxdomain wikimediacustomizations-bademaildomain-error"),
            (Reason::Captcha, "captcha-createaccount-fail renocaptcha-createaccount-fail"),
            (Reason::Captcha, "turnstile-createaccount-fail hcaptcha-createaccount-fail"),
            (Reason::CaptchaService, "captcha-error hcaptcha-internal-error"),
            (Reason::Permission, "permissiondenied userlogin-cannot-create authmanager-create-disabled"),
            (Reason::Permission, "badaccess-group0 badaccess-groups"),
            (
                Reason::Permission,
                "readapidenied writeapidenied noapiwrite mwoauth-invalid-authorization-wrong-user",
            ),
            (Reason::Blocked, "blocked autoblocked globalblocking-blockedtext-ip blockedtext-partial"),
            (Reason::Blocked, "globalblocking-blockedtext-autoblock-xff cantcreateaccount-text"),
            (Reason::Blocked, "cantcreateaccount-range-text sorbs_create_account_reason systemblockedtext"),
            (Reason::Blocked, "autoblockedtext-tempuser torblock-blocked stopforumspam-blocked"),
            (Reason::Blocked, "ipreputation-blocked-ip-reputation centralauth-blocked-ip-reputation"),
            (Reason::Blocked, "abusefilter-blocked-display globalblocking-ipblocked-range"),
            (Reason::Throttled, "acct_creation_throttle_hit login-throttled"),
            (Reason::RateLimited, "ratelimited actionthrottledtext apierror-ratelimited"),
            (Reason::ReadOnly, "readonly readonlytext"),
            (Reason::Busy, "usernameinprogress"),
            (Reason::SessionLost, "authmanager-create-not-in-progress badtoken assertuserfailed"),
            (Reason::NoPrimary, "authmanager-create-no-primary"),
            (Reason::Filter, "abusefilter-disallowed abusefilter-warning abusefilter-degrouped"),
            (Reason::Other, "internalerror some-message-of-the-wiki newsignuppage-must-accept-tos"),
            (Reason::Other, "pickipediainvitations-code-required createaccount-hook-aborted"),
        ];
        for (reason, codes) in known {
            for code in codes.split(' ') {
                assert_eq!(Reason::of(code, None), reason, "{code}");
            }
        }
    }

    #[test]
    fn a_list_is_not_guessed_at() {
        for code in ["___1____2", "___1____2____3", "* $1\n* $2", "rawmessage"] {
            let message = Message::from_text("* Passwords must be at least 8 characters.\n* No.");
            assert_eq!(Reason::of(code, Some(&message)), Reason::Other, "{code}");
        }
    }

    #[test]
    fn farms_put_their_names_before_keys() {
        for (reason, codes) in [
            (Reason::Blocked, "wikimedia-torblock-blocked wikimedia-globalblocking-ipblocked-xff"),
            (Reason::Blocked, "weirdgloop-torblock-blocked subnautica-globalblocking-ipblocked"),
            (Reason::Blocked, "miraheze-globalblocking-ipblocked-range"),
            (Reason::NameForbidden, "farm-titleblacklist-forbidden"),
            (
                Reason::Other,
                "door-blocked farm-userexists my-password-hint x-captcha-error -blocked torblock",
            ),
        ] {
            for code in codes.split(' ') {
                assert_eq!(Reason::of(code, None), reason, "{code}");
            }
        }
    }

    #[test]
    fn a_rejected_token_is_not_the_services_fault() {
        let raw = |word: &str| message(&json!({"key": "captcha-error", "params": [word]}));
        let text = |word: &str| {
            let message = format!("CAPTCHA verification failed due to internal error: {word}");
            Some(Message::from_text(&message))
        };
        let html = |word: &str| Some(Message::from_text(&format!("内部エラー:<b>{word}</b>。")));
        for message in [raw, text, html] as [fn(&str) -> Option<Message>; 3] {
            for word in
                ["hcaptcha-api", "turnstile-api", "recaptcha-api", "sitekey-mismatch", "missing-token"]
            {
                assert_eq!(Reason::of("captcha-error", message(word).as_ref()), Reason::Captcha, "{word}");
            }
            for word in ["http", "json", "my-hcaptcha-api-x", "api"] {
                assert_eq!(
                    Reason::of("captcha-error", message(word).as_ref()),
                    Reason::CaptchaService,
                    "{word}"
                );
            }
        }
        assert_eq!(Reason::of("captcha-error", None), Reason::CaptchaService);
        let nested = json!({"key": "captcha-error", "params": [{"text": "hcaptcha-api"}]});
        assert_eq!(Reason::of("captcha-error", message(&nested).as_ref()), Reason::Captcha);
        // The word counts in that message only.
        assert_eq!(Reason::of("abusefilter-x", raw("hcaptcha-api").as_ref()), Reason::Filter);
    }

    #[test]
    fn every_line_of_the_table_counts() {
        for (index, (key, reason, source)) in TABLE.iter().enumerate() {
            assert!(!source.is_empty() && TABLE[..index].iter().all(|(other, ..)| other != key), "{key}");
            assert_eq!(look_up(&key.replace('*', "-x")), Some(*reason), "{key}");
        }
    }

    #[test]
    fn names_are_different() {
        let names: std::collections::HashSet<_> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
        assert_eq!(names.len(), Reason::ALL.len());
    }

    #[test]
    fn an_error_has_the_reason_of_a_fail() {
        let api = |code: &str| Error::new(ErrorKind::Api, "No.").with_api_code(code);
        for (code, reason) in [
            ("readonly", Reason::ReadOnly),
            ("ratelimited", Reason::RateLimited),
            ("permissiondenied", Reason::Permission),
            ("badtoken", Reason::SessionLost),
            ("blocked", Reason::Blocked),
        ] {
            assert_eq!(api(code).reason(), Some(reason));
            assert_eq!(Reason::of(code, None), reason);
        }
        assert_eq!(api("internal_api_error_DBQueryError").reason(), None);
        let page = |status| Error::protocol("A page.").with_http_status(status).reason();
        assert_eq!((page(429), page(503)), (Some(Reason::RateLimited), None));
    }
}
