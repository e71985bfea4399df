//! A graph from the bytes of an HDF5 file. What a file declares is held against the budget before it is read.

use crate::error::{NirError, problem};
use crate::graph::{Array, Graph, Node};
use bruno_chip::Problem;
use bruno_host::read_bytes;
use hdf5_pure::{DType, Dataset, File, Group, VlenStringReadOptions};
use std::collections::BTreeMap;
use std::path::Path;

/// Most numbers of all nodes together, 0.5 GiB: the largest layer of a chip has half of them as weights.
const MOST_NUMBERS: u64 = 1 << 26;

/// Most nodes, edges and strings of a file.
const MOST_NAMES: u64 = 1 << 16;

/// Most bytes of the strings of one array; the chip in the metadata of an exported graph takes 0.3 MB at most.
const MOST_TEXT: u64 = 16 << 20;

/// Most graphs within one another.
const MOST_DEPTH: usize = 8;

/// Reads the graph of a file.
///
/// # Errors
/// A file that cannot be read; those of [`read`].
pub fn load(path: &Path) -> Result<Graph, NirError> {
    let file = path.display().to_string();
    match read_bytes(path) {
        Ok(bytes) => read(&file, bytes),
        Err(source) => Err(NirError::Read { file, source }),
    }
}

/// Reads a graph from bytes, which errors call `file`. Of nodes of other kinds than bruno imports only kind and shapes are
/// read.
///
/// # Errors
/// No HDF5, or damaged; nodes, types or edges that are missing; sizes beyond the budget.
pub fn read(file: &str, bytes: Vec<u8>) -> Result<Graph, NirError> {
    let mut reader = Reader {
        numbers: MOST_NUMBERS,
        names: MOST_NAMES,
    };
    reader
        .file(bytes)
        .map_err(|p| NirError::refused(file, vec![*p]))
}

type Found<T> = Result<T, Box<Problem>>;

fn refuse<T>(at: &str, value: impl ToString, allowed: impl Into<String>, remedy: &str) -> Found<T> {
    Err(Box::new(problem(at, value, allowed, remedy)))
}

/// What the library for HDF5 says of a place.
fn damaged<T>(at: &str, result: Result<T, hdf5_pure::Error>) -> Found<T> {
    result.or_else(|e| {
        refuse(
            at,
            format!("unreadable: {e}"),
            "what nir.write writes",
            "write the file anew",
        )
    })
}

/// What a file may still declare.
struct Reader {
    numbers: u64,
    names: u64,
}

impl Reader {
    fn file(&mut self, bytes: Vec<u8>) -> Found<Graph> {
        let file = damaged("the file", File::from_bytes(bytes))?;
        let root = file.root();
        let version = match damaged("version", root.datasets())?
            .iter()
            .any(|n| n == "version")
        {
            true => Some(self.string(&root, "version", "version")?),
            false => None,
        };
        if !damaged("node", root.groups())?.iter().any(|n| n == "node") {
            return refuse(
                "node",
                "missing",
                "the group `node` that holds the graph",
                "give a file that nir.write wrote",
            );
        }
        let node = damaged("node", root.group("node"))?;
        let kind = self.string(&node, "type", "node.type")?;
        if kind != "NIRGraph" {
            return refuse(
                "node.type",
                format!("`{kind}`"),
                "NIRGraph",
                "put the node into a graph, with an Input and an Output",
            );
        }
        let graph = self.graph(&node, "node", 0)?;
        Ok(Graph { version, ..graph })
    }

    fn graph(&mut self, group: &Group, at: &str, depth: usize) -> Found<Graph> {
        if depth > MOST_DEPTH {
            return refuse(
                at,
                format!("a graph {depth} deep"),
                format!("graphs up to {MOST_DEPTH} deep"),
                "leave the inner nodes in the graph around them",
            );
        }
        let groups = damaged(at, group.groups())?;
        if !groups.iter().any(|n| n == "nodes") {
            return refuse(
                &format!("{at}.nodes"),
                "missing",
                "the group of the nodes",
                "give a file that nir.write wrote",
            );
        }
        let inner = damaged(at, group.group("nodes"))?;
        let mut nodes = BTreeMap::new();
        let names = damaged(&format!("{at}.nodes"), inner.groups())?;
        self.take_names(at, names.len() as u64)?;
        for name in names {
            let path = match at {
                "node" => name.clone(),
                at => format!("{at}/{name}"),
            };
            let group = damaged(&path, inner.group(&name))?;
            let node = self.node(&group, &path, depth)?;
            nodes.insert(name, node);
        }
        Ok(Graph {
            version: None,
            edges: self.edges(group, &format!("{at}.edges"))?,
            metadata: self.metadata(group, at)?,
            nodes,
        })
    }

    fn node(&mut self, group: &Group, at: &str, depth: usize) -> Found<Node> {
        let mut node = Node {
            kind: self.string(group, "type", &format!("{at}.type"))?,
            metadata: self.metadata(group, at)?,
            ..Node::default()
        };
        if node.kind == "NIRGraph" {
            node.graph = Some(self.graph(group, at, depth + 1)?);
            return Ok(node);
        }
        let names = damaged(at, group.datasets())?;
        self.take_names(at, names.len() as u64)?;
        for name in names.into_iter().filter(|n| n != "type") {
            let at = format!("{at}.{name}");
            let set = damaged(&at, group.dataset(&name))?;
            let array = self.array(&set, &at, node.is_imported())?;
            node.parameters.insert(name, array);
        }
        Ok(node)
    }

