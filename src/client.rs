//! The blocking client: the flow, driven over a transport.

use std::{
    fmt, mem,
    time::{Duration, Instant, SystemTime},
};

use log::{Level, debug};
use url::Url;

#[cfg(feature = "capi")]
use crate::Form;
use crate::{
    Answer, Begin, Canceller, Config, Error, ErrorKind, Result, Secret, Step, Verdict,
    config::LogFn,
    cookies::Jar,
    flow::{Asked, Exchange, Flow, Next, Question, Settings, Unsent, open, seal},
    protocol::{Captcha, Method, Request, Response, is_private},
    transport::{Limits, SendError, Transport},
};

/// A conversation with one wiki: one session, one flow at a time.
///
/// A client is used by one thread at a time. [`Client::canceller`] gives other threads the means to stop it.
pub struct Client {
    flow: Flow,
    link: Link,
    step: Option<Step>,
}

impl Client {
    /// Makes a client for the wiki whose `api.php` is at `api_url`. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`] names the address or the setting that cannot be used.
    pub fn new(api_url: &str, config: Config) -> Result<Self> {
        let (settings, link) = prepare(api_url, config)?;
        Ok(Self { flow: Flow::new(settings), link, step: None })
    }

    /// Begins a creation, or begins again: fetches the wiki's fields.
    ///
    /// Usually one exchange. After a success nothing is sent when the form that is known still serves. A flow that
    /// was under way is abandoned.
    ///
    /// # Errors
    ///
    /// See [`ErrorKind`]; no account is made by this call.
    pub fn begin(&mut self, begin: Begin) -> Result<Step> {
        self.drive(|flow, now| flow.begin(begin, now))
    }

    /// Answers the pending form, and returns the wiki's next step.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`] names a field that the wiki would refuse or silently drop: nothing was sent, and
    /// the form can be answered again. [`ErrorKind::OutcomeUnknown`] when the answer was lost on its way, or when it
    /// says that the name is taken by an account that was made at this very moment.
    pub fn submit(&mut self, answer: &Answer) -> Result<Step> {
        self.drive(|flow, now| flow.submit(answer, now))
    }

    /// Goes on after a REDIRECT, with the full address that the third party sent the person back to, and the body if
    /// it came by POST (`application/x-www-form-urlencoded`).
    ///
    /// # Errors
    ///
    /// As [`submit`](Self::submit); [`ErrorKind::InvalidArgument`] also for an address that is not the return URL, or
    /// lacks what the wiki waits for.
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

    /// Logs in, to create accounts for others: with a bot password (`Name@app`), or with a main account's, which may
    /// lead to further steps before PASS. The first of them is the wiki's FORM when it wants more than name and
    /// password at once (a captcha, for instance): nothing was sent yet, and the answer has to give these two as well.
    ///
    /// # Errors
    ///
    /// See [`ErrorKind`]. A wrong password is a step: [`Step::Fail`].
    pub fn login(&mut self, username: &str, password: &Secret) -> Result<Step> {
        self.drive(|flow, now| flow.login(username, password, now))
    }

    /// Finds out where the sign-up stands, above all after [`ErrorKind::OutcomeUnknown`], a cancelled call, or
    /// [`Client::load`]: PASS when the account was made, UI when a later step waits, FAIL when it was not made. No
    /// password is sent. It may ask for as long as [`Config::reconcile_wait`], and the last question may take the time
    /// of one exchange.
    ///
    /// A step of a creation that was pending is read again from the wiki. Where nothing is in doubt it sends nothing
    /// and gives the step that is known: the form that was not sent yet, or the end.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::OutcomeUnknown`] again when the wiki cannot tell; it can be asked once more later, also after
    /// another begin. [`ErrorKind::InvalidState`] when nothing was begun.
    pub fn reconcile(&mut self) -> Result<Step> {
        self.drive(Flow::reconcile)
    }

    /// Whether this session may create accounts.
    ///
    /// # Errors
    ///
    /// See [`ErrorKind`]. A wiki that does not tell is no error: the verdict's answer is `None`.
    pub fn can_create(&mut self) -> Result<Verdict> {
        self.ask(Question::CanCreate)
    }

