//! Keys that seal saved flows: XChaCha20-Poly1305, with a random nonce for each flow from the
//! operating system.

use std::fmt;

use chacha20poly1305::{XChaCha20Poly1305, XNonce, aead::AeadInOut, aead::KeyInit};
use zeroize::Zeroizing;

use crate::{Error, Result};

const KEY: usize = 32;
const NONCE: usize = 24;
const TAG: usize = 16;

/// A key that is wiped and never shown. It is boxed, so that moving it leaves no copy behind.
#[derive(Clone)]
pub(crate) struct Key(Zeroizing<Box<[u8]>>);

/// The keys of a client.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys {
    /// Seals saved flows, and opens them.
    pub seal: Option<Key>,
    /// Keys that were used earlier, or by others: they only open.
    pub open: Vec<Key>,
}

impl Key {
    /// Takes a key of the right length. `setting` is the setting that an error names.
    pub(crate) fn new(setting: &str, key: &[u8]) -> Result<Self> {
        if key.len() != KEY {
            let message = format!("A key has {KEY} bytes, not {}.", key.len());
            return Err(Error::argument(setting, message));
        }
        Ok(Self(Zeroizing::new(key.into())))
    }

    /// Returns nonce, ciphertext and tag. `context` is authenticated with them, and must be the
    /// same on opening. The plain bytes are overwritten.
    pub(crate) fn seal(&self, context: &[u8], mut plain: Zeroizing<Vec<u8>>) -> Result<Vec<u8>> {
        let failed =
            || Error::state("The flow cannot be sealed: the operating system gives no random bytes.");
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|_| failed())?;
        let tag = self
            .cipher()
            .encrypt_inout_detached(&XNonce::from(nonce), context, plain.as_mut_slice().into())
            .map_err(|_| failed())?;
        Ok([&nonce[..], &plain, &tag].concat())
    }

    /// What was sealed with this key in this context; `None` if either is another, or the bytes
    /// were changed.
    fn open(&self, context: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE>()?;
        let (encrypted, tag) = rest.split_last_chunk::<TAG>()?;
        let mut plain = Zeroizing::new(encrypted.to_vec());
        let opened = self.cipher().decrypt_inout_detached(
            &XNonce::from(*nonce),
            context,
            plain.as_mut_slice().into(),
            &(*tag).into(),
        );
        opened.ok().map(|()| plain)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new_from_slice(&self.0).expect("its length was checked")
    }
}

impl Keys {
    /// Opens with whichever key fits.
    pub(crate) fn open(&self, context: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.seal.iter().chain(&self.open).find_map(|key| key.open(context, sealed))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::{Key, Keys};

    fn key(byte: u8) -> Key {
        Key::new("seal_key", &[byte; 32]).expect("a key")
    }

    #[test]
    fn only_the_same_key_and_context_open() {
        let sealed = key(1).seal(b"here", Zeroizing::new(b"secret".to_vec())).expect("sealed bytes");
        let keys = |seal: u8, open: &[u8]| Keys {
            seal: Some(key(seal)),
            open: open.iter().map(|&byte| key(byte)).collect(),
        };
        let opened = |keys: Keys, context: &[u8], sealed: &[u8]| {
            keys.open(context, sealed).map(|plain| plain.to_vec())
        };
        assert_eq!(opened(keys(1, &[]), b"here", &sealed).as_deref(), Some(&b"secret"[..]));
        assert_eq!(opened(keys(2, &[3, 1]), b"here", &sealed).as_deref(), Some(&b"secret"[..]));
        assert_eq!(opened(keys(2, &[3]), b"here", &sealed), None);
        assert_eq!(opened(keys(1, &[]), b"there", &sealed), None);
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert_eq!(opened(keys(1, &[]), b"here", &changed), None, "byte {place}");
            assert_eq!(opened(keys(1, &[]), b"here", &sealed[..place]), None, "cut to {place}");
        }
    }

    #[test]
    fn no_two_seals_are_the_same() {
        let seal = || key(1).seal(b"", Zeroizing::new(b"secret".to_vec())).expect("sealed bytes");
        assert_ne!(seal()[..24], seal()[..24]);
    }

    #[test]
    fn a_key_has_its_length_and_is_not_shown() {
        for length in [0, 16, 31, 33, 64] {
            let error = Key::new("open_key", &vec![7; length]).expect_err("no key");
            assert_eq!(error.field(), Some("open_key"));
        }
        assert_eq!(format!("{:?}", key(7)), "***");
    }
}
