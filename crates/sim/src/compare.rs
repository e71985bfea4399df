//! The first difference between two traces of one stimulus, named as a user would look for it.

use crate::Trace;
use bruno_device::Chip;
use std::fmt;

/// Where two simulators part, and both values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Layer name, neuron and signal, or the counter that differs.
    pub place: String,
    /// Tick (us) at whose end the values were taken, where one applies.
    pub tick: Option<u32>,
    /// Value in the first trace.
    pub expected: String,
    /// Value in the second trace.
    pub found: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(tick) = self.tick {
            write!(f, "tick {tick}: ")?;
        }
        write!(
            f,
            "{}: expected {}, found {}",
            self.place, self.expected, self.found
        )
    }
}

/// The earliest difference of `found` from `expected`, `None` when they agree in every word, spike and counter.
pub fn first_difference(
    chip: &Chip,
    window: u32,
    expected: &Trace,
    found: &Trace,
) -> Option<Difference> {
    let mut all = Vec::new();
    for index in 0..chip.layers.len() {
        all.extend(spike_difference(chip, index, expected, found));
        all.extend(record_difference(chip, index, window, expected, found));
    }
    all.sort_by_key(|d| d.tick);
    all.into_iter().next().or_else(|| counters(expected, found))
}

fn spike_difference(
    chip: &Chip,
    index: usize,
    expected: &Trace,
    found: &Trace,
) -> Option<Difference> {
    let (a, b) = (&expected.layers[index].spikes, &found.layers[index].spikes);
    let longest = a.len().max(b.len());
    let at = (0..longest).find(|k| a.get(*k) != b.get(*k))?;
    let show = |spike: Option<&crate::Spike>| match spike {
        Some(s) => format!("neuron {} at tick {}", s.neuron, s.tick),
        None => "no more spikes".into(),
    };
    let tick = [a.get(at), b.get(at)]
        .into_iter()
        .flatten()
        .map(|s| s.tick)
        .min();
    Some(Difference {
        place: format!("layer `{}`, spike {at}", chip.layers[index].name),
        tick,
        expected: show(a.get(at)),
        found: show(b.get(at)),
    })
}

fn record_difference(
    chip: &Chip,
    index: usize,
    window: u32,
    expected: &Trace,
    found: &Trace,
) -> Option<Difference> {
    let layer = &chip.layers[index];
    let names = &layer.model.words;
    let (a, b) = (
        &expected.layers[index].records,
        &found.layers[index].records,
    );
    let longest = a.len().max(b.len());
    let at = (0..longest).find(|k| a.get(*k) != b.get(*k))?;
    let (neuron, word) = (
        at / names.len() % layer.neurons,
        &names[at % names.len()].name,
    );
    let nth = (at / names.len() / layer.neurons) as u32;
    let show = |word: Option<&i32>| word.map_or("no word".to_string(), i32::to_string);
    Some(Difference {
        place: format!(
            "layer `{}`, neuron {neuron}, `{word}` of window {nth}",
            layer.name
        ),
        tick: Some((nth + 1) * window - 1),
        expected: show(a.get(at)),
        found: show(b.get(at)),
    })
}

fn counters(expected: &Trace, found: &Trace) -> Option<Difference> {
    let pairs = [
        (
            "saturations",
            u64::from(expected.saturations),
            u64::from(found.saturations),
        ),
        (
            "overrun",
            u64::from(expected.overrun),
            u64::from(found.overrun),
        ),
    ];
    let (name, a, b) = pairs.into_iter().find(|(_, a, b)| a != b)?;
    Some(Difference {
        place: name.into(),
        tick: None,
        expected: a.to_string(),
        found: b.to_string(),
    })
}
