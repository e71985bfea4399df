//! What is added below the LSB of the states of a program before they are rounded.

use super::statements::{binary, literal, named, signal};
use crate::atoms::Role;
use crate::kernels::{Draw, Redraw};
use crate::{HdlError, Stage};
use bruno_device::{ModelSignal, NeuronModel, NeuronProgram, RegisterId, RoundingBits};
use bruno_model::Input;
use rust_hdl_core::ast::{VerilogBlock, VerilogOp, VerilogStatement};

/// Name of a random word of a neuron.
fn word(number: u32) -> String {
    match number {
        0 => "draw".into(),
        1 => "redraw".into(),
        n => format!("redraw_{n}"),
    }
}

/// The random words that a program's offsets take bits of, each mixed from the one before.
pub(crate) fn random_words(program: &NeuronProgram) -> Result<Vec<Stage>, HdlError> {
    let words = program.offsets().iter().map(|offset| offset.word + 1).max();
    let mut stages = vec![Stage::new("draw", &Draw::default())?];
    for number in 1..words.unwrap_or(1) {
        let stage = Stage::new(&word(number), &Redraw::default())?;
        let stage = stage.rename("draw", &word(number - 1));
        stages.push(stage.rename("redraw", &word(number)));
    }
    Ok(stages)
}

impl super::ModelKernels<'_> {
    /// The rounding offsets of a chip: halves, or bits of the random words.
    pub(crate) fn offsets(&self, model: &NeuronModel, stochastic: bool) -> Stage {
        let mut signals = Vec::new();
        let mut code = VerilogBlock::new();
        for (index, offset) in self.program.offsets().iter().enumerate() {
            let mut read = |name: &str| {
                let known = signals
                    .iter()
                    .any(|s: &crate::atoms::SignalInfo| s.name == name);
                if !known {
                    signals.push(signal(name, Role::Input));
                }
                named(name)
            };
            // A half, or the mask of as many random bits.
            let below = match offset.bits {
                RoundingBits::Register(id @ RegisterId::Own(_)) => {
                    read(model.register(id).name.as_ref())
                }
                RoundingBits::Fixed(bits) if stochastic => literal(((1u64 << bits) - 1) as i32),
                RoundingBits::Fixed(bits) => literal(half(bits)),
                RoundingBits::Register(RegisterId::Card(_)) => literal(0),
            };
            let value = match (stochastic, offset.from) {
                (false, _) => below,
                (true, 0) => binary(read(&word(offset.word)), VerilogOp::BitAnd, below),
                (true, from) => {
                    let moved = format!("moved_{index}");
                    let shifted = binary(
                        read(&word(offset.word)),
                        VerilogOp::Shr,
                        literal(from as i32),
                    );
                    code.push(VerilogStatement::Assignment(named(&moved), shifted));
                    signals.push(signal(&moved, Role::Local));
                    binary(named(&moved), VerilogOp::BitAnd, below)
                }
            };
            let port = self.port(ModelSignal::Input(Input::Offset(index)));
            signals.push(signal(port, Role::Output));
            code.push(VerilogStatement::Assignment(named(port), value));
        }
        Stage::of("round", signals, code)
    }
}

/// The half of so many bits.
fn half(bits: u32) -> i32 {
    match bits {
        0 => 0,
        bits => 1 << (bits - 1),
    }
}
