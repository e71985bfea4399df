//! What came out of a synthesis, counted: cells, area, flip-flops of each module and the memories beside them.

use crate::SynthError;
use bruno_device::Chip;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// One module; its figures are those of one instance without the instances inside.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub struct Module {
    /// Name.
    pub name: String,
    /// How often the chip holds it.
    pub instances: u64,
    /// Cells without memories.
    pub cells: u64,
    /// Their area, um2; none without a cell library.
    pub area_um2: Option<f64>,
    /// Flip-flops among the cells.
    pub flip_flops: u64,
    /// Bits of the memories kept apart.
    pub memory_bits: u64,
    /// Cells by type.
    pub by_type: BTreeMap<String, u64>,
}

/// A memory kept apart from the cells.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub struct Memory {
    /// The module that holds it.
    pub module: String,
    /// Its name there.
    pub name: String,
    /// Words.
    pub words: u64,
    /// Bits a word.
    pub width: u64,
    /// Words that are read at once.
    pub read_ports: u64,
    /// Words that are written at once.
    pub write_ports: u64,
}

/// The banks of one layer, with everything inside them.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub struct LayerArea {
    /// Layer.
    pub layer: String,
    /// Neurons.
    pub neurons: usize,
    /// Cells of all its banks.
    pub cells: u64,
    /// Cells a neuron.
    pub cells_per_neuron: f64,
    /// Area a neuron, um2.
    pub area_um2_per_neuron: Option<f64>,
    /// Memory bits of all its banks.
    pub memory_bits: u64,
}

/// Yosys' `stat -json`.
#[derive(Deserialize)]
struct Stat {
    modules: BTreeMap<String, ModuleStat>,
}

#[derive(Deserialize)]
struct ModuleStat {
    #[serde(default)]
    num_cells_by_type: BTreeMap<String, u64>,
}

/// Yosys' JSON netlist, of which the memories were selected.
#[derive(Deserialize)]
struct Netlist {
    modules: BTreeMap<String, NetlistModule>,
}

#[derive(Deserialize)]
struct NetlistModule {
    #[serde(default)]
    cells: BTreeMap<String, NetlistCell>,
}

#[derive(Deserialize)]
struct NetlistCell {
    parameters: BTreeMap<String, String>,
}

/// The memories of Yosys' JSON file.
pub(crate) fn memories(path: &Path) -> Result<Vec<Memory>, SynthError> {
    let netlist: Netlist = json(path, &read(path)?)?;
    let mut found = Vec::new();
    for (module, content) in netlist.modules {
        for (name, cell) in content.cells {
            let number = |key: &str| {
                let bits = cell.parameters.get(key).map_or("", String::as_str);
                u64::from_str_radix(bits, 2).map_err(|_| SynthError::Unreadable {
                    log: path.display().to_string(),
                    what: format!("parameter {key} of memory {name}"),
                })
            };
            found.push(Memory {
                module: module.clone(),
                words: number("SIZE")?,
                width: number("WIDTH")?,
                read_ports: number("RD_PORTS")?,
                write_ports: number("WR_PORTS")?,
                // A memory's module calls its words so.
                name: name.trim_end_matches(".memory").into(),
            });
        }
    }
    Ok(found)
}

