//! What a spike does to the membrane. NIR has a field for a value, `v_reset`; a subtraction stands in metadata, or nowhere.

use crate::graph::Node;
use serde::Serialize;

/// What a spike does to the membrane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Reset {
    /// It is set to `v_reset`, 0 where the file has none: neurons `lif` of a chip.
    Value,
    /// The threshold is subtracted: neurons of the file `lif_subtractive`.
    Subtract,
}

/// Name of the string in a node's metadata.
pub(crate) const KEY: &str = "reset";

impl Reset {
    /// What a node's metadata say.
    pub(crate) fn said(node: &Node) -> Option<Self> {
        let about = node.metadata.iter().filter(|(key, _)| key.contains(KEY));
        let mut subtracts = about.map(|(_, value)| value.contains("subtract"));
        match subtracts.any(|s| s) {
            true => Some(Self::Subtract),
            false => None,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Subtract => "subtract",
        }
    }
}
