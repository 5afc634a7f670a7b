//! `$wgPasswordPolicy` as shipped with 1.43.

use crate::message::Message;

/// What a policy has against a password.
#[derive(Debug, Default)]
pub struct Verdict {
    pub problems: Vec<Message>,
    /// Whether not even a login is possible with it.
    pub is_fatal: bool,
}

#[derive(Clone, Copy, Debug)]
pub struct Policy {
    pub minimal_length: usize,
    pub minimal_length_to_login: usize,
}

impl Policy {
    pub const DEFAULT: Self = Self { minimal_length: 8, minimal_length_to_login: 0 };
    pub const PRIVILEGED: Self = Self { minimal_length: 10, minimal_length_to_login: 1 };

    pub fn check(self, user_name: &str, password: &str) -> Verdict {
        const MAX_PASSWORD: usize = 4096;
        let mut verdict = Verdict::default();
        if password.len() < self.minimal_length {
            verdict.problems.push(Message::new("passwordtooshort").int(self.minimal_length as i64));
        }
        if password.len() < self.minimal_length_to_login {
            verdict.is_fatal = true;
        }
        // An empty password is part of every name, in PHP too.
        if user_name.to_ascii_lowercase().contains(&password.to_ascii_lowercase()) {
            verdict.problems.push(Message::new("password-substring-username-match"));
        }
        if is_known_default(user_name, password) {
            verdict.problems.push(Message::new("password-login-forbidden"));
        }
        if password.len() > MAX_PASSWORD {
            verdict.problems.push(Message::new("passwordtoolong").int(MAX_PASSWORD as i64));
            verdict.is_fatal = true;
        }
        if COMMON.split_ascii_whitespace().any(|common| common == password) {
            verdict.problems.push(Message::new("passwordincommonlist"));
        }
        verdict
    }
}

fn is_known_default(user_name: &str, password: &str) -> bool {
    matches!(
        (user_name, password),
        (_, "ExamplePassword")
            | ("Useruser", "Passpass")
            | ("Useruser1", "Passpass1")
            | ("Apitestsysop" | "Apitestuser", "testpass")
    )
}

/// A few of the hundred thousand that MediaWiki knows.
const COMMON: &str = "
    password Password Password1 password1 password12 password123 password1234 passw0rd p@ssw0rd P@ssw0rd pass1234
    passwort 1234 12345 123456 1234567 12345678 123456789 1234567890 0123456789 01234567 87654321 987654321 11111111
    1111111111 00000000 0000000000 88888888 12341234 123123123 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qaz2wsx3edc qwerty
    qwerty123 qwerty1234 qwertyui qwertyuiop qwertyuiop123 qazwsxedc qwer1234 asdf1234 asdfasdf asdfghjk asdfghjkl
    zxcvbnm123 abc abc123 abcd1234 abcdefgh abcdefghi abcdefghij aaaaaaaa aaaaaaaaaa qqqqqqqq administrator admin123
    letmein letmein1 letmein123 iloveyou iloveyou1 sunshine princess football baseball basketball superman superman1
    trustno1 welcome1 welcome123 whatever computer internet michelle jennifer starwars changeme secret secret123
    master123 dragon123 monkey123 correcthorsebatterystaple test1234 testtest hunter2 liverpool elephant marlboro
    victoria samantha charlotte alexander maverick mercedes slipknot butterfly midnight";

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(user_name: &str, password: &str) -> Vec<String> {
        Policy::DEFAULT.check(user_name, password).problems.iter().map(Message::code).collect()
    }

    #[test]
    fn the_problems_come_in_the_order_of_the_policy() {
        assert_eq!(codes("Ann", "abc"), ["passwordtooshort", "passwordincommonlist"]);
        assert_eq!(codes("Password Ann", "PASSWORD"), ["password-substring-username-match"]);
        assert_eq!(codes("Ann", "an unusual one"), [""; 0]);
    }

    #[test]
    fn too_long_is_fatal() {
        let verdict = Policy::DEFAULT.check("Ann", &"x".repeat(4097));
        assert_eq!(verdict.problems[0].code(), "passwordtoolong");
        assert!(verdict.is_fatal);
    }
}
