//! Which certificates to trust, and the TLS settings made from them.

use std::{fs, io, path::Path, sync::Arc};

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::{
        Resumption, WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_name,
    },
    crypto::{CryptoProvider, KeyProvider, ring},
    pki_types::{
        CertificateDer, PrivateKeyDer, ServerName, UnixTime,
        pem::{self, PemObject},
    },
    server::ParsedCertificate,
    sign::SigningKey,
};
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

use super::{error::TransferError, sessions::Sessions};
use crate::{Error, Result, TransportFailure};

/// Which certificates to trust: the platform's, or those of a file, given by its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    Platform,
    Only(Arc<[u8]>),
}

impl Trust {
    /// Reads a file of certificates; without one, the platform's are trusted. If a file of the same
    /// content is already known, it is not checked again, and its copy is shared.
    pub(super) fn read(ca_file: Option<&Path>, known: impl FnOnce(&Self) -> Option<Self>) -> Result<Self> {
        let Some(path) = ca_file else { return Ok(Self::Platform) };
        let unreadable = |error: io::Error| {
            let message = format!("The file of certificates, {}, cannot be read: {error}", path.display());
            Error::argument("ca_file", message).with_source(error)
        };
        let trust = Self::Only(fs::read(path).map_err(unreadable)?.into());
        if let Some(known) = known(&trust) {
            return Ok(known);
        }
        let found = trust.named().map_err(|error| unreadable(io::Error::other(error)))?;
        if found.is_empty() {
            let message = format!("The file {} holds no certificate in PEM form.", path.display());
            return Err(Error::argument("ca_file", message));
        }
        Ok(trust)
    }

    /// The settings for connections. They hold the sessions to resume, so they are made once and
    /// shared.
    pub(super) fn to_config(&self) -> Result<ClientConfig, TransferError> {
        let provider = Arc::new(CryptoProvider { key_provider: &NoKeys, ..ring::default_provider() });
        let verifier = self.verifier(&provider).map_err(|error| {
            let what = TransportFailure::Certificate;
            TransferError::new(what, format!("cannot be checked: {error}; give trusted ones in ca_file"))
        })?;
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let builder = builder.map_err(TransferError::of_tls)?;
        let builder = builder.dangerous().with_custom_certificate_verifier(verifier);
        let mut config = builder.with_no_client_auth();
        config.resumption = Resumption::store(Arc::new(Sessions::default()));
        Ok(config)
    }

    /// The certificates of the file.
    fn named(&self) -> Result<Vec<CertificateDer<'static>>, pem::Error> {
        match self {
            Self::Platform => Ok(Vec::new()),
            Self::Only(text) => CertificateDer::pem_slice_iter(text).collect(),
        }
    }

    fn verifier(
        &self,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Arc<dyn ServerCertVerifier>, Box<dyn std::error::Error>> {
        match self {
            Self::Platform => Ok(Arc::new(rustls_platform_verifier::Verifier::new(Arc::clone(provider))?)),
            Self::Only(_) => {
                let named = self.named()?;
                let mut roots = RootCertStore::empty();
                roots.add_parsable_certificates(named.iter().cloned());
                let roots = WebPkiServerVerifier::builder_with_provider(roots.into(), Arc::clone(provider));
                Ok(Arc::new(Named { roots: roots.build()?, named }))
            }
        }
    }
}

/// The library uses no client certificates and so loads no private keys; this leaves ring's code
/// for signing out of the binary.
#[derive(Debug)]
struct NoKeys;

impl KeyProvider for NoKeys {
    fn load_private_key(&self, _: PrivateKeyDer<'static>) -> Result<Arc<dyn SigningKey>, rustls::Error> {
        Err(rustls::Error::General("this client has no keys".into()))
    }
}

/// Trusts the certificates of a file, and those that they have issued. A server may present a
/// certificate of the file that is its own issuer, which webpki may not accept as a server's.
#[derive(Debug)]
struct Named {
    roots: Arc<WebPkiServerVerifier>,
    named: Vec<CertificateDer<'static>>,
}

impl ServerCertVerifier for Named {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let issued = self.roots.verify_server_cert(certificate, intermediates, name, ocsp_response, now);
        if issued.is_ok() || !self.named.iter().any(|named| named == certificate) {
            return issued;
        }
        verify_server_name(&ParsedCertificate::try_from(certificate)?, name)?;
        let (from, to) = validity(certificate).ok_or(CertificateError::BadEncoding)?;
        let now = i64::try_from(now.as_secs()).map_err(|_| CertificateError::Expired)?;
        if now < from.unix_timestamp() {
            return Err(CertificateError::NotValidYet.into());
        }
        if now > to.unix_timestamp() {
            return Err(CertificateError::Expired.into());
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.roots.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.roots.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.roots.supported_verify_schemes()
    }
}

/// The validity period of a certificate: the fifth element of its signed part (RFC 5280, 4.1),
/// whose first element, the version, may be missing.
fn validity(certificate: &[u8]) -> Option<(OffsetDateTime, OffsetDateTime)> {
    const SEQUENCE: u8 = 0x30;
    const VERSION: u8 = 0xa0;
    let (tag, whole, _) = element(certificate)?;
    let (signed_tag, signed, _) = element(whole)?;
    if (tag, signed_tag) != (SEQUENCE, SEQUENCE) {
        return None;
    }
    let (first_tag, _, after_version) = element(signed)?;
    let mut rest = if first_tag == VERSION { after_version } else { signed };
    // Serial number, algorithm, issuer.
    for _ in 0..3 {
        (_, _, rest) = element(rest)?;
    }
    let (SEQUENCE, validity, _) = element(rest)? else { return None };
    let (from_tag, from, rest) = element(validity)?;
    let (to_tag, to, _) = element(rest)?;
    Some((moment(from_tag, from)?, moment(to_tag, to)?))
}

/// The first DER element: its tag, its content, and what follows it.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, length], rest) = der.split_first_chunk::<2>()?;
    let (length, rest) = if length < 0x80 {
        (usize::from(length), rest)
    } else {
        let (digits, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
        if digits.len() > 4 {
            return None;
        }
        (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// A time in UTC. Its year has four digits, or two that stand for 1950 to 2049.
fn moment(tag: u8, text: &[u8]) -> Option<OffsetDateTime> {
    const SHORT: u8 = 0x17;
    const LONG: u8 = 0x18;
    let two = |digits: &[u8]| match digits {
        [ten, one] if ten.is_ascii_digit() && one.is_ascii_digit() => Some((ten - b'0') * 10 + (one - b'0')),
        _ => None,
    };
    let (year, rest) = match tag {
        SHORT => {
            let (year, rest) = text.split_at_checked(2)?;
            let year = i32::from(two(year)?);
            (if year < 50 { 2000 + year } else { 1900 + year }, rest)
        }
        LONG => {
            let (century, rest) = text.split_at_checked(2)?;
            let (year, rest) = rest.split_at_checked(2)?;
            (i32::from(two(century)?) * 100 + i32::from(two(year)?), rest)
        }
        _ => return None,
    };
    let mut parts = [0; 5];
    let (digits, [b'Z']) = rest.split_at_checked(10)? else { return None };
    for (part, digits) in parts.iter_mut().zip(digits.chunks(2)) {
        *part = two(digits)?;
    }
    let [month, day, hour, minute, second] = parts;
    let date = Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()?;
    Some(PrimitiveDateTime::new(date, Time::from_hms(hour, minute, second).ok()?).assume_utc())
}
