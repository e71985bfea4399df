//! A virtual chip: what a fabricated and programmed specimen holds, in codes that the same RTL can be loaded with.
//!
//! Synapses that all differ need more levels than a chip's own codes tell apart. Virtual chips therefore run on the
//! chip's RTL with 8-bit synapses ([`Chip::with_fine_synapses`]): 256 levels a projection, chosen for its currents.

use crate::die::{current_factors, die_codes, die_layer, layer_seed};
use crate::draws::{Draws, Place};
use crate::rram::{Array, Programmed, Read, levels_pa};
use crate::{Chip, Codes, FineTable, Layer, limits};
use bruno_chip::{ChipError, LayerDescription, Problem, Synapse};

/// Bits of a virtual chip's weight codes.
const FINE_BITS: u32 = 8;

/// Levels of a virtual chip's tables.
const FINE_LEVELS: usize = 1 << FINE_BITS;

/// The table of a virtual chip for these currents (LSB of I) of a layer of the chip. A code is left over: simulators take it
/// for synapses that are not there ([`Chip::copies`]). A chip whose own codes have 8 bits needs all of them.
pub fn fine_table(layer: &Layer, currents: &[i32]) -> FineTable {
    let left_over = usize::from(layer.bits < FINE_BITS);
    FineTable::new(currents, FINE_LEVELS - left_over, FINE_LEVELS)
}

impl Chip {
    /// The chip with 8-bit synapses, empty level tables and a programmable card: one RTL for every virtual chip, whose own
    /// registers and levels are loaded, also where those of the nominal chip are frozen.
    pub fn with_fine_synapses(&self) -> Self {
        let mut fine = self.clone();
        fine.description.card = bruno_chip::Card::Programmable;
        let table = FINE_LEVELS;
        for layer in &mut fine.layers {
            layer.frozen = false;
            layer.bits = FINE_BITS;
            layer.levels = vec![0; table];
            layer.recurrent_levels = vec![0; if layer.recurrent { table } else { 0 }];
        }
        fine
    }
}

/// One layer of a virtual chip.
#[derive(Debug, Clone)]
pub struct VirtualLayer<'a> {
    /// Its registers.
    pub codes: Codes,
    /// The layer with the card or the parameters of its neurons on this die; none for the readout.
    pub neurons: Option<LayerDescription>,
    input: Projection<'a>,
    recurrent: Option<Projection<'a>>,
}

/// Synapses of a virtual chip from one population to another.
#[derive(Debug, Clone)]
struct Projection<'a> {
    place: Place,
    draws: Draws,
    synapses: Synapses<'a>,
    /// Factor on the currents onto each neuron.
    factors: Vec<f64>,
    /// Currents of the ideal chip, LSB of I.
    ideal: Vec<i32>,
}

#[derive(Debug, Clone)]
enum Synapses<'a> {
    /// Without devices: the ideal currents, pA.
    Ideal(Vec<f64>),
    /// With devices.
    Devices(Array<'a>, Programmed),
}

/// What one layer's memories hold in one sample.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerTables {
    /// The input's synapses.
    pub input: HeldProjection,
    /// Those of the recurrence.
    pub recurrent: Option<HeldProjection>,
}

/// Synapses of a projection as the memories hold them.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldProjection {
    /// Level table and codes.
    pub table: FineTable,
    /// Root mean square of what the synapses deviate from the ideal chip's, LSB of I.
    pub deviation_lsb: f64,
    /// Derivative of each synapse's current by the ideal current of its code: 0 where a stuck device carries it.
    pub slopes: Vec<f32>,
}

impl HeldProjection {
    /// The currents that the memories hold, LSB of I.
    pub fn currents(&self) -> impl Iterator<Item = i32> {
        let level = |c: &u8| self.table.levels[usize::from(*c)];
        self.table.codes.iter().map(level)
    }
}

impl<'a> VirtualLayer<'a> {
    /// Layer `index` of a chip as the draws have it; `weights` are its programmed codes `[channel][neuron]`, recurrent
    /// channels after the inputs, `nominal` the registers of the ideal chip.
    ///
    /// # Errors
    /// A register that cannot hold what this die needs.
    pub fn new(
        chip: &'a Chip,
        index: usize,
        weights: &[u8],
        nominal: &Codes,
        draws: Draws,
    ) -> Result<Self, ChipError> {
        let layer = &chip.layers[index];
        let description = &chip.description;
        let (inputs, recurrences) = weights.split_at(layer.inputs * layer.neurons);
        let projection = |synapse, recurrent, codes: &[u8], factors: &[f64]| {
            let ideal = if recurrent {
                &layer.recurrent_levels
            } else {
                &layer.levels
            };
            Projection {
                place: Place {
                    layer: index,
                    recurrent,
                },
                draws,
                synapses: Synapses::new(synapse, codes, draws, index, recurrent),
                factors: factors.to_vec(),
                ideal: codes.iter().map(|c| ideal[usize::from(*c)]).collect(),
            }
        };
        if !layer.spikes() {
            let ones = vec![1.0; layer.neurons];
            return Ok(Self {
                codes: Codes {
                    seed: layer_seed(index, draws),
                    ..nominal.clone()
                },
                neurons: None,
                input: projection(&description.readout.synapse, false, inputs, &ones),
                recurrent: None,
            });
        }
        let raw = &description.layers[index];
        let codes = die_codes(chip, index, nominal, draws).map_err(invalid)?;
        let own = die_layer(description, index, draws);
        let unfit = limits::registers(&layer.model, &own.device, &codes);
        if let Some(problem) = unfit.into_iter().next() {
            return Err(invalid(Problem {
                field: format!("layers[{index}].variability.die"),
                value: format!(
                    "a `{}` on virtual chip {} of {}",
                    problem.field, draws.chip, problem.value
                ),
                ..problem
            }));
        }
        let factors = current_factors(raw.variability.as_ref(), layer, index, draws);
        let synapse = raw.recurrent_synapse.as_ref().unwrap_or(&raw.synapse);
        Ok(Self {
            codes,
            neurons: Some(own),
            input: projection(&raw.synapse, false, inputs, &factors),
            recurrent: layer
                .recurrent
                .then(|| projection(synapse, true, recurrences, &factors)),
        })
    }