    fn array(&mut self, set: &Dataset, at: &str, with_values: bool) -> Found<Array> {
        let shape = damaged(at, set.shape())?;
        let count = shape.iter().try_fold(1u64, |n, d| n.checked_mul(*d));
        let lengths: Option<Vec<usize>> = shape.iter().map(|d| usize::try_from(*d).ok()).collect();
        let left = self.numbers;
        let (Some(count), Some(lengths)) = (count.filter(|n| *n <= left), lengths) else {
            return refuse(
                at,
                format!("declared with the shape {shape:?}"),
                format!("{left} numbers, of {MOST_NUMBERS} for all nodes"),
                "give a network that a chip can hold",
            );
        };
        let numbers = matches!(
            damaged(at, set.dtype())?,
            DType::F32
                | DType::F64
                | DType::I8
                | DType::I16
                | DType::I32
                | DType::I64
                | DType::U8
                | DType::U16
                | DType::U32
                | DType::U64
        );
        let values = match with_values && numbers {
            true => {
                self.numbers -= count;
                damaged(at, set.read_f64())?
            }
            false => Vec::new(),
        };
        if with_values && values.len() as u64 != count {
            return refuse(
                at,
                format!("{} numbers in the shape {shape:?}", values.len()),
                format!("{count} numbers"),
                "write the file anew",
            );
        }
        Ok(Array {
            shape: lengths,
            values,
        })
    }

    /// Pairs of names.
    fn edges(&mut self, group: &Group, at: &str) -> Found<Vec<(String, String)>> {
        if !damaged(at, group.datasets())?.iter().any(|n| n == "edges") {
            return refuse(
                at,
                "missing",
                "an array of pairs of names",
                "give a file that nir.write wrote",
            );
        }
        let set = damaged(at, group.dataset("edges"))?;
        let names = self.strings(&set, at)?;
        let (pairs, rest) = names.as_chunks::<2>();
        match rest {
            [] => Ok(pairs
                .iter()
                .map(|[from, to]| (from.clone(), to.clone()))
                .collect()),
            _ => refuse(
                at,
                format!("{} names", names.len()),
                "pairs of names",
                "write the file anew",
            ),
        }
    }

    /// The strings of the metadata; what else stands there is nobody's.
    fn metadata(&mut self, group: &Group, at: &str) -> Found<BTreeMap<String, String>> {
        let mut strings = BTreeMap::new();
        if !damaged(at, group.groups())?.iter().any(|n| n == "metadata") {
            return Ok(strings);
        }
        let at = format!("{at}.metadata");
        let group = damaged(&at, group.group("metadata"))?;
        for name in damaged(&at, group.datasets())? {
            let at = format!("{at}.{name}");
            let set = damaged(&at, group.dataset(&name))?;
            if !matches!(
                damaged(&at, set.dtype())?,
                DType::String | DType::VariableLengthString
            ) {
                continue;
            }
            if let [text] = self.strings(&set, &at)?.as_slice() {
                strings.insert(name, text.clone());
            }
        }
        Ok(strings)
    }

    fn string(&mut self, group: &Group, name: &str, at: &str) -> Found<String> {
        if !damaged(at, group.datasets())?.iter().any(|n| n == name) {
            return refuse(
                at,
                "missing",
                "a string",
                "give a file that nir.write wrote",
            );
        }
        let set = damaged(at, group.dataset(name))?;
        match self.strings(&set, at)?.as_slice() {
            [text] => Ok(text.clone()),
            all => refuse(
                at,
                format!("{} strings", all.len()),
                "one string",
                "write the file anew",
            ),
        }
    }

    fn strings(&mut self, set: &Dataset, at: &str) -> Found<Vec<String>> {
        let shape = damaged(at, set.shape())?;
        let count = shape
            .iter()
            .try_fold(1u64, |n, d| n.checked_mul(*d))
            .unwrap_or(u64::MAX);
        self.take_names(at, count)?;
        let strings = match damaged(at, set.dtype())? {
            DType::VariableLengthString => {
                let limits = VlenStringReadOptions::new()
                    .with_max_elements(count as usize)
                    .with_max_payload_bytes(MOST_TEXT as usize);
                set.read_vlen_strings(limits)
            }
            DType::String => {
                let bytes = damaged(at, set.element_size())?.saturating_mul(count);
                if bytes > MOST_TEXT {
                    return refuse(
                        at,
                        format!("declared with {bytes} bytes"),
                        format!("up to {MOST_TEXT} bytes of text"),
                        "write the file anew",
                    );
                }
                set.read_string()
            }
            other => {
                return refuse(
                    at,
                    format!("of type {other}"),
                    "strings",
                    "write the file anew",
                );
            }
        };
        damaged(at, strings)
    }

    fn take_names(&mut self, at: &str, count: u64) -> Found<()> {
        match self.names.checked_sub(count) {
            Some(left) => {
                self.names = left;
                Ok(())
            }
            None => refuse(
                at,
                format!("{count} names"),
                format!("{} of {MOST_NAMES} in a file", self.names),
                "give a network that a chip can hold",
            ),
        }
    }
}
