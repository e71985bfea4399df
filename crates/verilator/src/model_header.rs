//! `bruno_model.h`: what the C++ driver must know of a chip, and the state accessors of a probe build.

use crate::build::Source;
use crate::names::{
    ARRAY_TYPE, CLASS, CLOCK_BEFORE, EDGE, EVAL, ROOT, ROOT_HEADER, WITHIN, encoded, generated,
};
use crate::{Flavour, shared_banks};
use bruno_device::{Chip, MOST_STATES};
use bruno_hdl::bank_names::MEMORY;
use bruno_hdl::{Design, hidden_neurons, streams};
use bruno_sim::stimuli::Reader;
use std::collections::BTreeSet;
use std::fmt::Write;

/// The text of the header.
pub(crate) fn print(source: &Source) -> String {
    let Source {
        chip,
        design,
        flavour,
        rewrites,
    } = *source;
    let streams = streams(chip);
    let mut text = format!("#pragma once\n#include \"{CLASS}.h\"\n#include \"{ROOT_HEADER}\"\n");
    text += &match flavour {
        Flavour::Fast if rewrites.on => shared_banks::prefetch(chip),
        Flavour::Fast | Flavour::Delivered => String::new(),
        Flavour::Probe | Flavour::Coverage => "#define BRUNO_PROBE\n".into(),
        Flavour::Trace => "#include \"verilated_vcd_c.h\"\n#define BRUNO_TRACE\n".into(),
    };
    // Waves show both edges, and a coverage build counts how often the clock toggles.
    if matches!(flavour, Flavour::Trace | Flavour::Coverage) {
        text += "#define BRUNO_BOTH_EDGES\n";
    }
    let _ = write!(
        text,
        "#define BRUNO_ROOT {ROOT}\n#define BRUNO_EVAL {EVAL}\n#define BRUNO_EDGE {EDGE}\n#define BRUNO_CLOCK_BEFORE {CLOCK_BEFORE}\n"
    );
    let _ = write!(
        text,
        "#define BRUNO_CLASS {CLASS}\n#define BRUNO_BANKS {streams}\n#define BRUNO_HIDDEN {}\n#define BRUNO_INPUTS {}\n",
        hidden_neurons(chip),
        chip.inputs
    );
    if chip.fold > 1 {
        text += "#define BRUNO_FOLDED\n";
    }
    // Waves show a folded chip's cycle as long as its tick allows.
    let half = 500 / design.cycles_per_tick;
    let _ = writeln!(text, "#define BRUNO_HALF_CYCLE_NS {half}");
    if flavour == Flavour::Coverage {
        text += "#include \"verilated_cov.h\"\n#define BRUNO_COVERAGE\n";
    }
    if flavour.probed() {
        for (name, reader) in READERS {
            let _ = writeln!(text, "#define {name} {}", reader_number(reader));
        }
        text += &accessors(chip);
    }
    text
}

const READERS: [(&str, Reader); 3] = [
    ("BRUNO_READER_ALWAYS", Reader::Always),
    ("BRUNO_READER_SLOW", Reader::Slow),
    ("BRUNO_READER_STOPPED", Reader::Stopped),
];

/// Number of a reader in the driver.
pub(crate) fn reader_number(reader: Reader) -> u32 {
    reader as u32
}

/// Name of the instance of each bank, in order of the streams.
pub(crate) fn instances(chip: &Chip) -> Vec<(usize, String)> {
    let mut all = Vec::new();
    for (index, layer) in chip.layers.iter().enumerate() {
        let mut base = 0;
        for size in &layer.banks {
            all.push((index, format!("{}_{base}", layer.name)));
            base += size;
        }
    }
    all
}

/// Verilator keeps an array's elements in the smallest C++ type that holds them.
fn copy() -> String {
    format!(
        "
template <typename Element, std::size_t Count>
uint32_t bruno_copy(const {ARRAY_TYPE}<Element, Count>& array, uint32_t*& out) {{
  for (std::size_t k = 0; k < Count; ++k) *out++ = array.m_storage[k];
  return Count;
}}
"
    )
}

