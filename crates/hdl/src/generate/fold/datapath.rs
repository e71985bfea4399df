//! The datapath of a lane: the kernels of its layer in a row, cut into stages.

use super::{saturation_bits, stage_delay, synapses};
use crate::atoms::Type;
use crate::generate::bank::{Array, arrays, saturations, stages};
use crate::generate::card;
use crate::narrow::{Statements, Word};
use crate::pipeline::{Pipeline, Source};
use crate::{Binding, HdlError};
use bruno_device::{Chip, Layer};

/// Blocks around the kernels' statements.
const KERNEL_DEPTH: usize = 2;

/// The kernels of a layer, cut into stages.
pub struct Datapath {
    pub arrays: Vec<Array>,
    pub kernels: Statements,
    pub pipeline: Pipeline,
    /// The stage in which the states enter.
    pub early: usize,
    /// The stage in which what gathers over a window enters.
    pub late: usize,
}

impl Datapath {
    /// As it is delivered, on narrow words.
    pub fn new(chip: &Chip, layer: &Layer) -> Result<Self, HdlError> {
        let arrays = arrays(chip, layer);
        let kernels = Statements::narrow(
            &stages(chip, layer)?.in_a_row(),
            &|name| bind(chip, layer, &arrays, name),
            &outputs(layer, &arrays),
            KERNEL_DEPTH,
        )?;
        Ok(Self::cut(chip, layer, arrays, kernels))
    }

    /// As it trains, on words of 32 bits. Its stages are those of [`Datapath::new`]: a tick takes as many cycles.
    pub fn to_train(chip: &Chip, layer: &Layer) -> Result<Self, HdlError> {
        let arrays = arrays(chip, layer);
        let binding = |word: Word| match word.is_constant() {
            true => Binding::new(word.name(), 32, true),
            false => Binding::new(word.name(), word.kind().bits, word.kind().signed),
        };
        let printed = crate::print(
            &stages(chip, layer)?.in_a_row(),
            &|name| bind(chip, layer, &arrays, name).map(binding),
            KERNEL_DEPTH,
        )?;
        let kernels = Statements::whole(&printed, &outputs(layer, &arrays))?;
        Ok(Self::cut(chip, layer, arrays, kernels))
    }

    fn cut(chip: &Chip, layer: &Layer, arrays: Vec<Array>, kernels: Statements) -> Self {
        let cut = |early, late| {
            let sources = sources(chip, layer, &arrays, early, late);
            Pipeline::cut(&kernels, &sources, stage_delay(chip))
        };
        let late = cut(0, 0).depth() - 1;
        // States that wait for the injected current wait in their memory rather than in registers.
        let mut ever_earlier = (0..=synapses::stages(chip, layer).min(late)).rev();
        let in_time = |early: &usize| cut(*early, late).depth() == late + 1;
        let early = ever_earlier.find(in_time).unwrap_or(0);
        let pipeline = cut(early, late);
        Self {
            arrays,
            kernels,
            pipeline,
            early,
            late,
        }
    }

    /// The low bits of an output in the last stage.
    pub fn output(&self, name: &str, bits: u32) -> Result<String, HdlError> {
        let word = self.kernels.output(name)?;
        let text = word.fitted(bits, &mut Default::default());
        Ok(self.pipeline.in_last_stage(&text))
    }

    /// The last stage.
    pub fn last(&self) -> usize {
        self.pipeline.depth() - 1
    }
}

/// What a kernel's input is in a lane.
fn bind(chip: &Chip, layer: &Layer, arrays: &[Array], name: &str) -> Option<Word> {
    if let Some(a) = arrays.iter().find(|a| a.name == name) {
        return Some(Word::new(&format!("{name}_now"), a.bits, a.signed));
    }
    match name {
        "inject" => Some(Word::new(
            "inject_q",
            synapses::sum_bits(layer) as u32,
            true,
        )),
        "random" => Some(Word::new("random_i", 32, false)),
        "index" => Some(Word::new("index_q", 32, false)),
        _ => card::word(chip, layer, name),
    }
}

/// Names and bits of what the last stage gives.
fn outputs(layer: &Layer, arrays: &[Array]) -> Vec<(String, u32)> {
    let mut outputs: Vec<(String, u32)> = arrays.iter().map(|a| (a.next(), a.bits)).collect();
    outputs.push((saturations(layer).into(), saturation_bits(layer) as u32));
    if layer.spikes() {
        outputs.push(("spike".into(), 1));
    }
    outputs
}

/// What enters the pipeline of a layer: states in stage `early`, the injected current when it is summed, and what gathers
/// over a window in stage `late`: it is needed at the end only, and need not travel there.
fn sources(chip: &Chip, layer: &Layer, arrays: &[Array], early: usize, late: usize) -> Vec<Source> {
    let source = |name: &str, bits, signed, stage| Source {
        name: name.into(),
        kind: Type { bits, signed },
        stage,
    };
    let states = arrays.iter().map(|a| {
        let stage = if a.accumulates() { late } else { early };
        source(&format!("{}_now", a.name), a.bits, a.signed, stage)
    });
    let bits = synapses::sum_bits(layer) as u32;
    let inject = source("inject_q", bits, true, synapses::stages(chip, layer));
    let index = source("index_q", 32, false, early);
    states.chain([inject, index]).collect()
}
