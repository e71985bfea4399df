//! The unfolded banks as they are delivered: a module a neuron with its registers, and a bank of such modules.
//!
//! What is verilated to train is the same program in another text (`bank.rs`): loops over arrays, which a simulator's
//! compiler makes vector code of. Both are printed from one row of kernels, and compared for every chip that is built
//! (`bruno cosim`, `bruno train`). docs/verilog_style.md says what each construct of this text looks like and why.

mod bank;
mod neuron;
mod synapses;

use super::{Design, bank_module, bank_sizes, file, generate};
use crate::HdlError;
use bruno_device::{Chip, Layer};

/// A chip's design as it is delivered: what [`generate`] gives, with other text of unfolded banks.
pub fn delivered(chip: &Chip) -> Result<Design, HdlError> {
    let mut design = generate(chip)?;
    if chip.fold > 1 {
        return Ok(design);
    }
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
    design.complete(chip)?;
    Ok(design)
}

/// The module of a neuron of a layer.
fn neuron_module(chip: &Chip, layer: &Layer) -> String {
    format!("{}_{}_neuron", chip.name, layer.name)
}
