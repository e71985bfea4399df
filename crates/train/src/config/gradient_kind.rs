//! The gradients that a run can use.

use bruno_chip::RecorderLevel;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the backward pass sees a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum GradientKind {
    /// The state at the window's end.
    Sample,
    /// The mean over the window (recorder level `mean`).
    #[default]
    Mean,
    /// The window's mean linearisation, summed by the recorder (level `jacobian`).
    Jacobian,
    /// Exact products of every tick's Jacobian, from a second run of the integer model.
    Transition,
    /// Backpropagation through every tick, all of them in memory.
    Bptt,
    /// The same, with one window in memory.
    Checkpointed,
}

impl GradientKind {
    /// All, the cheapest first.
    pub const ALL: [Self; 6] = [
        Self::Sample,
        Self::Mean,
        Self::Jacobian,
        Self::Transition,
        Self::Checkpointed,
        Self::Bptt,
    ];

    /// Name in descriptions.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sample => "sample",
            Self::Mean => "mean",
            Self::Jacobian => "jacobian",
            Self::Transition => "transition",
            Self::Bptt => "bptt",
            Self::Checkpointed => "checkpointed",
        }
    }

    /// Whether a recorder level holds what it needs.
    pub fn recorded_by(self, recorder: RecorderLevel) -> bool {
        use RecorderLevel::{Jacobian, Mean};
        match self {
            Self::Mean => matches!(recorder, Mean | Jacobian),
            Self::Jacobian => recorder == Jacobian,
            _ => true,
        }
    }

    /// Those that cost more and a recorder level allows, the cheapest first, up to exact backpropagation; none beyond it.
    pub fn dearer(self, recorder: RecorderLevel) -> impl Iterator<Item = Self> {
        let place = Self::ALL.iter().position(|k| *k == self);
        // Full backpropagation costs memory and is not more exact than the checkpointed one.
        let rest = Self::ALL[..5].iter().skip(place.map_or(5, |p| p + 1));
        rest.copied().filter(move |k| k.recorded_by(recorder))
    }
}
