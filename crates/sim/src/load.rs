//! A program as words on the configuration bus, in the order in which they are loaded.

use crate::Program;
use bruno_chip::{RECURRENT_LEVELS, Section, address, code_index, global_register};
use bruno_device::{Chip, Layer};

/// A word of the register map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// Word address.
    pub address: u32,
    /// What is written: the low bits of a signed value are its two's complement.
    pub data: u32,
}

impl Word {
    /// Whether it is for a register of a layer, which can be read.
    pub(crate) fn is_register(&self) -> bool {
        self.address >> 28 != 0 && (self.address >> 26) & 3 == 0
    }
}

impl Program {
    /// What loads it into a chip that it fits: the window, then layer by layer registers, level table, that of the recurrence
    /// (neither where the card is frozen), weights by channel. A `clear` of the states belongs behind it.
    pub fn words(&self, chip: &Chip) -> Vec<Word> {
        let window = global_register("window").unwrap_or(0);
        let mut all = vec![Word {
            address: address(Section::Global, window),
            data: self.window,
        }];
        for (index, (layer, own)) in chip.layers.iter().zip(&self.layers).enumerate() {
            let word = |section, at, data| Word {
                address: address(section, at),
                data,
            };
            all.extend(layer.bus_registers().map(|register| {
                let at = layer.model.address(register);
                word(Section::Device(index), at, own.codes.value(register) as u32)
            }));
            let recurrent = (RECURRENT_LEVELS..).zip(&own.recurrent_levels);
            let levels = (0..).zip(&own.levels).chain(recurrent);
            let levels = levels.filter(|_| !layer.frozen);
            all.extend(levels.map(|(at, level)| word(Section::Levels(index), at, *level as u32)));
            let weights = own.weights.iter().enumerate();
            all.extend(weights.map(|(at, code)| {
                word(
                    Section::Codes(index),
                    weight_index(layer, at),
                    u32::from(*code),
                )
            }));
        }
        all
    }
}

/// Index on the bus of weight number `at` of a layer's program.
fn weight_index(layer: &Layer, at: usize) -> u32 {
    code_index(at / layer.neurons, at % layer.neurons, layer.neurons)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bruno_chip::Description;

    /// A program has the words that a chip's ROM has room for.
    fn check(fields: &str) {
        let text = format!(
            r#"{{"name":"dut","inputs":3,{fields}"layers":[
                {{"name":"one","kind":"lif","neurons":5,"recurrent":true,"synapse":{{"range_pA":300}}}},
                {{"name":"two","kind":"felif","neurons":4,"synapse":{{"bits":5,"range_pA":300}}}}],
                "readout":{{"outputs":2,"synapse":{{"range_pA":100}}}}}}"#
        );
        let description = Description::parse("dut", &text).unwrap();
        let chip = Chip::resolve("dut", &description).unwrap();
        let words = Program::silent(&chip).words(&chip).len();
        assert_eq!(words, bruno_hdl::program_words(&chip));
    }

    #[test]
    fn unfolded() {
        check("");
    }
    #[test]
    fn folded_and_frozen() {
        check(r#""fold":4,"card":"frozen","#);
    }
    #[test]
    fn with_seeds() {
        check(r#""rounding":"stochastic","#);
    }
}
