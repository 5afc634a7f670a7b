//! Why the wiki said FAIL, in the few classes that a host decides by.

use std::fmt;

use super::message::is_list;

/// The class of a failure. The wiki's own code and message stand beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// None of the classes below; extensions and wiki administrators add codes of their own.
    Other,
    /// The name belongs to somebody, here or on another wiki of the family.
    NameTaken,
    /// The name is missing or cannot be a user name.
    NameInvalid,
    /// The name may not be used: on a list, reserved, or too much like another one.
    NameForbidden,
    /// The password does not meet the wiki's rules.
    Password,
    /// The two passwords differ.
    PasswordMismatch,
    /// The e-mail address is missing, malformed or not accepted.
    Email,
    /// The captcha was answered wrongly, or is used up. Begin again for a new one.
    Captcha,
    /// The service that checks captchas did not answer; nobody's fault, try later.
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
    /// A filter of the wiki objects. A filter that only warns lets the same attempt pass a second time.
    Filter,
}

impl Reason {
    /// All reasons, in the order of their numbers in the C API.
    pub const ALL: [Self; 18] = [
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

    /// The reason behind a `messagecode`, or behind the key of a raw message where the wiki is too old for codes.
    pub(crate) fn of(code: &str) -> Self {
        let code = code.strip_prefix("apierror-").unwrap_or(code);
        match code {
            "userexists"
            | "centralauth-account-exists"
            | "centralauth-account-unattached-exists"
            | "centralauth-account-rename-exists" => Self::NameTaken,
            "invaliduser" | "noname" => Self::NameInvalid,
            "centralauth-rename-abortlogin"
            | "centralauth-account-expired"
            | "abusefilter-accountreserved"
            | "username-previously-renamed-account" => Self::NameForbidden,
            "badretype" => Self::PasswordMismatch,
            "wrongpassword" | "wrongpasswordempty" => Self::Password,
            "invalidemailaddress" | "noemailcreate" | "emaildisabled" => Self::Email,
            "captcha-error" | "hcaptcha-internal-error" => Self::CaptchaService,
            "permissiondenied" | "authmanager-create-disabled" | "userlogin-cannot-create" => {
                Self::Permission
            }
            "blocked" | "autoblocked" | "sorbs_create_account_reason" => Self::Blocked,
            "acct_creation_throttle_hit" | "login-throttled" => Self::Throttled,
            "ratelimited" | "actionthrottledtext" => Self::RateLimited,
            "readonly" | "readonlytext" => Self::ReadOnly,
            "usernameinprogress" => Self::Busy,
            "authmanager-create-not-in-progress"
            | "authmanager-authn-not-in-progress"
            | "badtoken"
            | "sessionfailure" => Self::SessionLost,
            "authmanager-create-no-primary" => Self::NoPrimary,
            // AntiSpoof up to 1.42 reports a conflict by a message without a key, which leaves only this.
            "_1_2_3" => Self::NameForbidden,
            // The codes of the parts are lost.
            _ if is_list(code) => Self::Other,
            _ => FAMILIES
                .iter()
                .find(|(start, _)| code.starts_with(start))
                .map_or(Self::Other, |(_, reason)| *reason),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Codes that share a beginning.
const FAMILIES: [(&str, Reason); 14] = [
    ("titleblacklist-forbidden", Reason::NameForbidden),
    ("antispoof-", Reason::NameForbidden),
    ("passwordtoo", Reason::Password),
    ("passwordincommonlist", Reason::Password),
    ("password-", Reason::Password),
    ("badaccess-group", Reason::Permission),
    ("blockedtext", Reason::Blocked),
    ("systemblockedtext", Reason::Blocked),
    ("autoblockedtext", Reason::Blocked),
    ("globalblocking-", Reason::Blocked),
    ("cantcreateaccount-", Reason::Blocked),
    ("captcha-", Reason::Captcha),
    ("abusefilter-", Reason::Filter),
    ("centralauth-account-", Reason::NameTaken),
];

#[cfg(test)]
mod tests {
    use super::Reason;

    #[test]
    fn every_known_code_has_its_reason() {
        // MediaWiki 1.29 to 1.47 and its usual extensions.
        let known = [
            (
                Reason::NameTaken,
                "userexists centralauth-account-exists centralauth-account-unattached-exists",
            ),
            (Reason::NameTaken, "centralauth-account-rename-exists"),
            (Reason::NameInvalid, "invaliduser noname"),
            (Reason::NameForbidden, "titleblacklist-forbidden titleblacklist-forbidden-new-account _1_2_3"),
            (Reason::NameForbidden, "antispoof-conflict antispoof-name-illegal abusefilter-accountreserved"),
            (Reason::NameForbidden, "username-previously-renamed-account centralauth-rename-abortlogin"),
            (Reason::NameForbidden, "centralauth-account-expired"),
            (Reason::PasswordMismatch, "badretype"),
            (Reason::Password, "passwordtooshort passwordtoolong passwordincommonlist password-name-match"),
            (Reason::Password, "password-substring-username-match password-login-forbidden"),
            (Reason::Other, "___1____2 ___1____2____3 rawmessage"),
            (Reason::Email, "invalidemailaddress noemailcreate emaildisabled"),
            (Reason::Captcha, "captcha-createaccount-fail"),
            (Reason::CaptchaService, "captcha-error hcaptcha-internal-error"),
            (Reason::Permission, "permissiondenied userlogin-cannot-create authmanager-create-disabled"),
            (Reason::Blocked, "blocked autoblocked globalblocking-blockedtext-ip blockedtext-partial"),
            (Reason::Blocked, "globalblocking-blockedtext-autoblock-xff cantcreateaccount-text"),
            (Reason::Blocked, "cantcreateaccount-range-text sorbs_create_account_reason systemblockedtext"),
            (Reason::Throttled, "acct_creation_throttle_hit"),
            (Reason::RateLimited, "ratelimited actionthrottledtext"),
            (Reason::ReadOnly, "readonly readonlytext"),
            (Reason::Busy, "usernameinprogress"),
            (Reason::SessionLost, "authmanager-create-not-in-progress badtoken"),
            (Reason::NoPrimary, "authmanager-create-no-primary"),
            (Reason::Filter, "abusefilter-disallowed abusefilter-warning"),
            (Reason::Other, "internalerror some-message-of-the-wiki"),
        ];
        for (reason, codes) in known {
            for code in codes.split(' ') {
                assert_eq!(Reason::of(code), reason, "{code}");
            }
        }
        assert_eq!(Reason::of("* $1\n* $2"), Reason::Other, "as 1.29 to 1.32 write it");
    }

    #[test]
    fn names_are_different() {
        let names: std::collections::HashSet<_> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
        assert_eq!(names.len(), Reason::ALL.len());
    }
}
