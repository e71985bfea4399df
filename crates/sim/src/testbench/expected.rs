//! What must leave the chip, by the integer model: events, recorder words of every stream.

use super::{BenchCase, rows, vector};
use crate::stimuli::Reader;
use crate::{Forward, IntegerModel, SimError, Trace};
use bruno_device::Chip;
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
                    words: layer.record_words(chip.recorder).len(),
                    rows: Vec::new(),
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

    pub(super) fn files(&self) -> [DesignFile; 3] {
        let file = |name: &str, lines: &[String]| DesignFile {
            name: name.into(),
            text: rows(lines),
        };
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
    }
}
