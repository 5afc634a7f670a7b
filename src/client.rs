//! The blocking client: the flow, driven over a transport.

use std::{
    fmt, mem,
    time::{Duration, Instant, SystemTime},
};

use log::Level;
use url::Url;

#[cfg(doc)]
use crate::ErrorKind;
use crate::{
    Answer, Begin, Canceller, Config, Error, Form, Result, Secret, Step, Verdict,
    cookies::Jar,
    flow::{Flow, Next, Question, QuestionOutcome, Saved},
    link::{Link, MAX_IMAGE},
    protocol::{Captcha, image_type},
};

/// A conversation with one wiki: one session, one flow at a time.
///
/// A client is used by one thread at a time, and may move from one to another.
/// [`Client::canceller`] lets other threads cancel its calls.
pub struct Client {
    flow: Flow,
    link: Link,
}

const _: () = {
    const fn is_send<T: Send>() {}
    const fn is_shared<T: Send + Sync>() {}
    is_send::<Client>();
    is_shared::<Canceller>();
    is_shared::<Error>();
    is_shared::<Step>();
};

impl Client {
    /// Makes a client for the wiki whose `api.php` is at `api_url`. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`] names the address or the setting that cannot be used.
    pub fn new(api_url: &str, mut config: Config) -> Result<Self> {
        let api_url = config.check(api_url)?;
        let link = Link::new(&api_url, config.link)?;
        Ok(Self { flow: Flow::new(api_url, config.settings), link })
    }

    /// Begins a creation, or begins again: fetches the wiki's fields.
    ///
    /// Usually this takes one exchange. After a success nothing is sent if the known form can be
    /// used again. A flow that was under way is abandoned.
    ///
    /// # Errors
    ///
    /// See [`ErrorKind`]; no account is made by this call.
    pub fn begin(&mut self, begin: Begin) -> Result<Step> {
        self.drive(|flow, now| flow.begin(begin, now))
    }

    /// Begins a login with whatever fields the wiki asks for (`action=clientlogin`): fetches them.
    /// PASS logs this client in. RESTART leads to a creation that keeps the login, see
    /// [`Begin::preserve_state`]. If a name and a password are enough, [`login`](Self::login) is
    /// shorter.
    ///
    /// # Errors
    ///
    /// See [`ErrorKind`].
    pub fn begin_login(&mut self) -> Result<Step> {
        self.drive(Flow::begin_login)
    }

    /// Answers the pending form, and returns the wiki's next step.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`] names a field that the wiki would refuse or silently drop:
    /// nothing was sent, and the form can be answered again. [`ErrorKind::OutcomeUnknown`] when the
    /// wiki's answer was lost on its way, or says that the name is taken when the account was made
    /// just then. [`ErrorKind::Protocol`] when a page came in place of the answer, and the wiki
    /// then knew of no account: the form can be answered again, and [`Client::reconcile`] asks once
    /// more.
    pub fn submit(&mut self, answer: &Answer) -> Result<Step> {
        self.drive(|flow, now| flow.submit(answer, now))
    }

    /// Continues after a REDIRECT, with the full address that the third party sent the person back
    /// to, and the body if it came by POST (`application/x-www-form-urlencoded`).
    ///
    /// # Errors
    ///
    /// As [`submit`](Self::submit); [`ErrorKind::InvalidArgument`] also for an address that is not the return URL.
    pub fn resume(&mut self, returned_url: &str, body: &[u8]) -> Result<Step> {
        self.resume_with(returned_url, body, &Answer::new())
    }

    /// As [`resume`](Self::resume), with values for fields that the return does not fill in.
    ///
    /// # Errors
    ///
    /// As [`resume`](Self::resume).
    pub fn resume_with(&mut self, returned_url: &str, body: &[u8], answer: &Answer) -> Result<Step> {
        self.drive(|flow, now| flow.resume(returned_url, body, answer, now))
    }

    /// Logs in, to create accounts for others, with a bot password (`Name@app`) or with the
    /// account's own password, which may lead to further steps before PASS. If the wiki asks for
    /// more than name and password from the start (a captcha, for instance), the first of these
    /// steps is a FORM: nothing was submitted yet, and the answer has to include name and password
    /// too.
    ///
    /// # Errors
    ///
    /// See [`ErrorKind`]. A wrong password is a step: [`Step::Fail`].
    pub fn login(&mut self, username: &str, password: &Secret) -> Result<Step> {
        self.drive(|flow, now| flow.login(username, password, now))
    }

