//! What a chip is likely to take of an FPGA, before minutes of synthesis say it.

use crate::{Device, Target};
use bruno_device::{Chip, Finding};
use bruno_hdl::{HdlError, LayerSize, Ram, size};
use serde::Serialize;

/// What the counts of a chip (`bruno_hdl::size`) came to in mapped chips of a family (docs/synthesis.md).
struct Family {
    /// Logic cells of a bit of an adder, a comparison, a multiplexer, a shifter's level.
    logic: f64,
    /// Of a bit of one factor times a bit of the other; none where multipliers are blocks.
    product: f64,
    /// Of a full adder of synapses.
    synapse: f64,
    /// Of a bit that waits between two stages.
    register: f64,
    /// Of a bit of a card that the bus writes.
    card: f64,
    /// Of a wire of spikes.
    spike: f64,
    /// Of everything else.
    rest: f64,
    /// Share by which mapped chips were off, at most.
    off: f64,
    /// Bits of a block RAM's word at its widest, and such words.
    block: (usize, usize),
    /// Words of the shortest memory that is a block RAM.
    shortest: usize,
}

/// Least squares of the shares by which the mapped chips of the test below are off.
const ICE40: Family = Family {
    logic: 2.07,
    product: 1.49,
    synapse: 1.99,
    register: 0.08,
    card: 3.36,
    spike: 11.95,
    rest: 1527.5,
    off: 0.17,
    block: (16, 256),
    shortest: 4,
};

impl Family {
    fn cells(&self, layer: &LayerSize) -> f64 {
        let kernels = &layer.kernels;
        let products = kernels.products.iter().map(|(a, b)| f64::from(a * b));
        let logic = (kernels.adders + kernels.gates + kernels.shifters) as f64;
        let one = self.logic * logic
            + self.product * products.sum::<f64>()
            + self.synapse * layer.synapses as f64
            + self.register * layer.registers as f64;
        one * layer.lanes as f64 + self.card * layer.card as f64
    }

    fn blocks(&self, ram: &Ram) -> u64 {
        let (bits, words) = self.block;
        match ram.words < self.shortest {
            true => 0,
            false => (ram.bits.div_ceil(bits) * ram.words.div_ceil(words)) as u64,
        }
    }
}

/// A use of an FPGA.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The FPGA.
    pub device: Device,
    /// Logic cells, or look-up tables of four inputs.
    pub cells: u64,
    /// Those that there are.
    pub cells_available: u64,
    /// Block RAMs.
    pub blocks: u64,
    /// Those that there are.
    pub blocks_available: u64,
    /// Share by which the cells of mapped chips were off, at most.
    pub off: f64,
}

impl Estimate {
    /// The devices of which there are estimates: those of families whose chips were mapped and counted.
    pub fn devices() -> impl Iterator<Item = Device> {
        let all = Device::ALL.into_iter();
        all.filter(|device| device.target() == Target::Ice40)
    }

    /// Of a chip on one of [`Estimate::devices`]; none of one that is not folded.
    ///
    /// # Errors
    /// None for a chip that was resolved; a fault of the back end otherwise.
    pub fn of(chip: &Chip, device: Device) -> Result<Option<Self>, HdlError> {
        let (Some(size), family) = (size(chip)?, ICE40) else {
            return Ok(None);
        };
        let layers = size.layers.iter().map(|layer| family.cells(layer));
        let cells = layers.sum::<f64>() + family.spike * size.spikes as f64 + family.rest;
        let memories = size.layers.iter().flat_map(|layer| &layer.memories);
        let memories = memories.chain(size.shell.iter().flatten());
        let (cells_available, blocks_available) = device.capacity();
        Ok(Some(Self {
            device,
            cells: cells.round() as u64,
            cells_available,
            blocks: memories.map(|ram| family.blocks(ram)).sum(),
            blocks_available,
            off: family.off,
        }))
    }

    /// Logic cells, of those that there are.
    pub fn share(&self) -> f64 {
        self.cells as f64 / self.cells_available as f64
    }

    /// Whether the chip is expected to fit.
    pub fn fits(&self) -> bool {
        self.share() <= 1.0 && self.blocks <= self.blocks_available
    }

