//! Kernels from a neuron file: the program that `bruno_model` derives, in the AST of rust-hdl, one signal an operation.
//!
//! The program is straight: every operation is an assignment, or an `if` of two for a choice. What prints kernels written by
//! hand prints these: as a scalar module ([`ModelKernels::module`]), as statements of a bank's loop ([`crate::print`]), as
//! stages of a lane's pipeline ([`crate::Pipeline`]). All words have 32 bits; the intervals of the program prove that none
//! wraps while registers stay in their bounds ([`ModelPort::low`]).

mod datasheet;
mod offsets;
mod statements;

use crate::{HdlError, Stage};
use bruno_device::{ModelPort, ModelSignal, NeuronProgram};
use bruno_model::{Output, Value};
pub(crate) use offsets::random_words;
pub(crate) use statements::shifted;

/// The kernels of one neuron model.
///
/// Ports: states by their names, `refr` (refractory ticks left), `inject` (sum of the levels of the channels that spike),
/// registers by their names (`_m`, `_h`, `_s`: mantissa, rounding half, shift of a coefficient), and `STATE_round`: what is
/// added below the LSB before a state is rounded, so a half, random bits, or noise on top of them. A name that is taken or
/// that a Verilog tool keeps for itself gets a number behind it.
pub struct ModelKernels<'a> {
    program: &'a NeuronProgram,
}

impl<'a> ModelKernels<'a> {
    /// The kernels of a program.
    pub fn new(program: &'a NeuronProgram) -> Self {
        Self { program }
    }

    /// One whole tick: `STATE_next`, `refr_next`, `spike`, `saturated`.
    ///
    /// # Errors
    /// None for a program of `bruno_model`; a fault of the back end otherwise.
    pub fn tick(&self, name: &str) -> Result<Stage, HdlError> {
        self.stage(name, &self.outputs(&is_final), &[])
    }

    /// What every neuron needs in a tick: `STATE_moved` of the states that a spike changes, `STATE_next` of the others,
    /// `refr_left`, `spike` (1 or 0), `fire` (the same in every bit) and `saturated`.
    ///
    /// # Errors
    /// As [`Self::tick`].
    pub fn neurons(&self, name: &str) -> Result<Stage, HdlError> {
        let stage = self.stage(name, &self.before_resets(), &[])?;
        Ok(statements::with_fire(stage))
    }

    /// What only a neuron that fired needs: `STATE_next` of the states that a spike changes, `refr_next`; it reads what
    /// [`Self::neurons`] gives. `None` where a spike changes nothing.
    ///
    /// # Errors
    /// As [`Self::tick`].
    pub fn resets(&self, name: &str) -> Result<Option<Stage>, HdlError> {
        let outputs = self.outputs(&|o| match o {
            Output::State(state) => self.resets_state(*state),
            Output::Refractory => true,
            _ => false,
        });
        if outputs.is_empty() {
            return Ok(None);
        }
        let stage = self.stage(name, &outputs, &self.before_resets())?;
        Ok(Some(stage))
    }

    /// One whole tick as a combinational Verilog-2001 module.
    ///
    /// # Errors
    /// As [`Self::tick`].
    pub fn module(&self, name: &str) -> Result<String, HdlError> {
        // Temporaries begin with the stage's name: no port may.
        let mut prefix = String::from("k");
        while self.program.any_begins_with(&format!("{prefix}_")) {
            prefix.push('k');
        }
        crate::module::scalar(name, self.tick(&prefix)?)
    }

    /// The ports of a whole tick with the bounds of their values.
    pub fn ports(&self) -> Vec<ModelPort> {
        self.program.ports()
    }

    /// Name of a port.
    pub fn port(&self, signal: ModelSignal) -> &str {
        self.program.port(signal)
    }

    /// Whether a spike may change a state.
    pub fn resets_state(&self, state: usize) -> bool {
        self.program.resets(state)
    }

    fn outputs(&self, wanted: &dyn Fn(&Output) -> bool) -> Vec<Output> {
        let all = self
            .program
            .derived
            .program
            .outputs()
            .iter()
            .map(|(o, _)| *o);
        all.filter(|o| wanted(o)).collect()
    }

    fn before_resets(&self) -> Vec<Output> {
        self.outputs(&|o| match o {
            Output::State(state) => !self.resets_state(*state),
            Output::Moved(state) => self.resets_state(*state),
            Output::Refractory => false,
            Output::Left | Output::Spike | Output::Saturations | Output::Slope(_) => true,
        })
    }

    /// The operations that give `outputs`, from what comes from outside and from the values of `given`.
    fn stage(&self, name: &str, outputs: &[Output], given: &[Output]) -> Result<Stage, HdlError> {
        let named = |list: &[Output]| -> Vec<(String, Value)> {
            let named = |o: &Output| {
                let port = self.port(ModelSignal::Output(*o)).to_string();
                self.program.value(o).map(|value| (port, value))
            };
            list.iter().filter_map(named).collect()
        };
        let input = |input| self.port(ModelSignal::Input(input)).to_string();
        statements::stage(
            name,
            &self.program.derived.program,
            &named(outputs),
            &named(given),
            &input,
        )
    }
}

/// Outputs of a whole tick.
fn is_final(output: &Output) -> bool {
    !matches!(output, Output::Moved(_) | Output::Left)
}
