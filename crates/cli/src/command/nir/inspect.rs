//! `bruno nir inspect`: what a file holds.

use crate::failure::Failure;
use bruno_nir::{Array, Graph};
use std::path::PathBuf;

/// Print the nodes of a network with their parameters' shapes and ranges, its edges and metadata.
#[derive(clap::Args)]
pub struct Inspect {
    /// The network, e.g. net.nir.
    file: PathBuf,
    /// Print it as JSON on stdout.
    #[arg(long)]
    json: bool,
}

impl Inspect {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let graph = bruno_nir::load(&self.file)?;
        if self.json {
            return say!("{}", json(&graph));
        }
        let version = graph.version.as_deref().unwrap_or("none");
        say!("{}: NIR, version {version}", self.file.display())?;
        print(&graph, "")
    }
}

/// Most characters of metadata that are printed.
const MOST_TEXT: usize = 60;

fn print(graph: &Graph, indent: &str) -> Result<(), Failure> {
    for (name, node) in &graph.nodes {
        let parameters = node
            .parameters
            .iter()
            .map(|(name, array)| format!("{name} {}", about(array)));
        let parameters: Vec<String> = parameters.collect();
        let refused = match node.is_imported() {
            true => "",
            false => " (not imported)",
        };
        say!(
            "{indent}{name}: {}{refused} {}",
            node.kind,
            parameters.join(", ")
        )?;
        metadata(&node.metadata, &format!("{indent}  "))?;
        if let Some(graph) = &node.graph {
            print(graph, &format!("{indent}  "))?;
        }
    }
    for (from, to) in &graph.edges {
        say!("{indent}{from} -> {to}")?;
    }
    metadata(&graph.metadata, indent)
}

fn metadata<'a>(
    all: impl IntoIterator<Item = (&'a String, &'a String)>,
    indent: &str,
) -> Result<(), Failure> {
    for (key, text) in all {
        let start: String = text.chars().take(MOST_TEXT).collect();
        let rest = if start.len() < text.len() { "..." } else { "" };
        say!("{indent}metadata {key}: {start}{rest}")?;
    }
    Ok(())
}

/// Shape and range.
fn about(array: &Array) -> String {
    match array.range() {
        Some((least, most)) if least == most => format!("{:?} {least}", array.shape),
        Some((least, most)) => format!("{:?} {least}..{most}", array.shape),
        None => format!("{:?}", array.shape),
    }
}

fn json(graph: &Graph) -> serde_json::Value {
    let nodes = graph.nodes.iter().map(|(name, node)| {
        let parameters = node.parameters.iter().map(|(name, array)| {
            let (least, most) = array.range().unzip();
            (name.clone(), serde_json::json!({"shape": array.shape, "least": least, "most": most}))
        });
        let parameters: serde_json::Map<_, _> = parameters.collect();
        let graph = node.graph.as_ref().map(json);
        let value = serde_json::json!({
            "type": node.kind, "imported": node.is_imported(), "parameters": parameters, "metadata": node.metadata, "graph": graph,
        });
        (name.clone(), value)
    });
    let nodes: serde_json::Map<_, _> = nodes.collect();
    serde_json::json!({
        "version": graph.version, "nodes": nodes, "edges": graph.edges, "metadata": graph.metadata,
    })
}
