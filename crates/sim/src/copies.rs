//! Several samples at once: a chip of copies ([`Chip::copies`]) loaded with the program of one, its copies fed with a sample
//! each, and what it did taken apart again.

use crate::{LayerProgram, LayerTrace, Program, Spike, Stimulus};
use bruno_device::{Chip, Event, Gathers, Layer, RecordWord};

/// Neurons of the largest layer, all copies together: so many fill the vectors of any processor.
const NEURONS: usize = 128;

/// A chip and its copies.
#[derive(Debug, Clone)]
pub struct Copies {
    one: Chip,
    wide: Chip,
    count: usize,
    part: Vec<LayerTrace>,
}

impl Copies {
    /// As many as are worth it; none where that is one, or where the chip has no copies.
    pub fn of(chip: &Chip) -> Option<Self> {
        let largest = chip.layers.iter().map(|l| l.neurons).max()?;
        let mut counts = (2..=NEURONS / largest).rev();
        counts.find_map(|count| Self::new(chip, count))
    }

    /// So many, where the chip has copies.
    pub fn new(chip: &Chip, count: usize) -> Option<Self> {
        Some(Self {
            wide: chip.copies(count)?,
            one: chip.clone(),
            count,
            part: vec![LayerTrace::default(); chip.layers.len()],
        })
    }

    /// The chip of all copies.
    pub fn chip(&self) -> &Chip {
        &self.wide
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The program of the chip in every copy; none where its codes have no bit more and a projection uses all of them.
    pub fn program(&self, program: &Program) -> Option<Program> {
        let layers = self.one.layers.iter().zip(&self.wide.layers);
        let layers = program.layers.iter().zip(layers);
        let layers = layers.map(|(p, (layer, wide))| self.layer(p, layer, wide));
        Some(Program {
            layers: layers.collect::<Option<_>>()?,
            window: program.window,
        })
    }

    fn layer(&self, program: &LayerProgram, layer: &Layer, wide: &Layer) -> Option<LayerProgram> {
        let (inputs, own) = program.weights.split_at(layer.inputs * layer.neurons);
        let (levels, absent) = with_absent(&program.levels, inputs, wide)?;
        let (recurrent_levels, own_absent) = match layer.recurrent {
            true => with_absent(&program.recurrent_levels, own, wide)?,
            false => (Vec::new(), absent),
        };
        let mut weights = vec![absent; wide.inputs * wide.neurons];
        weights.resize(wide.fan_in() * wide.neurons, own_absent);
        for (channel, row) in program.weights.chunks_exact(layer.neurons).enumerate() {
            // Recurrent channels follow the inputs of all copies.
            let (first, own, group) = match channel.checked_sub(layer.inputs) {
                None => (0, channel, layer.inputs),
                Some(own) => (wide.inputs, own, layer.neurons),
            };
            for copy in 0..self.count {
                let at = (first + copy * group + own) * wide.neurons + copy * layer.neurons;
                weights[at..at + layer.neurons].copy_from_slice(row);
            }
        }
        Some(LayerProgram {
            codes: program.codes.clone(),
            levels,
            recurrent_levels,
            weights,
        })
    }

    /// The samples of the first copies, the others idle; it is as long as the longest.
    pub fn stimulus(&self, stimuli: &[Stimulus]) -> Stimulus {
        let inputs = self.one.inputs as u32;
        let own = stimuli.iter().zip(0..).flat_map(|(stimulus, copy)| {
            let events = stimulus.events.iter();
            events.map(move |(tick, channel)| (*tick, copy * inputs + channel))
        });
        let mut events: Vec<(u32, u32)> = own.collect();
        events.sort_unstable();
        Stimulus {
            events,
            windows: stimuli.iter().map(|s| s.windows).max().unwrap_or(0),
        }
    }

    /// Windows that a part of a run holds.
    pub fn windows(&self, part: &[LayerTrace]) -> u32 {
        let layer = part.iter().zip(&self.wide.layers).next();
        layer.map_or(0, |(part, layer)| {
            (part.records.len() / (layer.neurons * layer.model.words.len())) as u32
        })
    }

    /// What one copy did in a part of a run: in its first `windows` windows, and before tick `end` of the run.
    pub fn of_copy(
        &mut self,
        part: &[LayerTrace],
        copy: usize,
        windows: u32,
        end: u32,
    ) -> &[LayerTrace] {
        let layers = self.one.layers.iter().zip(&self.wide.layers);
        let layers = part.iter().zip(layers);
        for ((part, (layer, wide)), own) in layers.zip(&mut self.part) {
            let words = layer.neurons * layer.model.words.len();
            let records = part
                .records
                .chunks_exact(wide.neurons * layer.model.words.len());
            own.records.clear();
            for record in records.take(windows as usize) {
                let record = &record[copy * words..(copy + 1) * words];
                own.records.extend_from_slice(record);
            }
            let first = (copy * layer.neurons) as u32;
            let neurons = first..first + layer.neurons as u32;
            let spikes = part.spikes.iter();
            let spikes = spikes.filter(|s| s.tick < end && neurons.contains(&s.neuron));
            own.spikes.clear();
            own.spikes.extend(spikes.map(|s| Spike {
                tick: s.tick,
                neuron: s.neuron - first,
            }));
        }
        &self.part
    }

    /// Saturated updates in what [`Copies::of_copy`] gave last: every record counts those of its neuron.
    pub fn saturations_of_copy(&self) -> u32 {
        let counts = self.part.iter().zip(&self.one.layers).map(|(part, layer)| {
            let words = &layer.model.words;
            let counter = |w: &RecordWord| w.gathers == Gathers::Count(Event::Saturation);
            let at = words.iter().position(counter).unwrap_or(words.len());
            let counted = part.records.chunks_exact(words.len()).map(|r| r.get(at));
            counted.flatten().map(|count| *count as u32).sum::<u32>()
        });
        counts.sum()
    }
}

/// The level table of all copies and the code of a synapse that is not there, whose level is zero: the first one of the bit
/// more, or one that none of `weights` has.
fn with_absent(levels: &[i32], weights: &[u8], wide: &Layer) -> Option<(Vec<i32>, u8)> {
    let mut table = levels.to_vec();
    table.resize(1 << wide.bits, 0);
    let mut used = [false; 256];
    weights
        .iter()
        .for_each(|code| used[usize::from(*code)] = true);
    let absent = match levels.len() < table.len() {
        true => levels.len(),
        false => (0..table.len()).rfind(|code| !used[*code])?,
    };
    table[absent] = 0;
    Some((table, absent as u8))
}
