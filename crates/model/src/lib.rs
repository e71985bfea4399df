//! Neuron models as files: equations with units, written once.
//!
//! A file (`.nrn`) declares parameters with bounds, states with ranges, and differential equations. [`Model::read`] parses it
//! and checks every name and unit; mistakes come with line, column, a caret and a remedy ([`Mistakes`]). A model is evaluated
//! in f64 ([`Float`]), differentiated symbolically ([`Expression::by`]), and lowered to a program of 32-bit operations whose
//! every value is proved to stay in its word.
//!
//! This crate knows no chip, no Verilog and no training.

mod algebra;
mod coefficient;
mod derivative;
mod evaluate;
mod expression;
mod finding;
mod float;
mod interpreter;
mod interval;
mod kernel;
mod lexer;
mod lower;
mod mistake;
mod model;
mod page;
mod parser;
mod program;
mod report;
mod resolve;
mod shipped;
mod syntax;
mod unit;

pub use coefficient::Mantissa;
pub use derivative::Variable;
pub use evaluate::Point;
pub use expression::{Expression, Function, Kind};
pub use finding::{Finding, Verdict};
pub use float::{Drive, Float, FloatCard, FloatState, RatesBy};
pub use interpreter::{Lanes, Outcome, Outside};
pub use interval::Interval;
pub use lower::{
    Below, CardError, Code, Coefficient, Derived, Extras, LeftOut, MOST_SLOPES, Noise, Offset,
    Registers, Slope, Word,
};
pub use mistake::{Mistake, Mistakes, Span};
pub use model::{
    Alias, Condition, Costs, Integers, Method, Model, Parameter, Part, Refractory, Reset, State,
    TICK_S,
};
pub use program::{Input, Node, Operation, Output, Program, Value};
pub use report::{CodeReport, CoefficientReport, Report, StateReport};
pub use shipped::{SHIPPED, Shipped};
pub use unit::{Dimension, Unit};

impl Model {
    /// Reads a model; `file` is the name that mistakes print.
    ///
    /// # Errors
    /// Every mistake that can be told apart from the others, with its place and a remedy. What the lines say is looked at
    /// once all of them can be read.
    pub fn read(file: &str, text: &str) -> Result<Self, Mistakes> {
        let source = model::Source {
            file: file.into(),
            text: text.into(),
        };
        parser::parse(text)
            .and_then(|syntax| resolve::resolve(&syntax, source))
            .map_err(|faults| Mistakes::new(file, text, faults))
    }
}
