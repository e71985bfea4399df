//! A chip as it is delivered. Unfolded: a module a neuron with its registers, and a bank of such modules. Folded: lanes of
//! words as narrow as their values.
//!
//! What is verilated to train is the same program in another text: loops over arrays (`bank.rs`), which a simulator's
//! compiler makes vector code of, and lanes of 32-bit words, which it need not mask. Both are printed from one row of
//! kernels, and compared for every chip that is built (`bruno cosim`, `bruno train`). docs/verilog_style.md says what each
//! construct of this text looks like and why.

mod bank;
mod neuron;
mod synapses;

use super::{Design, Text, bank_module, bank_sizes, file, fold, generate};
use crate::HdlError;
use bruno_device::{Chip, Layer};

/// A chip's design as it is delivered: what [`generate`] gives, with other text of unfolded banks and of lanes.
pub fn delivered(chip: &Chip) -> Result<Design, HdlError> {
    let mut design = generate(chip)?;
    if chip.fold > 1 {
        design.replace(fold::lane_files(chip, Text::Delivered)?);
    } else {
        unfolded(chip, &mut design)?;
    }
    design.complete(chip)?;
    Ok(design)
}

/// Neurons and their banks.
fn unfolded(chip: &Chip, design: &mut Design) -> Result<(), HdlError> {
    for (index, layer) in chip.layers.iter().enumerate() {
        let mut files = vec![file(
            &neuron_module(chip, layer),
            neuron::print(chip, layer, index)?,
        )];
        for size in bank_sizes(layer) {
            let text = bank::print(chip, layer, index, size);
            files.push(file(&bank_module(chip, layer, size), text));
        }
        design.replace(files);
    }
    Ok(())
}

/// The module of a neuron of a layer.
fn neuron_module(chip: &Chip, layer: &Layer) -> String {
    format!("{}_{}_neuron", chip.name, layer.name)
}
