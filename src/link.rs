//! The link to the wiki: transport, cookies, redirects and limits.

use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use log::{Level, debug, log_enabled};
use url::{Position, Url};

use crate::{
    Canceller, Result, Secret, TransportFailure,
    cancel::Entered,
    config::{LinkSettings, LogFn},
    cookies::Jar,
    flow::{Exchange, NoResponse, Received},
    protocol::{Method, Request, Response, has_user_info, without_query},
    text::clean,
    transport::{Limits, SendError, Transport},
};

/// The largest API answer that is read, in bytes.
pub(crate) const MAX_BODY: u64 = 4 * 1024 * 1024;
/// The largest picture that is read, in bytes.
pub(crate) const MAX_IMAGE: u64 = 1024 * 1024;
/// How many redirects a GET follows, within the wiki's origin.
const MAX_REDIRECTS: usize = 5;

pub(crate) struct Link {
    pub(crate) jar: Jar,
    pub(crate) canceller: Canceller,
    transport: Box<dyn Transport>,
    log: Option<LogFn>,
    /// What log lines begin with: the wiki, and the number of the client, which has one flow at a time.
    mark: String,
    timeout: Duration,
    connect_timeout: Duration,
    deadline: Duration,
    /// When the call in progress must end.
    ends: Instant,
}

impl Link {
    /// The link to the wiki whose API is at `api_url`.
    pub(crate) fn new(api_url: &Url, link: LinkSettings) -> Result<Self> {
        let transport = match link.transport {
            Some(transport) => transport,
            None => own_transport(api_url, link.proxy, link.environment_proxies, link.ca_file)?,
        };
        let canceller = Canceller::default();
        if let Some(interrupt) = link.interrupt {
            canceller.on_interrupt(interrupt);
        }
        Ok(Self {
            jar: Jar::default(),
            canceller,
            transport,
            log: link.log,
            mark: mark(api_url),
            timeout: link.timeout,
            connect_timeout: link.connect_timeout,
            deadline: link.deadline,
            ends: Instant::now(),
        })
    }

    /// Marks a call as in progress until the guard is dropped. All its exchanges and waits together
    /// may take `limit`, or the configured deadline if that is `None`.
    pub(crate) fn enter(&mut self, limit: Option<Duration>) -> Entered {
        self.ends = Instant::now() + limit.unwrap_or(self.deadline);
        self.canceller.enter()
    }

    /// Waits for as long as the flow asks, then sends its request.
    pub(crate) fn send(&mut self, exchange: Exchange) -> Result<Received, NoResponse> {
        if exchange.fresh_session {
            self.jar.clear();
        }
        if !exchange.delay.is_zero() {
            if exchange.delay >= self.left() {
                return Err(overdue().into());
            }
            self.log(Level::Info, format_args!("waiting {} ms", exchange.delay.as_millis()));
            if self.canceller.wait(exchange.delay) {
                return Err(SendError::cancelled().not_sent().into());
            }
        }
        self.exchange(exchange.request, MAX_BODY)
    }

    /// Sends a request and, if it is a GET, follows redirects within the wiki's origin.
    pub(crate) fn exchange(&mut self, mut request: Request, most: u64) -> Result<Received, NoResponse> {
        let mut redirected_to = None;
        let mut lost_cookies = Vec::new();
        for _ in 0..=MAX_REDIRECTS {
            let response = self.send_once(&mut request, most)?;
            lost_cookies.extend(self.jar.store(&response, &request.url));
            match next_hop(&request, &response) {
                Some(url) => {
                    request.url = url.clone();
                    redirected_to = Some(without_query(url));
                }
                None => return Ok(Received { response, redirected_to, lost_cookies }),
            }
        }
        Err(SendError::failed("The wiki redirects without end.").into())
    }

    fn send_once(&mut self, request: &mut Request, most: u64) -> Result<Response, NoResponse> {
        // Nothing polls between two exchanges, and a cancelled call must send nothing more.
        if self.canceller.poll() {
            return Err(SendError::cancelled().not_sent().into());
        }
        let started = Instant::now();
        let left = self.ends.saturating_duration_since(started);
        if left.is_zero() {
            return Err(overdue().into());
        }
        self.jar.attach(request);
        let limits = Limits {
            timeout: self.timeout.min(left),
            connect_timeout: self.connect_timeout,
            body: most,
            canceller: &self.canceller,
        };
        let outcome = self.transport.send(request, &limits);
        if self.is_logged() {
            let (method, took) = (request.method.as_str(), started.elapsed().as_millis());
            let became = match &outcome {
                Ok(Response { status, body, .. }) => format!("HTTP {status}, {} bytes", body.len()),
                Err(failed) => failed.error.to_string(),
            };
            self.log(Level::Debug, format_args!("{method} in {took} ms: {became}"));
        }
        let response = outcome?;
        if response.body.len() as u64 > most {
            return Err(SendError::failed(format!("The answer is larger than {most} bytes."))
                .with_failure(TransportFailure::Bound)
                .into());
        }
        Ok(response)
    }

    fn left(&self) -> Duration {
        self.ends.saturating_duration_since(Instant::now())
    }

    fn is_logged(&self) -> bool {
        self.log.is_some() || log_enabled!(target: "createaccount", Level::Debug)
    }

    pub(crate) fn log(&mut self, level: Level, line: fmt::Arguments<'_>) {
        if !self.is_logged() {
            return;
        }
        // It may contain texts of the wiki and of a host's transport, which must not look like
        // further lines.
        let line = clean(&line.to_string()).replace(char::is_control, "\u{fffd}");
        let line = format!("{}: {line}", self.mark);
        debug!(target: "createaccount", "{line}");
        if let Some(log) = &mut self.log {
            log(level, &line);
        }
    }
}

fn mark(api_url: &Url) -> String {
    static CLIENTS: AtomicU64 = AtomicU64::new(1);
    let number = CLIENTS.fetch_add(1, Ordering::Relaxed);
    format!("{} #{number}", &api_url[Position::BeforeHost..Position::BeforePath])
}

fn overdue() -> SendError {
    SendError::timed_out("The time for the whole call was over.")
        .not_sent()
        .with_failure(TransportFailure::Deadline)
}

impl From<SendError> for NoResponse {
    fn from(failed: SendError) -> Self {
        Self { error: failed.error, may_have_arrived: failed.may_have_arrived }
    }
}

/// The URL that a GET is redirected to. A POST is never redirected: it would lose its body, or
/// carry the password elsewhere.
fn next_hop(request: &Request, response: &Response) -> Option<Url> {
    if request.method != Method::Get {
        return None;
    }
    let url = request.url.join(response.redirect_target()?).ok()?;
    Some(url).filter(|url| url.origin() == request.url.origin() && !has_user_info(url))
}

#[cfg(feature = "ureq")]
fn own_transport(
    api_url: &Url,
    proxy: Option<Secret>,
    environment_proxies: bool,
    ca_file: Option<std::path::PathBuf>,
) -> Result<Box<dyn Transport>> {
    use crate::transport::{Options, Ureq};
    Ok(Box::new(Ureq::new(Options { proxy, environment_proxies, ca_file }, api_url)?))
}

#[cfg(not(feature = "ureq"))]
fn own_transport(
    _: &Url,
    _: Option<Secret>,
    _: bool,
    _: Option<std::path::PathBuf>,
) -> Result<Box<dyn Transport>> {
    Err(crate::Error::argument(
        "transport",
        "This build has no transport of its own (feature ureq); give one.",
    ))
}
