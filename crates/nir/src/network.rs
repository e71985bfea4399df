//! A graph as a stack of layers: an input, neurons with their weights and recurrences, and how they are read out.

mod projection;

use crate::error::problem;
use crate::flatten::{Flat, PASS, flatten};
use crate::graph::{Graph, Node};
use crate::matrix::Matrix;
use bruno_chip::Problem;
use std::collections::BTreeSet;

/// Most channels or neurons of a layer: what a chip's layer holds.
const MOST: usize = 4096;

/// Layers from the input on.
#[derive(Debug)]
pub(crate) struct Network {
    pub inputs: usize,
    pub layers: Vec<Layer>,
    pub readout: Readout,
}

/// Neurons and what leads to them.
#[derive(Debug)]
pub(crate) struct Layer {
    /// Name of the neurons' node.
    pub name: String,
    pub node: Node,
    pub input: Projection,
    pub recurrent: Option<Projection>,
}

/// Weights from one layer to another, and what comes in every step beside them.
#[derive(Debug, Clone)]
pub(crate) struct Projection {
    /// The node nearest to the neurons, for messages.
    pub name: String,
    pub weights: Matrix,
    pub bias: Vec<f64>,
}

/// What the graph gives out.
#[derive(Debug)]
pub(crate) enum Readout {
    /// Leaky integrators.
    Integrator(Box<Layer>),
    /// The spikes of the last layer.
    Spikes,
}

impl Network {
    /// # Errors
    /// Everything that is no stack of layers, by node.
    pub fn of(graph: &Graph) -> Result<Self, Vec<Problem>> {
        let flat = flatten(graph)?;
        let named = flat.nodes.iter().filter(|(_, node)| node.kind != PASS);
        let problems: Vec<Problem> = named.flat_map(|(name, node)| node.problems(name)).collect();
        if !problems.is_empty() {
            return Err(problems);
        }
        Walk {
            flat: &flat,
            seen: BTreeSet::new(),
        }
        .network()
        .map_err(|p| vec![*p])
    }
}

type Result1<T> = Result<T, Box<Problem>>;

fn refuse<T>(
    field: impl Into<String>,
    value: impl ToString,
    allowed: impl Into<String>,
    remedy: impl Into<String>,
) -> Result1<T> {
    Err(Box::new(problem(field, value, allowed, remedy)))
}

/// From the output back to the input.
struct Walk<'a> {
    flat: &'a Flat,
    seen: BTreeSet<&'a str>,
}

/// A way back from a node over matrices to the neurons or the input that it comes from.
struct Path<'a> {
    from: &'a str,
    /// From there on.
    over: Vec<&'a str>,
}

impl<'a> Walk<'a> {
    fn network(mut self) -> Result1<Network> {
        let input = self.only("Input")?;
        let output = self.only("Output")?;
        let inputs = self.inputs(input)?;
        self.seen.extend([input, output]);
        let mut name = self.single_before(output)?;
        while self.kind(name) == PASS {
            self.see(name)?;
            name = self.single_before(name)?;
        }
        // The names of the layers, the last one first.
        let mut back = vec![];
        let mut paths = vec![];
        loop {
            let (feed, recurrent) = self.ways(name)?;
            back.push(name);
            let from = feed.from;
            paths.push((feed, recurrent));
            if from == input {
                break;
            }
            name = from;
        }
        self.nothing_else()?;
        let mut width = inputs;
        let mut layers = Vec::new();
        for (name, (feed, recurrent)) in back.iter().zip(&paths).rev() {
            let layer = self.layer(name, feed, recurrent.as_ref(), width)?;
            width = layer.input.weights.height();
            layers.push(layer);
        }
        let readout = match layers.pop_if(|last| last.node.kind == "LI") {
            Some(last) => Readout::Integrator(Box::new(last)),
            None => Readout::Spikes,
        };
        if layers.is_empty() {
            return refuse(
                "nodes",
                "none that spikes",
                "a LIF or CubaLIF before the output",
                "give the network a spiking layer",
            );
        }
        Ok(Network {
            inputs,
            layers,
            readout,
        })
    }

