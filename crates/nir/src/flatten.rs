//! Graphs within graphs become one: the nodes of a subgraph `a` are called `a/...`, and its inputs and outputs only pass on.

use crate::error::problem;
use crate::graph::{Graph, Node};
use bruno_chip::Problem;
use std::collections::BTreeMap;

/// A kind of its own: what goes in comes out.
pub(crate) const PASS: &str = "Pass";

/// A graph without subgraphs.
#[derive(Debug, Default)]
pub(crate) struct Flat {
    pub nodes: BTreeMap<String, Node>,
    pub edges: Vec<(String, String)>,
}

impl Flat {
    /// What leads to a node.
    pub fn before(&self, name: &str) -> Vec<&str> {
        let leads = self.edges.iter().filter(|(_, to)| to == name);
        leads.map(|(from, _)| from.as_str()).collect()
    }

    pub fn node(&self, name: &str) -> Option<&Node> {
        self.nodes.get(name)
    }

    /// Nodes of a kind.
    pub fn of_kind(&self, kind: &str) -> Vec<&str> {
        let nodes = self.nodes.iter().filter(|(_, node)| node.kind == kind);
        nodes.map(|(name, _)| name.as_str()).collect()
    }
}

/// # Errors
/// Every edge to or from a node that is not there, and every subgraph without exactly one input and one output.
pub(crate) fn flatten(graph: &Graph) -> Result<Flat, Vec<Problem>> {
    let mut flat = Flat::default();
    let mut problems = Vec::new();
    add(graph, "", &mut flat, &mut problems);
    // Several edges may name one node that is not there.
    problems.dedup();
    match problems.is_empty() {
        true => Ok(flat),
        false => Err(problems),
    }
}

fn add(graph: &Graph, prefix: &str, flat: &mut Flat, problems: &mut Vec<Problem>) {
    for (name, node) in &graph.nodes {
        let path = format!("{prefix}{name}");
        match &node.graph {
            Some(inner) => add(inner, &format!("{path}/"), flat, problems),
            None => {
                let mut node = node.clone();
                if !prefix.is_empty() && matches!(node.kind.as_str(), "Input" | "Output") {
                    node.kind = PASS.into();
                }
                flat.nodes.insert(path, node);
            }
        }
    }
    for (from, to) in &graph.edges {
        let ends = [(from, "Output"), (to, "Input")];
        let [from, to] = ends.map(|(name, port)| end(graph, prefix, name, port));
        match (from, to) {
            (Ok(from), Ok(to)) => flat.edges.push((from, to)),
            (from, to) => problems.extend([from, to].into_iter().filter_map(Result::err)),
        }
    }
}

/// The node that an edge's end means: itself, or the port of a subgraph.
fn end(graph: &Graph, prefix: &str, name: &str, port: &str) -> Result<String, Problem> {
    let Some(node) = graph.nodes.get(name) else {
        let within = match prefix {
            "" => "the graph".into(),
            prefix => format!("subgraph `{}`", prefix.trim_end_matches('/')),
        };
        let known: Vec<&str> = graph.nodes.keys().take(20).map(String::as_str).collect();
        return Err(problem(
            format!("{prefix}edges"),
            format!("a name `{name}`, which is no node of {within}"),
            format!("its nodes: {}", known.join(", ")),
            "give edge and node one name",
        ));
    };
    let Some(inner) = &node.graph else {
        return Ok(format!("{prefix}{name}"));
    };
    let ports = inner.nodes.iter().filter(|(_, n)| n.kind == port);
    match ports.collect::<Vec<_>>().as_slice() {
        [(inner, _)] => Ok(format!("{prefix}{name}/{inner}")),
        others => Err(problem(
            format!("{prefix}{name}"),
            format!("a subgraph with {} nodes of type {port}", others.len()),
            "one Input and one Output",
            "leave its nodes in the graph around it",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(nodes: &[(&str, &str)], edges: &[(&str, &str)]) -> Graph {
        let node = |(name, kind): &(&str, &str)| (name.to_string(), Node::new(kind, []));
        Graph {
            nodes: nodes.iter().map(node).collect(),
            edges: edges
                .iter()
                .map(|(a, b)| (a.to_string(), b.to_string()))
                .collect(),
            ..Graph::default()
        }
    }

    /// A graph around a subgraph `sub`.
    fn around(inner: Graph, edges: &[(&str, &str)]) -> Graph {
        let mut outer = graph(&[("in", "Input"), ("out", "Output")], edges);
        let node = Node {
            graph: Some(inner),
            ..Node::new("NIRGraph", [])
        };
        outer.nodes.insert("sub".into(), node);
        outer
    }

    fn inner() -> Graph {
        graph(
            &[("i", "Input"), ("lif", "LIF"), ("o", "Output")],
            &[("i", "lif"), ("lif", "o")],
        )
    }

    #[test]
    fn a_subgraph_passes_on() {
        let flat = flatten(&around(inner(), &[("in", "sub"), ("sub", "out")])).unwrap();
        assert_eq!(flat.before("sub/i"), ["in"]);
        assert_eq!(flat.before("sub/lif"), ["sub/i"]);
        assert_eq!(flat.before("out"), ["sub/o"]);
        assert_eq!(flat.of_kind("Input"), ["in"]);
        assert_eq!(flat.of_kind(PASS), ["sub/i", "sub/o"]);
    }

    fn check(graph: &Graph, expected: &str) {
        let problems = flatten(graph).unwrap_err();
        let text: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert!(text.iter().any(|t| t.contains(expected)), "{text:?}");
    }

    #[test]
    fn an_edge_from_nowhere() {
        let graph = around(inner(), &[("in", "sub"), ("sob", "out")]);
        check(
            &graph,
            "`edges` is a name `sob`, which is no node of the graph; allowed: its nodes: in, out, sub",
        );
    }
    #[test]
    fn an_edge_within_a_subgraph() {
        let mut inner = inner();
        inner.edges.push(("lif".into(), "lif1".into()));
        check(
            &around(inner, &[]),
            "`sub/edges` is a name `lif1`, which is no node of subgraph `sub`",
        );
    }
    #[test]
    fn a_subgraph_of_two_inputs() {
        let mut inner = inner();
        inner.nodes.insert("j".into(), Node::new("Input", []));
        check(
            &around(inner, &[("in", "sub")]),
            "`sub` is a subgraph with 2 nodes of type Input",
        );
    }
}
