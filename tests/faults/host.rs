//! A careful host, which believes the library and does what it says: after OUTCOME_UNKNOWN it reconciles, and it begins
//! again only where the library says that nothing was made. What it believes is compared with the wiki's own table.

use std::{fmt, fmt::Write as _, time::Duration};

use createaccount::{Answer, Begin, Client, Config, Error, ErrorKind, Form, Reason, Result, Secret, Step};

use crate::{proxy::Proxy, wiki::Instance};

/// A password that every wiki here accepts.
pub const PASSWORD: &str = "correct horse 7";
const RETURN_URL: &str = "http://127.0.0.1:9/return?path=secret";

/// What somebody wants to sign up as, and how.
#[derive(Debug)]
pub struct Wish {
    /// The names of the accounts, one sign-up each.
    pub names: &'static [&'static str],
    pub way: Way,
    /// Signed up by a logged-in Admin.
    pub as_admin: bool,
    /// A sign-up of that name is left behind in the same session first.
    pub older: Option<&'static str>,
    /// Users cannot be listed, so the wiki cannot tell.
    pub private: bool,
    /// How the wiki writes a name.
    pub spelling: fn(&str) -> String,
}

impl Wish {
    pub const DEFAULT: Self = Self {
        names: &[],
        way: Way::Password,
        as_admin: false,
        older: None,
        private: false,
        spelling: str::to_owned,
    };
}

#[derive(Debug, PartialEq, Eq)]
pub enum Way {
    Password,
    /// The test extension's chain of that key.
    Chain(&'static str),
    /// For somebody else, with the password by mail.
    Mail,
}

/// How the client is set.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    pub timeout: Duration,
    pub reconcile_wait: Duration,
    pub retry_budget: Duration,
    /// The flow goes on in another client after every lost answer.
    pub reload: bool,
    pub after_page: AfterPage,
}

/// What the host does after a page in place of an answer, which is an error that leaves the attempt open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterPage {
    Reconcile,
    Begin,
    /// It sends the same answer again.
    Again,
}

/// What came of it all.
#[derive(Debug, Default)]
pub struct Report {
    pub wrong: Vec<(Wrong, String)>,
    /// Why the outcome stayed unknown, where it did.
    pub unknown: Option<String>,
    /// What the host did and saw.
    pub story: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wrong {
    MadeTwice,
    FailedButExists,
    MadeButMissing,
    NeedlesslyUnknown,
    /// The verdict is right, but something else is not.
    Other,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MadeTwice => "made twice",
            Self::FailedButExists => "reported failed though it exists",
            Self::MadeButMissing => "reported made though it was not",
            Self::NeedlesslyUnknown => "unknown though the wiki can tell",
            Self::Other => "something else",
        })
    }
}

/// What the library says of one attempt.
enum Verdict {
    Made(String),
    NotMade(NotMade),
    Unknown(Error),
    /// A step waits that this host can only begin again. Nothing is said about the account.
    Waiting,
}

enum NotMade {
    NameTaken,
    Other,
}

pub struct Host<'a> {
    wish: &'a Wish,
    setting: Setting,
    proxy: &'a Proxy,
    instance: &'a Instance,
    client: Client,
    report: Report,
}

/// As often a person tries before giving up: two faults cost two attempts.
const ATTEMPTS: usize = 4;

impl<'a> Host<'a> {
    pub fn new(wish: &'a Wish, setting: Setting, proxy: &'a Proxy, instance: &'a Instance) -> Self {
        let api_url = format!("http://{}{}/api.php", proxy.address(), instance.path);
        let client = Client::new(&api_url, config(setting)).expect("a client");
        Self { wish, setting, proxy, instance, client, report: Report::default() }
    }

    /// Signs up for every name of the wish.
    pub fn run(mut self) -> Report {
        if self.wish.as_admin && !self.log_in() {
            self.wrong(Wrong::Other, "the login did not come about".to_owned());
        }
        if let Some(older) = self.wish.older {
            let begun = self.call("begin", |client| client.begin(Begin::new()));
            if begun.is_ok() {
                let answer = first_answer(self.wish, older);
                let _ = self.call("submit", |client| client.submit(&answer));
            }
        }
        for (index, name) in self.wish.names.iter().enumerate() {
            self.sign_up(name, index);
        }
        if self.wish.way == Way::Mail {
            let mails = self.instance.window("_mails").as_array().map_or(0, Vec::len);
            if mails != self.instance.accounts().len() {
                self.wrong(Wrong::Other, format!("{mails} mails with passwords were sent"));
            }
        }
        self.report
    }

