//! Runs one block in rust-hdl, Icarus and Verilator on the same vectors and reports the first difference.

#![allow(dead_code, unused_imports)] // every test file uses a part of it

mod simulators;

use bruno_hdl::integers::{S, U};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rust_hdl_core::prelude::Block;
pub use simulators::{icarus, lint, verilator, verilator_bench};

/// A port's value as the low bits of a word.
pub trait Bits32: Copy {
    /// Width.
    const BITS: u32;
    /// From the low bits of a word.
    fn from_word(word: u32) -> Self;
    /// To a word whose high bits are zero.
    fn to_word(self) -> u32;
}

impl<const N: usize> Bits32 for S<N> {
    const BITS: u32 = N as u32;
    fn from_word(word: u32) -> Self {
        S::new(i64::from(word))
    }
    fn to_word(self) -> u32 {
        U::<N>::new(self.value()).value() as u32
    }
}

impl<const N: usize> Bits32 for U<N> {
    const BITS: u32 = N as u32;
    fn from_word(word: u32) -> Self {
        U::new(i64::from(word))
    }
    fn to_word(self) -> u32 {
        self.value() as u32
    }
}

impl Bits32 for bool {
    const BITS: u32 = 1;
    fn from_word(word: u32) -> Self {
        word & 1 == 1
    }
    fn to_word(self) -> u32 {
        u32::from(self)
    }
}

/// A port: its name and width.
pub type PortInfo = (&'static str, u32);

/// A printed block with vectors: input words, then the output words of rust-hdl.
pub struct Dut {
    /// Module name.
    pub name: &'static str,
    /// Its Verilog.
    pub verilog: String,
    /// Inputs.
    pub inputs: Vec<PortInfo>,
    /// Outputs.
    pub outputs: Vec<PortInfo>,
    /// Vectors.
    pub vectors: Vec<Vec<u32>>,
}

impl Dut {
    /// Share of the vectors in which an output has this value.
    pub fn share(&self, output: &str, value: u32) -> f64 {
        let names = self.inputs.iter().chain(&self.outputs);
        let column = names
            .map(|(name, _)| *name)
            .position(|n| n == output)
            .unwrap();
        let hits = self.vectors.iter().filter(|v| v[column] == value).count();
        hits as f64 / self.vectors.len() as f64
    }
}

/// Runs a block until its inputs have reached its outputs.
pub fn settle(block: &mut dyn Block) {
    block.update_all();
    block.update_all();
}

/// `dut!(Type "name" { inputs } => { outputs }, vectors)`: a block simulated by rust-hdl on the vectors.
#[macro_export]
macro_rules! dut {
    ($type: ty, $name: literal, [$($input: ident),*], [$($output: ident),*], $vectors: expr) => {{
        use $crate::support::{Bits32, Dut, settle};
        let mut block = <$type>::default();
        let inputs = vec![$((stringify!($input), width(&block.$input.next))),*];
        let outputs = vec![$((stringify!($output), width(&block.$output.next))),*];
        fn width<T: Bits32>(_: &T) -> u32 {
            T::BITS
        }
        let mut vectors: Vec<Vec<u32>> = $vectors(&inputs);
        for vector in &mut vectors {
            let mut words = vector.iter_mut();
            $(if let Some(word) = words.next() {
                block.$input.next = Bits32::from_word(*word);
                *word = block.$input.next.to_word();
            })*
            settle(&mut block);
            $(vector.push(block.$output.val().to_word());)*
        }
        let verilog = bruno_hdl::module($name, &block).unwrap();
        Dut { name: $name, verilog, inputs, outputs, vectors }
    }};
}

/// Every combination of the inputs' values.
pub fn exhaustive(inputs: &[PortInfo]) -> Vec<Vec<u32>> {
    let bits: u32 = inputs.iter().map(|(_, bits)| bits).sum();
    let split = |mut code: u32| {
        let field = |(_, bits): &PortInfo| {
            let word = code & ((1 << bits) - 1);
            code >>= bits;
            word
        };
        inputs.iter().map(field).collect()
    };
    (0..1 << bits).map(split).collect()
}

/// `count` vectors: usual values (within `ranges` by name), corners, and any words.
pub fn random(
    inputs: &[PortInfo],
    ranges: &dyn Fn(&str) -> (i64, i64),
    count: usize,
) -> Vec<Vec<u32>> {
    let mut rng = ChaCha8Rng::seed_from_u64(count as u64);
    let mut vector = |wild: bool| {
        let word = |(name, _): &PortInfo| word(&mut rng, ranges(name), wild);
        inputs.iter().map(word).collect()
    };
    (0..count).map(|n| vector(n % 4 == 3)).collect()
}

fn word(rng: &mut ChaCha8Rng, (low, high): (i64, i64), wild: bool) -> u32 {
    let corners = [low, high, low + 1, high - 1, 0, 1];
    let value = match rng.random_range(0..4) {
        0 => corners[rng.random_range(0..corners.len())].clamp(low, high),
        1 if wild => i64::from(rng.next_u32()),
        _ => rng.random_range(low..=high),
    };
    value as u32
}