    /// Whether an account of this name can be made, and how the wiki would write it.
    ///
    /// # Errors
    ///
    /// See [`ErrorKind`]. A wiki that does not tell is no error: the verdict's answer is `None`.
    pub fn check_username(&mut self, username: &str) -> Result<Verdict> {
        self.ask(Question::Username(username.to_owned()))
    }

    /// Whether the wiki accepts this password, for an account of that name if one is given. The password is sent.
    ///
    /// # Errors
    ///
    /// See [`ErrorKind`]. A wiki that does not tell is no error: the verdict's answer is `None`.
    pub fn check_password(&mut self, password: &Secret, username: Option<&str>) -> Result<Verdict> {
        self.ask(Question::Password { password: password.clone(), username: username.map(str::to_owned) })
    }

    /// Fetches the picture of the pending captcha, in the session that it belongs to.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidState`] when there is no picture; [`ErrorKind::Protocol`] when something else comes.
    pub fn captcha_image(&mut self) -> Result<Vec<u8>> {
        let url = self.flow.form().and_then(|form| form.captcha()).and_then(Captcha::image_url).cloned();
        let url = url.ok_or_else(|| Error::state("There is no captcha with a picture to fetch."))?;
        let _call = self.link.canceller.enter();
        let request = self.flow.image_request(url);
        let mut response = self.link.exchange(request, MOST_IMAGE).map_err(|unsent| unsent.error)?;
        let mime = response.header("content-type").unwrap_or_default();
        if response.status != 200 || !mime.starts_with("image/") {
            let message = format!("The captcha's picture did not come (HTTP {}, {mime}).", response.status);
            return Err(Error::protocol(message).with_http_status(response.status));
        }
        Ok(mem::take(&mut response.body))
    }

    /// The conversation as bytes, to go on in another process: cookies, token and pending step. The settings are not
    /// part of it.
    ///
    /// Treat the bytes as a password: whoever has them can finish the sign-up. They are worth nothing once the wiki
    /// forgets the session, usually an hour after its last use.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidState`] if a cookie cannot be saved.
    pub fn save(&self) -> Result<Vec<u8>> {
        Ok(seal(&self.flow, &self.link.jar.save()?, Instant::now(), SystemTime::now()))
    }

    /// Goes on with what [`Client::save`] wrote, on this or another machine. [`Client::step`] has the pending step;
    /// [`Client::reconcile`] reads it again from the wiki.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`] when the bytes are cut short, changed, or of another version or origin.
    pub fn load(data: &[u8], config: Config) -> Result<Self> {
        let (saved, cookies) = open(data)?;
        let (settings, mut link) = prepare(&saved.api_url()?, config)?;
        link.jar = Jar::load(cookies.expose())?;
        let (flow, step) = saved.restore(settings, Instant::now(), SystemTime::now())?;
        Ok(Self { flow, link, step })
    }

    /// The last step, also right after [`Client::load`].
    #[must_use]
    pub fn step(&self) -> Option<&Step> {
        self.step.as_ref()
    }

    /// The address of the wiki's `api.php`.
    #[must_use]
    pub fn api_url(&self) -> &Url {
        &self.flow.settings.api_url
    }

    /// The means to cancel this client's calls from other threads.
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        self.link.canceller.clone()
    }

    /// The form that the next answer will be held against.
    #[cfg(feature = "capi")]
    pub(crate) fn pending(&self) -> Option<&Form> {
        self.flow.form()
    }

    fn drive(&mut self, call: impl FnOnce(&mut Flow, Instant) -> Result<Next>) -> Result<Step> {
        let _call = self.link.canceller.enter();
        let mut next = call(&mut self.flow, Instant::now())?;
        loop {
            match next {
                Next::Step(step) => {
                    self.link.log(Level::Info, &format!("step {}", step.status()));
                    self.step = Some(step.clone());
                    return Ok(step);
                }
                Next::Send(exchange) => {
                    let outcome = self.link.send(exchange);
                    next = self.flow.receive(outcome, Instant::now())?;
                }
            }
        }
    }

    fn ask(&mut self, question: Question) -> Result<Verdict> {
        let _call = self.link.canceller.enter();
        let mut exchange = self.flow.ask(&question, Instant::now())?;
        loop {
            let outcome = self.link.send(exchange);
            match self.flow.answered(&question, outcome, Instant::now())? {
                Asked::Answered(verdict) => return Ok(verdict),
                Asked::Again(again) => exchange = again,
            }
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("api_url", &self.flow.settings.api_url.as_str())
            .field("step", &self.step.as_ref().map(Step::status))
            .finish_non_exhaustive()
    }
}

