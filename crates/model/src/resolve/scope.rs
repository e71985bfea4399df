//! What a name stands for, and the units of expressions.

use crate::expression::{Expression, Function, Kind};
use crate::mistake::{Fault, Span};
use crate::model::Part;
use crate::syntax::{Declaration, File, Form, Named, Written};
use crate::unit::{Dimension, Unit};
use std::collections::HashMap;

/// Most operations of an expression with its inlines put in, and most levels.
const MAX_SIZE: u32 = 2000;
const MAX_DEPTH: u32 = 512;

/// Words that no declaration may take.
const WORDS: [&str; 18] = [
    "model",
    "from",
    "floor",
    "ceil",
    "inline",
    "spikes",
    "rising",
    "unless",
    "holds",
    "refractory",
    "emit_spike",
    "real",
    "switch",
    "on",
    "off",
    "register",
    "dt",
    "clip",
];

type Typed = (Expression, Dimension);

/// The names of a file.
pub(super) struct Scope {
    known: HashMap<String, Typed>,
    states: HashMap<String, usize>,
    dimensions: Vec<Dimension>,
    /// Parts that are declared but not yet resolved, with their place.
    later: HashMap<String, Span>,
}

impl Scope {
    /// Parameters, states and constants; refuses names that are taken.
    pub fn new(file: &File) -> Result<Self, Fault> {
        let mut scope = Self {
            known: HashMap::new(),
            states: HashMap::new(),
            dimensions: Vec::new(),
            later: HashMap::new(),
        };
        let mut seen: HashMap<&str, Span> = HashMap::new();
        let lists = [
            &file.parameters,
            &file.internals,
            &file.states,
            &file.inlines,
        ];
        for d in lists.into_iter().flatten() {
            free(&d.name)?;
            if let Some(first) = seen.insert(&d.name.name, d.name.span) {
                return Err(Fault::new(
                    d.name.span,
                    format!(
                        "`{}` is declared twice (first in line {})",
                        d.name.name, first.line
                    ),
                    "each name once",
                    "rename one of them",
                ));
            }
        }
        let dimension = |d: &Declaration| d.unit.unwrap_or(Unit::NONE).dimension;
        for (i, d) in file.parameters.iter().enumerate() {
            let e = Expression::new(Kind::Parameter(i), d.name.span);
            scope.known.insert(d.name.name.clone(), (e, dimension(d)));
        }
        for (i, d) in file.states.iter().enumerate() {
            let e = Expression::new(Kind::State(i), d.name.span);
            scope.known.insert(d.name.name.clone(), (e, dimension(d)));
            scope.states.insert(d.name.name.clone(), i);
            scope.dimensions.push(dimension(d));
        }
        for d in file.internals.iter().chain(&file.inlines) {
            scope.later.insert(d.name.name.clone(), d.name.span);
        }
        Ok(scope)
    }

    /// Resolves internals and inlines, each after those that it uses.
    pub fn parts(&mut self, file: &File) -> Result<Vec<Part>, Fault> {
        let declared: Vec<&Declaration> = file.internals.iter().chain(&file.inlines).collect();
        let mut resolved: Vec<Option<Part>> = vec![None; declared.len()];
        for i in order(&declared)? {
            let d = declared[i];
            let unit = d.unit.ok_or_else(|| {
                Fault::new(
                    d.name.span,
                    "an inline cannot be a switch",
                    "a unit",
                    "declare it under `parameters`",
                )
            })?;
            if let Some((extra, _)) = &d.range {
                return Err(Fault::new(
                    extra.span,
                    "an internal or inline has no range",
                    "an expression alone",
                    "take it out",
                ));
            }
            super::no_clause(d, "an internal or inline")?;
            let (value, dimension) = self.typed(&d.value)?;
            same(&d.value, dimension, unit.dimension)?;
            no_change(&value)?;
            if i < file.internals.len() && value.has_state() {
                return Err(Fault::new(
                    d.value.span,
                    format!("the internal `{}` has a state", d.name.name),
                    "parameters, constants and other internals",
                    "write it as `inline` under `equations`",
                ));
            }
            self.later.remove(&d.name.name);
            self.known
                .insert(d.name.name.clone(), (value.clone(), dimension));
            resolved[i] = Some(Part {
                name: d.name.name.clone(),
                unit: (d.unit_text.clone(), unit),
                value,
            });
        }
        Ok(resolved.into_iter().flatten().collect())
    }

    /// A state's index.
    pub fn state(&self, name: &Named) -> Result<usize, Fault> {
        self.states.get(&name.name).copied().ok_or_else(|| {
            let known = self.list(&|n| self.states.contains_key(n));
            let what = format!("`{}` is no state", name.name);
            Fault::new(
                name.span,
                what,
                format!("a state: {known}"),
                "declare it under `state`",
            )
        })
    }

    /// The dimension of a state.
    pub fn dimension(&self, state: usize) -> Dimension {
        self.dimensions[state]
    }

    /// A switch's index among the parameters.
    pub fn switch(&self, file: &File, name: &Named) -> Result<usize, Fault> {
        let found = file
            .parameters
            .iter()
            .position(|d| d.name.name == name.name && d.unit.is_none());
        found.ok_or_else(|| {
            let remedy = format!("declare `{} switch = off` under `parameters`", name.name);
            Fault::new(
                name.span,
                format!("`{}` is no switch", name.name),
                "a parameter declared as `switch`",
                remedy,
            )
        })
    }

