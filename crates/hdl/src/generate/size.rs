//! What a folded chip is made of, counted from its kernels before minutes of synthesis: what an estimate of cells starts from.

use super::bank::{Array, arrays, constants, stages};
use super::fold::{self, datapath::Datapath};
use super::register_map::{bank_registers, registers};
use super::shell::DEPTH_BITS;
use crate::HdlError;
use crate::interval::Interval;
use crate::narrow::{Cells, count};
use bruno_chip::{Interfaces, RecorderInterface, SpikeInterface};
use bruno_device::{Chip, Layer};

/// A memory of a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ram {
    /// Bits of a word.
    pub bits: usize,
    /// Words.
    pub words: usize,
}

/// What a layer is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerSize {
    /// Its lanes.
    pub lanes: usize,
    /// The kernels of one.
    pub kernels: Cells,
    /// Bits of one's registers between stages.
    pub registers: u64,
    /// Full adders of one's synapses.
    pub synapses: u64,
    /// Memories of all lanes.
    pub memories: Vec<Ram>,
    /// Bits of the registers and level tables that the bus writes.
    pub card: u64,
}

/// What a chip is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Size {
    /// Layer by layer.
    pub layers: Vec<LayerSize>,
    /// Wires of spikes: inputs and hidden neurons.
    pub spikes: usize,
    /// Memories of the shell; none where there is no shell.
    pub shell: Option<Vec<Ram>>,
}

/// Counts a chip; none that is not folded.
///
/// # Errors
/// None for a chip that was resolved; a fault of the back end otherwise.
pub fn size(chip: &Chip) -> Result<Option<Size>, HdlError> {
    if chip.fold == 1 {
        return Ok(None);
    }
    let layers = chip.layers.iter().map(|layer| layer_size(chip, layer));
    Ok(Some(Size {
        layers: layers.collect::<Result<_, _>>()?,
        spikes: chip.inputs + super::hidden_neurons(chip),
        shell: shell_of(chip).map(|interfaces| shell(chip, &interfaces)),
    }))
}

fn shell_of(chip: &Chip) -> Option<Interfaces> {
    chip.description.interfaces.filter(Interfaces::need_shell)
}

/// Memories of a shell, as wide as the shell has them: biases and sums of the decision, results of the readout,
/// events that wait.
fn shell(chip: &Chip, interfaces: &Interfaces) -> Vec<Ram> {
    let outputs = chip.layers.last().map_or(0, |l| l.neurons);
    let ram = |bits, words| Ram { bits, words };
    let mut memories = vec![ram(32, 2 * outputs)];
    if interfaces.boot {
        let rom = super::shell::rom(chip);
        memories.push(ram(rom.bits, rom.words));
    }
    if interfaces.decision {
        memories.extend([ram(24, outputs), ram(40, outputs)]);
    }
    let queues = match interfaces.spikes {
        SpikeInterface::Vector => 0,
        SpikeInterface::Config => 1,
        SpikeInterface::Aer | SpikeInterface::Stream | SpikeInterface::AxiStream => 2,
    };
    memories.extend(std::iter::repeat_n(ram(48, 1 << DEPTH_BITS), queues));
    memories
}

fn layer_size(chip: &Chip, layer: &Layer) -> Result<LayerSize, HdlError> {
    let arrays = read_arrays(chip, layer);
    let mut kernels = stages(chip, layer)?.in_a_row();
    let word = |name: &str| layer.model.words.iter().any(|w| w.name == name);
    kernels.retain(|k| !word(&k.name) || arrays.iter().any(|a| a.name == k.name));
    let cells = count(&kernels, &|name| Some(bounds(chip, layer, &arrays, name)))?;
    let lanes: Vec<usize> = layer
        .banks
        .iter()
        .flat_map(|bank| fold::lanes(chip, *bank))
        .collect();
    let memories = lanes
        .iter()
        .flat_map(|words| memories(chip, layer, &arrays, *words));
    let pipeline = Datapath::new(chip, layer)?.pipeline;
    Ok(LayerSize {
        lanes: lanes.len(),
        memories: memories.collect(),
        registers: pipeline.register_bits(),
        kernels: cells,
        synapses: fold::synapse_adders(layer) as u64,
        card: card(layer),
    })
}

/// Bits of registers and level tables.
fn card(layer: &Layer) -> u64 {
    if layer.frozen {
        return 0;
    }
    let registers = registers(layer).map(|(_, r)| u64::from(r.bits));
    let tables = 1 + u64::from(layer.recurrent);
    registers.sum::<u64>() + tables * (u64::from(layer.current.bits) << layer.bits)
}

/// Memories of a lane of so many neurons: states, records, weight codes.
fn memories(chip: &Chip, layer: &Layer, arrays: &[Array], words: usize) -> Vec<Ram> {
    let states = arrays.iter().map(|a| a.bits as usize);
    let mut records = fold::recorded(layer, arrays);
    if !records_are_read(chip, layer) {
        records.clear();
    }
    let records = records.iter().map(|a| a.bits as usize);
    let codes = layer.fan_in() * layer.bits as usize;
    let all = states.chain(records).chain([codes]);
    all.map(|bits| Ram { bits, words }).collect()
}

/// The arrays of a layer that somebody reads: states, and what gathers for records that leave the chip.
fn read_arrays(chip: &Chip, layer: &Layer) -> Vec<Array> {
    let all = arrays(chip, layer).into_iter();
    let read = records_are_read(chip, layer);
    all.filter(|a| read || !a.accumulates()).collect()
}

/// A chip whose only port is the configuration's has readers for the records of its readout alone.
fn records_are_read(chip: &Chip, layer: &Layer) -> bool {
    let recorder = shell_of(chip).is_none_or(|i| i.recorder != RecorderInterface::None);
    recorder || !layer.spikes()
}

/// Between which values a kernel's input lies.
fn bounds(chip: &Chip, layer: &Layer, arrays: &[Array], name: &str) -> Interval {
    if let Some(a) = arrays.iter().find(|a| a.name == name) {
        return Interval::of(a.bits, a.signed);
    }
    if let Some((_, value)) = constants(chip).into_iter().find(|c| c.0 == name) {
        return Interval::point(value.into());
    }
    if let Some((id, _)) = bank_registers(layer).find(|(_, r)| r.name == name) {
        let (low, high) = layer.model.register_range(id);
        return match layer.frozen {
            true => Interval::point(layer.codes.value(id).into()),
            false => Interval { low, high },
        };
    }
    match name {
        "inject" => Interval::of(
            (layer.current.bits + fan_in_bits(layer)).min(i32::BITS),
            true,
        ),
        "index" => Interval {
            low: 0,
            high: layer.neurons as i64,
        },
        _ => Interval::of(u32::BITS, false),
    }
}

fn fan_in_bits(layer: &Layer) -> u32 {
    super::index_bits(layer.fan_in()) as u32
}