/// The longest time that a setting can name; more would overflow the clocks.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);
/// The largest answer of an API that is read.
const MOST_BODY: u64 = 4 * 1024 * 1024;
/// The largest picture.
const MOST_IMAGE: u64 = 1024 * 1024;
/// How many redirects a GET follows, within the wiki's origin.
const MOST_REDIRECTS: usize = 5;

/// The way to the wiki: transport, cookies and limits.
struct Link {
    transport: Box<dyn Transport>,
    jar: Jar,
    canceller: Canceller,
    log: Option<LogFn>,
    timeout: Duration,
    connect_timeout: Duration,
}

impl Link {
    fn send(&mut self, exchange: Exchange) -> Result<Response, Unsent> {
        if exchange.fresh_session {
            self.jar.clear();
        }
        if !exchange.delay.is_zero() {
            self.log(Level::Info, &format!("waiting {} ms", exchange.delay.as_millis()));
            if self.canceller.wait(exchange.delay) {
                return Err(SendError::cancelled().not_sent().into());
            }
        }
        self.exchange(exchange.request, MOST_BODY)
    }

    /// One request, and for a GET the redirects that stay on the wiki.
    fn exchange(&mut self, mut request: Request, most: u64) -> Result<Response, Unsent> {
        for _ in 0..=MOST_REDIRECTS {
            let response = self.send_once(&request, most)?;
            match next_hop(&request, &response) {
                Some(url) => request.url = url,
                None => return Ok(response),
            }
        }
        Err(SendError::failed("The wiki redirects without end.").into())
    }

    fn send_once(&mut self, request: &Request, most: u64) -> Result<Response, Unsent> {
        // Between two exchanges nobody waits, but a cancelled call sends nothing more.
        if self.canceller.is_cancelled() {
            return Err(SendError::cancelled().not_sent().into());
        }
        let mut request = request.clone();
        self.jar.attach(&mut request);
        let limits = Limits {
            timeout: self.timeout,
            connect_timeout: self.connect_timeout,
            body: most,
            canceller: &self.canceller,
        };
        let started = Instant::now();
        let outcome = self.transport.send(&request, &limits);
        let what = match &outcome {
            Ok(response) => format!("HTTP {}, {} bytes", response.status, response.body.len()),
            Err(error) => error.error.to_string(),
        };
        let method = request.method.as_str();
        self.log(Level::Debug, &format!("{method} in {} ms: {what}", started.elapsed().as_millis()));
        let response = outcome?;
        if response.body.len() as u64 > most {
            return Err(SendError::failed(format!("The answer is larger than {most} bytes.")).into());
        }
        self.jar.store(&response, &request.url);
        Ok(response)
    }

    fn log(&mut self, level: Level, line: &str) {
        // Words of the wiki and of a host's transport are in it, and must not look like lines of their own.
        let line = line.replace(char::is_control, "\u{fffd}");
        debug!(target: "createaccount", "{line}");
        if let Some(log) = &mut self.log {
            log(level, &line);
        }
    }
}

impl From<SendError> for Unsent {
    fn from(failed: SendError) -> Self {
        Self { error: failed.error, may_have_arrived: failed.may_have_arrived }
    }
}

