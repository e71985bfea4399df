//! The matrix of small chips over which folding must change nothing.

use bruno_chip::Description;
use bruno_device::Chip;

/// One chip of the matrix.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    pub fold: usize,
    pub kind: &'static str,
    pub rounding: &'static str,
    pub bits: u32,
    pub shape: Shape,
    pub stage_ns: f64,
}

/// How the layers are connected.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    FeedForward,
    Recurrent,
    TwoLayers,
}

impl Entry {
    /// The chip: layers whose size is no multiple of a fold above 2, split in two banks where there are two layers.
    pub fn chip(self) -> Chip {
        let layer = |name: &str, neurons: usize, recurrent: bool| {
            serde_json::json!({
                "name": name, "kind": self.kind, "neurons": neurons, "recurrent": recurrent,
                "synapse": {"bits": self.bits, "range_pA": 400}, "device": {"area_um2": 1, "tau_syn_ms": 2}
            })
        };
        let (layers, bank) = match self.shape {
            Shape::FeedForward => (vec![layer("one", 70, false)], 128),
            Shape::Recurrent => (vec![layer("one", 70, true)], 128),
            Shape::TwoLayers => (vec![layer("one", 22, true), layer("two", 70, false)], 35),
        };
        let description = serde_json::json!({
            "name": "matrix", "inputs": 5, "layers": layers, "bank_neurons": bank, "fold": self.fold,
            "stage_ns": self.stage_ns,
            "rounding": self.rounding,
            "readout": {"outputs": 3, "synapse": {"bits": self.bits, "range_pA": 100}}
        });
        let description =
            Description::parse("matrix", &description.to_string()).expect("a valid description");
        Chip::resolve("matrix", &description).expect("a possible chip")
    }
}
