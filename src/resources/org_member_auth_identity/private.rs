//! What an instance keeps in its private bytes: the mark that tells it from the others, and its notes.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::framework::resource::Cx;
use crate::organization::Organization;
use crate::reconcile::Pair;
use crate::reconcile::roster::Mark;

/// The private bytes, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Private {
    /// `None` until the instance was created or read.
    pub(super) mark: Option<Mark>,
    /// Pairs that another instance lists too and answers for, as the last refresh saw.
    pub(super) noted: BTreeSet<Pair>,
    /// In a plan to destroy or to replace: the pairs that are left to another instance.
    pub(super) left: BTreeSet<Pair>,
    /// Pairs of a state that was moved, until the first apply: see `inherited.rs`.
    pub(super) inherited: BTreeSet<Pair>,
}

/// As it is stored, in JSON.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Stored {
    #[serde(skip_serializing_if = "Option::is_none")]
    mark: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    noted: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    inherited: Vec<String>,
}

impl Private {
    /// Those of an instance that `mark` tells from others, and of which nothing is noted.
    pub(super) fn marked(mark: Mark) -> Self {
        Self { mark: Some(mark), ..Self::default() }
    }

    /// Those of the operation's object. Bytes that are not ours say nothing.
    pub(super) fn of(cx: &Cx<'_, Organization>) -> Self {
        let stored: Stored = serde_json::from_slice(&cx.private()).unwrap_or_default();
        let pairs = |texts: &[String]| texts.iter().filter_map(|text| text.parse().ok()).collect();
        Self {
            mark: stored.mark.and_then(|mark| mark.parse().ok()),
            noted: pairs(&stored.noted),
            left: pairs(&stored.left),
            inherited: pairs(&stored.inherited),
        }
    }

    /// Keeps them beside the object.
    pub(super) fn keep(&self, cx: &Cx<'_, Organization>) {
        let texts = |pairs: &BTreeSet<Pair>| pairs.iter().map(Pair::to_string).collect();
        let stored = Stored {
            mark: self.mark.map(|mark| mark.to_string()),
            noted: texts(&self.noted),
            left: texts(&self.left),
            inherited: texts(&self.inherited),
        };
        // Lists of texts always have a JSON.
        cx.keep_private(serde_json::to_vec(&stored).unwrap_or_default());
    }
}
