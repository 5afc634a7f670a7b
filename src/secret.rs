//! Text that must not be printed and is wiped when it is no longer needed.

use std::{fmt, io, mem};

use serde::{Deserialize, Deserializer, Serializer};
use zeroize::{Zeroizing, zeroize_bytes};

/// A string that never shows itself and is overwritten when it is dropped.
///
/// Wiping is best effort: the HTTP and TLS layers and the kernel keep copies of what was sent.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps the text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the code that sends it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        wipe(mem::take(&mut self.0).into_bytes());
    }
}

/// Frees bytes after overwriting their whole allocation. It overwrites in one go, where `Zeroize`
/// goes byte by byte.
#[inline]
pub(crate) fn wipe(mut bytes: Vec<u8>) {
    bytes.resize(bytes.capacity(), 0);
    zeroize_bytes(&mut bytes);
}

/// Bytes that are written piece by piece. When they outgrow their allocation, the old one is wiped.
#[derive(Default)]
pub(crate) struct Scratch(Zeroizing<Vec<u8>>);

impl Scratch {
    #[cfg(feature = "capi")]
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Appends, as `write` does.
    pub(crate) fn extend(&mut self, data: &[u8]) {
        let needed = self.0.len() + data.len();
        if needed > self.0.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(needed.max(2 * self.0.capacity())));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        self.0.extend_from_slice(data);
    }

    pub(crate) fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        self.0
    }
}

impl io::Write for Scratch {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.extend(data);
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Serializes secrets in saved flows. `Secret` itself has no `Serialize`, so that this never
/// happens by accident.
pub(crate) mod exposed {
    use super::{Deserialize, Deserializer, Secret, Serializer};

    pub(crate) fn serialize<S: Serializer>(secret: &Secret, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(secret.expose())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Secret, D::Error> {
        String::deserialize(from).map(Secret::from)
    }
}

/// The same for one that may be missing.
pub(crate) mod exposed_option {
    use super::{Deserialize, Deserializer, Secret, Serializer};

    pub(crate) fn serialize<S: Serializer>(secret: &Option<Secret>, to: S) -> Result<S::Ok, S::Error> {
        match secret {
            Some(secret) => to.serialize_some(secret.expose()),
            None => to.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Secret>, D::Error> {
        Option::<String>::deserialize(from).map(|text| text.map(Secret::from))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::{Scratch, Secret};

    #[test]
    fn scratch_keeps_what_is_written() {
        let mut scratch = Scratch::default();
        let mut expected = Vec::new();
        for length in 0..200_u8 {
            let piece = vec![length; usize::from(length)];
            scratch.write_all(&piece).expect("room");
            expected.extend(piece);
        }
        assert_eq!(*scratch.into_bytes(), expected);
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Some(Secret::from("hunter2"))), "Some(***)");
    }
}