    /// Level tables and codes in a sample: without read noise the same in every sample.
    ///
    /// # Errors
    /// Currents that would overflow the chip's adders if every channel spiked at once.
    pub fn tables(&self, chip: &Chip, sample: u32) -> Result<LayerTables, ChipError> {
        let layer = &chip.layers[self.input.place.layer];
        let tables = LayerTables {
            input: self.input.table(layer, sample),
            recurrent: self.recurrent.as_ref().map(|r| r.table(layer, sample)),
        };
        let recurrent = tables
            .recurrent
            .as_ref()
            .map_or(&[][..], |r| &r.table.levels);
        match chip.beyond_adders(layer, &tables.input.table.levels, recurrent) {
            None => Ok(tables),
            Some(problem) => Err(invalid(problem)),
        }
    }

    /// Devices that are stuck.
    pub fn stuck(&self) -> usize {
        self.projections().map(|p| p.synapses.stuck()).sum()
    }

    /// Whether samples differ in what the memories hold.
    pub fn is_noisy(&self) -> bool {
        self.projections().any(|p| p.synapses.is_noisy())
    }

    fn projections(&self) -> impl Iterator<Item = &Projection<'a>> {
        std::iter::once(&self.input).chain(&self.recurrent)
    }
}

impl Projection<'_> {
    fn table(&self, layer: &Layer, sample: u32) -> HeldProjection {
        let reads = match &self.synapses {
            Synapses::Ideal(currents) => {
                let ideal = |pa: &f64| Read {
                    pa: *pa,
                    slope: 1.0,
                };
                currents.iter().map(ideal).collect()
            }
            Synapses::Devices(array, programmed) => {
                array.read(programmed, self.draws, self.place, sample)
            }
        };
        let onto_neurons = || reads.iter().zip(self.factors.iter().cycle());
        let codes: Vec<i32> = onto_neurons()
            .map(|(read, factor)| layer.current.code(read.pa * factor))
            .collect();
        let deviation = |(real, ideal): (&i32, &i32)| f64::from(real.abs_diff(*ideal)).powi(2);
        let square: f64 = codes.iter().zip(&self.ideal).map(deviation).sum();
        HeldProjection {
            table: fine_table(layer, &codes),
            deviation_lsb: (square / codes.len().max(1) as f64).sqrt(),
            slopes: onto_neurons()
                .map(|(read, factor)| (read.slope * factor) as f32)
                .collect(),
        }
    }
}

impl<'a> Synapses<'a> {
    fn new(
        synapse: &'a Synapse,
        codes: &[u8],
        draws: Draws,
        layer: usize,
        recurrent: bool,
    ) -> Self {
        match Array::of(synapse) {
            Some(array) => {
                let programmed = array.program(codes, draws, Place { layer, recurrent });
                Self::Devices(array, programmed)
            }
            None => {
                let levels = levels_pa(synapse);
                Self::Ideal(codes.iter().map(|c| levels[usize::from(*c)]).collect())
            }
        }
    }

    fn stuck(&self) -> usize {
        match self {
            Self::Ideal(_) => 0,
            Self::Devices(_, programmed) => programmed.stuck,
        }
    }

    fn is_noisy(&self) -> bool {
        match self {
            Self::Ideal(_) => false,
            Self::Devices(array, _) => array.card().read_noise.is_some_and(|n| n.sigma > 0.0),
        }
    }
}

fn invalid(problem: Problem) -> ChipError {
    ChipError::Invalid {
        file: "virtual chip".into(),
        problems: vec![problem],
    }
}

#[cfg(test)]
mod tests {
    use crate::Chip;
    use bruno_chip::{Card, Description};

    /// Virtual chips differ from the nominal one, so none of them has its constants.
    #[test]
    fn no_virtual_chip_is_frozen() {
        let text = include_str!("../../../examples/braille.json").replacen(
            "\"inputs\"",
            "\"card\": \"frozen\", \"inputs\"",
            1,
        );
        let chip = Chip::resolve("t", &Description::parse("t", &text).unwrap()).unwrap();
        assert!(chip.layers.iter().all(|layer| layer.frozen));
        let fine = chip.with_fine_synapses();
        assert!(fine.layers.iter().all(|layer| !layer.frozen));
        assert_eq!(fine.description.card, Card::Programmable);
    }
}
