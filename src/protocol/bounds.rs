//! How much JSON is read.

/// How much JSON may hold. A few kilobytes of it, compressed even fewer, can stand for gigabytes of values, so it is
/// counted while it is read, before a value is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Values, and names of members.
    pub nodes: usize,
    /// Arrays and objects inside each other.
    pub depth: usize,
    /// Bytes of all strings and names together.
    pub text: usize,
}

impl Bounds {
    /// For a reply. A form with all languages of MediaWiki as raw messages has some ten thousand nodes.
    pub(crate) const REPLY: Self = Self { nodes: 100_000, depth: 64, text: 2 * 1024 * 1024 };
    /// For a saved flow: a reply, its message once more (of which few values are kept), and what the library keeps.
    pub(crate) const SAVED: Self = Self { nodes: 120_000, depth: 80, text: 4 * 1024 * 1024 };
}

/// What is left of the bounds.
pub(super) struct Budget {
    bounds: Bounds,
    nodes: usize,
    text: usize,
    exceeded: Option<String>,
}

impl Budget {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self { bounds, nodes: bounds.nodes, text: bounds.text, exceeded: None }
    }

    /// Counts a value, or a name, with that many bytes of text.
    #[inline]
    pub(super) fn take<E: serde::de::Error>(&mut self, text: usize) -> Result<(), E> {
        match self.nodes.checked_sub(1) {
            Some(nodes) => self.nodes = nodes,
            None => return Err(self.exceed("more values", self.bounds.nodes)),
        }
        match self.text.checked_sub(text) {
            Some(text) => self.text = text,
            None => return Err(self.exceed("more bytes of text", self.bounds.text)),
        }
        Ok(())
    }

    /// The depth of the values inside a value at this depth.
    pub(super) fn deeper<E: serde::de::Error>(&mut self, depth: usize) -> Result<usize, E> {
        match depth < self.bounds.depth {
            true => Ok(depth + 1),
            false => Err(self.exceed("more values inside each other", self.bounds.depth)),
        }
    }

    /// What there was too much of, if that is why reading ended.
    pub(super) fn into_exceeded(self) -> Option<String> {
        self.exceeded
    }

    #[cold]
    fn exceed<E: serde::de::Error>(&mut self, what: &str, most: usize) -> E {
        self.exceeded = Some(format!("holds {what} than {most}"));
        E::custom("out of bounds")
    }
}
