//! The library's own transport: HTTP by ureq, over connections that the library manages.

use std::{
    io::{self, Read},
    mem,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use once_cell::race::OnceBox;
use ureq::{
    Agent, SendBody,
    config::Config,
    http::{self, HeaderName, HeaderValue, header::CONTENT_LENGTH},
};
use url::Url;
use zeroize::Zeroizing;

use super::{
    Limits, SendError, Transport,
    error::TransferError,
    proxy::{HostPort, Proxies, ProxyKind},
    route::Route,
    shared::{IDLE, Process},
    transfer::{Progress, Transfer},
    trust::Trust,
    wire::{Call, ClientConnector, NoResolver},
};
use crate::{
    Phase, Result, Secret,
    protocol::{Method, Request, Response},
};

/// The host's connection settings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub proxy: Option<Secret>,
    pub environment_proxies: bool,
    pub ca_file: Option<PathBuf>,
}

/// The transport of one client. It works on the calling thread, over connections that all clients
/// share.
pub(crate) struct Ureq {
    client: u64,
    proxies: Proxies,
    trust: Trust,
    agent: Agent,
    connector: ClientConnector,
    /// Whether any request may have authenticated its sender.
    was_authorized: bool,
}

/// How long a connection may have been idle to be used for a POST, which cannot be sent again:
/// servers close idle connections after a while.
const FRESH: Duration = Duration::from_secs(3);
/// The least size that the buffer grows to if a body is longer than announced.
const MIN_GROWTH: usize = 8 * 1024;

impl Ureq {
    /// Checks the options without connecting to anything.
    pub(crate) fn new(options: Options, wiki: &Url) -> Result<Self> {
        let proxies = Proxies::new(options.proxy.as_ref(), options.environment_proxies)?;
        proxies.of(wiki)?;
        let trust = Trust::read(options.ca_file.as_deref(), |trust| Process::current().known(trust))?;
        let connector = ClientConnector::default();
        let agent = Agent::with_parts(config().clone(), connector.clone(), NoResolver);
        Ok(Self { client: Process::next_client(), proxies, trust, agent, connector, was_authorized: false })
    }

    fn route(&self, url: &Url, process: &Process) -> Result<Route, SendError> {
        let host_port = HostPort::of(url);
        let host_port = host_port.ok_or_else(|| SendError::failed("The address has no host.").not_sent())?;
        let proxy =
            self.proxies.of(url).map_err(|error| SendError { error, may_have_arrived: false })?.cloned();
        let secure = url.scheme() == "https";
        let mut route = Route { host_port, secure, proxy, tls: None };
        if secure || route.proxy.as_ref().is_some_and(|proxy| proxy.kind == ProxyKind::Https) {
            let settings = process.tls(&self.trust);
            route.tls = Some(settings.map_err(|failed| failed.into_send_error(&route).not_sent())?);
        }
        Ok(route)
    }

    /// One transfer over a connection, which may be an idle one that is reused.
    fn transfer(&self, request: &Request, most: u64, call: &Call) -> Result<Response, TransferError> {
        self.connector.set_call(Some(call.clone()));
        let outcome = self.run(request, most, &call.transfer);
        self.connector.set_call(None);
        outcome.map_err(TransferError::of_ureq)
    }

    fn run(&self, request: &Request, most: u64, transfer: &Transfer) -> Result<Response, ureq::Error> {
        let response = match &request.body {
            Some(body) if transfer.has_body => {
                let mut watched = Watched { rest: body.expose().as_bytes(), transfer };
                let mut made = to_http(request, SendBody::from_reader(&mut watched))?;
                made.headers_mut().insert(CONTENT_LENGTH, body.expose().len().into());
                self.agent.run(made)?
            }
            _ => self.agent.run(to_http(request, SendBody::none())?)?,
        };
        transfer.enter(Phase::Body);
        let (head, mut body) = response.into_parts();
        let mut response = Response::default();
        response.status = head.status.as_u16();
        for name in Response::READ {
            for value in head.headers.get_all(name) {
                let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                response.headers.push((name.to_owned(), value));
            }
        }
        let expected = usize::try_from(body.content_length().unwrap_or(0).min(most)).unwrap_or(0);
        response.body = read(body.with_config().limit(most).reader(), expected)?;
        Ok(response)
    }
}

