//! Neuron models as files: equations with units, written once.
//!
//! A file (`.nrn`) declares parameters with bounds, states with ranges, and differential equations. [`Model::read`] parses it
//! and checks every name and unit; mistakes come with line, column, a caret and a remedy ([`Mistake`]). A model is evaluated
//! in f64 ([`Float`]), differentiated symbolically ([`Expression::by`]), and lowered to a program of 32-bit operations whose
//! every value is proved to stay in its word.
//!
//! This crate knows no chip, no Verilog and no training.

mod algebra;
mod coefficient;
mod derivative;
mod evaluate;
mod expression;
mod float;
mod interpreter;
mod interval;
mod kernel;
mod lexer;
mod lower;
mod mistake;
mod model;
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
pub use float::{Float, FloatState};
pub use interpreter::{Lanes, Outcome, Outside};
pub use interval::Interval;
pub use lower::{Below, CardError, Code, Coefficient, Derived, Offset, Registers, Word};
pub use mistake::{Mistake, Span};
pub use model::{
    Alias, Condition, Integers, Model, Parameter, Part, Refractory, Reset, State, TICK_S,
};
pub use program::{Input, Node, Operation, Output, Program, Value};
pub use report::{CodeReport, CoefficientReport, Finding, Report, Severity, StateReport};
pub use shipped::{SHIPPED, Shipped};
pub use unit::{Dimension, Unit};

impl Model {
    /// Reads a model; `file` is the name that mistakes print.
    ///
    /// # Errors
    /// The first mistake, with its place and a remedy.
    pub fn read(file: &str, text: &str) -> Result<Self, Box<Mistake>> {
        let source = model::Source {
            file: file.into(),
            text: text.into(),
        };
        parser::parse(text)
            .and_then(|syntax| resolve::resolve(&syntax, source))
            .map_err(|fault| Mistake::new(file, text, fault))
    }
}
