//! Expressions of a file as text: Verilog-A and ngspice write sums, products and functions alike.

use bruno_model::{Expression, Function, Kind, Model, TICK_S};
use std::collections::HashSet;

/// States are voltages on so much, F: their rounding then stays below the current tolerances of a simulator.
pub(super) const UNIT_F: f64 = 1e-12;

/// Largest exponent: beyond it an iteration of a simulator leaves the numbers; no rate that a tick can follow comes near.
const MOST_EXPONENT: f64 = 200.0;

/// Names of a netlist: apart from one another where capitals do not count, and from every word of the languages.
#[derive(Debug, Clone)]
pub(super) struct Names {
    parameters: Vec<String>,
    states: Vec<String>,
    parts: Vec<String>,
}

impl Names {
    pub fn of(model: &Model) -> Self {
        Self {
            parameters: apart(model.parameters.iter().map(|p| &p.name)),
            states: apart(model.states.iter().map(|s| &s.name)),
            parts: apart(model.parts.iter().map(|p| &p.name)),
        }
    }

    pub fn parameter(&self, i: usize) -> String {
        format!("p_{}", self.parameters[i])
    }
    /// An internal or an inline.
    pub fn part(&self, i: usize) -> String {
        format!("q_{}", self.parts[i])
    }
    /// The node of a state.
    pub fn terminal(&self, state: usize) -> String {
        format!("n_{}", self.states[state])
    }
    /// A state in SI units.
    pub fn state(&self, state: usize) -> String {
        format!("x_{}", self.states[state])
    }
    /// Its rate, SI units a second.
    pub fn rate(&self, state: usize) -> String {
        format!("d_{}", self.states[state])
    }
    /// The node that remembers what a spike makes of it.
    pub fn kept(&self, state: usize) -> String {
        format!("h_{}", self.states[state])
    }
}

/// Names of which no two differ by capitals alone.
fn apart<'a>(names: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut taken = HashSet::new();
    let free = |name: &String| {
        let mut name = name.clone();
        while !taken.insert(name.to_lowercase()) {
            name.push('_');
        }
        name
    };
    names.map(free).collect()
}

/// How what changes in time is written.
pub(super) struct Writing<'a> {
    pub names: &'a Names,
    /// Internals and inlines that have names here; others are written out.
    pub parts: Vec<(String, Expression)>,
    /// A state in SI units.
    pub state: &'a dyn Fn(usize) -> String,
    /// The rate of a state, SI units a second.
    pub rate: &'a dyn Fn(usize) -> String,
}

impl Writing<'_> {
    /// An expression; a part that has a name is called by it.
    pub fn text(&self, e: &Expression) -> String {
        let worth_a_name = !matches!(
            e.kind(),
            Kind::Number(_) | Kind::Parameter(_) | Kind::State(_)
        );
        let part = self.parts.iter().find(|(_, value)| value == e);
        match part {
            Some((name, _)) if worth_a_name => name.clone(),
            _ => self.written_out(e),
        }
    }

    /// An expression that is not called by a name itself.
    pub fn written_out(&self, e: &Expression) -> String {
        match e.kind() {
            Kind::Number(x) => number(*x),
            Kind::Parameter(i) => self.names.parameter(*i),
            Kind::State(s) => (self.state)(*s),
            Kind::Change(s) => (self.rate)(*s),
            Kind::Tick => number(TICK_S),
            Kind::Negative(a) => format!("(-{})", self.text(a)),
            Kind::Sum(a, b) => match b.kind() {
                Kind::Negative(b) => format!("({} - {})", self.text(a), self.text(b)),
                _ => format!("({} + {})", self.text(a), self.text(b)),
            },
            Kind::Product(a, b) => format!("{}*{}", self.text(a), self.text(b)),
            Kind::Quotient(a, b) => format!("{}/({})", self.text(a), self.text(b)),
            Kind::Power(a, n) => self.power(a, *n),
            Kind::Call(function, arguments) => {
                let arguments: Vec<String> = arguments.iter().map(|a| self.text(a)).collect();
                call(*function, &arguments)
            }
        }
    }

    /// As a product: the `pow` of ngspice drops the sign of its base.
    fn power(&self, base: &Expression, n: i32) -> String {
        let base = self.text(base);
        let product = vec![base; n.unsigned_abs() as usize].join("*");
        match n < 0 {
            true => format!("1.0/({product})"),
            false => format!("({product})"),
        }
    }
}

fn call(function: Function, arguments: &[String]) -> String {
    let first = arguments.first().map_or("", String::as_str);
    let all = arguments.join(", ");
    match function {
        Function::Exp => format!("exp(min({first}, {}))", number(MOST_EXPONENT)),
        Function::Sigmoid => format!("(0.5 + 0.5*tanh(0.5*({first})))"),
        Function::Below => format!("({} < {} ? 1.0 : 0.0)", arguments[0], arguments[1]),
        Function::Ln | Function::Min | Function::Max | Function::Tanh => {
            format!("{}({all})", function.name())
        }
    }
}

/// A number of which no language takes a whole part alone: `1.0`, `1e-12`.
pub(super) fn number(x: f64) -> String {
    match x < 0.0 {
        true => format!("({})", value(x)),
        false => value(x),
    }
}

/// The same without parentheses, to 15 digits: 200 uS are 2e-4 S, whatever the last bit of the product says.
pub(super) fn value(x: f64) -> String {
    let rounded = format!("{x:.14e}").parse().unwrap_or(x);
    format!("{rounded:?}")
}

/// 0 far below zero of the argument, 1 far above it.
pub(super) fn step(argument: &str) -> String {
    format!("(0.5 + 0.5*tanh({argument}))")
}