/// Where a GET goes on. A POST is never redirected: it would lose its body, or carry the password elsewhere.
fn next_hop(request: &Request, response: &Response) -> Option<Url> {
    if request.method != Method::Get || !matches!(response.status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let url = request.url.join(response.header("location")?).ok()?;
    Some(url).filter(|url| url.origin() == request.url.origin())
}

/// Checks all settings, and sets up the way to the wiki.
fn prepare(api_url: &str, config: Config) -> Result<(Settings, Link)> {
    let api_url = check_api_url(api_url, config.allow_http)?;
    let own = concat!("libcreateaccount/", env!("CARGO_PKG_VERSION"));
    let user_agent = match &config.user_agent {
        Some(host) => format!("{host} {own}"),
        None => own.to_owned(),
    };
    check_header("user_agent", &user_agent)?;
    if let Some(token) = &config.bearer_token {
        check_header("bearer_token", token.expose())?;
    }
    for (name, code) in [("language", &config.language), ("error_language", &config.error_language)] {
        if let Some(code) = code
            && (code.is_empty() || !code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
        {
            let message = format!("“{code}” is no language code; MediaWiki's look like pl or zh-hant.");
            return Err(Error::argument(name, message));
        }
    }
    let error_format = config.error_format.unwrap_or_else(|| "plaintext".to_owned());
    if !["plaintext", "html", "wikitext", "raw", "none", "bc"].contains(&error_format.as_str()) {
        let message =
            format!("“{error_format}” is no error format: plaintext, html, wikitext, raw, none or bc.");
        return Err(Error::argument("error_format", message));
    }
    for (name, time) in [("timeout", config.timeout), ("connect_timeout", config.connect_timeout)] {
        if time.is_zero() {
            return Err(Error::argument(name, "A time limit of zero leaves no time for anything."));
        }
    }
    let return_url = config.return_url.as_deref().map(check_return_url).transpose()?;
    let transport = match config.transport {
        Some(transport) => transport,
        None => own_transport(config.proxy, config.ca_file)?,
    };
    let canceller = Canceller::default();
    if let Some(interrupt) = config.interrupt {
        canceller.on_interrupt(interrupt);
    }
    let settings = Settings {
        api_url,
        user_agent,
        language: config.language,
        message_format: config.message_format,
        error_format,
        error_language: config.error_language,
        return_url,
        merge_fields: config.merge_fields,
        allow_http: config.allow_http,
        bearer_token: config.bearer_token,
        retry_budget: config.retry_budget.min(LONGEST),
        reconcile_wait: config.reconcile_wait.min(LONGEST),
    };
    let link = Link {
        transport,
        jar: Jar::default(),
        canceller,
        log: config.log,
        timeout: config.timeout.min(LONGEST),
        connect_timeout: config.connect_timeout.min(LONGEST),
    };
    Ok((settings, link))
}

#[cfg(feature = "ureq")]
fn own_transport(proxy: Option<Secret>, ca_file: Option<std::path::PathBuf>) -> Result<Box<dyn Transport>> {
    use crate::transport::{Options, Ureq};
    Ok(Box::new(Ureq::new(Options { proxy, ca_file })?))
}

#[cfg(not(feature = "ureq"))]
fn own_transport(_: Option<Secret>, _: Option<std::path::PathBuf>) -> Result<Box<dyn Transport>> {
    Err(Error::argument("transport", "This build has no transport of its own (feature ureq); give one."))
}

fn check_api_url(api_url: &str, allow_http: bool) -> Result<Url> {
    let wrong = |why: &str| Error::argument("api_url", format!("The API's address {why}."));
    let url = Url::parse(api_url).map_err(|_| wrong("is not an absolute URL"))?;
    match url.scheme() {
        "https" | "http" => {}
        scheme => return Err(wrong(&format!("has the scheme {scheme}; it must be https"))),
    }
    if !is_private(&url, allow_http) {
        return Err(wrong("is http, so passwords would travel unencrypted; use https, or allow http"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("carries a name or password; use login or a bearer token"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("has a query or fragment; it usually ends in /api.php"));
    }
    Ok(url)
}

/// MediaWiki takes any scheme of its list of link protocols; only a browser's two can come back.
fn check_return_url(url: &str) -> Result<Url> {
    let wrong = |why: &str| Error::argument("return_url", format!("The return URL {why}."));
    let url = Url::parse(url).map_err(|_| wrong("is not absolute"))?;
    match url.scheme() {
        "https" | "http" => Ok(url),
        scheme => Err(wrong(&format!("has the scheme {scheme}, which wikis refuse; use https or http"))),
    }
}

fn check_header(name: &str, value: &str) -> Result<()> {
    if value.bytes().all(|b| (b' '..=b'~').contains(&b)) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::InvalidArgument, "Only printable ASCII can be sent in a header.")
        .with_field(name))
}
