//! Randomness good enough for a wiki that only tests can reach.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

pub fn number() -> u64 {
    static STATE: OnceLock<RandomState> = OnceLock::new();
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut hasher = STATE.get_or_init(RandomState::new).build_hasher();
    hasher.write_u64(COUNT.fetch_add(1, Ordering::Relaxed));
    hasher.finish()
}

/// A number from 0 to `limit` - 1.
pub fn below(limit: u64) -> u64 {
    number() % limit
}

pub fn hex(digits: usize) -> String {
    text("0123456789abcdef", digits)
}

/// Characters of `alphabet`, which must be ASCII.
pub fn text(alphabet: &str, length: usize) -> String {
    let alphabet = alphabet.as_bytes();
    (0..length).map(|_| alphabet[below(alphabet.len() as u64) as usize] as char).collect()
}
