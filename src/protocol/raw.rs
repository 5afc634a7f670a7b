//! What the wiki sent, for hosts that want more than the library reads.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::json::{Document, Json};

/// What the wiki sent, shared and not copied; most hosts never look at it. `Debug` does not show it: it holds one-use
/// values, presets of sensitive fields and the targets of visits.
#[derive(Clone, Default)]
pub(crate) struct Raw(Arc<Kept>);

#[derive(Default)]
struct Kept {
    document: Document,
    /// The same as a tree, once somebody has asked for it.
    tree: OnceLock<Value>,
}

impl Raw {
    pub(crate) fn json(&self) -> Json<'_> {
        self.0.document.root()
    }

    pub(crate) fn tree(&self) -> &Value {
        self.0.tree.get_or_init(|| self.json().to_value())
    }
}

impl From<Document> for Raw {
    fn from(document: Document) -> Self {
        Self(Arc::new(Kept { document, tree: OnceLock::new() }))
    }
}

impl From<Json<'_>> for Raw {
    fn from(json: Json<'_>) -> Self {
        json.to_document().into()
    }
}

impl Serialize for Raw {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.json().serialize(to)
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Document::from(from).map(Self::from)
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{…}")
    }
}
