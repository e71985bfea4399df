//! Neurons of files as circuit simulators run them: Verilog-A and an ngspice subcircuit written from the equations, with
//! threshold, resets and refractory time, testbenches, and a comparison with the course of the float model.
//!
//! Every state is the voltage of a terminal over `ref`, on 1 pF; 1 V is a power of ten of its unit that holds its range. A
//! charge into the terminal of the input is a spike's level; a voltage source there replaces the synapse.

mod course;
mod ngspice;
mod picture;
mod rate;
mod spike;
mod testbench;
mod text;
mod verilog_a;

pub use course::{Agreement, Course, agreement};
pub use picture::Asked;
pub use testbench::FileTestbench;

use crate::Measures;
use bruno_model::Model;
use text::Names;

/// A neuron of a file with the values of its parameters, as netlists are written of it.
#[derive(Debug, Clone)]
pub struct FileNeuron {
    /// The file.
    pub model: Model,
    /// Parameters in its order, SI units.
    pub parameters: Vec<f64>,
    names: Names,
}

impl FileNeuron {
    /// A neuron of a file; one value a parameter, SI units, in the order of the file.
    pub fn new(model: &Model, parameters: Vec<f64>) -> Self {
        Self {
            names: Names::of(model),
            model: model.clone(),
            parameters,
        }
    }

    /// Name of its module and subcircuit, which its files begin with.
    pub fn module(&self) -> String {
        format!("neuron_{}", self.model.name)
    }

    /// What 1 V at the terminal of a state is in SI units: the power of ten at or above the largest value of its range.
    pub fn per_volt(&self, state: usize) -> f64 {
        let (low, high) = self.model.states[state].range;
        let decade = low.abs().max(high.abs()).log10().ceil();
        // A parsed power of ten is the nearest double; one that is computed may not be.
        format!("1e{decade}").parse().unwrap_or(1.0)
    }

    /// The state whose swing is measured: the first that is not the input.
    fn measured(&self) -> usize {
        usize::from(self.model.input == 0 && self.model.states.len() > 1)
    }

    /// Measures of one of its courses.
    pub fn measures(&self, course: &Course) -> Measures {
        Measures::of_course(course, self.measured())
    }

    /// Values of the states after a reset, V at their terminals.
    fn rest(&self, state: usize) -> f64 {
        self.model.states[state].rest.constant(&self.parameters) / self.per_volt(state)
    }

    /// What stands above a netlist, one line after another: terminals and parameters with their units.
    fn about(&self) -> Vec<String> {
        let model = &self.model;
        let mut lines = vec![
            format!(
                "Neuron of the model `{}` ({}), written by bruno.",
                model.name,
                model.file()
            ),
            String::new(),
        ];
        for (s, state) in model.states.iter().enumerate() {
            let units = self.per_volt(s) / state.unit.1.scale;
            let (terminal, unit) = (self.names.terminal(s), &state.unit.0);
            lines.push(format!(
                "{terminal}: {}, 1 V = {} {unit}",
                state.name,
                text::value(units)
            ));
        }
        lines.push("ref: reference of all terminals; spk: 1 V while a spike holds states".into());
        lines.push(format!(
            "A level of a spike, A, is a charge of {} C into {} for each A.",
            text::value(text::UNIT_F / self.per_volt(model.input)),
            self.names.terminal(model.input)
        ));
        lines.push("Parameters are in SI units.".into());
        lines
    }
}
