//! What is seen of a sample in its records: figures of each layer and of each of its neurons.
//!
//! Of a layer the rate, the saturated updates, and of every state the mean and the deviation over neurons and windows; of a
//! neuron the rate and the mean of every state. A state is taken from its sum over the window where the recorder has one,
//! else as it stands at the window's end.

use bruno_device::{Chip, Event, Gathers, Layer, Signal, TICK_S};
use bruno_sim::LayerTrace;

/// A figure of a sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// The layer's name.
    pub layer: String,
    /// What it is, e.g. `mean of v`.
    pub what: String,
    /// The neuron of which it is; none of the whole layer.
    pub neuron: Option<usize>,
    /// Its unit; empty of a share.
    pub unit: String,
    /// The least that it can change by, in its unit: one event, or one LSB; of events in a window.
    step: f64,
    /// It counts events: the step is spread over the windows of a sample.
    counts: bool,
}

/// The figures of a sample, in the order of [`Features::all`].
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// The figures.
    pub values: Vec<f64>,
    /// Windows of the sample.
    pub windows: usize,
}

/// What is seen of the samples of a chip.
pub struct Features<'a> {
    chip: &'a Chip,
    /// What the figures are.
    pub all: Vec<Feature>,
}

/// A word of a record that is looked at, as a value.
struct Looked {
    at: usize,
    what: Quantity,
}

/// What a word stands for.
enum Quantity {
    /// Events a window.
    Events(Event),
    /// A state of this place, or the sum of it over the window.
    State { place: usize, summed: bool },
}

impl Feature {
    /// The least that it can change by in a sample of so many windows.
    pub(crate) fn step(&self, windows: f64) -> f64 {
        match self.counts {
            true => self.step / windows,
            false => self.step,
        }
    }
}

impl<'a> Features<'a> {
    /// Those of a chip.
    pub fn of(chip: &'a Chip) -> Self {
        let window_s = f64::from(chip.window_ticks) * TICK_S;
        let all = chip.layers.iter().flat_map(|layer| {
            let looked = looked(layer).into_iter();
            looked.flat_map(move |word| named(layer, &word.what, window_s))
        });
        Self {
            chip,
            all: all.collect(),
        }
    }

    /// What is seen of a sample, whose records are whole windows of every layer.
    pub fn seen(&self, trace: &[LayerTrace]) -> Seen {
        let mut values = Vec::with_capacity(self.all.len());
        let mut windows = 0;
        for (layer, trace) in self.chip.layers.iter().zip(trace) {
            let record = layer.model.words.len();
            windows = trace.records.len() / (record * layer.neurons).max(1);
            for word in looked(layer) {
                let value = |record: &[i32]| self.value(layer, &word, record);
                let records = trace.records.chunks_exact(record).map(value);
                add(
                    &mut values,
                    &word.what,
                    &records.collect::<Vec<f64>>(),
                    layer.neurons,
                );
            }
        }
        Seen { values, windows }
    }

    /// What a record says: events a second, or a state in its unit.
    fn value(&self, layer: &Layer, word: &Looked, record: &[i32]) -> f64 {
        let ticks = f64::from(self.chip.window_ticks);
        let code = record[word.at];
        match word.what {
            Quantity::Events(_) => f64::from(code) / (ticks * TICK_S),
            Quantity::State { place, summed } => {
                let state = &layer.model.states[place];
                let code = match (summed, state.signed()) {
                    (true, true) => state.of_sum(f64::from(code) / ticks),
                    (true, false) => state.of_sum(f64::from(code as u32) / ticks),
                    (false, _) => f64::from(code),
                };
                state.value(code)
            }
        }
    }
}

/// The words of a layer's records that are looked at.
fn looked(layer: &Layer) -> Vec<Looked> {
    let model = &layer.model;
    let words = model.words.iter().enumerate();
    let of_word = |(at, word): (usize, &bruno_device::RecordWord)| {
        let what = match word.gathers {
            Gathers::Count(event) => Quantity::Events(event),
            Gathers::Sum(Signal::State(id)) => Quantity::State {
                place: id.place(),
                summed: true,
            },
            Gathers::Last(id) if model.word(Gathers::Sum(Signal::State(id))).is_none() => {
                Quantity::State {
                    place: id.place(),
                    summed: false,
                }
            }
            _ => return None,
        };
        Some(Looked { at, what })
    };
    words.filter_map(of_word).collect()
}

