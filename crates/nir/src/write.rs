//! The HDF5 file of a graph, as `nir.write` lays it out.

use crate::error::{NirError, problem};
use crate::graph::{Array, Graph, Node};
use hdf5_pure::{DatasetBuilder, FileBuilder, GroupBuilder};
use std::collections::BTreeMap;

/// The bytes of a graph's file; `file` is named in errors.
///
/// # Errors
/// Names that HDF5 does not take: empty ones, and those with a `/`.
pub fn write(file: &str, graph: &Graph) -> Result<Vec<u8>, NirError> {
    let mut builder = FileBuilder::new();
    let version = graph.version.as_deref().unwrap_or("1.0");
    string(builder.create_dataset("version"), version);
    let mut root = builder.create_group("node");
    add_graph(&mut root, graph);
    builder.add_group(root.finish());
    builder.finish().map_err(|e| {
        let value = format!("not to be written: {e}");
        let found = problem("the graph", value, "names without `/`", "rename the layers");
        NirError::refused(file, vec![found])
    })
}

fn add_graph(group: &mut GroupBuilder, graph: &Graph) {
    let mut nodes = group.create_group("nodes");
    for (name, node) in &graph.nodes {
        let mut inner = nodes.create_group(name);
        add_node(&mut inner, node);
        nodes.add_group(inner.finish());
    }
    group.add_group(nodes.finish());
    let ends = graph
        .edges
        .iter()
        .flat_map(|(a, b)| [a.as_str(), b.as_str()]);
    let edges = group.create_dataset("edges");
    edges.with_vlen_strings(&ends.collect::<Vec<_>>());
    edges.with_shape(&[graph.edges.len() as u64, 2]);
    string(group.create_dataset("type"), "NIRGraph");
    add_metadata(group, &graph.metadata);
}

fn add_node(group: &mut GroupBuilder, node: &Node) {
    if let Some(graph) = &node.graph {
        return add_graph(group, graph);
    }
    for (name, Array { shape, values }) in &node.parameters {
        let set = group.create_dataset(name);
        match name.as_str() {
            // Lengths are whole numbers.
            "shape" => set.with_i64_data(&values.iter().map(|v| *v as i64).collect::<Vec<_>>()),
            _ => set.with_f64_data(values),
        };
        set.with_shape(&shape.iter().map(|n| *n as u64).collect::<Vec<_>>());
    }
    string(group.create_dataset("type"), &node.kind);
    add_metadata(group, &node.metadata);
}

fn add_metadata(group: &mut GroupBuilder, metadata: &BTreeMap<String, String>) {
    if metadata.is_empty() {
        return;
    }
    let mut inner = group.create_group("metadata");
    for (name, text) in metadata {
        string(inner.create_dataset(name), text);
    }
    group.add_group(inner.finish());
}

fn string(set: &mut DatasetBuilder, text: &str) {
    set.with_vlen_strings(&[text]).with_shape(&[]);
}