    fn log_in(&mut self) -> bool {
        for _ in 0..ATTEMPTS {
            let outcome =
                self.call("login", |client| client.login("Admin", &Secret::from("admin-secret-42")));
            match outcome {
                Ok(Step::Pass(_)) => return true,
                Ok(_) => return false,
                Err(_) => {}
            }
        }
        false
    }

    /// One person signs up, with another name if it must be.
    fn sign_up(&mut self, name: &str, index: usize) {
        let mut name = name.to_owned();
        for attempt in 0..ATTEMPTS {
            let verdict = self.attempt(&name);
            let accounts = self.compare(&name, &verdict, index);
            match verdict {
                Verdict::Made(_) | Verdict::Unknown(_) => return,
                // Somebody who is told that the name is taken picks another one.
                Verdict::NotMade(NotMade::NameTaken) => name = format!("{name} {}", attempt + 2),
                Verdict::NotMade(NotMade::Other) | Verdict::Waiting => {}
            }
            let _ = writeln!(self.report.story, "  (the wiki has {accounts:?}; again)");
        }
        self.wrong(Wrong::Other, format!("{ATTEMPTS} attempts were not enough"));
    }

    /// Compares what the library says with what the wiki has, once the wiki is done.
    fn compare(&mut self, name: &str, verdict: &Verdict, index: usize) -> Vec<String> {
        self.proxy.settle();
        let accounts = self.instance.accounts();
        let name = (self.wish.spelling)(name);
        match verdict {
            Verdict::Made(made) if !accounts.contains(made) => {
                self.wrong(Wrong::MadeButMissing, made.clone());
            }
            Verdict::NotMade(_) if accounts.contains(&name) => self.wrong(Wrong::FailedButExists, name),
            Verdict::Unknown(error) => {
                let text = error.message().to_owned();
                if self.wish.private || text.contains("only a login can tell") {
                    self.report.unknown = Some(text);
                } else {
                    self.wrong(Wrong::NeedlesslyUnknown, text);
                }
            }
            _ => {}
        }
        if accounts.len() > index + 1 {
            self.wrong(Wrong::MadeTwice, format!("{accounts:?}"));
        }
        accounts
    }

    /// From begin to a verdict.
    fn attempt(&mut self, name: &str) -> Verdict {
        let mut step = match self.call("begin", |client| client.begin(Begin::new())) {
            Ok(step) => step,
            Err(error) if error.kind() == ErrorKind::OutcomeUnknown => {
                self.wrong(Wrong::Other, "begin cannot leave an outcome unknown".to_owned());
                return Verdict::Unknown(error);
            }
            Err(_) => return Verdict::NotMade(NotMade::Other),
        };
        for _ in 0..20 {
            let outcome = match &step {
                Step::Form(_) => self.answer(&first_answer(self.wish, name)),
                Step::Ui(form) => match later_answer(form) {
                    Some(answer) => {
                        self.check_account(form, name);
                        self.answer(&answer)
                    }
                    // Where the person was sent is lost with the answer.
                    None => {
                        let account = form.account().map(str::to_owned);
                        return account.map_or(Verdict::Waiting, Verdict::Made);
                    }
                },
                Step::Redirect(redirect) => {
                    let origin = format!("http://{}", self.proxy.address());
                    let Some(path) = redirect.target().as_str().strip_prefix(&origin).map(str::to_owned)
                    else {
                        self.wrong(Wrong::Other, format!("the target is {}", redirect.target()));
                        return Verdict::NotMade(NotMade::Other);
                    };
                    let returned = self.instance.visit(&path);
                    self.send("resume", |client| client.resume(&returned, b""))
                }
                Step::Pass(pass) => return Verdict::Made(pass.username().to_owned()),
                Step::Fail(fail) if fail.reason() == Reason::NameTaken => {
                    return Verdict::NotMade(NotMade::NameTaken);
                }
                _ => return Verdict::NotMade(NotMade::Other),
            };
            step = match outcome {
                Ok(step) => step,
                // A page says nothing about the account, and there is no end of them.
                Err(error) if error.kind() == ErrorKind::OutcomeUnknown || is_page(&error) => {
                    return Verdict::Unknown(error);
                }
                Err(_) => return Verdict::NotMade(NotMade::Other),
            };
        }
        self.wrong(Wrong::Other, "the wiki does not come to an end".to_owned());
        Verdict::NotMade(NotMade::Other)
    }

    fn answer(&mut self, answer: &Answer) -> Result<Step> {
        self.send("submit", |client| client.submit(answer))
    }

