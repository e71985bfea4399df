//! Puts together what leaves a chip piece by piece: the words of banks become records of layers, events become spikes of
//! layers, and whole windows go on while the rest waits for more.

use bruno_device::Chip;
use bruno_sim::{LayerTrace, Spike};

/// What has left a chip and was not handed on.
pub(crate) struct Collector {
    layers: Vec<Collected>,
    /// What is handed on.
    part: Vec<LayerTrace>,
    /// Windows handed on since the start of the sample.
    done: u32,
}

/// One layer.
struct Collected {
    spiking: bool,
    neurons: usize,
    /// Words of a record, bank by bank.
    sizes: Vec<usize>,
    banks: Vec<Vec<u32>>,
    spikes: Vec<Spike>,
}

impl Collector {
    pub fn new(chip: &Chip) -> Self {
        let layer = |layer: &bruno_device::Layer| {
            let words = layer.model.words.len();
            Collected {
                spiking: layer.spikes(),
                neurons: layer.neurons,
                sizes: layer.banks.iter().map(|size| size * words).collect(),
                banks: vec![Vec::new(); layer.banks.len()],
                spikes: Vec::new(),
            }
        };
        Self {
            layers: chip.layers.iter().map(layer).collect(),
            part: vec![LayerTrace::default(); chip.layers.len()],
            done: 0,
        }
    }

    /// Starts a sample.
    pub fn clear(&mut self) {
        self.done = 0;
        for layer in &mut self.layers {
            layer.banks.iter_mut().for_each(Vec::clear);
            layer.spikes.clear();
        }
    }

    /// Words of bank `bank` of the chip.
    pub fn add_words(&mut self, bank: usize, words: &[u32]) {
        let mut banks = self.layers.iter_mut().flat_map(|l| &mut l.banks);
        if let Some(bank) = banks.nth(bank) {
            bank.extend_from_slice(words);
        }
    }

    /// `(tick, neuron over all hidden layers)` pairs.
    pub fn add_spikes(&mut self, pairs: &[u32]) {
        for pair in pairs.chunks_exact(2) {
            let (tick, mut neuron) = (pair[0], pair[1]);
            for layer in self.layers.iter_mut().filter(|l| l.spiking) {
                if (neuron as usize) < layer.neurons {
                    layer.spikes.push(Spike { tick, neuron });
                    break;
                }
                neuron -= layer.neurons as u32;
            }
        }
    }

    /// The windows of `ticks` ticks whose records are whole in every bank, with their spikes.
    pub fn whole_windows(&mut self, ticks: u32) -> &[LayerTrace] {
        let whole = self.layers.iter().map(Collected::whole_records).min();
        let windows = whole.unwrap_or(0);
        self.done += windows as u32;
        let end = self.done * ticks;
        for (layer, part) in self.layers.iter_mut().zip(&mut self.part) {
            layer.hand_on(windows, end, part);
        }
        &self.part
    }

    /// The rest of a sample; words of a record that is not whole in a layer's first bank are dropped.
    pub fn rest(&mut self) -> &[LayerTrace] {
        for (layer, part) in self.layers.iter_mut().zip(&mut self.part) {
            let first = layer.banks.first().zip(layer.sizes.first());
            let windows = first.map_or(0, |(bank, size)| bank.len() / size);
            layer.hand_on(windows, u32::MAX, part);
        }
        &self.part
    }

    /// Bytes of memory that hold what was collected, filled or not.
    pub fn held_bytes(&self) -> usize {
        let layers = self.layers.iter().map(|l| {
            let words: usize = l.banks.iter().map(Vec::capacity).sum();
            words * size_of::<u32>() + l.spikes.capacity() * size_of::<Spike>()
        });
        let parts = self.part.iter().map(|p| {
            p.records.capacity() * size_of::<i32>() + p.spikes.capacity() * size_of::<Spike>()
        });
        layers.chain(parts).sum()
    }
}

impl Collected {
    fn whole_records(&self) -> usize {
        let banks = self.banks.iter().zip(&self.sizes);
        banks
            .map(|(bank, size)| bank.len() / size)
            .min()
            .unwrap_or(0)
    }

    /// Hands on the records of the next windows, in the order `[window][neuron][word]`, and the spikes before tick `end`.
    fn hand_on(&mut self, windows: usize, end: u32, part: &mut LayerTrace) {
        part.records.clear();
        for window in 0..windows {
            for (bank, size) in self.banks.iter().zip(&self.sizes) {
                let record = bank.get(window * size..(window + 1) * size).unwrap_or(&[]);
                part.records.extend(record.iter().map(|w| *w as i32));
            }
        }
        for (bank, size) in self.banks.iter_mut().zip(&self.sizes) {
            bank.drain(..(windows * size).min(bank.len()));
        }
        let spikes = self.spikes.partition_point(|s| s.tick < end);
        part.spikes.clear();
        part.spikes.extend(self.spikes.drain(..spikes));
    }
}
