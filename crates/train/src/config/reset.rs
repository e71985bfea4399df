//! Whether the gradient sees that a spike resets the state.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The reset in the backward pass. The forward pass is the chip's in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Reset {
    /// A spike's surrogate acts on what hears the spike alone.
    #[default]
    Detached,
    /// It also acts on the neuron's own state, which the spike resets.
    Attached,
}