    /// Sends an answer, and once more if the library says that the first call made nothing and the form is still
    /// open. What became of a lost one is asked for.
    fn send(&mut self, what: &str, send: impl Fn(&mut Client) -> Result<Step>) -> Result<Step> {
        let mut outcome = self.call(what, &send);
        for _ in 1..ATTEMPTS {
            match &outcome {
                Err(error) if error.kind() == ErrorKind::OutcomeUnknown => return self.reconcile(),
                Err(error) if is_page(error) => match self.setting.after_page {
                    AfterPage::Reconcile => return self.reconcile(),
                    AfterPage::Begin => return self.begin_again(),
                    AfterPage::Again => outcome = self.call(what, &send),
                },
                Err(error) if error.kind() != ErrorKind::InvalidState => outcome = self.call(what, &send),
                _ => break,
            }
        }
        match outcome {
            Err(error) if error.kind() == ErrorKind::OutcomeUnknown => self.reconcile(),
            other => other,
        }
    }

    fn begin_again(&mut self) -> Result<Step> {
        let mut outcome = self.call("begin", |client| client.begin(Begin::new()));
        for _ in 1..ATTEMPTS {
            match &outcome {
                Err(error) if error.kind() == ErrorKind::OutcomeUnknown => return self.reconcile(),
                Err(_) => outcome = self.call("begin", |client| client.begin(Begin::new())),
                Ok(_) => break,
            }
        }
        outcome
    }

    fn reconcile(&mut self) -> Result<Step> {
        let mut outcome = Err(None);
        for _ in 0..ATTEMPTS {
            if self.setting.reload {
                let saved = self.client.save().expect("a flow can be saved");
                let api_url = self.client.api_url().to_string();
                self.client = Client::load(&api_url, &saved, config(self.setting)).expect("and loaded");
            }
            outcome = self.call("reconcile", Client::reconcile).map_err(Some);
            match &outcome {
                Err(Some(error)) if error.message().contains("only a login can tell") => break,
                Err(_) => {}
                Ok(_) => break,
            }
        }
        outcome.map_err(|error| error.expect("at least one attempt"))
    }

    /// A call of the library, noted down. The wiki can be reached again after an error.
    fn call(&mut self, what: &str, call: impl FnOnce(&mut Client) -> Result<Step>) -> Result<Step> {
        let outcome = call(&mut self.client);
        let story = &mut self.report.story;
        let _ = match &outcome {
            Ok(step) => {
                let code = step.message_code().unwrap_or_default();
                let text = step.message().map(|message| message.text()).unwrap_or_default();
                writeln!(story, "  {what}: {} {code} {text}", step.status())
            }
            Err(error) => writeln!(story, "  {what}: {:?}: {error}", error.kind()),
        };
        if outcome.is_err() {
            self.proxy.heal();
        }
        outcome
    }

    /// A step that says that the account is made must not say so in vain, nor the other way round.
    fn check_account(&mut self, form: &Form, name: &str) {
        let Some(account) = form.account() else { return };
        if !self.instance.accounts().iter().any(|made| made == account)
            || account != (self.wish.spelling)(name)
        {
            self.wrong(Wrong::MadeButMissing, account.to_owned());
        }
    }

    fn wrong(&mut self, wrong: Wrong, what: String) {
        self.report.wrong.push((wrong, what));
    }
}

fn is_page(error: &Error) -> bool {
    error.kind() == ErrorKind::Protocol && error.http_status().is_some()
}

fn config(setting: Setting) -> Config {
    Config::new()
        .user_agent("faults/1.0")
        .return_url(RETURN_URL)
        .timeout(setting.timeout)
        .connect_timeout(setting.timeout)
        .reconcile_wait(setting.reconcile_wait)
        .retry_budget(setting.retry_budget)
}

fn first_answer(wish: &Wish, name: &str) -> Answer {
    let answer = Answer::from([("username", name)]);
    match wish.way {
        Way::Password => answer.set("password", PASSWORD),
        Way::Chain(chain) => answer.set("stepStart", true).set("stepChain", chain),
        Way::Mail => {
            answer.set("mailpassword", true).set("email", "new@example.org").set("reason", "Asked for it.")
        }
    }
}

/// The right answer to a later step, known by its fields.
fn later_answer(form: &Form) -> Option<Answer> {
    let has = |name: &str| form.fields().iter().any(|field| field.name() == name);
    let mut answer = Answer::new();
    if has("state") {
        return None;
    }
    if has("code") {
        answer = answer.set("code", "1234");
    }
    if has("pin") {
        answer = answer.set("pin", "98 76").set("color", "1").set("agree", true);
    }
    if has("topics") {
        answer = answer.choose("topics", "art");
    }
    Some(answer)
}
