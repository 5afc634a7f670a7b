//! What the wiki sent, for hosts that want more than the library reads.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::json::{Document, Json, Place};

/// What the wiki sent, shared and not copied; most hosts never look at it. `Debug` does not show
/// it: it holds one-time values, presets of sensitive fields and redirect targets.
#[derive(Clone, Default)]
pub(crate) struct Raw(Arc<Kept>);

#[derive(Default)]
struct Kept {
    document: Document,
    /// Where in the document.
    place: Place,
    /// The value as a tree, once it has been asked for.
    tree: OnceLock<Value>,
}

impl Raw {
    /// A part of a document, which is kept as a whole.
    pub(super) fn new(document: Document, place: Place) -> Self {
        Self(Arc::new(Kept { document, place, tree: OnceLock::new() }))
    }

    pub(crate) fn json(&self) -> Json<'_> {
        self.0.document.at(self.0.place)
    }

    pub(crate) fn tree(&self) -> &Value {
        self.0.tree.get_or_init(|| self.json().to_value())
    }
}

impl Serialize for Raw {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.json().serialize(to)
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Document::from(from).map(|document| Self::new(document, Place::default()))
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{…}")
    }
}