    fn kind(&self, name: &str) -> &'a str {
        self.flat.node(name).map_or("", |node| &node.kind)
    }

    /// The only node of a kind.
    fn only(&self, kind: &str) -> Result1<&'a str> {
        match self.flat.of_kind(kind).as_slice() {
            [name] => Ok(name),
            others => {
                let found = match others.len() {
                    0 => format!("without a node of type {kind}"),
                    n => format!("with {n} nodes of type {kind}: {}", others.join(", ")),
                };
                refuse(
                    "nodes",
                    found,
                    "one Input and one Output",
                    "join them in front of the chip, or behind it",
                )
            }
        }
    }

    /// Channels of the input, however they lie.
    fn inputs(&self, input: &str) -> Result1<usize> {
        let shape = self
            .flat
            .node(input)
            .map_or(&[][..], |n| n.parameter("shape"));
        let channels: f64 = shape.iter().product();
        match channels.fract() == 0.0 && (1.0..=MOST as f64).contains(&channels) {
            true => Ok(channels as usize),
            false => refuse(
                format!("{input}.shape"),
                format!("{shape:?}"),
                format!("1..{MOST} channels altogether"),
                "reduce the input in front of the chip",
            ),
        }
    }

    fn single_before(&self, name: &str) -> Result1<&'a str> {
        match self.flat.before(name).as_slice() {
            [before] => Ok(before),
            others => refuse(
                name,
                format!(
                    "a node that {} edges lead to: {}",
                    others.len(),
                    others.join(", ")
                ),
                "one edge; neurons may have a second one, from themselves over a Linear",
                "join the branches into one Linear from one layer",
            ),
        }
    }

    /// Remembers a node; on a second visit the graph goes round in a circle without neurons.
    fn see(&mut self, name: &'a str) -> Result1<()> {
        match self.seen.insert(name) {
            true => Ok(()),
            false => refuse(
                name,
                "on two ways, or on a circle",
                "each node on one way from input to output",
                "cut the circle, or the branch",
            ),
        }
    }

    /// Both ways that lead to neurons or integrators: from another layer, and from themselves.
    fn ways(&mut self, name: &'a str) -> Result1<(Path<'a>, Option<Path<'a>>)> {
        let kind = self.kind(name);
        let last = !self
            .seen
            .iter()
            .any(|n| matches!(self.kind(n), "LIF" | "CubaLIF" | "LI"));
        let fits = matches!(kind, "LIF" | "CubaLIF") || kind == "LI" && last;
        if !fits {
            return refuse(
                name,
                format!("a {kind} where neurons should be"),
                "LIF or CubaLIF before every Linear and the output, or a LI before the output",
                "a chip gives out spikes or the currents of leaky integrators: end the network with one of these",
            );
        }
        self.see(name)?;
        let (mut feed, mut recurrent) = (None, None);
        for before in self.flat.before(name) {
            let path = self.path(before)?;
            let place = match path.from == name {
                true => &mut recurrent,
                false => &mut feed,
            };
            if place.is_some() || path.from == name && kind == "LI" {
                return refuse(
                    name,
                    format!("neurons with another way from `{}`", path.from),
                    "one way from the layer before, one from themselves",
                    "join the branches into one Linear",
                );
            }
            *place = Some(path);
        }
        match feed {
            Some(feed) => Ok((feed, recurrent)),
            None => refuse(
                name,
                "neurons that nothing leads to",
                "a way from the input",
                "give the edge that leads to it",
            ),
        }
    }

    /// Back over matrices.
    fn path(&mut self, mut name: &'a str) -> Result1<Path<'a>> {
        let mut over = Vec::new();
        while matches!(self.kind(name), "Linear" | "Affine" | "Scale" | PASS) {
            self.see(name)?;
            over.push(name);
            name = self.single_before(name)?;
        }
        over.reverse();
        Ok(Path { from: name, over })
    }

    fn nothing_else(&self) -> Result1<()> {
        match self
            .flat
            .nodes
            .keys()
            .find(|name| !self.seen.contains(name.as_str()))
        {
            None => Ok(()),
            Some(name) => refuse(
                name,
                "on no way from the input to the output",
                "nodes that matter",
                "remove the node and its edges",
            ),
        }
    }

    fn layer(
        &self,
        name: &str,
        feed: &Path,
        recurrent: Option<&Path>,
        width: usize,
    ) -> Result1<Layer> {
        let input = self.projection(name, feed, width)?;
        let neurons = input.weights.height();
        let recurrent = recurrent
            .map(|path| self.projection(name, path, neurons))
            .transpose()?;
        if let Some(other) = recurrent.as_ref().filter(|r| r.weights.height() != neurons) {
            let found = other.weights.height();
            return refuse(
                &other.name,
                format!("{found} rows"),
                neurons.to_string(),
                "one row a neuron",
            );
        }
        let node = self.flat.node(name).cloned().unwrap_or_default();
        for (parameter, array) in &node.parameters {
            if array.values.len() != 1 && array.values.len() != neurons {
                return refuse(
                    format!("{name}.{parameter}"),
                    format!("{} values", array.values.len()),
                    format!("{neurons}, one a neuron that `{}` leads to", input.name),
                    "give weights and neurons one size",
                );
            }
        }
        Ok(Layer {
            name: name.into(),
            node,
            input,
            recurrent,
        })
    }
}