/// States are numbered by their places in the declaration of a layer's neurons.
fn accessors(chip: &Chip) -> String {
    let mut text = format!(
        "{}
inline uint32_t bruno_probe_state(const {ROOT}* root, uint32_t bank, uint32_t state, uint32_t* out, std::size_t room) {{
  uint32_t count = 0;
  if (state >= {states}) return 0;
  switch ({states} * bank + state) {{
",
        copy(),
        states = MOST_STATES
    );
    // In a lane a state's words stand in the instance of its memory.
    let (instance_of, memory) = match chip.fold {
        1 => ("", String::new()),
        _ => ("u_", format!("{WITHIN}{MEMORY}")),
    };
    for (bank, (layer, instance)) in instances(chip).iter().enumerate() {
        let size = bank_sizes(chip)[bank];
        for (id, state) in chip.layers[*layer].model.places() {
            let copy = |part: &String| {
                format!(
                    "bruno_copy(root->{}{WITHIN}{}{WITHIN}{part}{instance_of}{}{memory}, out)",
                    encoded(&chip.name),
                    encoded(instance),
                    state.name
                )
            };
            // `out` moves on with every copy, so they stand in statements of their own.
            let copies: Vec<String> = parts(chip, size).iter().map(copy).collect();
            let case = MOST_STATES * bank + id.place();
            let _ = writeln!(
                text,
                "    case {case}: if (room < {size}) return 0; count += {}; break;",
                copies.join("; count += ")
            );
        }
    }
    text + "    default: break;\n  }\n  return count;\n}\n"
}

fn bank_sizes(chip: &Chip) -> Vec<usize> {
    chip.layers.iter().flat_map(|l| l.banks.clone()).collect()
}

/// Where in a bank of `size` neurons the states stand, in the order of the neurons: in the bank itself or in its lanes.
fn parts(chip: &Chip, size: usize) -> Vec<String> {
    if chip.fold == 1 {
        return vec![String::new()];
    }
    let full = size / chip.fold;
    let lane = |l| generated("g_lane", l, "u_lane");
    // One lane of a kind stands in no loop; one that serves fewer neurons than the others is the rest.
    let mut parts: Vec<String> = match full {
        0 | 1 => vec![format!("u_lane{WITHIN}")],
        _ => (0..full).map(lane).collect(),
    };
    if full > 0 && !size.is_multiple_of(chip.fold) {
        parts.push(format!("u_rest{WITHIN}"));
    }
    parts
}

/// Verilator's configuration of a probe build: the states can be read from C++, the RTL stays as it is.
pub(crate) fn probe_config(chip: &Chip, design: &Design) -> String {
    let module = |f: &bruno_hdl::DesignFile| f.name.trim_end_matches(".v").to_string();
    let stateful = |m: &String| m.contains("_bank") || m.contains("_lane");
    let modules: Vec<String> = design.verilog.iter().map(module).filter(stateful).collect();
    let mut text = String::new();
    let states = chip.layers.iter().flat_map(|l| &l.model.states);
    let states: BTreeSet<&str> = states.map(|s| s.name.as_str()).collect();
    for module in modules.iter().map(|m| encoded(m)) {
        // Inlined, a state has a name in the root whatever the number of instances.
        let _ = writeln!(text, "inline -module \"{module}\"");
        for state in states.iter().filter(|_| chip.fold == 1) {
            let _ = writeln!(text, "public_flat_rd -module \"{module}\" -var \"{state}\"");
        }
    }
    for module in design.memories().map(encoded) {
        let _ = writeln!(
            text,
            "inline -module \"{module}\"\npublic_flat_rd -module \"{module}\" -var \"{MEMORY}\""
        );
    }
    text
}
