//! The datapath in rust-hdl: one kernel a file, all arithmetic on 32-bit words (docs/semantics.md).
//!
//! Ports that are narrower in hardware are extended by the back end, so one kernel serves every word length. Clamps
//! are comparisons, which `sim/signed_words.h` makes one instruction of a simulator's vector code.

/// A comment for the reader of the printed Verilog: no code in rust-hdl's simulation, a comment in the kernel's AST.
macro_rules! comment {
    ($text: literal) => {};
}

mod decimator;
mod draw;
mod felif;
mod generator;
mod lif;
mod lif_truncate;
mod linearisation;
mod noise;
mod offset;
mod reset;
mod surrogate;
mod synapse;
mod synapse_truncate;
mod window_count;
mod window_extreme;
mod window_sum;

use crate::{HdlError, Stage};
use bruno_chip::Rounding;
use bruno_device::LayerKind;
pub use decimator::Decimator;
pub use draw::{Draw, Redraw};
pub use felif::Felif;
pub use generator::Generator;
pub use lif::Lif;
pub use lif_truncate::LifTruncate;
pub use linearisation::Linearisation;
pub use noise::Noise;
pub use offset::{MembraneOffset, OccupationOffset, SynapseOffset};
pub use reset::{MembraneReset, OccupationReset};
pub use surrogate::Surrogate;
pub use synapse::Synapse;
pub use synapse_truncate::SynapseTruncate;
pub use window_count::WindowCount;
pub use window_extreme::{WindowMax, WindowMin};
pub use window_sum::WindowSum;

/// The kernels that make a kind of neuron, wired by the names of their ports; what all kinds have (synapse, random words,
/// recorder) is not among them.
#[derive(Default)]
pub(crate) struct NeuronKernels {
    /// From states and current to the states before a spike resets them: `fire`, `spike`, `saturated`; none of neurons
    /// without a membrane.
    pub neuron: Option<Stage>,
    /// Offsets of random rounding, beside that of the synaptic current.
    pub offsets: Vec<Stage>,
    /// The samples that the neurons declare, for the recorder level `jacobian`.
    pub samples: Vec<Stage>,
    /// What a spike resets.
    pub resets: Vec<Stage>,
}

impl NeuronKernels {
    /// Those of a kind.
    pub fn of(kind: LayerKind, rounding: Rounding) -> Result<Self, HdlError> {
        match kind {
            LayerKind::Felif => felif::kernels(),
            LayerKind::Lif => lif::kernels(rounding),
            LayerKind::File | LayerKind::Readout => Ok(Self::default()),
        }
    }
}
