//! The data sheet of a model's module: ports with their bounds, registers at the defaults, what rounds a state.

use super::ModelKernels;
use bruno_device::{ModelPort, ModelSignal};
use bruno_model::{Below, Input, Output, Registers};
use std::fmt::Write;

impl ModelKernels<'_> {
    /// The data sheet of the module that [`Self::module`] prints under this name, as Markdown.
    pub fn datasheet(&self, module: &str) -> String {
        let (model, program) = (&self.program.derived.model, &self.program.derived.program);
        let mut text = format!(
            "# Neuron `{}`: one tick\n\nThe module `{module}` gives the states after a tick of 1 us from those before it. It has no clock and keeps nothing: \
             {} operations, {} of them products.\n\n## Ports\n\nAll ports are signed words of 32 bits. No value wraps while the inputs stay within their bounds.\n\n\
             | port | direction | bits | from | to | what |\n|---|---|---|---|---|---|\n",
            model.name,
            program.operations(),
            program.products()
        );
        for port in self.ports() {
            let direction = match port.signal {
                ModelSignal::Input(_) => "in",
                ModelSignal::Output(_) => "out",
            };
            let (bits, _) = port.storage();
            let _ = writeln!(
                text,
                "| `{}` | {direction} | {bits} | {} | {} | {} |",
                port.name,
                port.low,
                port.high,
                self.about(port.signal)
            );
        }
        text += &self.registers();
        text += &self.rounding();
        text
    }

    /// What a port carries.
    fn about(&self, signal: ModelSignal) -> String {
        let derived = &self.program.derived;
        let coefficient = |i: usize| format!("coefficient `{}`", derived.coefficients[i].name);
        match signal {
            ModelSignal::Input(Input::State(i)) => format!("`{}`, {}", self.state(i), self.lsb(i)),
            ModelSignal::Output(Output::State(i) | Output::Moved(i)) => {
                format!("`{}` after the tick", self.state(i))
            }
            ModelSignal::Input(Input::Refractory) => "refractory ticks left".into(),
            ModelSignal::Output(Output::Refractory | Output::Left) => {
                "refractory ticks left after the tick".into()
            }
            ModelSignal::Input(Input::Injection) => {
                let input = derived.model.input;
                let (name, lsb) = (self.state(input), self.lsb(input));
                format!("added to `{name}` by the spikes of this tick, {lsb}")
            }
            ModelSignal::Input(Input::Mantissa(i)) => format!("{}: mantissa", coefficient(i)),
            ModelSignal::Input(Input::Half(i)) => {
                format!("{}: rounding half, 2^(shift-1)", coefficient(i))
            }
            ModelSignal::Input(Input::Shift(i)) => format!("{}: right shift", coefficient(i)),
            ModelSignal::Input(Input::Code(i)) => {
                format!("constant `{}`", derived.codes[i].name)
            }
            ModelSignal::Input(Input::Offset(i)) => {
                format!("rounds `{}`", self.state(derived.offsets[i].state))
            }
            ModelSignal::Output(Output::Spike) => "1: the neuron fired".into(),
            ModelSignal::Output(Output::Slope(i)) => {
                let slope = &derived.slopes[i];
                let [state, by] = [slope.state, slope.by].map(|s| self.state(s));
                format!("derivative of the rate of `{state}` by `{by}`, for a recorder")
            }
            ModelSignal::Output(Output::Saturations) => {
                "updates that a word clamped in this tick".into()
            }
        }
    }

    fn state(&self, i: usize) -> &str {
        &self.program.derived.model.states[i].name
    }

    fn lsb(&self, i: usize) -> String {
        let (unit, scale) = (
            &self.program.derived.model.states[i].unit.0,
            self.program.derived.model.states[i].unit.1.scale,
        );
        let word = &self.program.derived.words[i];
        let offset = match word.offset {
            0.0 => String::new(),
            offset => format!(", 0 is {} {unit}", offset / scale),
        };
        format!("LSB {:.4e} {unit}{offset}", word.lsb / scale)
    }

    /// Values of the registers at the defaults of the parameters.
    fn registers(&self) -> String {
        let mut text = String::from("\n## Registers at the defaults of the parameters\n\n");
        let registers = match self
            .program
            .derived
            .registers(&self.program.derived.model.defaults())
        {
            Ok(registers) => registers,
            Err(error) => return text + &format!("The defaults do not fit: {error}.\n"),
        };
        text += "| register | value |\n|---|---|\n";
        for port in self.ports() {
            if let Some(value) = value(&port, &registers) {
                let _ = writeln!(text, "| `{}` | {value} |", port.name);
            }
        }
        text
    }

    /// What the rounding ports take.
    fn rounding(&self) -> String {
        let mut text = String::from(
            "\n## Rounding\n\nWhat is added below the LSB of a state before it is rounded: the half for rounding to nearest, as many random bits for \
             stochastic rounding; noise comes on top of either.\n\n| port | half | random bits |\n|---|---|---|\n",
        );
        for port in self.ports() {
            let ModelSignal::Input(Input::Offset(i)) = port.signal else {
                continue;
            };
            let (half, bits) = match self.program.derived.offsets[i].bits {
                Below::Guard(bits) => ((1u32 << (bits - 1)).to_string(), bits.to_string()),
                Below::Shift(c) => {
                    let shift = self.port(ModelSignal::Input(Input::Shift(c)));
                    (format!("2^({shift} - 1)"), format!("`{shift}`"))
                }
            };
            let _ = writeln!(text, "| `{}` | {half} | {bits} |", port.name);
        }
        text
    }
}

fn value(port: &ModelPort, registers: &Registers) -> Option<i32> {
    match port.signal {
        ModelSignal::Input(Input::Mantissa(i)) => Some(registers.coefficients[i].mantissa),
        ModelSignal::Input(Input::Half(i)) => Some(registers.coefficients[i].half()),
        ModelSignal::Input(Input::Shift(i)) => Some(registers.coefficients[i].shift),
        ModelSignal::Input(Input::Code(i)) => Some(registers.codes[i]),
        _ => None,
    }
}
