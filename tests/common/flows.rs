//! Saved flows that somebody changed.

// Each test uses a part of it.
#![allow(dead_code)]

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// The file with a flow as a version wrote it, at the step of that name.
pub fn fixture(version: &str, name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/saved/{version}-{name}"))
}

/// The bytes with a piece of their JSON replaced, and the digest mended.
pub fn change(data: &[u8], known: &str, new: &str) -> Vec<u8> {
    let line = data.iter().position(|&byte| byte == b'\n').expect("a first line") + 1;
    let payload = std::str::from_utf8(&data[line + 32..]).expect("JSON");
    assert!(payload.contains(known), "{known}: {payload}");
    let payload = payload.replacen(known, new, 1);
    [&data[..line], &Sha256::digest(&payload), payload.as_bytes()].concat()
}
