//! Connections through a proxy: HTTP CONNECT (RFC 9110, 9.3.6), SOCKS 4 and 5 (RFC 1928, 1929).

use std::{
    io::{self, Read, Write},
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use zeroize::Zeroizing;

use super::{
    error::TransferError,
    layer::Layer,
    proxy::{HostPort, Login, Proxy, ProxyKind},
    socket::{Socket, addresses},
    tls::Tls,
    transfer::Transfer,
};
use crate::{Phase, TransportFailure, protocol::basic_auth};

/// Connects to a proxy, and has it connect to the server.
pub(super) fn through(transfer: &Arc<Transfer>, proxy: &Proxy) -> Result<Layer, TransferError> {
    let target = match proxy.kind {
        // With these two, the name is looked up here and not by the proxy.
        ProxyKind::Socks4 | ProxyKind::Socks5 => {
            let found = addresses(transfer, &transfer.route.host_port, false)?;
            let of_its_kind = |address: &&SocketAddr| address.is_ipv4() || proxy.kind == ProxyKind::Socks5;
            let address = found.iter().find(of_its_kind).ok_or_else(|| {
                TransferError::new(
                    TransportFailure::Proxy,
                    "speaks SOCKS 4, which reaches IPv4 addresses only",
                )
            })?;
            Target::Address(address.ip(), address.port())
        }
        ProxyKind::Http | ProxyKind::Https | ProxyKind::Socks4a | ProxyKind::Socks5h => {
            let host_port = &transfer.route.host_port;
            match host_port.address() {
                Some(address) => Target::Address(address, host_port.port),
                None => Target::Name(host_port),
            }
        }
    };
    reach(transfer, proxy, &target).map_err(TransferError::at_the_proxy)
}

enum Target<'a> {
    Name(&'a HostPort),
    Address(IpAddr, u16),
}

fn reach(transfer: &Arc<Transfer>, proxy: &Proxy, target: &Target<'_>) -> Result<Layer, TransferError> {
    let mut layer = Layer::Plain(Socket::connect(transfer, &proxy.host_port, true)?);
    transfer.enter(Phase::Proxy);
    let login = proxy.login.as_ref();
    match proxy.kind {
        ProxyKind::Http => connect(&mut layer, &transfer.route.host_port, login)?,
        ProxyKind::Https => {
            let config = transfer.route.tls.clone();
            let config =
                config.ok_or_else(|| TransferError::new(TransportFailure::Proxy, "lacks settings of TLS"))?;
            layer = Layer::Tls(Tls::start(config, &proxy.host_port, layer)?);
            connect(&mut layer, &transfer.route.host_port, login)?;
        }
        ProxyKind::Socks4 | ProxyKind::Socks4a => socks4(&mut layer, target, login)?,
        ProxyKind::Socks5 | ProxyKind::Socks5h => socks5(&mut layer, target, login)?,
    }
    Ok(layer)
}

fn refused(detail: impl Into<String>) -> TransferError {
    TransferError::new(TransportFailure::Proxy, detail)
}

/// The longest answer of a proxy to CONNECT, in bytes.
const MAX_HEAD: usize = 16 * 1024;

fn connect(layer: &mut Layer, host_port: &HostPort, login: Option<&Login>) -> Result<(), TransferError> {
    let mut head = Zeroizing::new(format!("CONNECT {host_port} HTTP/1.1\r\nHost: {host_port}\r\n"));
    if let Some(Login { user, password }) = login {
        head.push_str("Proxy-Authorization: ");
        head.push_str(basic_auth(user.expose(), password.expose()).expose());
        head.push_str("\r\n");
    }
    head.push_str("\r\n");
    layer.write_all(head.as_bytes()).map_err(TransferError::of_io)?;
    // The server does not speak first, so everything up to the empty line is from the proxy.
    let mut answer = Vec::new();
    while !answer.windows(4).any(|end| end == b"\r\n\r\n") {
        let mut buffer = [0; 1024];
        let count = layer.read(&mut buffer).map_err(TransferError::of_io)?;
        if count == 0 || answer.len() > MAX_HEAD {
            return Err(refused("did not answer as a proxy does"));
        }
        answer.extend_from_slice(&buffer[..count]);
    }
    let answer = String::from_utf8_lossy(&answer);
    let mut words = answer.split_ascii_whitespace();
    let is_http = words.next().is_some_and(|version| version.starts_with("HTTP/1."));
    match words.next().and_then(|status| status.parse::<u16>().ok()).filter(|_| is_http) {
        Some(200..=299) => Ok(()),
        Some(407) if login.is_none() => Err(refused("wants a user and a password (HTTP 407)")),
        Some(407) => Err(refused("does not take the user and the password (HTTP 407)")),
        Some(status) => Err(refused(format!("does not connect to {host_port} (HTTP {status})"))),
        None => Err(refused("did not answer as a proxy does")),
    }
}

fn socks4(layer: &mut Layer, target: &Target<'_>, login: Option<&Login>) -> Result<(), TransferError> {
    const CONNECT: [u8; 2] = [4, 1];
    const GRANTED: u8 = 90;
    let mut request = Zeroizing::new(CONNECT.to_vec());
    let (port, address, name) = match target {
        Target::Address(IpAddr::V4(address), port) => (*port, address.octets(), None),
        Target::Address(IpAddr::V6(_), _) => {
            return Err(refused("speaks SOCKS 4, which reaches IPv4 addresses only"));
        }
        // SOCKS 4a: an invalid address says that a name follows at the end.
        Target::Name(host_port) => (host_port.port, [0, 0, 0, 1], Some(host_port.host.as_str())),
    };
    request.extend(port.to_be_bytes());
    request.extend(address);
    request.extend(login.map_or("", |login| login.user.expose()).as_bytes());
    request.push(0);
    if let Some(name) = name {
        request.extend(name.as_bytes());
        request.push(0);
    }
    layer.write_all(&request).map_err(TransferError::of_io)?;
    let answer: [u8; 8] = exactly(layer)?;
    match answer {
        [0, GRANTED, ..] => Ok(()),
        [0, code, ..] => Err(refused(format!("does not connect to the wiki (SOCKS 4, {code})"))),
        _ => Err(refused("did not answer as a SOCKS proxy does")),
    }
}

fn socks5(layer: &mut Layer, target: &Target<'_>, login: Option<&Login>) -> Result<(), TransferError> {
    const VERSION: u8 = 5;
    const NO_LOGIN: u8 = 0;
    const LOGIN: u8 = 2;
    let methods: &[u8] =
        if login.is_some() { &[VERSION, 2, NO_LOGIN, LOGIN] } else { &[VERSION, 1, NO_LOGIN] };
    layer.write_all(methods).map_err(TransferError::of_io)?;
    match (exactly(layer)?, login) {
        ([VERSION, NO_LOGIN], _) => {}
        ([VERSION, LOGIN], Some(login)) => log_in(layer, login)?,
        ([VERSION, _], None) => return Err(refused("wants a user and a password")),
        ([VERSION, _], Some(_)) => return Err(refused("wants another way to log in than a password")),
        _ => return Err(refused("did not answer as a SOCKS proxy does")),
    }
    let mut request = vec![VERSION, 1, 0];
    let port = match target {
        Target::Address(IpAddr::V4(address), port) => {
            request.push(1);
            request.extend(address.octets());
            port
        }
        Target::Address(IpAddr::V6(address), port) => {
            request.push(4);
            request.extend(address.octets());
            port
        }
        Target::Name(host_port) => {
            request.push(3);
            short(&mut request, &host_port.host)?;
            &host_port.port
        }
    };
    request.extend(port.to_be_bytes());
    layer.write_all(&request).map_err(TransferError::of_io)?;
    let [version, code, _, kind] = exactly(layer)?;
    if version != VERSION {
        return Err(refused("did not answer as a SOCKS proxy does"));
    }
    if code != 0 {
        let why = match code {
            2 => "its rules do not allow it",
            3 => "the network is unreachable",
            4 => "the host is unreachable",
            5 => "the connection was refused",
            _ => "it does not say why",
        };
        return Err(refused(format!("does not connect to the wiki: {why} (SOCKS 5, {code})")));
    }
    // The address and port that the proxy connects from.
    let length = match kind {
        1 => 4,
        3 => usize::from(exactly::<1>(layer)?[0]),
        4 => 16,
        _ => return Err(refused("did not answer as a SOCKS proxy does")),
    };
    let mut bound = [0; 255 + 2];
    layer.read_exact(&mut bound[..length + 2]).map_err(TransferError::of_io)
}

fn log_in(layer: &mut Layer, login: &Login) -> Result<(), TransferError> {
    let mut request = Zeroizing::new(vec![1]);
    short(&mut request, login.user.expose())?;
    short(&mut request, login.password.expose())?;
    layer.write_all(&request).map_err(TransferError::of_io)?;
    match exactly(layer)? {
        [_, 0] => Ok(()),
        _ => Err(refused("does not take the user and the password")),
    }
}

/// Appends a text, preceded by its length.
fn short(request: &mut Vec<u8>, text: &str) -> Result<(), TransferError> {
    let length =
        u8::try_from(text.len()).map_err(|_| refused("cannot be told a text of more than 255 bytes"))?;
    request.push(length);
    request.extend(text.as_bytes());
    Ok(())
}

fn exactly<const N: usize>(layer: &mut impl Read) -> Result<[u8; N], TransferError> {
    let mut bytes = [0; N];
    layer.read_exact(&mut bytes).map_err(|error: io::Error| TransferError::of_io(error))?;
    Ok(bytes)
}
