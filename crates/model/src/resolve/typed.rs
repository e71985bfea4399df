//! Expressions with names resolved, and their units.

use super::scope::{Scope, same};
use crate::expression::{Expression, Function, Kind};
use crate::mistake::{Fault, Span};
use crate::syntax::{Form, Named, Written};
use crate::unit::{Dimension, Unit};

/// Most operations of an expression with its inlines put in, and most levels.
const MAX_SIZE: u32 = 2000;
const MAX_DEPTH: u32 = 512;

pub(super) type Typed = (Expression, Dimension);

impl Scope {
    /// An expression with its dimension.
    pub fn typed(&self, w: &Written) -> Result<Typed, Fault> {
        let (e, dimension) = self.form(w)?;
        if e.size() > MAX_SIZE || e.depth() > MAX_DEPTH {
            let size = if e.size() == u32::MAX {
                "more than 4e9".into()
            } else {
                e.size().to_string()
            };
            return Err(Fault::new(
                w.span,
                format!(
                    "the expression grows to {size} operations in {} levels when inlines are put in",
                    e.depth()
                ),
                format!("at most {MAX_SIZE} operations and {MAX_DEPTH} levels"),
                "write a simpler model",
            ));
        }
        Ok((e.at(w.span), dimension))
    }

    fn form(&self, w: &Written) -> Result<Typed, Fault> {
        match &w.kind {
            Form::Number(x, unit) => {
                let value = Expression::new(Kind::Number(x * unit.scale), w.span);
                Ok((value, unit.dimension))
            }
            Form::Name(name) => self.name(name, w.span),
            Form::Change(name) => {
                let named = Named {
                    name: name.clone(),
                    span: w.span,
                };
                let state = self.state(&named)?;
                let dimension = self.dimensions[state].over(Dimension::TIME);
                Ok((Expression::new(Kind::Change(state), w.span), dimension))
            }
            Form::Negative(a) => self.typed(a).map(|(a, d)| (a.minus_sign(), d)),
            Form::Sum(a, b) => self.sum(w, a, b, false),
            Form::Difference(a, b) => self.sum(w, a, b, true),
            Form::Product(a, b) => {
                let ((a, x), (b, y)) = (self.typed(a)?, self.typed(b)?);
                Ok((a.times(&b), x.times(y)))
            }
            Form::Quotient(a, b) => {
                let ((a, x), (b, y)) = (self.typed(a)?, self.typed(b)?);
                Ok((a.over(&b), x.over(y)))
            }
            Form::Power(a, n) => self.typed(a).map(|(a, d)| (a.to_the(*n), d.power(*n))),
            Form::Call(name, arguments) => self.call(w, name, arguments),
        }
    }

    fn sum(&self, w: &Written, a: &Written, b: &Written, minus: bool) -> Result<Typed, Fault> {
        let ((x, dx), (y, dy)) = (self.typed(a)?, self.typed(b)?);
        if dx != dy {
            return Err(Fault::new(
                w.span,
                format!("a sum of {dx} and {dy}"),
                "the same unit on both sides",
                "look for a missing factor, e.g. a conductance, a capacitance or a time",
            ));
        }
        Ok((if minus { x.minus(&y) } else { x.plus(&y) }, dx))
    }

    fn name(&self, name: &str, span: Span) -> Result<Typed, Fault> {
        if let Some((e, dimension)) = self.known.get(name) {
            return Ok((e.clone(), *dimension));
        }
        if self.broken.contains(name) {
            return Err(Fault::following(span));
        }
        if let Some(declared) = self.later.get(name) {
            return Err(Fault::new(
                span,
                format!("`{name}` (line {}) is not known yet here", declared.line),
                "a parameter, a constant or a unit",
                "write the expression out",
            ));
        }
        if name == "dt" {
            return Ok((Expression::new(Kind::Tick, span), Dimension::TIME));
        }
        let unit = Unit::constant(name).or_else(|| Unit::named(name));
        let Some(unit) = unit else {
            let known = self.list(&|n| close(n, name));
            let hint = match known.as_str() {
                "none" => "declare it, or look for a misspelling".to_string(),
                _ => format!("did you mean {known}?"),
            };
            return Err(Fault::new(
                span,
                format!("nothing is called `{name}`"),
                "a parameter, an internal, an inline, a state, k_B, q_e, eps_0, h_P, dt or a unit",
                hint,
            ));
        };
        Ok((
            Expression::new(Kind::Number(unit.scale), span),
            unit.dimension,
        ))
    }

    fn call(&self, w: &Written, name: &str, arguments: &[Written]) -> Result<Typed, Fault> {
        let (function, count) = match name {
            "exp" => (Function::Exp, 1),
            "ln" => (Function::Ln, 1),
            "sigmoid" => (Function::Sigmoid, 1),
            "tanh" => (Function::Tanh, 1),
            "min" => (Function::Min, 2),
            "max" => (Function::Max, 2),
            "clip" => (Function::Min, 3),
            _ => {
                let list = "exp, ln, min, max, sigmoid, tanh or clip";
                let remedy = "write the product with `*`, or one of the functions";
                return Err(Fault::new(
                    w.span,
                    format!("no function is called `{name}`"),
                    list,
                    remedy,
                ));
            }
        };
        if arguments.len() != count {
            let found = arguments.len();
            let remedy = "give each argument once, separated by commas";
            return Err(Fault::new(
                w.span,
                format!("`{name}` with {found} argument(s)"),
                format!("{count}"),
                remedy,
            ));
        }
        let mut typed = Vec::new();
        for argument in arguments {
            let (e, dimension) = self.typed(argument)?;
            let wanted = match (count, typed.first()) {
                (1, _) => Dimension::NONE,
                (_, Some((_, first))) => *first,
                _ => dimension,
            };
            same(argument, dimension, wanted)?;
            typed.push((e, dimension));
        }
        let dimension = typed.first().map_or(Dimension::NONE, |(_, d)| *d);
        let mut values: Vec<Expression> = typed.into_iter().map(|(e, _)| e).collect();
        if count == 3 {
            let high = values.pop().unwrap_or_else(|| Expression::number(0.0));
            values = vec![Expression::call(Function::Max, values, w.span), high];
        }
        Ok((Expression::call(function, values, w.span), dimension))
    }
}

/// Whether two names differ by case or by one letter.
fn close(a: &str, b: &str) -> bool {
    if a.eq_ignore_ascii_case(b) {
        return true;
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let same = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (x, y) = (&a[same..], &b[same..]);
    let cut = |s: &[char]| s.get(1..).unwrap_or_default().to_vec();
    a.len().min(b.len()) > 1
        && (cut(x) == cut(y) || cut(x) == y || x == cut(y))
        && x.len().max(y.len()) <= a.len()
}