    /// What a user should know who means the chip for this device.
    pub fn finding(&self) -> Finding {
        let text = format!(
            "{}: about {} of {} logic cells ({:.0} %; an estimate, up to {:.0} % off), {} of {} block RAMs",
            self.device.name(),
            self.cells,
            self.cells_available,
            100.0 * self.share(),
            100.0 * self.off,
            self.blocks,
            self.blocks_available
        );
        match (self.fits(), self.share() < 1.0 - self.off) {
            (false, _) => Finding::act(text, REMEDY),
            (true, false) => {
                Finding::look(text, "`bruno synth --target ice40` says whether it fits")
            }
            (true, true) => Finding::fine(text),
        }
    }
}

/// What makes a chip smaller.
const REMEDY: &str = "freeze the card (`card`), fold more neurons to a datapath (`fold`), make words and codes shorter, let \
                      `recorder` be none, or take a larger device";

#[cfg(test)]
mod tests {
    use super::*;
    use bruno_chip::Description;

    const TINY: &str = include_str!("../../../examples/tiny.json");
    const NO_RECURRENCE: [(&str, &str); 2] = [
        (r#""recurrent": true"#, r#""recurrent": false"#),
        (
            r#""synapse": { "bits": 3, "range_pA": 3000 },
      "recurrent_synapse": { "bits": 3, "range_pA": 300 }"#,
            r#""synapse": { "bits": 3, "range_pA": 3000 }"#,
        ),
    ];
    const PROGRAMMABLE: (&str, &str) = (r#""card": "frozen","#, "");
    const FELIF: (&str, &str) = (r#""kind": "lif""#, r#""kind": "felif""#);

    /// The chip of `bruno new --template tiny` with these changes takes so many logic cells and block RAMs: `bruno synth
    /// --target ice40`, Yosys 0.23, nextpnr-ice40 of Debian 12.
    fn check(changes: &[(&str, &str)], cells: u64, blocks: u64) {
        let mut text = TINY.to_string();
        for (from, to) in changes {
            assert!(text.contains(from), "{from}");
            text = text.replace(from, to);
        }
        let chip = Chip::resolve("tiny", &Description::parse("tiny", &text).unwrap()).unwrap();
        let estimate = Estimate::of(&chip, Device::Hx8k).unwrap().unwrap();
        let off = estimate.cells as f64 / cells as f64 - 1.0;
        assert!(
            off.abs() < 0.085,
            "{} cells, off by {off:.3}",
            estimate.cells
        );
        assert_eq!(estimate.blocks, blocks);
    }

    #[test]
    fn as_it_is() {
        check(&[], 5548, 31);
    }
    #[test]
    fn codes_of_one_bit() {
        check(&[(r#""bits": 3"#, r#""bits": 1"#)], 4541, 24);
    }
    #[test]
    fn programmable() {
        check(&[PROGRAMMABLE], 13_909, 31);
    }
    #[test]
    fn felif() {
        check(&[FELIF], 9257, 33);
    }
    #[test]
    fn felif_programmable() {
        check(&[FELIF, PROGRAMMABLE], 20_517, 33);
    }
    #[test]
    fn a_hundred_inputs() {
        check(&[(r#""inputs": 24"#, r#""inputs": 100"#)], 7655, 45);
    }
    #[test]
    fn two_lanes() {
        check(&[(r#""fold": 16"#, r#""fold": 8"#)], 7406, 43);
    }
    #[test]
    fn long_words() {
        let words = (
            r#""v_bits": 14, "i_bits": 16"#,
            r#""v_bits": 18, "i_bits": 22"#,
        );
        check(&[words], 6034, 35);
    }
    #[test]
    fn long_stages() {
        check(&[(r#""stage_ns": 14"#, r#""stage_ns": 60"#)], 5336, 31);
    }
    #[test]
    fn feed_forward() {
        check(&NO_RECURRENCE, 5118, 28);
    }
    #[test]
    fn more_neurons_of_shorter_codes() {
        let changes = [
            PROGRAMMABLE,
            (r#""neurons": 16"#, r#""neurons": 32"#),
            (r#""inputs": 24"#, r#""inputs": 12"#),
            (r#""stage_ns": 14"#, r#""stage_ns": 20"#),
            (
                r#""bits": 3, "range_pA": 3000"#,
                r#""bits": 2, "range_pA": 3000"#,
            ),
        ];
        check(&[&NO_RECURRENCE[..], &changes].concat(), 14_141, 34);
    }
    #[test]
    fn fewer_neurons_on_more_lanes() {
        let changes = [
            (r#""neurons": 16"#, r#""neurons": 8"#),
            (r#""inputs": 24"#, r#""inputs": 16"#),
            (r#""fold": 16"#, r#""fold": 4"#),
        ];
        check(&[&NO_RECURRENCE[..], &changes].concat(), 7186, 32);
    }
}