/// The modules from `top` down, in order of name, of Yosys' statistics.
pub(crate) fn modules(
    path: &Path,
    top: &str,
    memories: &[Memory],
    areas: Option<&BTreeMap<String, f64>>,
) -> Result<Vec<Module>, SynthError> {
    // Yosys 0.23 prints the hierarchy, which is no JSON, into the middle of its JSON.
    let text: String = read(path)?
        .lines()
        .filter(|line| line.trim_start().starts_with(['"', '{', '}']))
        .collect();
    let stat: Stat = json(path, &text)?;
    let stat: BTreeMap<String, BTreeMap<String, u64>> = (stat.modules.into_iter())
        .map(|(name, m)| (name.trim_start_matches('\\').into(), m.num_cells_by_type))
        .collect();
    let mut instances = BTreeMap::new();
    count_instances(&stat, top, 1, &mut instances);
    let module = |(name, instances): (String, u64)| {
        let all = stat.get(&name).cloned().unwrap_or_default();
        let logic = |kind: &String| !stat.contains_key(kind) && !kind.starts_with("$mem");
        let by_type: BTreeMap<_, _> = all.into_iter().filter(|(kind, _)| logic(kind)).collect();
        let of = |kind: &String| areas.and_then(|a| a.get(kind)).copied().unwrap_or(0.0);
        let flip_flop = |(kind, _): &(&String, &u64)| kind.contains("DFF") || *kind == "TRELLIS_FF";
        let own = memories.iter().filter(|m| m.module == name);
        Module {
            instances,
            cells: by_type.values().sum(),
            area_um2: areas.map(|_| by_type.iter().map(|(k, n)| of(k) * *n as f64).sum()),
            flip_flops: by_type.iter().filter(flip_flop).map(|(_, n)| n).sum(),
            memory_bits: own.map(|m| m.words * m.width).sum(),
            by_type,
            name,
        }
    };
    Ok(instances.into_iter().map(module).collect())
}

fn count_instances(
    stat: &BTreeMap<String, BTreeMap<String, u64>>,
    name: &str,
    times: u64,
    instances: &mut BTreeMap<String, u64>,
) {
    *instances.entry(name.into()).or_default() += times;
    for (kind, count) in stat.get(name).into_iter().flatten() {
        if stat.contains_key(kind) {
            count_instances(stat, kind, times * count, instances);
        }
    }
}

/// Sums over the banks of each layer.
pub(crate) fn layers(chip: &Chip, modules: &[Module]) -> Vec<LayerArea> {
    let layer = |layer: &bruno_device::Layer| {
        let prefix = |part: &str| format!("{}_{}_{part}", chip.name, layer.name);
        let parts = ["bank", "lane", "neuron"].map(prefix); // a bank holds its datapaths
        let own = |m: &&Module| parts.iter().any(|part| m.name.starts_with(part));
        let own: Vec<&Module> = modules.iter().filter(own).collect();
        let sum = |of: fn(&Module) -> u64| own.iter().map(|m| m.instances * of(m)).sum::<u64>();
        let areas = own.iter().map(|m| Some(m.area_um2? * m.instances as f64));
        let area: Option<f64> = areas.sum();
        let cells = sum(|m| m.cells);
        LayerArea {
            layer: layer.name.clone(),
            neurons: layer.neurons,
            cells,
            cells_per_neuron: cells as f64 / layer.neurons as f64,
            area_um2_per_neuron: area.map(|a| a / layer.neurons as f64),
            memory_bits: sum(|m| m.memory_bits),
        }
    };
    chip.layers.iter().map(layer).collect()
}

/// Area (um2) of each cell of a Liberty file.
pub(crate) fn cell_areas(path: &Path) -> Result<BTreeMap<String, f64>, SynthError> {
    let mut areas = BTreeMap::new();
    let mut cell = None;
    for line in read(path)?.lines() {
        let line = line.trim();
        if let Some(rest) = line.strip_prefix("cell") {
            let name = rest.trim_start().strip_prefix('(');
            cell = name
                .and_then(|n| n.split(')').next())
                .or(cell.as_deref())
                .map(String::from);
        }
        let value = line
            .strip_prefix("area")
            .and_then(|l| l.split([':', ';']).nth(1));
        if let (Some(cell), Some(Ok(area))) = (&cell, value.map(|v| v.trim().parse())) {
            areas.insert(cell.trim().into(), area);
        }
    }
    Ok(areas)
}

pub(crate) fn read(path: &Path) -> Result<String, SynthError> {
    std::fs::read_to_string(path).map_err(|source| SynthError::File {
        path: path.display().to_string(),
        source,
    })
}

pub(crate) fn json<T: serde::de::DeserializeOwned>(
    path: &Path,
    text: &str,
) -> Result<T, SynthError> {
    serde_json::from_str(text).map_err(|e| SynthError::Unreadable {
        log: path.display().to_string(),
        what: format!("what bruno reads ({e})"),
    })
}