    /// A number without parameters, of a dimension.
    pub fn constant(&self, w: &Written, wanted: Dimension) -> Result<f64, Fault> {
        let (e, dimension) = self.typed(w)?;
        same(w, dimension, wanted)?;
        if e.has_parameter() || e.has_state() {
            return Err(Fault::new(
                w.span,
                "a parameter or a state where a number must stand",
                "a number with its unit",
                "write the number",
            ));
        }
        let value = e.constant(&[]);
        match value.is_finite() {
            true => Ok(value),
            false => Err(Fault::new(
                w.span,
                "the value is not finite",
                "a finite number",
                "look for a division by zero or a logarithm of it",
            )),
        }
    }

    /// Bounds that ascend.
    pub fn range(
        &self,
        (low, high): &(Written, Written),
        wanted: Dimension,
    ) -> Result<(f64, f64), Fault> {
        let bounds = (self.constant(low, wanted)?, self.constant(high, wanted)?);
        match bounds.0 < bounds.1 {
            true => Ok(bounds),
            false => Err(Fault::new(
                low.span.to(high.span),
                "the range is empty",
                "the smaller bound first",
                "swap the bounds",
            )),
        }
    }

    /// An expression without states.
    pub fn of_parameters(&self, w: &Written, wanted: Dimension) -> Result<Expression, Fault> {
        let (e, dimension) = self.typed(w)?;
        same(w, dimension, wanted)?;
        match e.has_state() {
            false => Ok(e),
            true => Err(Fault::new(
                w.span,
                "a state where only parameters may stand",
                "parameters and constants",
                "write a parameter",
            )),
        }
    }

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

    /// The declared names that fit, sorted.
    fn list(&self, fits: &dyn Fn(&str) -> bool) -> String {
        let mut names: Vec<String> = self
            .known
            .keys()
            .filter(|n| fits(n))
            .map(|n| format!("`{n}`"))
            .collect();
        names.sort();
        if names.is_empty() {
            "none".into()
        } else {
            names.join(", ")
        }
    }
}

/// `on` or `off`.
pub(super) fn on(w: &Written) -> Result<bool, Fault> {
    match &w.kind {
        Form::Name(n) if n == "on" => Ok(true),
        Form::Name(n) if n == "off" => Ok(false),
        _ => Err(Fault::new(
            w.span,
            "the default of a switch",
            "`on` or `off`",
            "write one of them",
        )),
    }
}

/// The dimensions agree.
pub(super) fn same(w: &Written, found: Dimension, wanted: Dimension) -> Result<(), Fault> {
    if found == wanted {
        return Ok(());
    }
    Err(Fault::new(
        w.span,
        format!("the expression is {found}"),
        wanted.to_string(),
        "look for a missing factor or a wrong unit",
    ))
}

/// No rate of a state occurs.
pub(super) fn no_change(e: &Expression) -> Result<(), Fault> {
    let mut place = None;
    e.visit(&mut |part| {
        if matches!(part.kind(), Kind::Change(_)) {
            place = Some(part.span());
        }
    });
    match place {
        None => Ok(()),
        Some(span) => Err(Fault::new(
            span,
            "the rate of a state here",
            "rates only in equations",
            "write the right side of its equation",
        )),
    }
}

/// A name that no word of the language takes.
fn free(name: &Named) -> Result<(), Fault> {
    let taken = WORDS.contains(&name.name.as_str()) || Unit::constant(&name.name).is_some();
    let function = ["exp", "ln", "min", "max", "sigmoid", "tanh"].contains(&name.name.as_str());
    if !taken && !function {
        return Ok(());
    }
    Err(Fault::new(
        name.span,
        format!("`{}` is a word of the language", name.name),
        "another name",
        "rename it",
    ))
}

/// An order in which every part comes after those that it uses.
fn order(declared: &[&Declaration]) -> Result<Vec<usize>, Fault> {
    let index: HashMap<&str, usize> = declared
        .iter()
        .enumerate()
        .map(|(i, d)| (d.name.name.as_str(), i))
        .collect();
    let mut uses: Vec<Vec<usize>> = Vec::new();
    for d in declared {
        let mut found = Vec::new();
        names(&d.value, &mut |n| found.extend(index.get(n)));
        uses.push(found);
    }
    let mut order = Vec::new();
    let mut done = vec![false; declared.len()];
    while order.len() < declared.len() {
        let ready = |i: &usize| !done[*i] && uses[*i].iter().all(|u| done[*u]);
        let Some(next) = (0..declared.len()).find(ready) else {
            return Err(cycle(declared, &uses, &done));
        };
        done[next] = true;
        order.push(next);
    }
    Ok(order)
}

/// Names the parts of a cycle, each used by the one before.
fn cycle(declared: &[&Declaration], uses: &[Vec<usize>], done: &[bool]) -> Fault {
    let open = |i: usize| uses[i].iter().copied().find(|u| !done[*u]);
    let mut path = vec![done.iter().position(|d| !d).unwrap_or(0)];
    while let Some(next) = path.last().and_then(|i| open(*i)) {
        if let Some(start) = path.iter().position(|i| *i == next) {
            path.drain(..start);
            break;
        }
        path.push(next);
    }
    let names: Vec<&str> = path
        .iter()
        .chain(path.first())
        .map(|i| declared[*i].name.name.as_str())
        .collect();
    let first = declared[path[0]];
    Fault::new(
        first.name.span,
        format!("a circle: {}", names.join(" -> ")),
        "parts that use only others",
        "take one of the names out of its expression, or make it a state",
    )
}

fn names<'a>(w: &'a Written, see: &mut dyn FnMut(&'a str)) {
    match &w.kind {
        Form::Name(n) => see(n),
        Form::Number(..) | Form::Change(_) => {}
        Form::Negative(a) | Form::Power(a, _) => names(a, see),
        Form::Sum(a, b) | Form::Difference(a, b) | Form::Product(a, b) | Form::Quotient(a, b) => {
            names(a, see);
            names(b, see);
        }
        Form::Call(_, arguments) => arguments.iter().for_each(|a| names(a, see)),
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
