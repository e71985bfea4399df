//! Bus transfers that try a chip's whole address space, and what each must answer: for co-simulation and testbench.

use bruno_chip::{GLOBAL_REGISTERS, RECURRENT_LEVELS, Register, Section, address, code_index};
use bruno_device::{Chip, Layer};

/// One transfer and its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transfer {
    /// Write, else read.
    pub write: bool,
    /// Word address.
    pub address: u32,
    /// Word to write, or to be read.
    pub data: u32,
    /// The chip must answer with an error.
    pub refused: bool,
}

impl Transfer {
    fn write(address: u32, data: u32) -> Self {
        Self {
            write: true,
            address,
            data,
            refused: false,
        }
    }

    fn read(address: u32, data: u32) -> Self {
        Self {
            write: false,
            ..Self::write(address, data)
        }
    }

    fn refused(self) -> Self {
        Self {
            refused: true,
            ..self
        }
    }
}

/// Address of a register of the whole chip.
pub(crate) fn global(name: &str) -> u32 {
    let at = GLOBAL_REGISTERS.iter().position(|r| r.name == name);
    address(Section::Global, at.unwrap_or(0) as u32)
}

const ID: u32 = 0x6272_756e;

/// After a reset every register holds the chip's card; then two complementary patterns.
pub fn after_reset(chip: &Chip) -> Vec<Transfer> {
    let mut all = vec![
        Transfer::read(global("id"), ID),
        Transfer::read(global("window"), chip.window_ticks),
        Transfer::read(global("overrun"), 0),
    ];
    for (index, layer) in chip.layers.iter().enumerate() {
        for register in layer.bus_registers() {
            let place = address(Section::Device(index), layer.model.address(register));
            let card = layer.codes.value(register);
            all.push(Transfer::read(place, card as u32));
            for pattern in [0x1555_5555, 0x2aaa_aaaa] {
                all.push(Transfer::write(place, pattern));
                all.push(Transfer::read(
                    place,
                    kept(&layer.model.register(register), pattern),
                ));
            }
        }
        if readback(chip) {
            all.extend(memories(index, layer));
        }
    }
    all
}

/// Whether levels and weights can be read.
fn readback(chip: &Chip) -> bool {
    chip.description.interfaces.is_some_and(|i| i.readback)
}

/// The level tables of the card, read; then every weight of a few channels, written and read.
fn memories(index: usize, layer: &Layer) -> Vec<Transfer> {
    let recurrent = (RECURRENT_LEVELS..).zip(&layer.recurrent_levels);
    let levels = (0..).zip(&layer.levels).chain(recurrent);
    let levels = levels.filter(|_| !layer.frozen);
    let place = |at| address(Section::Levels(index), at);
    let mut all: Vec<Transfer> = levels
        .map(|(at, level)| Transfer::read(place(at), *level as u32))
        .collect();
    let last = layer.fan_in() - 1;
    let weights = |pattern: usize| {
        let channels = [0, last / 2, last].into_iter();
        channels.flat_map(move |c| {
            (0..layer.neurons).map(move |n| {
                let place = code_index(c, n, layer.neurons);
                let code = (c * 5 + n * 3 + pattern) & ((1 << layer.bits) - 1);
                (address(Section::Codes(index), place), code as u32)
            })
        })
    };
    for pattern in [0, 1] {
        all.extend(weights(pattern).map(|(place, code)| Transfer::write(place, code)));
        all.extend(weights(pattern).map(|(place, code)| Transfer::read(place, code)));
    }
    all
}

/// What a register reads after a word was written to it.
fn kept(register: &Register, word: u32) -> u32 {
    let gap = 32 - register.bits;
    if register.signed {
        ((word << gap) as i32 >> gap) as u32
    } else {
        (word << gap) >> gap
    }
}

/// Transfers that the chip must refuse, at every edge of its address space; then one that it takes.
pub fn refusals(chip: &Chip) -> Vec<Transfer> {
    let mut writes = Vec::new();
    let mut reads = Vec::new();
    // Four bits name chip and layers.
    if chip.layers.len() < 15 {
        let none = address(Section::Device(chip.layers.len()), 0);
        writes.push(none);
        reads.push(none);
    }
    for (index, register) in (0..).zip(&GLOBAL_REGISTERS) {
        if !register.writable {
            writes.push(address(Section::Global, index));
        }
    }
    let beyond = address(Section::Global, GLOBAL_REGISTERS.len() as u32);
    writes.push(beyond);
    reads.push(beyond);
    for (index, layer) in chip.layers.iter().enumerate() {
        // A layer's registers may have gaps, where the options of the chip leave some out or its card is frozen.
        let registers = layer.model.registers.iter();
        let end = registers.map(|r| layer.model.address(*r) + 1).max();
        let known: Vec<u32> = (layer.bus_registers().map(|r| layer.model.address(r))).collect();
        let end = end.unwrap_or(0);
        let absent = (0..=end).filter(|at| !known.contains(at));
        let absent: Vec<u32> = absent
            .map(|at| address(Section::Device(index), at))
            .collect();
        let levels = address(Section::Levels(index), 0);
        let codes = address(Section::Codes(index), 0);
        if !readback(chip) {
            reads.extend([levels, codes]);
        }
        if layer.frozen {
            reads.push(levels);
            writes.push(levels);
        }
        reads.extend(&absent);
        writes.extend(&absent);
        let outside = code_index(layer.fan_in(), 0, layer.neurons);
        writes.extend([codes + outside, levels + 2 * RECURRENT_LEVELS]);
        if !layer.recurrent {
            writes.push(levels + RECURRENT_LEVELS);
        }
    }
    let refused = writes
        .into_iter()
        .map(|place| Transfer::write(place, 0x3fff_ffff))
        .chain(reads.into_iter().map(|place| Transfer::read(place, 0)))
        .map(Transfer::refused);
    refused.chain([Transfer::read(global("id"), ID)]).collect()
}
