//! Folded banks: one datapath (a lane) serves F neurons in F cycles of a faster clock within each microsecond.
//!
//! A lane reads the states of one neuron (a slot) a cycle from its memories, leads them through the kernels, cut into
//! pipeline stages, and writes them back. Neurons do not see each other within a tick, so the order of the slots changes
//! nothing: every state at every tick is that of the unfolded bank.

mod bank;
pub(super) mod datapath;
mod lane;
mod sequencer;
pub(super) mod synapses;

use super::{DesignFile, Text, file, index_bits};
use crate::HdlError;
use bruno_device::{Chip, Layer};

/// ns of OSU 0.18 um that a unit of delay (`delay.rs`) came to in a stage of measured chips (docs/performance.md).
pub(super) const NS_IN_A_STAGE: f64 = 0.63;
/// Cycles of a tick beside slots and stages: taking it, starting the first slot, summing up.
const OVERHEAD: usize = 3;
/// Cycles that a bus transfer may take away between two ticks.
const TRANSFER: usize = 3;

/// Units of delay that fit into a stage of a chip's folded datapaths; 11 by default: a multiplier and an adder.
pub(super) fn stage_delay(chip: &Chip) -> u32 {
    (chip.stage_ns / NS_IN_A_STAGE).floor() as u32
}

/// Cycles of `clk_i` that a tick takes, those of a bus transfer included where there are several: the clock's frequency
/// in MHz is at least this.
pub fn cycles_per_tick(chip: &Chip) -> Result<usize, HdlError> {
    if chip.fold == 1 {
        return Ok(1);
    }
    Ok(slots(chip) + depth(chip)? + OVERHEAD + TRANSFER)
}

/// Slots of a tick: no more than the largest bank fills.
pub(super) fn slots(chip: &Chip) -> usize {
    let largest = chip.layers.iter().flat_map(|l| &l.banks).max();
    largest.map_or(1, |size| chip.fold.min(*size))
}

/// Bits of a slot's number.
pub(super) fn slot_bits(chip: &Chip) -> usize {
    index_bits(chip.fold)
}

/// Bits of a neuron's saturated updates in a tick.
fn saturation_bits(layer: &Layer) -> usize {
    index_bits(layer.model.most_saturations() as usize + 1)
}

/// Stages of the deepest layer.
fn depth(chip: &Chip) -> Result<usize, HdlError> {
    let mut deepest = 0;
    for layer in &chip.layers {
        deepest = deepest.max(datapath::Datapath::new(chip, layer)?.pipeline.depth());
    }
    Ok(deepest)
}

/// Neurons of each lane of a bank: full lanes, then the rest.
pub(super) fn lanes(chip: &Chip, size: usize) -> Vec<usize> {
    let count = size.div_ceil(chip.fold);
    (0..count)
        .map(|l| chip.fold.min(size - l * chip.fold))
        .collect()
}

fn lane_module(chip: &Chip, layer: &Layer, neurons: usize) -> String {
    format!("{}_{}_lane{neurons}", chip.name, layer.name)
}

/// What tells the lanes which slot is theirs.
pub(super) fn sequencer(chip: &Chip) -> Result<DesignFile, HdlError> {
    Ok(file(&sequencer::module_name(chip), sequencer::print(chip)?))
}

/// The lanes of all layers, a module a size.
pub(super) fn lane_files(chip: &Chip, text: Text) -> Result<Vec<DesignFile>, HdlError> {
    let mut files = Vec::new();
    for (index, layer) in chip.layers.iter().enumerate() {
        let mut sizes: Vec<usize> = layer.banks.iter().flat_map(|b| lanes(chip, *b)).collect();
        sizes.sort_unstable();
        sizes.dedup();
        for neurons in sizes {
            let name = lane_module(chip, layer, neurons);
            files.push(file(
                &name,
                lane::print(chip, (layer, index), neurons, text)?,
            ));
        }
    }
    Ok(files)
}

pub(super) use bank::print as print_bank;
pub(super) use lane::recorded;
pub(super) use sequencer::module_name as sequencer_module;
pub(super) use synapses::adders as synapse_adders;
