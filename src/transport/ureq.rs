//! The transport that the library brings along: ureq with rustls and the platform's certificates.

use std::{
    fs,
    io::{self, Read},
    path::PathBuf,
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use once_cell::sync::OnceCell;
use ureq::{
    Agent, Proxy, SendBody, Timeout, http,
    tls::{PemItem, RootCerts, TlsConfig, parse_pem},
};

use super::{Limits, SendError, Transport};
use crate::{
    Error, Result, Secret,
    cancel::PULSE,
    protocol::{Method, Request, Response},
};

/// What the host wishes of the connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub proxy: Option<Secret>,
    pub ca_file: Option<PathBuf>,
}

/// One agent with its pool of connections. A cancelled exchange takes its agent along, and the next one makes a new
/// one.
pub(crate) struct Ureq {
    options: Options,
    agent: OnceCell<Agent>,
}

impl Ureq {
    /// Checks the options without connecting to anything.
    pub(crate) fn new(options: Options) -> Result<Self> {
        let transport = Self { options, agent: OnceCell::new() };
        transport.agent()?;
        Ok(transport)
    }

    fn agent(&self) -> Result<&Agent> {
        self.agent.get_or_try_init(|| {
            let mut config = Agent::config_builder()
                .http_status_as_error(false)
                .max_redirects(0)
                .max_idle_connections_per_host(1)
                .tls_config(self.tls()?);
            if let Some(proxy) = &self.options.proxy {
                let proxy = Proxy::new(proxy.expose()).map_err(|error| {
                    Error::argument("proxy", "This is no proxy address.").with_source(error)
                })?;
                config = config.proxy(Some(proxy));
            }
            Ok(config.build().new_agent())
        })
    }

    fn tls(&self) -> Result<TlsConfig> {
        let roots = match &self.options.ca_file {
            None => RootCerts::PlatformVerifier,
            Some(path) => {
                let unreadable = |error: io::Error| {
                    let message =
                        format!("The file of certificates, {}, cannot be read: {error}", path.display());
                    Error::argument("ca_file", message).with_source(error)
                };
                let pem = fs::read(path).map_err(unreadable)?;
                let mut certificates = Vec::new();
                for item in parse_pem(&pem) {
                    match item {
                        Ok(PemItem::Certificate(certificate)) => certificates.push(certificate),
                        Ok(_) => {}
                        Err(error) => return Err(unreadable(io::Error::other(error))),
                    }
                }
                if certificates.is_empty() {
                    let message = format!("The file {} holds no certificate in PEM form.", path.display());
                    return Err(Error::argument("ca_file", message));
                }
                RootCerts::Specific(Arc::new(certificates))
            }
        };
        Ok(TlsConfig::builder().root_certs(roots).build())
    }
}

impl Transport for Ureq {
    /// The exchange runs on a thread of its own, because neither name resolution nor connecting can be interrupted;
    /// a cancelled one is left behind and ends by its own time limits.
    fn send(&mut self, request: &Request, limits: &Limits<'_>) -> Result<Response, SendError> {
        let agent = self.agent().map_err(|error| SendError { error, may_have_arrived: false })?.clone();
        let sent = Arc::new(AtomicBool::new(false));
        let bell = Arc::new(Bell::default());
        let exchange = Exchange::new(agent.clone(), request, limits, sent.clone());
        let ringer = Ringer(bell.clone());
        let worker = thread::Builder::new().name("createaccount".to_owned()).spawn(move || {
            let _rings_at_the_end = ringer;
            exchange.run()
        });
        let worker = worker.map_err(|error| {
            SendError::failed("No thread could be started.").not_sent().with_source(error)
        })?;
        while !bell.rang_within(PULSE) {
            if limits.canceller.is_cancelled() {
                self.agent.take();
                agent.shutdown();
                // Asked only now: up to the end of its connection the exchange may have gone on sending.
                let may_have_arrived = sent.load(Ordering::SeqCst);
                return Err(SendError { may_have_arrived, ..SendError::cancelled() });
            }
        }
        // Once it is joined, its copy of the request is wiped.
        match worker.join() {
            Ok(outcome) => outcome.map_err(|error| describe(error, sent.load(Ordering::SeqCst))),
            Err(_) => Err(SendError::failed("The thread of the exchange ended without an answer.")),
        }
    }
}

/// Tells that an exchange has ended. (A channel would do, but it makes a handle of the calling thread, which nobody
/// frees in a program whose main is not Rust's.)
#[derive(Default)]
struct Bell {
    rang: Mutex<bool>,
    ring: Condvar,
}