/// The figures that come of a word, in the order in which [`add`] gives them.
fn named(layer: &Layer, what: &Quantity, window_s: f64) -> Vec<Feature> {
    let neurons = layer.neurons as f64;
    let feature =
        |what: String, neuron: Option<usize>, unit: &str, step: f64, counts: bool| Feature {
            layer: layer.name.clone(),
            what,
            neuron,
            unit: unit.into(),
            step,
            counts,
        };
    let each = 0..layer.neurons;
    match what {
        Quantity::Events(Event::Saturation) => {
            let step = 1.0 / (neurons * window_s);
            vec![feature("saturated updates".into(), None, "1/s", step, true)]
        }
        Quantity::Events(Event::Spike) => {
            let own = 1.0 / window_s;
            let all = feature("rate".into(), None, "Hz", own / neurons, true);
            let each = each.map(|n| feature("rate of a neuron".into(), Some(n), "Hz", own, true));
            std::iter::once(all).chain(each).collect()
        }
        Quantity::State { place, .. } => {
            let state = &layer.model.states[*place];
            let unit = state.unit();
            let name = &state.name;
            let [mean, deviation] = ["mean", "deviation"]
                .map(|what| feature(format!("{what} of {name}"), None, unit, state.lsb(), false));
            let own = |n| {
                let what = format!("mean of {name} of a neuron");
                feature(what, Some(n), unit, state.lsb(), false)
            };
            [mean, deviation].into_iter().chain(each.map(own)).collect()
        }
    }
}

/// Adds the figures of a word from its values, `[window][neuron]`.
fn add(to: &mut Vec<f64>, what: &Quantity, values: &[f64], neurons: usize) {
    let mean = |values: &mut dyn Iterator<Item = f64>| {
        let (sum, count) = values.fold((0.0, 0u32), |(sum, count), x| (sum + x, count + 1));
        sum / f64::from(count.max(1))
    };
    let all = mean(&mut values.iter().copied());
    to.push(all);
    if let Quantity::State { .. } = what {
        let variance = mean(&mut values.iter().map(|x| (x - all).powi(2)));
        to.push(variance.sqrt());
    }
    if !matches!(what, Quantity::Events(Event::Saturation)) {
        let own = |n: usize| mean(&mut values.iter().skip(n).step_by(neurons).copied());
        to.extend((0..neurons).map(own));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bruno_chip::Description;

    /// Three neurons and two outputs, of which two windows of 1 ms are seen.
    fn check(what: &str, neuron: Option<usize>, expected: f64) {
        let text = r#"{"name":"t","inputs":1,"recorder":"mean","window_ticks":1000,
            "formats":{"v_bits":20,"v_range_V":2},"readout":{"outputs":2,"synapse":{"range_pA":1}},
            "layers":[{"name":"a","kind":"lif","neurons":3,"synapse":{"range_pA":1}}]}"#;
        let chip = Chip::resolve("t", &Description::parse("t", text).unwrap()).unwrap();
        let layer = &chip.layers[0];
        let names: Vec<&str> = layer.model.words.iter().map(|w| w.name.as_str()).collect();
        assert_eq!(names, ["v", "i", "n_spike", "n_sat", "sum_v"]);
        // One volt is 2^18 codes of V.
        let record = |spikes: i32, saturated: i32, volts: f64| {
            let sum = volts * f64::from(1 << 18) * 1000.0;
            [0, 0, spikes, saturated, sum as i32]
        };
        let windows = [
            [record(1, 0, 0.5), record(0, 3, 0.0), record(0, 0, 0.0)],
            [record(3, 0, 0.5), record(0, 0, 0.0), record(0, 0, 0.0)],
        ];
        let records = windows.as_flattened().as_flattened().to_vec();
        let hidden = LayerTrace {
            records,
            spikes: Vec::new(),
        };
        let outputs = LayerTrace {
            records: vec![0; 2 * 2 * 2],
            spikes: Vec::new(),
        };
        let features = Features::of(&chip);
        let seen = features.seen(&[hidden, outputs]);
        assert_eq!((seen.windows, seen.values.len()), (2, features.all.len()));
        let at = { features.all.iter() }
            .position(|f| (f.layer.as_str(), f.what.as_str(), f.neuron) == ("a", what, neuron));
        let found = seen.values[at.expect("it is seen")];
        assert!(
            (found - expected).abs() < 1e-5 * expected.max(1.0),
            "{found}"
        );
    }

    #[test]
    fn rate_of_a_layer() {
        check("rate", None, 4.0 / 3.0 / 2e-3);
    }
    #[test]
    fn rate_of_one_neuron() {
        check("rate of a neuron", Some(0), 2000.0);
    }
    #[test]
    fn saturations() {
        check("saturated updates", None, 3.0 / 3.0 / 2e-3);
    }
    #[test]
    fn mean_membrane() {
        check("mean of v", None, 0.5 / 3.0);
    }
    #[test]
    fn deviation_of_the_membrane() {
        check("deviation of v", None, 0.5 * (2.0f64 / 9.0).sqrt());
    }
    #[test]
    fn mean_membrane_of_one_neuron() {
        check("mean of v of a neuron", Some(0), 0.5);
    }
}
