//! What must leave the chip, by the integer model: events, recorder words of every stream.

use super::{BenchCase, rows, vector};
use crate::stimuli::Reader;
use crate::{Activity, Forward, IntegerModel, SimError, Trace, missing_events};
use bruno_device::{Chip, Layer};
use bruno_hdl::{DesignFile, hidden_neurons};
use std::collections::BTreeMap;

/// One recorder stream: that of a bank.
struct Stream {
    layer: usize,
    /// First neuron in the layer.
    first: usize,
    neurons: usize,
    /// Words of a neuron.
    words: usize,
    /// Rows of words.hex.
    rows: Vec<String>,
    /// The first value of each of a neuron's words, and whether another came later.
    seen: Vec<(i32, bool)>,
}

/// Everything expected so far.
pub(super) struct Expected {
    chip: Chip,
    model: IntegerModel,
    events: Vec<String>,
    streams: Vec<Stream>,
}

impl Expected {
    pub(super) fn new(chip: &Chip) -> Self {
        let mut streams = Vec::new();
        for (index, layer) in chip.layers.iter().enumerate() {
            let mut first = 0;
            for neurons in &layer.banks {
                streams.push(Stream {
                    layer: index,
                    first,
                    neurons: *neurons,
                    words: layer.model.words.len(),
                    rows: Vec::new(),
                    seen: Vec::new(),
                });
                first += neurons;
            }
        }
        Self {
            chip: chip.clone(),
            model: IntegerModel::new(chip),
            events: Vec::new(),
            streams,
        }
    }

    /// Layers whose neurons spike.
    pub(super) fn spiking(&self) -> &[Layer] {
        &self.chip.layers[..self.chip.readout()]
    }

    pub(super) fn events(&self) -> usize {
        self.events.len()
    }

    /// Words of all streams together.
    pub(super) fn words(&self) -> usize {
        self.streams.iter().map(|s| s.rows.len()).sum()
    }

    /// Runs a case and adds what it sends; the returned trace is that of the chip, dropped records included.
    pub(super) fn run(&mut self, bench: &BenchCase) -> Result<Trace, SimError> {
        bench.case.program.check_window(&self.chip)?;
        self.model.load(&bench.case.program)?;
        let mut trace = self.model.run(&bench.case.stimulus)?;
        self.add_events(&trace);
        if bench.reader == Reader::Stopped {
            trace.keep_first_record(&self.chip);
        }
        for stream in &mut self.streams {
            let record = self.chip.layers[stream.layer].neurons * stream.words;
            let records = trace.layers[stream.layer].records.chunks(record);
            records.for_each(|record| stream.add(record));
        }
        Ok(trace)
    }

    /// What happened in every layer in all cases.
    pub(super) fn activity(&self) -> impl Iterator<Item = (&Layer, &Activity)> {
        self.chip.layers.iter().zip(self.model.activity())
    }

    /// Checks that a testbench of these cases sees everything: a chip in which it never happens would pass it.
    pub(super) fn check_activity(&self) -> Result<(), SimError> {
        let mut missing = missing_events(self.activity());
        for (number, stream) in self.streams.iter().enumerate() {
            let layer = &self.chip.layers[stream.layer];
            let words = &layer.model.words;
            let constant = words.iter().zip(&stream.seen).filter(|(_, seen)| !seen.1);
            missing.extend(
                constant.map(|(word, _)| {
                    format!("stream {number}: a change of the word `{}`", word.name)
                }),
            );
        }
        match missing[..] {
            [] => Ok(()),
            _ => Err(SimError::Uneventful {
                what: "the cases of the testbench".into(),
                missing: missing.join(", "),
                remedy: match self.chip.layers.iter().any(|l| l.frozen) {
                    true => "the frozen card is out of its reach: take the testbench of the programmable chip, `--set \
                             card=programmable`",
                    false => "the forced cases do not reach it: report this as a bug, with the description",
                }
                .into(),
            }),
        }
    }

    fn add_events(&mut self, trace: &Trace) {
        let mut ticks = BTreeMap::<u32, Vec<usize>>::new();
        let mut base = 0;
        for (layer, trace) in self.chip.layers.iter().zip(&trace.layers) {
            for spike in &trace.spikes {
                let neuron = base + spike.neuron as usize;
                ticks.entry(spike.tick).or_default().push(neuron);
            }
            base += layer.neurons;
        }
        let bits = hidden_neurons(&self.chip);
        for (tick, neurons) in ticks {
            let time = (0..32).filter(|b| tick >> b & 1 == 1).map(|b| bits + b);
            let row = vector(neurons.into_iter().chain(time), bits + 32);
            self.events.push(row);
        }
    }

    pub(super) fn files(&self) -> [DesignFile; 4] {
        let file = |name: &str, lines: &[String]| DesignFile {
            name: name.into(),
            text: rows(lines),
        };
        let mut spiking = Vec::new();
        let mut first = 0;
        for layer in self.spiking() {
            spiking.push(format!("{first:08x}_{:08x}", layer.neurons));
            first += layer.neurons;
        }
        let words: Vec<String> = self.streams.iter().flat_map(|s| s.rows.clone()).collect();
        let mut first = 0;
        let mut streams = Vec::new();
        for s in &self.streams {
            let record = s.neurons * s.words;
            streams.push(format!(
                "{first:08x}_{:08x}_{record:08x}_{:08x}",
                s.rows.len(),
                s.words
            ));
            first += s.rows.len();
        }
        [
            file("layers.hex", &spiking),
            file("events.hex", &self.events),
            file("words.hex", &words),
            file("streams.hex", &streams),
        ]
    }
}

impl Stream {
    /// Adds the bank's part of a layer's record of one window.
    fn add(&mut self, record: &[i32]) {
        let own = &record[self.first * self.words..][..self.neurons * self.words];
        let last = own.len() - 1;
        let row = |(at, word): (usize, &i32)| format!("{}_{word:08x}", u8::from(at == last));
        self.rows.extend(own.iter().enumerate().map(row));
        if self.seen.is_empty() {
            self.seen = own[..self.words].iter().map(|w| (*w, false)).collect();
        }
        for neuron in own.chunks(self.words) {
            for ((first, moved), word) in self.seen.iter_mut().zip(neuron) {
                *moved |= word != first;
            }
        }
    }
}
