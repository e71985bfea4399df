//! Banks of one module share their code: Verilator writes a function for every instance and keeps one where they do not
//! differ. At 32 banks they are a 32nd of the C++ to compile, and stay in the processor's instruction cache.

use crate::model_header::instances;
use crate::names::{CLASS, PRIVATE, ROOT, WITHIN, encoded};
use bruno_device::{Chip, Layer};
use bruno_hdl::bank_module;
use bruno_hdl::bank_names::CODE;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;
use std::path::Path;

/// Ports that are connected to something else in every instance. As public signals they stand in the instance, where
/// Verilator would put what they are connected to into the instance's function.
const OWN_PORTS: [&str; 2] = ["base_i", "rec_ready_i"];

/// Verilator's configuration of the modules that a chip has several banks of; empty without any.
pub(crate) fn config(chip: &Chip) -> String {
    let mut text = String::new();
    for module in modules(chip).iter().map(|m| encoded(m)) {
        let _ = writeln!(text, "no_inline -module \"{module}\"");
        for port in OWN_PORTS {
            let _ = writeln!(text, "public_flat_rd -module \"{module}\" -var \"{port}\"");
        }
    }
    text
}

/// Modules with several instances.
fn modules(chip: &Chip) -> Vec<String> {
    let unfolded = chip.layers.iter().filter(|_| chip.fold == 1);
    let of = |layer| repeated(layer).map(move |size| bank_module(chip, layer, size));
    unfolded.flat_map(of).collect()
}

/// Reads a row; nothing waits for what is read. (Prefetch instructions gained half as much on Zen 3: docs/performance_history.md.)
fn prefetch_row() -> String {
    format!(
        "
#define BRUNO_PREFETCH
template <typename Bank> void bruno_prefetch_row(const Bank& bank, uint32_t channel) {{
  const auto& row = bank.{PRIVATE}{CODE}[channel];
  const volatile char* const start = reinterpret_cast<const volatile char*>(&row);
  for (std::size_t at = 0; at < sizeof(row); at += 64) (void)start[at];
  (void)start[sizeof(row) - 1];
}}
"
    )
}

/// Rows that are read ahead, as a rewrite.
pub(crate) const AHEAD: &str = "prefetched rows";

/// What Verilator made of that: classes of banks that are shared, and members of the root through which rows are read ahead.
pub(crate) fn found(chip: &Chip, dir: &Path) -> [usize; 2] {
    let header = |class: &str| std::fs::read_to_string(dir.join(format!("{class}.h"))).ok();
    let classes = modules(chip).into_iter().map(|m| encoded(&m));
    let classes = classes.filter_map(|m| header(&format!("{CLASS}_{m}")));
    let shared = classes.filter(|text| text.contains(&format!("{PRIVATE}{CODE};")));
    let root = header(ROOT).unwrap_or_default();
    let members = rows(chip).into_iter().map(|(member, ..)| member);
    let ahead = members.filter(|member| root.contains(&format!(" {member};")));
    [shared.count(), ahead.count()]
}

/// For the driver: brings the weights that a neuron's spike needs in the next tick into the cache, from all banks at once.
/// Each bank would wait for its own: at N = 4096 that was a fifth of the time. Where this Verilator names its members
/// in another way, nothing is done. Empty for a chip without modules that have several instances.
pub(crate) fn prefetch(chip: &Chip) -> String {
    let modules = modules(chip);
    let mut text: String = modules
        .iter()
        .map(|m| format!("#include \"{CLASS}_{}.h\"\n", encoded(m)))
        .collect();
    let banks = rows(chip);
    let Some((first, ..)) = banks.first() else {
        return String::new();
    };
    let _ = writeln!(
        text,
        "{}template <typename Root>
auto bruno_prefetch(const Root& root, uint32_t neuron, int) -> decltype(root.{first}->{PRIVATE}{CODE}, void()) {{",
        prefetch_row()
    );
    for (bank, neurons, offset) in &banks {
        let _ = writeln!(
            text,
            "  if (neuron - {0}u < {1}u) bruno_prefetch_row(*root.{bank}, neuron - {0}u + {offset}u);",
            neurons.start,
            neurons.len()
        );
    }
    text + "}\ntemplate <typename Root> void bruno_prefetch(const Root&, uint32_t, long) {}\n"
}

/// Banks that add the spikes of hidden neurons: member of the root, the neurons (numbered over all layers), row of the first.
fn rows(chip: &Chip) -> Vec<(String, Range<usize>, usize)> {
    let shared = shared(chip);
    let banks_of = |layer: usize| shared.iter().filter(move |bank| bank.0 == layer);
    let mut all = Vec::new();
    let mut start = 0;
    let spiking = chip.layers.iter().enumerate();
    for (index, layer) in spiking.filter(|(_, l)| l.spikes()) {
        let neurons = start..start + layer.neurons;
        let own = banks_of(index).filter(|_| layer.recurrent);
        let own = own.map(|bank| (bank, layer.inputs));
        for ((_, name), row) in own.chain(banks_of(index + 1).map(|bank| (bank, 0))) {
            let (chip, bank) = (encoded(&chip.name), encoded(name));
            let member = format!("{PRIVATE}{chip}{WITHIN}{bank}");
            all.push((member, neurons.clone(), row));
        }
        start = neurons.end;
    }
    all
}

/// Layer and name of the instances of modules with several.
fn shared(chip: &Chip) -> Vec<(usize, String)> {
    let sizes = chip.layers.iter().flat_map(|l| l.banks.clone());
    let several = |layer: usize, size| repeated(&chip.layers[layer]).any(|s| s == size);
    let banks = instances(chip).into_iter().zip(sizes);
    let shared = banks.filter(|((layer, _), size)| chip.fold == 1 && several(*layer, *size));
    shared.map(|(bank, _)| bank).collect()
}

/// Sizes of which a layer has several banks.
fn repeated(layer: &Layer) -> impl Iterator<Item = usize> {
    let mut counts = BTreeMap::new();
    for size in &layer.banks {
        *counts.entry(*size).or_insert(0) += 1;
    }
    let several = counts.into_iter().filter(|(_, count)| *count > 1);
    several.map(|(size, _)| size)
}
