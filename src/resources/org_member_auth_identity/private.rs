//! What an instance keeps in its private bytes: the mark that tells it from the others, and its notes.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::framework::resource::Cx;
use crate::reconcile::Pair;
use crate::reconcile::roster::Mark;
use crate::resources::access::Access;

/// The private bytes, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Private {
    /// `None` until the instance was created or read.
    pub(super) mark: Option<Mark>,
    /// Pairs that another instance answers for. In a state: those that it lists too, as the last refresh saw. In a plan to
    /// destroy: those that are left to it.
    pub(super) noted: BTreeSet<Pair>,
}

/// As it is stored, in JSON.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Stored {
    #[serde(skip_serializing_if = "Option::is_none")]
    mark: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    noted: Vec<String>,
}

impl Private {
    /// Those of the operation's object. Bytes that are not ours say nothing.
    pub(super) fn of(cx: &Cx<'_, Access>) -> Self {
        let stored: Stored = serde_json::from_slice(&cx.private()).unwrap_or_default();
        Self {
            mark: stored.mark.and_then(|mark| mark.parse().ok()),
            noted: stored.noted.iter().filter_map(|pair| pair.parse().ok()).collect(),
        }
    }

    /// Keeps them beside the object.
    pub(super) fn keep(&self, cx: &Cx<'_, Access>) {
        let stored = Stored {
            mark: self.mark.map(|mark| mark.to_string()),
            noted: self.noted.iter().map(Pair::to_string).collect(),
        };
        // Two lists of texts always have a JSON.
        cx.keep_private(serde_json::to_vec(&stored).unwrap_or_default());
    }
}
