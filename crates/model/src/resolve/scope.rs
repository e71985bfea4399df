//! What a name stands for, and the units of expressions.

use super::order::order;
use super::typed::Typed;
use crate::expression::{Expression, Kind};
use crate::mistake::{Fault, Faults, Span};
use crate::model::Part;
use crate::syntax::{Declaration, File, Form, Named, Written};
use crate::unit::{Dimension, Unit};
use std::collections::{HashMap, HashSet};

/// Words that no declaration may take.
const WORDS: [&str; 19] = [
    "model",
    "from",
    "floor",
    "ceil",
    "inline",
    "spikes",
    "rising",
    "unless",
    "holds",
    "nothing",
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

/// The names of a file.
pub(super) struct Scope {
    pub(super) known: HashMap<String, Typed>,
    states: HashMap<String, usize>,
    pub(super) dimensions: Vec<Dimension>,
    /// Parts that are declared but not yet resolved, with their place.
    pub(super) later: HashMap<String, Span>,
    /// Parts that have a fault: what uses them cannot be looked at.
    pub(super) broken: HashSet<String>,
}

impl Scope {
    /// Parameters, states and constants; refuses names that are taken.
    pub fn new(file: &File, faults: &mut Faults) -> Self {
        let mut scope = Self {
            known: HashMap::new(),
            states: HashMap::new(),
            dimensions: Vec::new(),
            later: HashMap::new(),
            broken: HashSet::new(),
        };
        let mut seen: HashMap<&str, Span> = HashMap::new();
        let lists = [
            &file.parameters,
            &file.internals,
            &file.states,
            &file.inlines,
        ];
        for d in lists.into_iter().flatten() {
            faults.take(free(&d.name));
            if let Some(first) = seen.insert(&d.name.name, d.name.span) {
                faults.add(Fault::new(
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
        scope
    }

    /// Resolves internals and inlines, each after those that it uses.
    pub fn parts(&mut self, file: &File, faults: &mut Faults) -> Option<Vec<Part>> {
        let declared: Vec<&Declaration> = file.internals.iter().chain(&file.inlines).collect();
        let mut resolved: Vec<Option<Part>> = vec![None; declared.len()];
        let order = faults.take(order(&declared)).unwrap_or_default();
        for i in order {
            let d = declared[i];
            let part = faults.take(self.part(d, i < file.internals.len()));
            self.later.remove(&d.name.name);
            if let Some((part, dimension)) = part {
                let known = (part.value.clone(), dimension);
                self.known.insert(part.name.clone(), known);
                resolved[i] = Some(part);
            } else {
                self.broken.insert(d.name.name.clone());
            }
        }
        // Parts without an order: all of them hang on the fault.
        self.broken.extend(self.later.drain().map(|(name, _)| name));
        resolved.into_iter().collect()
    }

    fn part(&self, d: &Declaration, internal: bool) -> Result<(Part, Dimension), Fault> {
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
        if internal && value.has_state() {
            return Err(Fault::new(
                d.value.span,
                format!("the internal `{}` has a state", d.name.name),
                "parameters, constants and other internals",
                "write it as `inline` under `equations`",
            ));
        }
        let part = Part {
            name: d.name.name.clone(),
            unit: (d.unit_text.clone(), unit),
            value,
        };
        Ok((part, dimension))
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

    /// The declared names that fit, sorted.
    pub(super) fn list(&self, fits: &dyn Fn(&str) -> bool) -> String {
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
