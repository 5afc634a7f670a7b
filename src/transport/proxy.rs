//! Which proxy a request goes through: the host's, or one from the environment, read as curl does.

use std::{env, fmt, net::IpAddr};

use percent_encoding::percent_decode_str;
use url::Url;

use crate::{Error, Result, Secret, protocol::is_loopback};

/// A host and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HostPort {
    /// As in a URL: an IPv6 address is in brackets.
    pub host: String,
    pub port: u16,
}

impl HostPort {
    /// The host and port of a URL, if it has a host.
    pub(super) fn of(url: &Url) -> Option<Self> {
        Some(Self { host: url.host_str()?.to_owned(), port: url.port_or_known_default()? })
    }

    /// The host without brackets.
    pub(super) fn bare_host(&self) -> &str {
        self.host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(&self.host)
    }

    /// The host's IP address, if it is not a name.
    pub(super) fn address(&self) -> Option<IpAddr> {
        self.bare_host().parse().ok()
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Proxy {
    pub kind: ProxyKind,
    pub host_port: HostPort,
    pub login: Option<Login>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ProxyKind {
    Http,
    Https,
    Socks4,
    Socks4a,
    Socks5,
    Socks5h,
}

/// Credentials for a proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Login {
    pub user: Secret,
    pub password: Secret,
}

impl Proxy {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        // As with curl, the scheme may be missing.
        let url = if text.contains("://") { Url::parse(text) } else { Url::parse(&format!("http://{text}")) };
        let url = url.ok()?;
        let (kind, port) = match url.scheme() {
            "http" => (ProxyKind::Http, 80),
            "https" => (ProxyKind::Https, 443),
            "socks4" => (ProxyKind::Socks4, 1080),
            "socks4a" => (ProxyKind::Socks4a, 1080),
            "socks5" => (ProxyKind::Socks5, 1080),
            "socks5h" => (ProxyKind::Socks5h, 1080),
            _ => return None,
        };
        let host = url.host_str().filter(|host| !host.is_empty())?.to_ascii_lowercase();
        let login = if url.username().is_empty() && url.password().is_none() {
            None
        } else {
            Some(Login {
                user: decoded(url.username())?,
                password: decoded(url.password().unwrap_or_default())?,
            })
        };
        Some(Self { kind, host_port: HostPort { host, port: url.port().unwrap_or(port) }, login })
    }
}

fn decoded(text: &str) -> Option<Secret> {
    let text = percent_decode_str(text).decode_utf8().ok()?;
    // They become part of a protocol, in which control characters have a meaning.
    (!text.contains(char::is_control)).then(|| Secret::new(text))
}

/// Which proxies requests go through.
#[derive(Debug)]
pub(super) enum Proxies {
    /// No proxy, for any request.
    Ignored,
    /// The host's proxy, for all requests.
    Given(Proxy),
    /// The environment's: one for each scheme, and the exceptions.
    Environment { http: Found, https: Found, exempt: Vec<Exempt> },
}

/// What an environment variable says.
#[derive(Debug)]
pub(super) enum Found {
    Direct,
    Through(Proxy),
    /// It holds something that is not a proxy.
    Unusable {
        variable: &'static str,
    },
}

impl Proxies {
    /// The host's proxy; if there is none, those of the environment, unless `environment` is false.
    pub(super) fn new(given: Option<&Secret>, environment: bool) -> Result<Self> {
        match given {
            None if !environment => Ok(Self::Ignored),
            None => Ok(Self::from_environment(|name| {
                env::var_os(name).map(|value| value.to_string_lossy().into_owned())
            })),
            Some(proxy) => match Proxy::parse(proxy.expose()) {
                Some(proxy) => Ok(Self::Given(proxy)),
                None => {
                    let message = "This is not the address of a proxy: http, https, socks4, socks4a, socks5 or socks5h, \
                                   then :// and its host.";
                    Err(Error::argument("proxy", message))
                }
            },
        }
    }

    fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let first = |names: &[&'static str]| names.iter().find_map(|name| Some((*name, variable(name)?)));
        let all = first(&["all_proxy", "ALL_PROXY"]);
        // A CGI program finds its client's request header `Proxy` in `HTTP_PROXY`.
        let http = first(&["http_proxy", "HTTP_PROXY"])
            .filter(|(name, _)| *name == "http_proxy" || variable("REQUEST_METHOD").is_none());
        // The first variable that is set decides; an empty one means no proxy.
        let find = |own: Option<(&'static str, String)>| match own.as_ref().or(all.as_ref()) {
            None => Found::Direct,
            Some((_, value)) if value.trim().is_empty() => Found::Direct,
            Some((name, value)) => {
                Proxy::parse(value).map_or(Found::Unusable { variable: name }, Found::Through)
            }
        };
        let exempt = variable("no_proxy").or_else(|| variable("NO_PROXY")).unwrap_or_default();
        let exempt =
            exempt.split(|c: char| c == ',' || c.is_whitespace()).filter_map(Exempt::parse).collect();
        Self::Environment { http: find(http), https: find(first(&["https_proxy", "HTTPS_PROXY"])), exempt }
    }

    /// The proxy for a request to this URL, if any. A request to this machine goes through none,
    /// and is an error if the host has given a proxy.
    pub(super) fn of(&self, url: &Url) -> Result<Option<&Proxy>> {
        match self {
            Self::Given(_) if is_loopback(url) => {
                let message =
                    "A wiki on this machine cannot be reached through a proxy; leave the proxy out.";
                Err(Error::argument("proxy", message))
            }
            Self::Given(proxy) => Ok(Some(proxy)),
            Self::Ignored => Ok(None),
            Self::Environment { http, https, exempt } => {
                if is_loopback(url) {
                    return Ok(None);
                }
                let Some(host_port) = HostPort::of(url) else { return Ok(None) };
                if exempt.iter().any(|exempt| exempt.covers(&host_port)) {
                    return Ok(None);
                }
                match if url.scheme() == "https" { https } else { http } {
                    Found::Direct => Ok(None),
                    Found::Through(proxy) => Ok(Some(proxy)),
                    Found::Unusable { variable } => {
                        let message = format!(
                            "The environment variable {variable} holds no address of a proxy; correct it, or set it \
                             to nothing."
                        );
                        Err(Error::argument("proxy", message))
                    }
                }
            }
        }
    }
}

/// One entry of `NO_PROXY`.
#[derive(Debug)]
pub(super) struct Exempt {
    who: Who,
    port: Option<u16>,
}

#[derive(Debug)]
enum Who {
    Everybody,
    /// This domain and its subdomains.
    Domain(String),
    /// All addresses that share this many leading bits with this one.
    Range(IpAddr, u32),
}

impl Exempt {
    fn parse(entry: &str) -> Option<Self> {
        let entry = entry.trim().to_ascii_lowercase();
        if entry == "*" {
            return Some(Self { who: Who::Everybody, port: None });
        }
        if let Some(range) = Who::range(&entry) {
            return Some(Self { who: range, port: None });
        }
        let (host, port) = match entry.rsplit_once(':') {
            Some((host, port)) if !port.is_empty() => (host, Some(port.parse().ok()?)),
            _ => (entry.as_str(), None),
        };
        let who = Who::range(host).unwrap_or_else(|| {
            let name = host.trim_start_matches("*.").trim_start_matches('.').trim_end_matches('.');
            Who::Domain(name.to_owned())
        });
        (!matches!(&who, Who::Domain(name) if name.is_empty())).then_some(Self { who, port })
    }