impl Bell {
    fn rang_within(&self, time: Duration) -> bool {
        let rang = self.rang.lock().unwrap_or_else(PoisonError::into_inner);
        *self.ring.wait_timeout_while(rang, time, |rang| !*rang).unwrap_or_else(PoisonError::into_inner).0
    }
}

/// Rings when the thread ends, however it ends.
struct Ringer(Arc<Bell>);

impl Drop for Ringer {
    fn drop(&mut self) {
        *self.0.rang.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.ring.notify_one();
    }
}

/// One request with its agent, ready to go to another thread.
struct Exchange {
    agent: Agent,
    request: Request,
    timeout: Duration,
    connect_timeout: Duration,
    most: u64,
    sent: Arc<AtomicBool>,
}

impl Exchange {
    fn new(agent: Agent, request: &Request, limits: &Limits<'_>, sent: Arc<AtomicBool>) -> Self {
        Self {
            agent,
            request: request.clone(),
            timeout: limits.timeout,
            connect_timeout: limits.connect_timeout.min(limits.timeout),
            most: limits.body,
            sent,
        }
    }

    fn run(self) -> Result<Response, ureq::Error> {
        let mut head =
            http::Request::builder().method(self.request.method.as_str()).uri(self.request.url.as_str());
        for (name, value) in &self.request.headers {
            head = head.header(*name, value.expose());
        }
        let response = match (self.request.method, self.request.body) {
            (Method::Get, _) | (Method::Post, None) => {
                // A GET changes nothing, but a POST without a body is gone once it is begun.
                self.sent.store(true, Ordering::SeqCst);
                run(&self.agent, head.body(SendBody::none())?, self.timeout, self.connect_timeout)?
            }
            (Method::Post, Some(body)) => {
                head = head.header("content-length", body.expose().len());
                let mut body = Watched { body, position: 0, sent: self.sent };
                let body = SendBody::from_reader(&mut body);
                run(&self.agent, head.body(body)?, self.timeout, self.connect_timeout)?
            }
        };
        let (head, mut body) = response.into_parts();
        let headers = head.headers.iter();
        Ok(Response {
            status: head.status.as_u16(),
            headers: headers
                .map(|(name, value)| {
                    (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
                })
                .collect(),
            body: body.with_config().limit(self.most).read_to_vec()?,
        })
    }
}

fn run(
    agent: &Agent,
    request: http::Request<SendBody<'_>>,
    timeout: Duration,
    connect_timeout: Duration,
) -> Result<http::Response<ureq::Body>, ureq::Error> {
    let request = agent
        .configure_request(request)
        .timeout_global(Some(timeout))
        .timeout_resolve(Some(connect_timeout))
        .timeout_connect(Some(connect_timeout))
        .build();
    agent.run(request)
}

/// A body that notes when it was handed over to the last byte: from then on the wiki may have acted on it. Anything
/// less it cannot accept, because the token comes last.
struct Watched {
    body: Secret,
    position: usize,
    sent: Arc<AtomicBool>,
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut rest = &self.body.expose().as_bytes()[self.position..];
        let count = rest.read(buffer)?;
        self.position += count;
        if self.position == self.body.expose().len() {
            self.sent.store(true, Ordering::SeqCst);
        }
        Ok(count)
    }
}

fn describe(error: ureq::Error, may_have_arrived: bool) -> SendError {
    let failed = match &error {
        ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => {
            SendError::timed_out("The wiki could not be reached in time.")
        }
        ureq::Error::Timeout(_) => SendError::timed_out("The wiki did not answer in time."),
        ureq::Error::HostNotFound => SendError::failed("The wiki's host name was not found."),
        ureq::Error::ConnectionFailed => SendError::failed("The wiki could not be reached."),
        ureq::Error::BodyExceedsLimit(limit) => {
            SendError::failed(format!("The answer is larger than {limit} bytes."))
        }
        ureq::Error::Io(io) if io.kind() == io::ErrorKind::ConnectionRefused => {
            SendError::failed("The wiki refused the connection.")
        }
        other => SendError::failed(format!("The exchange with the wiki failed: {other}.")),
    };
    let failed = match error {
        // The operating system's error number is worth something to hosts.
        ureq::Error::Io(io) => failed.with_source(io),
        other => failed.with_source(other),
    };
    SendError { may_have_arrived, ..failed }
}
