//! Limits on the JSON that is read.

/// How much JSON may hold. A small body can expand to a huge number of values, a compressed one
/// even more so: values are counted while they are read, before any is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Values, and names of members.
    pub nodes: usize,
    /// Levels of nested arrays and objects.
    pub depth: usize,
    /// Bytes of all strings and names together.
    pub text: usize,
}

impl Bounds {
    /// For a reply. A form with all languages of MediaWiki as raw messages has about ten thousand
    /// nodes.
    pub(crate) const REPLY: Self = Self { nodes: 100_000, depth: 64, text: 2 * 1024 * 1024 };
    /// For a saved flow: a reply, its message a second time (with few values), and the library's
    /// own data.
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

    /// Counts one value or name with `text` bytes of text.
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

    /// Which bound was exceeded, if that is why reading stopped.
    pub(super) fn into_exceeded(self) -> Option<String> {
        self.exceeded
    }

    #[cold]
    fn exceed<E: serde::de::Error>(&mut self, what: &str, most: usize) -> E {
        self.exceeded = Some(format!("holds {what} than {most}"));
        E::custom("out of bounds")
    }
}