    /// Finds out where the sign-up stands, above all after [`ErrorKind::OutcomeUnknown`], a
    /// cancelled call, or [`Client::load`]: PASS when the account was made, UI or REDIRECT when a
    /// later step is pending, FAIL when it was not made. No password is sent. The call may take as
    /// long as [`Config::reconcile_wait`], and 10 seconds more for the last request.
    ///
    /// A pending later step of a creation is read again from the wiki. If nothing is in doubt,
    /// nothing is sent, and the known step is returned: the form that was not submitted yet, or the
    /// end.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::OutcomeUnknown`] again when the wiki cannot tell; ask once more later: that
    /// works even if another flow was begun meanwhile. [`ErrorKind::InvalidState`] when nothing was begun.
    pub fn reconcile(&mut self) -> Result<Step> {
        self.drive_within(self.flow.reconcile_limit(), Flow::reconcile)
    }

    /// Whether this session may create accounts.
    ///
    /// # Errors
    ///
    /// See [`ErrorKind`]. It is not an error if the wiki does not say: the verdict's answer is `None`.
    pub fn can_create(&mut self) -> Result<Verdict> {
        self.ask(Question::CanCreate)
    }

    /// Whether an account of this name can be made, and how the wiki would write it.
    ///
    /// # Errors
    ///
    /// See [`ErrorKind`]. It is not an error if the wiki does not say: the verdict's answer is `None`.
    pub fn check_username(&mut self, username: &str) -> Result<Verdict> {
        self.ask(Question::Username(username.to_owned()))
    }

    /// Whether the wiki accepts this password, for an account of that name if one is given. The password is sent.
    ///
    /// # Errors
    ///
    /// See [`ErrorKind`]. It is not an error if the wiki does not say: the verdict's answer is `None`.
    pub fn check_password(&mut self, password: &Secret, username: Option<&str>) -> Result<Verdict> {
        self.ask(Question::Password { password: password.clone(), username: username.map(str::to_owned) })
    }

    /// Fetches the picture of the pending captcha, in the session that it belongs to: a PNG, JPEG,
    /// GIF or WebP, which [`image_type`] tells from the bytes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidState`] when there is no picture; [`ErrorKind::Protocol`] when the wiki
    /// sends something else.
    pub fn captcha_image(&mut self) -> Result<Vec<u8>> {
        let url = self.pending().and_then(Form::captcha).and_then(Captcha::image_url).cloned();
        let url = url.ok_or_else(|| Error::state("There is no captcha with a picture to fetch."))?;
        let _call = self.link.enter(None);
        let request = self.flow.image_request(url);
        let received = self.link.exchange(request, MAX_IMAGE).map_err(|failed| failed.error)?;
        let mut response = received.response;
        if response.status != 200 || image_type(&response.body).is_none() {
            let message = format!(
                "Something else came in place of the captcha's picture (HTTP {}); pictures are PNG, JPEG, GIF or WebP.",
                response.status
            );
            return Err(Error::protocol(message).with_http_status(response.status));
        }
        Ok(mem::take(&mut response.body))
    }

    /// Finds out what became of a creation without a saved flow, from its name and the wiki's time
    /// before it was sent ([`Client::wiki_time`]). PASS when an account of that name was made at
    /// that time, FAIL when it was made earlier (by somebody else) or not at all. No password is
    /// sent. The pending step of this client stays pending.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::OutcomeUnknown`] when the wiki cannot tell; [`ErrorKind::InvalidArgument`] for
    /// a name that is empty or that the wiki would read as another one.
    pub fn reconcile_name(&mut self, username: &str, since: SystemTime) -> Result<Step> {
        let since = since.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let since = i64::try_from(since).unwrap_or(i64::MAX);
        self.drive_within(self.flow.reconcile_limit(), |flow, now| flow.reconcile_name(username, since, now))
    }

