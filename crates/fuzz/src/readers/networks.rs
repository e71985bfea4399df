//! Networks of other tools: the bytes of their files, and the graphs that are in them.

use super::Reader;
use super::sets::written;
use crate::Form;
use bruno_device::Chip;
use bruno_nir::{Graph, Settings, export, import, read, write};

pub(super) const READERS: &[Reader] = &[
    Reader {
        name: "nir",
        form: Form::Bytes,
        // As nir.write lays it out, with headers that have no checksum, and as bruno does.
        seeds: || vec![written(&["net.nir"]).concat(), exported()],
        read: |bytes| read("net", bytes.to_vec()).is_ok_and(|graph| imported(&graph)),
    },
    Reader {
        name: "nir_graph",
        form: Form::Json,
        seeds: || [graph(), read_again(exported())].iter().map(json).collect(),
        read: |bytes| serde_json::from_slice(bytes).is_ok_and(|graph| imported(&graph)),
    },
];

/// Whether a chip comes of a graph. It can be loaded, and goes out again where it has no metadata of its own.
fn imported(graph: &Graph) -> bool {
    let settings = [
        Settings::default(),
        Settings {
            dt_us: Some(100.0),
            step_ticks: 10,
            bits: 3,
            bias_channel: true,
            new_chip: true,
            ..Settings::default()
        },
    ];
    let mut taken = false;
    for settings in settings {
        let Ok(made) = import("net", graph, &settings) else {
            continue;
        };
        taken = true;
        let chip = Chip::resolve("net", &made.description).expect("a chip that was made resolves");
        made.program
            .check(&chip)
            .expect("a program that was made fits");
        if let Ok(out) = export("net", &chip, &made.program, 1.0) {
            let _ = write("net", &out.graph);
        }
    }
    taken
}

fn graph() -> Graph {
    read_again(written(&["net.nir"]).concat())
}

fn read_again(bytes: Vec<u8>) -> Graph {
    read("net", bytes).expect("a valid network")
}

/// The file of a chip that bruno made of it.
fn exported() -> Vec<u8> {
    let made = import("net", &graph(), &Settings::default()).expect("a network that is imported");
    let chip = Chip::resolve("net", &made.description).expect("its chip");
    let out = export("net", &chip, &made.program, 100.0).expect("a chip that is exported");
    write("net", &out.graph).expect("its file")
}

fn json(graph: &Graph) -> Vec<u8> {
    serde_json::to_vec(graph).expect("a graph is JSON")
}
