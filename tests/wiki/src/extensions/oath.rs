//! OATHAuth: the second factor of Admin.

use crate::auth::{AuthRequest, Context, Field, FieldType, Provider, Response, Secondary};
use crate::clock;
use crate::instance::{ADMIN_ID, User};
use crate::message::{Message, Param};
use std::sync::atomic::Ordering;

pub struct SecondFactor;

/// What `JBSWY3DPEHPK3PXP` is in base 32.
const SECRET: &[u8; 10] = b"Hello!\xde\xad\xbe\xef";
const STEP: u64 = 30;
/// So many steps may a clock be wrong.
const RADIUS: u64 = 4;

impl Provider for SecondFactor {}

impl Secondary for SecondFactor {
    fn id(&self) -> &'static str {
        "OATHSecondaryAuthenticationProvider"
    }

    fn begin_login(&self, _context: &mut Context<'_>, user: &User, _requests: &[AuthRequest]) -> Response {
        if user.id == ADMIN_ID { ask("oathauth-auth-ui") } else { Response::Abstain }
    }

    fn continue_login(&self, context: &mut Context<'_>, user: &User, requests: &[AuthRequest]) -> Response {
        let token = requests.iter().find_map(|request| request.text("OATHToken")).unwrap_or_default();
        let token: String = token.split_whitespace().collect();
        let last = context.wiki.last_factor.load(Ordering::SeqCst);
        let now = clock::unix() / STEP;
        let fitting = (now - RADIUS..=now + RADIUS).find(|&time| time > last && code_at(time) == token);
        // A code serves once, for whoever comes first.
        let is_first = fitting.is_some_and(|time| {
            context.wiki.last_factor.compare_exchange(last, time, Ordering::SeqCst, Ordering::SeqCst).is_ok()
        });
        if is_first { Response::pass(&user.name) } else { ask("oathauth-login-failed") }
    }
}

fn ask(key: &str) -> Response {
    let label = Message::new("oathauth-auth-token-label");
    let fields =
        vec![Field::new("OATHToken", FieldType::Text, label, Message::new("oathauth-auth-token-help"))];
    let request = AuthRequest::new("MediaWiki\\Extension\\OATHAuth\\Auth\\TOTPAuthenticationRequest", fields)
        .described(Message::new("oathauth-describe-provider"), Message::only_param(Param::Null));
    Response::Ui(vec![request], Message::new(key))
}

/// The code of six digits (RFC 4226) of a step of time (RFC 6238).
fn code_at(time: u64) -> String {
    let sum = hmac_sha1(SECRET, &time.to_be_bytes());
    let at = usize::from(sum[19] & 15);
    let number = u32::from_be_bytes([sum[at], sum[at + 1], sum[at + 2], sum[at + 3]]) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

fn hmac_sha1(key: &[u8], message: &[u8]) -> [u8; 20] {
    let pad = |with: u8| -> Vec<u8> { (0..64).map(|at| key.get(at).copied().unwrap_or(0) ^ with).collect() };
    let inner = sha1(&[pad(0x36).as_slice(), message].concat());
    sha1(&[pad(0x5c).as_slice(), &inner].concat())
}

fn sha1(message: &[u8]) -> [u8; 20] {
    let mut padded = message.to_vec();
    padded.push(0x80);
    padded.resize(padded.len().next_multiple_of(64), 0);
    if padded.len() - message.len() < 9 {
        padded.resize(padded.len() + 64, 0);
    }
    let length_at = padded.len() - 8;
    padded[length_at..].copy_from_slice(&(message.len() as u64 * 8).to_be_bytes());

    let mut state: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
    for block in padded.chunks_exact(64) {
        let mut words = [0u32; 80];
        for (word, bytes) in words.iter_mut().zip(block.chunks_exact(4)) {
            *word = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        }
        for at in 16..80 {
            words[at] = (words[at - 3] ^ words[at - 8] ^ words[at - 14] ^ words[at - 16]).rotate_left(1);
        }
        let [mut a, mut b, mut c, mut d, mut e] = state;
        for (round, word) in words.into_iter().enumerate() {
            let (mix, constant) = match round / 20 {
                0 => (b & c | !b & d, 0x5a82_7999),
                1 => (b ^ c ^ d, 0x6ed9_eba1),
                2 => (b & c | b & d | c & d, 0x8f1b_bcdc),
                _ => (b ^ c ^ d, 0xca62_c1d6),
            };
            let next =
                a.rotate_left(5).wrapping_add(mix).wrapping_add(e).wrapping_add(constant).wrapping_add(word);
            (a, b, c, d, e) = (next, a, b.rotate_left(30), c, d);
        }
        for (sum, value) in state.iter_mut().zip([a, b, c, d, e]) {
            *sum = sum.wrapping_add(value);
        }
    }
    let mut sum = [0; 20];
    for (bytes, word) in sum.chunks_exact_mut(4).zip(state) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn sums_are_those_of_the_standards() {
        assert_eq!(hex(&sha1(b"abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(hex(&sha1(&[b'a'; 60])), "13d956033d9af449bfe2c4ef78c17c20469c4bf1");
        let sum = hmac_sha1(b"Jefe", b"what do ya want for nothing?");
        assert_eq!(hex(&sum), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    }
}
