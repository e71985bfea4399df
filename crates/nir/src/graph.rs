//! A graph as a file holds it: nodes with their parameters, edges, metadata.

use crate::error::problem;
use bruno_chip::Problem;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Numbers in a shape, the last index fastest.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Array {
    /// Lengths of the dimensions; none for a single number.
    pub shape: Vec<usize>,
    /// The numbers. Empty in nodes of a kind that bruno does not import, whose shapes alone are read.
    pub values: Vec<f64>,
}

impl Array {
    /// A row of numbers.
    pub fn row(values: Vec<f64>) -> Self {
        Self {
            shape: vec![values.len()],
            values,
        }
    }

    /// What keeps it from being a parameter.
    fn problem(&self, field: &str) -> Option<Problem> {
        let count = self.shape.iter().try_fold(1usize, |n, d| n.checked_mul(*d));
        if count != Some(self.values.len()) {
            let value = format!(
                "{} numbers in the shape {:?}",
                self.values.len(),
                self.shape
            );
            return Some(problem(
                field,
                value,
                "as many as the shape has",
                "write the file anew",
            ));
        }
        let good = |v: &f64| v.abs() <= LARGEST;
        let (index, value) = { self.values.iter() }.enumerate().find(|(_, v)| !good(v))?;
        let allowed = format!("finite numbers, up to {LARGEST:e} in size");
        let remedy = "train anew: the network diverged";
        Some(problem(format!("{field}[{index}]"), value, allowed, remedy))
    }

    /// Smallest and largest number; `None` where there is none.
    pub fn range(&self) -> Option<(f64, f64)> {
        let least = self.values.iter().copied().reduce(f64::min)?;
        let most = self.values.iter().copied().reduce(f64::max)?;
        Some((least, most))
    }
}

/// A node of a graph.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Node {
    /// Its type, e.g. `CubaLIF`.
    pub kind: String,
    /// Its parameters by name.
    pub parameters: BTreeMap<String, Array>,
    /// Strings beside them.
    pub metadata: BTreeMap<String, String>,
    /// The graph within, for the type `NIRGraph`.
    pub graph: Option<Graph>,
}

/// Nodes and the edges between them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Graph {
    /// Version of the format that wrote the file; absent within a graph.
    pub version: Option<String>,
    /// Nodes by name.
    pub nodes: BTreeMap<String, Node>,
    /// From where to where.
    pub edges: Vec<(String, String)>,
    /// Strings beside them.
    pub metadata: BTreeMap<String, String>,
}

/// The kinds that are imported, with their parameters; `?` marks one that may be absent.
const KINDS: &[(&str, &[&str])] = &[
    ("Input", &["shape"]),
    ("Output", &["shape"]),
    ("Linear", &["weight"]),
    ("Affine", &["weight", "bias"]),
    ("Scale", &["scale"]),
    ("LI", &["tau", "r", "v_leak"]),
    ("LIF", &["tau", "r", "v_leak", "v_threshold", "v_reset?"]),
    (
        "CubaLIF",
        &[
            "tau_mem",
            "tau_syn",
            "r",
            "w_in",
            "v_leak",
            "v_threshold",
            "v_reset?",
        ],
    ),
    ("NIRGraph", &[]),
];

/// Largest parameter, in any unit: single precision, in which networks are trained, holds it.
const LARGEST: f64 = 1e30;

/// Names of the kinds that are imported.
pub(crate) fn imported_kinds() -> String {
    let names: Vec<&str> = KINDS.iter().map(|(name, _)| *name).collect();
    names.join(", ")
}

impl Node {
    /// A node of a kind with parameters.
    pub fn new<const N: usize>(kind: &str, parameters: [(&str, Array); N]) -> Self {
        let parameters = parameters.map(|(name, array)| (name.to_string(), array));
        Self {
            kind: kind.into(),
            parameters: parameters.into(),
            ..Self::default()
        }
    }

    /// Whether bruno imports nodes of this kind.
    pub fn is_imported(&self) -> bool {
        KINDS.iter().any(|(name, _)| *name == self.kind)
    }

    /// What keeps it from being imported, as far as it says itself: its kind, parameters that are missing or not finite.
    pub(crate) fn problems(&self, name: &str) -> Vec<Problem> {
        let Some((_, parameters)) = KINDS.iter().find(|(kind, _)| *kind == self.kind) else {
            let allowed = imported_kinds();
            return vec![problem(
                name,
                format!("a `{}`", self.kind),
                allowed,
                remedy_of(&self.kind),
            )];
        };
        let mut problems = Vec::new();
        for parameter in *parameters {
            let field = format!("{name}.{}", parameter.trim_end_matches('?'));
            match self.parameters.get(parameter.trim_end_matches('?')) {
                None if parameter.ends_with('?') => {}
                None => problems.push(problem(
                    field,
                    "missing",
                    format!(
                        "every parameter of a {}: {}",
                        self.kind,
                        parameters.join(", ")
                    ),
                    "write the file anew",
                )),
                Some(array) => problems.extend(array.problem(&field)),
            }
        }
        problems
    }

    /// A parameter; empty where it is missing, which [`Node::problems`] tells.
    pub(crate) fn parameter(&self, name: &str) -> &[f64] {
        self.parameters.get(name).map_or(&[], |a| &a.values)
    }
}

/// What to do about a kind that no chip has.
fn remedy_of(kind: &str) -> &'static str {
    match kind {
        "Conv1d" | "Conv2d" | "SumPool2d" | "AvgPool2d" => {
            "chips have dense layers: unroll it into a Linear, or train a dense network"
        }
        "Flatten" => "give the Input its flat shape and leave the node out",
        "Delay" => "chips have no delays: train without",
        "IF" | "I" => "use a LIF with a long `tau`",
        "Threshold" => "use a LIF",
        "CubaLI" => "use a LI after the last spiking layer: a readout has one time constant",
        _ => "use a kind that is allowed",
    }
}
