//! What the backward pass reads of a sample's trace: of every record the words that a gradient asks for, and the spikes.

use crate::GradientKind;
use bruno_device::{Chip, LayerKind};
use bruno_sim::{LayerTrace, Spike, Trace};

/// What is kept of a sample for its backward pass.
pub struct Recording {
    pub(crate) layers: Vec<LayerRecording>,
    keeps_spikes: bool,
}

/// One layer.
pub(crate) struct LayerRecording {
    /// Words of a record of the chip.
    words: usize,
    /// Those that are kept, by name and by place in the record.
    names: Vec<&'static str>,
    places: Vec<usize>,
    /// `[window][neuron][name]`.
    records: Vec<i32>,
    /// In order of tick, then neuron.
    pub spikes: Vec<Spike>,
}

impl GradientKind {
    /// Words of the records of a hidden layer that this gradient reads; exact ones run the sample again.
    fn words(self) -> &'static [&'static str] {
        match self {
            Self::Sample => &["v", "p", "i", "n_spike"],
            Self::Mean => &["v", "i", "n_spike", "sum_v", "sum_p"],
            Self::Jacobian => &[
                "v", "i", "n_spike", "sum_v", "sum_p", "sum_f", "sum_x", "sum_k", "sum_h",
            ],
            Self::Transition | Self::Bptt | Self::Checkpointed => &[],
        }
    }

    /// Whether this gradient reads the spikes of the trace.
    fn reads_spikes(self) -> bool {
        !matches!(self, Self::Bptt | Self::Checkpointed)
    }
}

impl Recording {
    /// Nothing yet of a sample of `windows` windows whose gradients of these kinds are asked for.
    pub(crate) fn new(chip: &Chip, kinds: &[GradientKind], windows: u32) -> Self {
        let layers = chip.layers.iter().map(|layer| {
            let all = layer.record_words(chip.recorder);
            let asked = |word: &str| kinds.iter().any(|kind| kind.words().contains(&word));
            let hidden = layer.kind != LayerKind::Readout;
            let kept = all.iter().copied().enumerate();
            let kept = kept.filter(|(_, word)| hidden && asked(word));
            let (places, names): (Vec<_>, Vec<_>) = kept.unzip();
            let words = windows as usize * layer.neurons * places.len();
            LayerRecording {
                words: all.len(),
                names,
                places,
                records: Vec::with_capacity(words),
                spikes: Vec::new(),
            }
        });
        Self {
            layers: layers.collect(),
            keeps_spikes: kinds.iter().any(|kind| kind.reads_spikes()),
        }
    }

    /// What these gradients read of a whole trace.
    pub fn of(chip: &Chip, kinds: &[GradientKind], trace: &Trace) -> Self {
        let mut recording = Self::new(chip, kinds, 0);
        recording.add(&trace.layers);
        recording
    }

    /// Adds the next windows.
    pub(crate) fn add(&mut self, part: &[LayerTrace]) {
        for (layer, part) in self.layers.iter_mut().zip(part) {
            for record in part.records.chunks_exact(layer.words) {
                let kept = layer.places.iter().map(|at| record[*at]);
                layer.records.extend(kept);
            }
            if self.keeps_spikes {
                layer.spikes.extend_from_slice(&part.spikes);
            }
        }
    }
}

impl LayerRecording {
    /// Windows of a layer of so many neurons.
    pub fn windows(&self, neurons: usize) -> usize {
        self.records.len() / (self.names.len() * neurons).max(1)
    }

    /// A word of record `record`, counted over windows and neurons; none where it is not kept.
    pub fn word(&self, record: usize, name: &str) -> Option<i32> {
        let at = self.names.iter().position(|n| *n == name)?;
        self.records.get(record * self.names.len() + at).copied()
    }
}
