//! What the backward pass reads of a sample's trace: of every record the words that a gradient asks for, and the spikes.

use crate::GradientKind;
use bruno_device::{Chip, Event, Gathers, NeuronModel, Signal};
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
    /// Those that are kept, by what they hold and by place in the record.
    kept: Vec<Gathers>,
    places: Vec<usize>,
    /// `[window][neuron][kept]`.
    records: Vec<i32>,
    /// In order of tick, then neuron.
    pub spikes: Vec<Spike>,
    /// Windows with saturated updates, in order of time: few, where a chip is of use.
    pub saturated: Vec<Saturated>,
    /// Places of the words that say so: saturated updates, the current at the end.
    says: [usize; 2],
    /// Windows so far, and the current of every neuron at the end of the last.
    windows: u32,
    ends: Vec<i32>,
}

/// A neuron's window with saturated updates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Saturated {
    pub window: u32,
    pub neuron: u32,
    /// The current's code at the window's start.
    pub start: i32,
}

/// Place of a word among those that are kept of a record; none of one that is not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kept(Option<usize>);

impl GradientKind {
    /// Whether this gradient reads a word of the records of hidden neurons; exact ones run the sample again.
    fn reads(self, model: &NeuronModel, word: Gathers) -> bool {
        let membrane = model.fires.map(|f| f.state);
        match (self, word) {
            (Self::Transition | Self::Bptt | Self::Checkpointed, _) => false,
            (_, Gathers::Count(event)) => event == Event::Spike,
            (Self::Sample, word) => matches!(word, Gathers::Last(_)),
            (Self::Mean | Self::Jacobian, Gathers::Last(id)) => {
                id == model.current || Some(id) == membrane
            }
            (Self::Mean | Self::Jacobian, Gathers::Sum(Signal::State(_))) => true,
            (_, Gathers::Sum(Signal::Sample(_))) => self == Self::Jacobian,
            (_, Gathers::Least(_) | Gathers::Most(_)) => false,
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
            let model = &layer.model;
            let asked = |word| kinds.iter().any(|kind| kind.reads(model, word));
            let kept = model.words.iter().map(|w| w.gathers).enumerate();
            let kept = kept.filter(|(_, word)| layer.spikes() && asked(*word));
            let (places, kept): (Vec<_>, Vec<_>) = kept.unzip();
            let words = windows as usize * layer.neurons * places.len();
            let place = |gathers| model.words.iter().position(|w| w.gathers == gathers);
            let says = [
                Gathers::Count(Event::Saturation),
                Gathers::Last(model.current),
            ];
            LayerRecording {
                words: model.words.len(),
                kept,
                places,
                records: Vec::with_capacity(words),
                spikes: Vec::new(),
                saturated: Vec::new(),
                says: says.map(|word| place(word).unwrap_or(0)),
                windows: 0,
                ends: vec![0; layer.neurons],
            }
        });
        Self {
            layers: layers.collect(),
            keeps_spikes: kinds.iter().any(|kind| kind.reads_spikes()),
        }
    }

    /// Words that these gradients keep of each window.
    pub(crate) fn words_of_a_window(chip: &Chip, kinds: &[GradientKind]) -> usize {
        let empty = Self::new(chip, kinds, 0);
        let layers = chip.layers.iter().zip(&empty.layers);
        layers
            .map(|(chip, own)| chip.neurons * own.kept.len())
            .sum()
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
                layer.add_saturated(&part.records);
            }
        }
    }
}

impl LayerRecording {
    /// Of the next windows those with saturated updates.
    fn add_saturated(&mut self, records: &[i32]) {
        let [count, current] = self.says;
        for window in records.chunks_exact(self.words * self.ends.len()) {
            let neurons = window.chunks_exact(self.words).zip(&mut self.ends);
            for (neuron, (record, end)) in neurons.enumerate() {
                if record[count] != 0 {
                    self.saturated.push(Saturated {
                        window: self.windows,
                        neuron: neuron as u32,
                        start: *end,
                    });
                }
                *end = record[current];
            }
            self.windows += 1;
        }
    }

    /// Windows of a layer of so many neurons.
    pub fn windows(&self, neurons: usize) -> usize {
        self.records.len() / (self.kept.len() * neurons).max(1)
    }

    /// Where a word stands in what is kept.
    pub fn kept(&self, word: Gathers) -> Kept {
        Kept(self.kept.iter().position(|kept| *kept == word))
    }

    /// A word of record `record`, counted over windows and neurons; 0 where it is not kept: a gradient reads what it asked
    /// for.
    pub fn word(&self, record: usize, Kept(at): Kept) -> i32 {
        let at = at.map(|at| record * self.kept.len() + at);
        at.and_then(|at| self.records.get(at)).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bruno_chip::Description;
    use bruno_sim::{Forward, IntegerModel, Stimulus};

    const CHIP: &str = r#"{"name":"t","inputs":2,"recorder":"jacobian","layers":[
        {"name":"a","kind":"felif","neurons":3,"recurrent":true,"synapse":{"range_pA":900},"device":{"area_um2":0.5}}],
        "readout":{"outputs":2,"synapse":{"range_pA":100}}}"#;

    /// Kept window by window it is what is kept of the whole, with so many bytes of records a neuron-window and spikes or
    /// none.
    fn check(kind: GradientKind, bytes: usize, spikes: bool) {
        let chip = Chip::resolve("t", &Description::parse("t", CHIP).unwrap()).unwrap();
        let config = crate::TrainConfig::default();
        let mut model = IntegerModel::new(&chip);
        let parameters = crate::Parameters::new(&chip, &config);
        model.load(&parameters.program(&chip)).unwrap();
        let events = (0..20_000).step_by(40).flat_map(|t| [(t, 0), (t, 1)]);
        let stimulus = Stimulus {
            events: events.collect(),
            windows: 20,
        };
        let trace = model.run(&stimulus).unwrap();
        assert!(trace.layers[0].spikes.len() > 2);
        let whole = Recording::of(&chip, &[kind], &trace);
        let mut kept = Recording::new(&chip, &[kind], stimulus.windows);
        model
            .stream(&stimulus, 1, &mut |part| kept.add(part))
            .unwrap();
        for (kept, whole) in kept.layers.iter().zip(&whole.layers) {
            assert_eq!(
                (&kept.records, &kept.spikes),
                (&whole.records, &whole.spikes)
            );
        }
        let held = kept.layers[0].records.capacity() * size_of::<i32>();
        assert_eq!(held, bytes * 3 * stimulus.windows as usize);
        assert!(kept.layers[1].records.is_empty());
        assert_eq!(!kept.layers[0].spikes.is_empty(), spikes);
    }

    #[test]
    fn of_samples() {
        check(GradientKind::Sample, 16, true);
    }
    #[test]
    fn of_means() {
        check(GradientKind::Mean, 20, true);
    }
    #[test]
    fn of_linearisations() {
        check(GradientKind::Jacobian, 36, true);
    }
    #[test]
    fn of_products() {
        check(GradientKind::Transition, 0, true);
    }
    #[test]
    fn of_full_backpropagation() {
        check(GradientKind::Bptt, 0, false);
    }
}
