//! A program as text: one operation a line, with its interval.

use super::{Input, Operation, Output, Value};
use crate::Derived;
use std::fmt::Write;

impl Derived {
    /// The program, one operation a line, by the names of states and registers.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (i, node) in self.program.nodes().iter().enumerate() {
            let what = self.operation(node.operation);
            let _ = writeln!(
                text,
                "{:<6} = {what:<44} # {} .. {}",
                Value(i).to_string(),
                node.low,
                node.high
            );
        }
        for (output, value) in self.program.outputs() {
            let name = match output {
                Output::State(s) => format!("{}'", self.model.states[*s].name),
                Output::Refractory => "refractory'".into(),
                Output::Moved(s) => format!("{} before a reset", self.model.states[*s].name),
                Output::Left => "refractory before a spike".into(),
                Output::Spike => "spike".into(),
                Output::Saturations => "saturations".into(),
                Output::Slope(i) => {
                    let slope = &self.slopes[*i];
                    let [state, by] = [slope.state, slope.by].map(|s| &self.model.states[s].name);
                    format!("{state}' by {by}")
                }
            };
            let _ = writeln!(text, "{name} = {value}");
        }
        text
    }

    fn operation(&self, operation: Operation) -> String {
        match operation {
            Operation::Input(input) => self.input_name(input),
            Operation::Constant(x) => x.to_string(),
            Operation::Add(a, b) => format!("{a} + {b}"),
            Operation::Subtract(a, b) => format!("{a} - {b}"),
            Operation::Multiply(a, b) => format!("{a} * {b}"),
            Operation::ShiftLeft(a, n) => format!("{a} << {n}"),
            Operation::ShiftRight(a, n) => format!("{a} >>> {n}"),
            Operation::ShiftRightBy(a, b) => format!("{a} >>> {b}"),
            Operation::And(a, mask) => format!("{a} & {mask}"),
            Operation::Min(a, b) => format!("min({a}, {b})"),
            Operation::Max(a, b) => format!("max({a}, {b})"),
            Operation::Select([a, b, c, d]) => format!("{a} > {b} ? {c} : {d}"),
        }
    }

    /// An input by its name.
    pub(crate) fn input_name(&self, input: Input) -> String {
        match input {
            Input::State(i) => self.model.states[i].name.clone(),
            Input::Refractory => "refractory".into(),
            Input::Injection => "spikes".into(),
            Input::Mantissa(i) => format!("{}_m", self.coefficients[i].name),
            Input::Shift(i) => format!("{}_s", self.coefficients[i].name),
            Input::Half(i) => format!("{}_h", self.coefficients[i].name),
            Input::Code(i) => self.codes[i].name.clone(),
            Input::Offset(i) => format!("round_{}", self.model.states[self.offsets[i].state].name),
        }
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "t{}", self.0)
    }
}
