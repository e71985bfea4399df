//! `bruno_model.h`: what the C++ driver must know of a chip, and the state accessors of a probe build.

use super::Flavour;
use super::names::CLASS;
use bruno_device::{Chip, Layer};
use bruno_hdl::{hidden_neurons, streams};
use std::fmt::Write;

/// States that a probe build shows, in the order of their numbers.
pub(super) const PROBED: [&str; 4] = ["v", "p", "i", "refr"];

/// The text of the header.
pub(super) fn print(chip: &Chip, flavour: Flavour) -> String {
    let streams = streams(chip);
    let mut text = format!("#pragma once\n#include \"{CLASS}.h\"\n");
    text += match flavour {
        Flavour::Fast => "",
        Flavour::Probe => "#include \"Vchip___024root.h\"\n#define BRUNO_PROBE\n",
        Flavour::Trace => "#include \"verilated_vcd_c.h\"\n#define BRUNO_TRACE\n",
    };
    let _ = write!(
        text,
        "#define BRUNO_CLASS {CLASS}\n#define BRUNO_BANKS {streams}\n#define BRUNO_HIDDEN {}\n",
        hidden_neurons(chip)
    );
    if flavour == Flavour::Probe {
        text += &accessors(chip);
    }
    text
}

/// Name of the instance of each bank, in order of the streams.
pub(super) fn instances(chip: &Chip) -> Vec<(usize, String)> {
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

fn has(layer: &Layer, state: &str) -> bool {
    match state {
        "i" => true,
        "p" => layer.kind == bruno_device::LayerKind::Felif,
        _ => layer.kind != bruno_device::LayerKind::Readout,
    }
}

/// Verilator keeps an array's elements in the smallest C++ type that holds them.
const COPY: &str = "
template <typename Element, std::size_t Count>
uint32_t bruno_copy(const VlUnpacked<Element, Count>& array, uint32_t* out) {
  for (std::size_t k = 0; k < Count; ++k) out[k] = array.m_storage[k];
  return Count;
}
";

fn accessors(chip: &Chip) -> String {
    let mut text = format!(
        "{COPY}
inline uint32_t bruno_probe_state(const {CLASS}___024root* root, uint32_t bank, uint32_t state, uint32_t* out) {{
  switch ({} * bank + state) {{
",
        PROBED.len()
    );
    for (bank, (layer, instance)) in instances(chip).iter().enumerate() {
        for (number, state) in PROBED.iter().enumerate() {
            if has(&chip.layers[*layer], state) {
                let case = PROBED.len() * bank + number;
                let _ = writeln!(
                    text,
                    "    case {case}: return bruno_copy(root->{}__DOT__{instance}__DOT__{state}, out);",
                    chip.name
                );
            }
        }
    }
    text + "    default: return 0;\n  }\n}\n"
}

/// Verilator's configuration of a probe build: the states can be read from C++, the RTL stays as it is.
pub(super) fn probe_config(modules: &[String]) -> String {
    let mut text = String::from("`verilator_config\n");
    for module in modules {
        for state in PROBED {
            let _ = writeln!(text, "public_flat_rd -module \"{module}\" -var \"{state}\"");
        }
    }
    text
}