    fn covers(&self, host_port: &HostPort) -> bool {
        self.port.is_none_or(|port| port == host_port.port)
            && match &self.who {
                Who::Everybody => true,
                Who::Domain(domain) => {
                    let host = host_port.host.to_ascii_lowercase();
                    let rest = host.trim_end_matches('.').strip_suffix(domain.as_str());
                    rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
                }
                Who::Range(base, bits) => host_port
                    .address()
                    .is_some_and(|address| leading(address, *bits) == leading(*base, *bits)),
            }
    }
}

impl Who {
    /// An address, or a range of addresses such as `10.0.0.0/8`.
    fn range(entry: &str) -> Option<Self> {
        let (base, bits) = match entry.split_once('/') {
            Some((base, bits)) => (base, Some(bits.parse().ok()?)),
            None => (entry, None),
        };
        let base = base.strip_prefix('[').and_then(|base| base.strip_suffix(']')).unwrap_or(base);
        let base: IpAddr = base.parse().ok()?;
        let most = if base.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        (bits <= most).then_some(Self::Range(base, bits))
    }
}

/// Whether an address is IPv4, and its first bits.
fn leading(address: IpAddr, bits: u32) -> (bool, u128) {
    let (all, width) = match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
        IpAddr::V6(address) => (u128::from(address), 128),
    };
    (address.is_ipv4(), all.checked_shr(width - bits.min(width)).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::{HostPort, Proxies, Proxy, ProxyKind};
    use crate::ErrorKind;

    fn through(environment: &[(&str, &str)], url: &str) -> Result<Option<String>, String> {
        let find = |name: &str| {
            environment.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned())
        };
        let proxies = Proxies::from_environment(find);
        match proxies.of(&url.parse().expect("an address")) {
            Ok(proxy) => Ok(proxy.map(|proxy| proxy.host_port.to_string())),
            Err(error) => {
                assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidArgument, Some("proxy")));
                Err(error.to_string())
            }
        }
    }

    fn by(environment: &[(&str, &str)], url: &str) -> Option<String> {
        through(environment, url).expect("usable")
    }

    #[test]
    fn each_scheme_has_its_variable_and_nothing_switches_off() {
        let (http, https) = ("http://wiki.example/", "https://wiki.example/");
        let both = [("http_proxy", "plain:1"), ("HTTPS_PROXY", "tls:2"), ("ALL_PROXY", "all:3")];
        assert_eq!(by(&both, http).as_deref(), Some("plain:1"));
        assert_eq!(by(&both, https).as_deref(), Some("tls:2"));
        assert_eq!(by(&both[1..], http).as_deref(), Some("all:3"));
        assert_eq!(by(&[("https_proxy", ""), ("HTTPS_PROXY", "tls:2"), ("ALL_PROXY", "all:3")], https), None);
        assert_eq!(by(&[("http_proxy", "plain:1")], https), None);
        assert_eq!(
            by(&[("https_proxy", "lower:1"), ("HTTPS_PROXY", "upper:2")], https).as_deref(),
            Some("lower:1")
        );
    }

    #[test]
    fn capitals_count_for_nothing_under_cgi() {
        let http = "http://wiki.example/";
        assert_eq!(by(&[("HTTP_PROXY", "plain:1")], http).as_deref(), Some("plain:1"));
        assert_eq!(by(&[("HTTP_PROXY", "plain:1"), ("REQUEST_METHOD", "GET")], http), None);
        assert_eq!(
            by(&[("http_proxy", "plain:1"), ("REQUEST_METHOD", "GET")], http).as_deref(),
            Some("plain:1")
        );
        let https = "https://wiki.example/";
        assert_eq!(
            by(&[("HTTPS_PROXY", "tls:2"), ("REQUEST_METHOD", "GET")], https).as_deref(),
            Some("tls:2")
        );
    }

    #[test]
    fn this_machine_is_never_asked_for_through_a_proxy() {
        let all = [("ALL_PROXY", "all:3")];
        for here in ["http://127.0.0.1:8080/", "https://[::1]/", "http://localhost/", "https://127.8.8.8/"] {
            assert_eq!(by(&all, here), None, "{here}");
        }
        for elsewhere in ["http://wiki.localhost/", "http://localhost.example/", "https://128.0.0.1/"] {
            assert_eq!(by(&all, elsewhere).as_deref(), Some("all:3"), "{elsewhere}");
        }
        let given = Proxies::Given(Proxy::parse("http://proxy").expect("a proxy"));
        let error = given.of(&"http://localhost/".parse().expect("an address")).expect_err("refused");
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidArgument, Some("proxy")));
    }

    #[test]
    fn what_is_no_proxy_is_an_error_for_those_who_need_it() {
        for nonsense in ["ftp://proxy", "http://", "http://a b", "http://proxy:99999", "http://u%0a@proxy"] {
            let error = through(&[("https_proxy", nonsense)], "https://wiki.example/").expect_err(nonsense);
            assert!(error.contains("https_proxy"), "{error}");
            assert_eq!(by(&[("https_proxy", nonsense)], "http://wiki.example/"), None);
            let exempt = [("https_proxy", nonsense), ("NO_PROXY", "wiki.example")];
            assert_eq!(by(&exempt, "https://wiki.example/"), None);
        }
    }

    #[test]
    fn no_proxy_knows_names_ports_and_ranges() {
        let exempt = |list: &str, url: &str| by(&[("ALL_PROXY", "all:3"), ("NO_PROXY", list)], url).is_none();
        assert!(exempt("*", "https://wiki.example/"));
        assert!(exempt("other.example, wiki.example", "https://wiki.example/"));
        assert!(exempt("other.example wiki.example", "https://en.wiki.example/"));
        assert!(exempt(".wiki.example", "https://wiki.example/"));
        assert!(exempt("WIKI.example.", "https://wiki.example./"));
        assert!(!exempt("wiki.example", "https://mywiki.example/"));
        assert!(exempt("wiki.example:443", "https://wiki.example/"));
        assert!(!exempt("wiki.example:8443", "https://wiki.example/"));
        assert!(exempt("10.0.0.0/8", "https://10.250.1.1/"));
        assert!(!exempt("10.0.0.0/8", "https://11.0.0.1/"));
        assert!(exempt("0.0.0.0/0", "https://11.0.0.1/"));
        assert!(!exempt("0.0.0.0/0", "https://[2001:db8::1]/"));
        assert!(exempt("192.0.2.7", "https://192.0.2.7/"));
        assert!(exempt("192.0.2.7:443", "https://192.0.2.7/"));
        assert!(!exempt("192.0.2.7:8443", "https://192.0.2.7/"));
        assert!(exempt("2001:db8::/32", "https://[2001:db8::1]/"));
        assert!(exempt("2001:db8::1", "https://[2001:db8::1]/"));
        assert!(exempt("[2001:db8::1]:443", "https://[2001:db8::1]/"));
        assert!(!exempt("[2001:db8::1]:8443", "https://[2001:db8::1]/"));
        assert!(!exempt("10.0.0.0/33, :443, /8, wiki.example:x", "https://wiki.example/"));
        let lower = [("ALL_PROXY", "all:3"), ("no_proxy", ""), ("NO_PROXY", "*")];
        assert!(by(&lower, "https://wiki.example/").is_some(), "the lower case decides");
    }

    #[test]
    fn addresses_of_proxies() {
        let proxy = |text: &str| Proxy::parse(text).expect(text);
        let host_port = |host: &str, port| HostPort { host: host.to_owned(), port };
        assert_eq!(proxy("proxy.example:3128").host_port, host_port("proxy.example", 3128));
        assert_eq!(proxy("http://proxy.example").host_port, host_port("proxy.example", 80));
        assert_eq!(proxy("https://proxy.example/").host_port, host_port("proxy.example", 443));
        assert_eq!(proxy("socks5h://[::1]").host_port, host_port("[::1]", 1080));
        assert_eq!(proxy("socks4a://PROXY.example").kind, ProxyKind::Socks4a);
        let login = proxy("http://me:p%40ss@proxy.example").login.expect("a login");
        assert_eq!((login.user.expose(), login.password.expose()), ("me", "p@ss"));
    }
}
