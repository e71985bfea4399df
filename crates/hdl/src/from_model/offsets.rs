//! What is added below the LSB of the states of a program before they are rounded, noise among it.

use super::statements::{binary, literal, named, signal};
use crate::atoms::{Role, SignalInfo};
use crate::kernels::{Draw, Redraw};
use crate::{HdlError, Stage};
use bruno_chip::DeviceRegister;
use bruno_device::{
    ModelSignal, NeuronModel, NeuronProgram, Options, RegisterId, RoundingBits, RoundingOffset,
};
use bruno_model::{Input, Noise};
use rust_hdl_core::ast::{VerilogBlock, VerilogExpression as Ast, VerilogOp, VerilogStatement};

/// Name of a random word of a neuron.
fn word(number: u32) -> String {
    match number {
        0 => "draw".into(),
        1 => "redraw".into(),
        n => format!("redraw_{n}"),
    }
}

/// The random words that a program's offsets and its noise take bits of, each mixed from the one before.
pub(crate) fn random_words(
    program: &NeuronProgram,
    options: Options,
) -> Result<Vec<Stage>, HdlError> {
    if !options.random() {
        return Ok(Vec::new());
    }
    let words = match options.noise {
        true => program.noise_word(options.stochastic) + 1,
        false => program.rounding_words(),
    };
    let mut stages = vec![Stage::new("draw", &Draw::default())?];
    for number in 1..words {
        let stage = Stage::new(&word(number), &Redraw::default())?;
        let stage = stage.rename("draw", &word(number - 1));
        stages.push(stage.rename("redraw", &word(number)));
    }
    Ok(stages)
}

impl super::ModelKernels<'_> {
    /// The rounding offsets of a chip: halves, or bits of the random words; with the noise.
    pub(crate) fn offsets(&self, model: &NeuronModel, options: Options) -> Stage {
        let mut body = Body::default();
        let noise = self.program.derived.noise.filter(|_| options.noise);
        for (index, offset) in self.program.offsets().iter().enumerate() {
            let mut value = body.offset(index, *offset, model, options.stochastic);
            if let Some(noise) = noise.filter(|n| n.offset == index) {
                let random = word(self.program.noise_word(options.stochastic));
                let amplitude = model.register(DeviceRegister::NoiseM.into()).name;
                value = body.with_noise(value, noise, &random, amplitude.as_ref());
            }
            let port = self.port(ModelSignal::Input(Input::Offset(index)));
            body.assign(port, Role::Output, value);
        }
        Stage::of("round", body.signals, body.code)
    }
}

#[derive(Default)]
struct Body {
    signals: Vec<SignalInfo>,
    code: VerilogBlock,
}

impl Body {
    /// A value from outside.
    fn read(&mut self, name: &str) -> Ast {
        if !self.signals.iter().any(|s| s.name == name) {
            self.signals.push(signal(name, Role::Input));
        }
        named(name)
    }

    fn assign(&mut self, name: &str, role: Role, value: Ast) {
        self.signals.push(signal(name, role));
        self.code
            .push(VerilogStatement::Assignment(named(name), value));
    }

    /// A local signal with a value.
    fn local(&mut self, name: &str, value: Ast) -> Ast {
        self.assign(name, Role::Local, value);
        named(name)
    }

    /// A half, or as many random bits.
    fn offset(
        &mut self,
        index: usize,
        offset: RoundingOffset,
        model: &NeuronModel,
        stochastic: bool,
    ) -> Ast {
        let below = match offset.bits {
            RoundingBits::Register(id @ RegisterId::Own(_)) => {
                self.read(model.register(id).name.as_ref())
            }
            RoundingBits::Fixed(bits) if stochastic => literal(((1u64 << bits) - 1) as i32),
            RoundingBits::Fixed(bits) => literal(half(bits)),
            RoundingBits::Register(RegisterId::Card(_)) => literal(0),
        };
        if !stochastic {
            return below;
        }
        let mut bits = self.read(&word(offset.word));
        if offset.from > 0 {
            let shifted = binary(bits, VerilogOp::Shr, literal(offset.from as i32));
            bits = self.local(&format!("moved_{index}"), shifted);
        }
        binary(bits, VerilogOp::BitAnd, below)
    }

    /// `offset +- ((amplitude * u + half) >> shift)`, `u` and the sign from bits 23..16 and 31 of a word.
    fn with_noise(&mut self, offset: Ast, noise: Noise, random: &str, amplitude: &str) -> Ast {
        let random = self.read(random);
        let amplitude = self.read(amplitude);
        let quiet = self.local("quiet", offset);
        let moved = binary(random.clone(), VerilogOp::Shr, literal(16));
        let moved = self.local("moved", moved);
        let uniform = self.local("uniform", binary(moved, VerilogOp::BitAnd, literal(255)));
        let product = self.local("product", binary(uniform, VerilogOp::Mul, amplitude));
        let raised = binary(product, VerilogOp::Add, literal(noise.half()));
        let raised = self.local("raised", raised);
        let size = binary(raised, VerilogOp::Shr, literal(noise.shift as i32));
        let size = self.local("size", size);
        // Size and sign apart: the mean is zero exactly. The sign is in every bit.
        let sign = self.local("sign", binary(random, VerilogOp::Shr, literal(31)));
        let flipped = binary(size, VerilogOp::BitXor, sign.clone());
        let flipped = self.local("flipped", flipped);
        let noisy = self.local("noisy", binary(quiet, VerilogOp::Add, flipped));
        binary(noisy, VerilogOp::Sub, sign)
    }
}

/// The half of so many bits.
fn half(bits: u32) -> i32 {
    match bits {
        0 => 0,
        bits => 1 << (bits - 1),
    }
}
