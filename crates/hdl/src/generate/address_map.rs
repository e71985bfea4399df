//! Everything that has an address, as one table: registers, level tables, weights, results. Descriptions for tools and
//! headers for software are printed from it.

use super::{registers, shell};
use bruno_chip::{
    BIAS_BITS, DECISION_REGISTERS, DECISION_REGISTERS_AT, EVENT_REGISTERS, EVENT_REGISTERS_AT,
    MAP_VERSION, RECURRENT_LEVELS, Register, SHELL_BIASES, SHELL_COUNTERS, SHELL_REGISTERS,
    SHELL_REGISTERS_AT, SHELL_RESULTS, SHELL_SCORES, Section, SpikeInterface, address,
    global_registers, neuron_bits,
};
use bruno_device::{Chip, Layer};
use std::borrow::Cow;

/// A part of the map with a name of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Name: `chip`, `shell`, or that of a layer.
    pub name: String,
    /// What it is.
    pub about: String,
    /// Its places, by address.
    pub places: Vec<Place>,
}

/// Words of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Name, width, sign, whether it can be written, meaning.
    pub register: Register,
    /// Can be read over the bus.
    pub readable: bool,
    /// Writing a 1 clears a bit.
    pub write_one_to_clear: bool,
    /// Value after a reset; `None`: undefined, or different from word to word.
    pub reset: Option<u32>,
    /// Word address of the first.
    pub address: u32,
    /// How many there are.
    pub shape: Shape,
}

/// Words of one kind behind each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One.
    One,
    /// So many, one a word address.
    Row(u32),
    /// The weights of a layer: a row of `neurons` for each channel, `stride` word addresses apart.
    Weights {
        /// Channels.
        channels: u32,
        /// Neurons, one a word address.
        neurons: u32,
        /// Word addresses from channel to channel.
        stride: u32,
    },
}

/// The map of a chip; with a shell where it has one.
pub fn address_map(chip: &Chip) -> Vec<Block> {
    let mut blocks = vec![global(chip)];
    if shell::wanted(chip).is_some() {
        blocks.push(of_shell(chip));
    }
    let layers = chip.layers.iter().enumerate();
    blocks.extend(layers.map(|(index, layer)| of_layer(chip, index, layer)));
    blocks
}

fn one(register: &Register, address: u32, reset: Option<u32>) -> Place {
    Place {
        register: register.clone(),
        readable: true,
        write_one_to_clear: register.name == "irq_status",
        reset,
        address,
        shape: Shape::One,
    }
}

fn row(name: &'static str, bits: u32, signed: bool, about: String) -> Register {
    Register {
        name: Cow::Borrowed(name),
        bits,
        signed,
        writable: false,
        about: about.into(),
    }
}

fn global(chip: &Chip) -> Block {
    let reset = |name: &str| match name {
        "id" => 0x6272_756e,
        "window" => chip.window_ticks,
        _ => 0,
    };
    let all = (0..).zip(global_registers(chip.window_ticks));
    Block {
        name: "chip".into(),
        about: format!("Registers of chip {}.", chip.name),
        places: all
            .map(|(at, r)| one(&r, address(Section::Global, at), Some(reset(&r.name))))
            .collect(),
    }
}

fn of_shell(chip: &Chip) -> Block {
    let outputs = chip.layers[chip.readout()].neurons as u32;
    let reset = |name: &str| match name {
        "version" => MAP_VERSION,
        "hash" => super::map_hash(chip),
        "inputs" => chip.inputs as u32,
        "neurons" => super::hidden_neurons(chip) as u32,
        "outputs" => outputs,
        _ => 0,
    };
    let counters = (0..).zip(&SHELL_COUNTERS);
    let all = counters.chain((SHELL_REGISTERS_AT..).zip(&SHELL_REGISTERS));
    let mut places: Vec<Place> = all
        .map(|(at, r)| one(r, address(Section::Shell, at), Some(reset(&r.name))))
        .collect();
    let by_registers = |i: &bruno_chip::Interfaces| i.spikes == SpikeInterface::Config;
    if shell::wanted(chip).is_some_and(|i| by_registers(&i)) {
        let events = (EVENT_REGISTERS_AT..).zip(&EVENT_REGISTERS);
        places.extend(events.map(|(at, r)| {
            let reset = (r.name == "event_time").then_some(0);
            one(r, address(Section::Shell, at), reset)
        }));
    }
    if shell::wanted(chip).is_some_and(|i| i.decision) {
        let registers = (DECISION_REGISTERS_AT..).zip(&DECISION_REGISTERS);
        places.extend(registers.map(|(at, r)| one(r, address(Section::Shell, at), Some(0))));
        let bias = Register {
            writable: true,
            ..row(
                "bias",
                BIAS_BITS,
                true,
                "of an output, added in every window that counts, LSB of I".into(),
            )
        };
        let score = row("score", 32, true, "sum of an output, LSB 256 of I".into());
        for (register, index) in [(bias, SHELL_BIASES), (score, SHELL_SCORES)] {
            places.push(Place {
                shape: Shape::Row(outputs),
                ..one(&register, address(Section::Shell, index), None)
            });
        }
    }
    let about = "current of an output at the end of the last window, LSB of I".to_string();
    places.push(Place {
        reset: None,
        shape: Shape::Row(outputs),
        ..one(
            &row("result", 32, true, about),
            address(Section::Shell, SHELL_RESULTS),
            None,
        )
    });
    Block {
        name: "shell".into(),
        about: "Registers of the shell around the core.".into(),
        places: by_address(places),
    }
}

fn by_address(mut places: Vec<Place>) -> Vec<Place> {
    places.sort_by_key(|p| p.address);
    places
}

fn of_layer(chip: &Chip, index: usize, layer: &Layer) -> Block {
    let mut places: Vec<Place> = registers(layer)
        .map(|(id, r)| {
            let at = address(Section::Device(index), layer.model.address(id));
            let mask = u32::MAX >> (32 - r.bits);
            one(&r, at, Some(layer.codes.value(id) as u32 & mask))
        })
        .collect();
    let memory = |name, bits, signed, about: &str, address, shape| Place {
        readable: super::readback(chip),
        shape,
        ..one(
            &Register {
                writable: true,
                ..row(name, bits, signed, about.into())
            },
            address,
            None,
        )
    };
    let current = layer.current.bits;
    let levels = address(Section::Levels(index), 0);
    let codes = Shape::Row(1 << layer.bits);
    let about = "current of a code of the inputs' synapses, LSB of I";
    if !layer.frozen {
        places.push(memory("level", current, true, about, levels, codes));
    }
    if layer.recurrent && !layer.frozen {
        let about = "current of a code of the recurrence's synapses, LSB of I";
        let at = levels + RECURRENT_LEVELS;
        places.push(memory("recurrent_level", current, true, about, at, codes));
    }
    places.push(memory(
        "weight",
        layer.bits,
        false,
        "code of a synapse: inputs' channels first, then the layer's own neurons where it is recurrent",
        address(Section::Codes(index), 0),
        Shape::Weights {
            channels: layer.fan_in() as u32,
            neurons: layer.neurons as u32,
            stride: 1 << neuron_bits(layer.neurons),
        },
    ));
    Block {
        name: layer.name.clone(),
        about: format!("Layer {}: {} neurons.", layer.name, layer.neurons),
        places,
    }
}