    /// The wiki's time, in whole seconds; `None` before the first form was read. A host that stores
    /// it with the name before it submits can call [`Client::reconcile_name`] later, in any
    /// process.
    #[must_use]
    pub fn wiki_time(&self) -> Option<SystemTime> {
        let seconds = self.flow.wiki_time(Instant::now())?;
        Some(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.try_into().ok()?))
    }

    /// The conversation as bytes, to be continued in another process: cookies, token and pending
    /// step. The settings are not part of it, except for the return URL of a flow that was begun.
    ///
    /// Treat the bytes as a password: whoever has them can finish the sign-up. They are worth nothing once the wiki
    /// forgets the session, usually an hour after its last use.
    ///
    /// With a [`Config::seal_key`] they are sealed: nobody without the key can read or change them.
    /// Without one, keep them only where nobody but the host can write: whoever changes them can
    /// make up a PASS, or get hold of what the person types next. A key does not show how old the
    /// bytes are: an earlier state of the same flow loads as well.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidState`] if a cookie cannot be saved, or the flow is too large to be loaded again.
    pub fn save(&self) -> Result<Vec<u8>> {
        self.flow.save(self.link.jar.save()?, Instant::now(), SystemTime::now())
    }

    /// Continues what [`Client::save`] wrote for the wiki at `api_url`, on this or another machine.
    /// [`Client::step`] returns the pending step; [`Client::reconcile`] reads it again from the
    /// wiki.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`] when the bytes are cut short, of another version, or of a
    /// flow on another wiki; with a [`Config::seal_key`] also when they were changed, or sealed
    /// with a key that this client does not have. Without one only accidental changes are noticed.
    pub fn load(api_url: &str, data: &[u8], mut config: Config) -> Result<Self> {
        let api_url = config.check(api_url)?;
        let saved = Saved::read(data, &api_url, &config.settings)?;
        let mut link = Link::new(&api_url, config.link)?;
        link.jar = Jar::load(saved.cookies(), &api_url)?;
        let flow = Flow::restore(saved, config.settings, Instant::now(), SystemTime::now())?;
        Ok(Self { flow, link })
    }

    /// The step that is pending or that ended the flow, also right after [`Client::load`]. `None`
    /// if nothing was begun, and while the outcome is unknown.
    #[must_use]
    pub fn step(&self) -> Option<Step> {
        self.flow.step()
    }

    /// The address of the wiki's `api.php`.
    #[must_use]
    pub fn api_url(&self) -> &Url {
        self.flow.api_url()
    }

    /// A handle that cancels this client's calls from other threads.
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        self.link.canceller.clone()
    }

    /// The fields that the next answer will be checked against.
    pub(crate) fn pending(&self) -> Option<&Form> {
        self.flow.form()
    }

    fn drive(&mut self, call: impl FnOnce(&mut Flow, Instant) -> Result<Next>) -> Result<Step> {
        self.drive_within(None, call)
    }

    /// Makes a call of the flow within `limit`, or else within the deadline of the settings.
    fn drive_within(
        &mut self,
        limit: Option<Duration>,
        call: impl FnOnce(&mut Flow, Instant) -> Result<Next>,
    ) -> Result<Step> {
        let _call = self.link.enter(limit);
        let mut next = call(&mut self.flow, Instant::now())?;
        loop {
            let step = match next {
                Next::Send(exchange) => {
                    let outcome = self.link.send(exchange);
                    let received = self.flow.receive(outcome, Instant::now());
                    // Also if the answer is an error: then the warnings help the most.
                    self.log_warnings();
                    next = received?;
                    continue;
                }
                Next::Step => self.flow.step().ok_or_else(|| Error::state("The flow has no step."))?,
                Next::Report(step) => step,
            };
            let reason = match &step {
                Step::Fail(fail) => {
                    format!(" ({}, {})", fail.reason(), fail.message_code().unwrap_or("no code"))
                }
                _ => String::new(),
            };
            self.link.log(Level::Info, format_args!("step {}{reason}", step.status()));
            return Ok(step);
        }
    }

    fn ask(&mut self, question: Question) -> Result<Verdict> {
        let _call = self.link.enter(None);
        let (mut asked, mut exchange) = self.flow.ask(question, Instant::now())?;
        loop {
            let outcome = self.link.send(exchange);
            let answered = self.flow.receive_answer(asked, outcome, Instant::now());
            self.log_warnings();
            match answered? {
                QuestionOutcome::Verdict(verdict) => return Ok(verdict),
                QuestionOutcome::Retry(again, next) => (asked, exchange) = (again, next),
            }
        }
    }

    fn log_warnings(&mut self) {
        for warning in self.flow.take_warnings() {
            self.link.log(Level::Debug, format_args!("the wiki warns: {warning}"));
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("api_url", &self.api_url().as_str())
            .field("step", &self.step().as_ref().map(Step::status))
            .finish_non_exhaustive()
    }
}