impl Transport for Ureq {
    fn send(&mut self, request: &Request, limits: &Limits<'_>) -> Result<Response, SendError> {
        let started = Instant::now();
        let process = Process::current();
        let route = self.route(&request.url, process)?;
        let authorized = request.is_authorized();
        self.was_authorized |= authorized;
        let head =
            request.headers.iter().map(|(name, value)| name.len() + value.expose().len() + 4).sum::<usize>();
        let call = |max_idle| {
            let transfer = Transfer {
                route: route.clone(),
                client: self.client,
                authorized,
                max_idle,
                has_body: request.body.as_ref().is_some_and(|body| !body.expose().is_empty()),
                head: head + request.url.as_str().len(),
                connected_by: started + limits.connect_timeout.min(limits.timeout),
                ended_by: started + limits.timeout,
                canceller: limits.canceller.clone(),
                progress: Progress::new(started),
            };
            Call { process, transfer: Arc::new(transfer) }
        };
        let is_get = request.method == Method::Get;
        let mut made = call(Some(if is_get { IDLE } else { FRESH }));
        let mut outcome = self.transfer(request, limits.body, &made);
        // The server closed the idle connection just as it was reused.
        if let Err(failed) = &outcome
            && is_get
            && failed.is_lost()
            && made.transfer.progress.reused.is_set()
            && !made.transfer.progress.answered.is_set()
        {
            made = call(None);
            outcome = self.transfer(request, limits.body, &made);
        }
        outcome.map_err(|failed| {
            let may_have_arrived = made.transfer.progress.sent.is_set();
            SendError { may_have_arrived, ..failed.into_send_error(&route) }
        })
    }
}

impl Drop for Ureq {
    fn drop(&mut self) {
        if self.was_authorized {
            Process::current().forget(self.client);
        }
    }
}

/// Made once for all clients, because ureq reads the environment's proxies even if it is then told
/// to use none. `OnceBox` takes no lock, which could stay locked for ever in a forked child.
fn config() -> &'static Config {
    static CONFIG: OnceBox<Config> = OnceBox::new();
    CONFIG.get_or_init(|| {
        let config = Agent::config_builder().http_status_as_error(false).max_redirects(0);
        Box::new(config.max_idle_connections(0).proxy(None).build())
    })
}

fn to_http<B>(request: &Request, body: B) -> Result<http::Request<B>, http::Error> {
    let mut made = http::Request::new(body);
    *made.method_mut() = match request.method {
        Method::Get => http::Method::GET,
        Method::Post => http::Method::POST,
    };
    *made.uri_mut() = http::Uri::try_from(request.url.as_str())?;
    let headers = made.headers_mut();
    for (name, value) in &request.headers {
        headers.append(HeaderName::from_bytes(name.as_bytes())?, header(name, value)?);
    }
    Ok(made)
}

/// A header value that is wiped when ureq has finished with it, if it may be secret.
fn header(name: &str, value: &Secret) -> Result<HeaderValue, http::Error> {
    if matches!(name, "accept" | "content-type" | "user-agent") {
        return Ok(HeaderValue::from_str(value.expose())?);
    }
    let bytes = Bytes::from_owner(Zeroizing::new(value.expose().as_bytes().to_vec()));
    let mut value = HeaderValue::from_maybe_shared(bytes)?;
    value.set_sensitive(true);
    Ok(value)
}

/// Reads to the end, and leaves no copies behind.
fn read(mut from: impl Read, expected: usize) -> io::Result<Vec<u8>> {
    // One byte more, so that the end is noticed without growing.
    let mut bytes = Zeroizing::new(vec![0; expected + 1]);
    let mut length = 0;
    loop {
        if length == bytes.len() {
            let mut larger = Zeroizing::new(vec![0; MIN_GROWTH.max(2 * length)]);
            larger[..length].copy_from_slice(&bytes);
            bytes = larger;
        }
        match from.read(&mut bytes[length..]) {
            Ok(0) => {
                bytes.truncate(length);
                return Ok(mem::take(&mut *bytes));
            }
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// A request body that records when its last byte has been read.
struct Watched<'a> {
    rest: &'a [u8],
    transfer: &'a Transfer,
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.rest.read(buffer)?;
        if self.rest.is_empty() {
            self.transfer.progress.body_is_complete.set();
        }
        Ok(count)
    }
}
