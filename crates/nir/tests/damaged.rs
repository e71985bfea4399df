//! Files that are damaged, or declare what no memory holds: refused, with file and place.

mod support;

use bruno_nir::{Array, Graph, Node, read, write};
use hdf5_pure::{FileBuilder, GroupBuilder};
use support::{graph, small};

fn check(bytes: Vec<u8>, expected: &str) {
    let error = read("net.nir", bytes).unwrap_err().to_string();
    assert!(error.starts_with("net.nir: 1 problem(s)"), "{error}");
    assert!(error.contains(expected), "`{expected}` is not in:\n{error}");
}

fn bytes(graph: &Graph) -> Vec<u8> {
    write("net.nir", graph).unwrap()
}

/// A file whose group `node` holds what is added to it.
fn file(add: impl FnOnce(&mut GroupBuilder)) -> Vec<u8> {
    let mut file = FileBuilder::new();
    let mut node = file.create_group("node");
    add(&mut node);
    file.add_group(node.finish());
    file.finish().unwrap()
}

fn string(group: &mut GroupBuilder, name: &str, text: &str) {
    group
        .create_dataset(name)
        .with_vlen_strings(&[text])
        .with_shape(&[]);
}

/// A graph of one node.
fn node(add: impl FnOnce(&mut GroupBuilder)) -> Vec<u8> {
    file(|graph| {
        string(graph, "type", "NIRGraph");
        graph
            .create_dataset("edges")
            .with_vlen_strings(&[])
            .with_shape(&[0, 2]);
        let mut nodes = graph.create_group("nodes");
        let mut node = nodes.create_group("fc");
        add(&mut node);
        nodes.add_group(node.finish());
        graph.add_group(nodes.finish());
    })
}

#[test]
fn what_is_written_is_read() {
    let mut graph = small();
    graph.metadata.insert("about".into(), "t\u{e4}xt".into());
    graph
        .nodes
        .get_mut("lif")
        .unwrap()
        .metadata
        .insert("note".into(), String::new());
    let inner = Node {
        graph: Some(small_inner()),
        ..Node::new("NIRGraph", [])
    };
    graph.nodes.insert("sub".into(), inner);
    assert_eq!(read("net.nir", bytes(&graph)).unwrap(), graph);
}

fn small_inner() -> Graph {
    Graph {
        version: None,
        ..small()
    }
}

#[test]
fn no_hdf5() {
    check(b"PK\x03\x04 not this".to_vec(), "`the file` is unreadable");
}
#[test]
fn an_empty_file() {
    check(Vec::new(), "`the file` is unreadable");
}
#[test]
fn a_file_that_is_cut() {
    let whole = bytes(&small());
    check(whole[..whole.len() / 2].to_vec(), "unreadable");
}
#[test]
fn another_hdf5_file() {
    let mut file = FileBuilder::new();
    file.create_dataset("data").with_f64_data(&[1.0]);
    check(
        file.finish().unwrap(),
        "`node` is missing; allowed: the group `node` that holds the graph",
    );
}
#[test]
fn a_node_alone() {
    check(
        file(|node| string(node, "type", "LIF")),
        "`node.type` is `LIF`; allowed: NIRGraph",
    );
}
#[test]
fn no_type() {
    check(file(|_| {}), "`node.type` is missing");
}
#[test]
fn a_type_that_is_a_number() {
    check(
        file(|node| _ = node.create_dataset("type").with_f64_data(&[1.0])),
        "`node.type` is of type f64; allowed: strings",
    );
}
#[test]
fn no_nodes() {
    check(
        file(|node| string(node, "type", "NIRGraph")),
        "`node.nodes` is missing",
    );
}
#[test]
fn no_edges() {
    let bytes = file(|node| {
        string(node, "type", "NIRGraph");
        let nodes = node.create_group("nodes");
        node.add_group(nodes.finish());
    });
    check(bytes, "`node.edges` is missing");
}
#[test]
fn a_node_without_type() {
    check(node(|_| {}), "`fc.type` is missing");
}
#[test]
fn three_names_of_edges() {
    let bytes = file(|graph| {
        string(graph, "type", "NIRGraph");
        graph
            .create_dataset("edges")
            .with_vlen_strings(&["a", "b", "c"]);
        let nodes = graph.create_group("nodes");
        graph.add_group(nodes.finish());
    });
    check(bytes, "`node.edges` is 3 names; allowed: pairs of names");
}
#[test]
fn a_weight_of_texts() {
    let bytes = node(|node| {
        string(node, "type", "Linear");
        node.create_dataset("weight").with_vlen_strings(&["a", "b"]);
    });
    check(
        bytes,
        "`fc.weight` is 0 numbers in the shape [2]; allowed: 2 numbers",
    );
}
#[test]
fn graphs_in_graphs() {
    let mut all = graph(&[], &[]);
    for _ in 0..10 {
        all.version = None;
        let node = Node {
            graph: Some(all),
            ..Node::new("NIRGraph", [])
        };
        all = graph(&[("in", node)], &[]);
    }
    check(bytes(&all), "a graph 9 deep; allowed: graphs up to 8 deep");
}
/// A file of 17 kB that declares 2^40 numbers; headers of its age have no checksum.
#[test]
fn more_numbers_than_any_memory_holds() {
    let Some(mut file) = support::reference_bytes("lif_norse.nir") else {
        return;
    };
    // A dataspace of two dimensions: version, rank, flags, lengths.
    let header = [
        [1, 2, 1, 0, 0, 0, 0, 0],
        1u64.to_le_bytes(),
        1u64.to_le_bytes(),
    ]
    .concat();
    let at = file
        .windows(header.len())
        .position(|w| w == header)
        .unwrap();
    file[at + 8..at + 16].copy_from_slice(&(1u64 << 40).to_le_bytes());
    check(
        file,
        "`0.weight` is declared with the shape [1099511627776, 1]; allowed: 67108863 numbers",
    );
}
#[test]
fn zeros_that_compression_makes_small() {
    let bytes = file(|graph| {
        string(graph, "type", "NIRGraph");
        graph
            .create_dataset("edges")
            .with_vlen_strings(&[])
            .with_shape(&[0, 2]);
        let mut nodes = graph.create_group("nodes");
        for name in 0..65 {
            let mut node = nodes.create_group(&name.to_string());
            string(&mut node, "type", "Linear");
            let set = node.create_dataset("weight");
            set.with_u8_data(&vec![0; 1 << 20])
                .with_chunks(&[1 << 20])
                .with_deflate(9);
            nodes.add_group(node.finish());
        }
        graph.add_group(nodes.finish());
    });
    assert!(bytes.len() < 1 << 20, "{}", bytes.len());
    check(
        bytes,
        "declared with the shape [1048576]; allowed: 0 numbers, of 67108864 for all nodes",
    );
}
/// Of a node that is not imported the numbers are never read.
#[test]
fn numbers_of_no_use() {
    let bytes = node(|node| {
        string(node, "type", "Conv2d");
        node.create_dataset("weight").with_f64_data(&[1.0, 2.0]);
    });
    let expected = Array {
        shape: vec![2],
        values: Vec::new(),
    };
    let graph = read("net.nir", bytes).unwrap();
    assert_eq!(graph.nodes["fc"].parameters["weight"], expected);
}
