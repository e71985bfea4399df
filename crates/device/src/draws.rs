//! Random numbers of virtual chips: every quantity has a stream of its own, so that switching one effect on or off, or
//! running other chips before, changes no draw of another.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// What is drawn; each is a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantity {
    /// Spread between dies of a field of a card, by its place in `Spread::CARD`.
    Die(u8),
    /// Spread between dies of a parameter of a neuron file, by its name.
    Parameter(NameHash),
    /// Area of each neuron.
    Area,
    /// Conductances of a die.
    DieConductance,
    /// Error of programming of each device.
    Programming,
    /// Exponent of drift of each device.
    Drift,
    /// Whether a device is stuck.
    Stuck,
    /// Read noise of each device, in one sample.
    Read(u32),
    /// Start of the layer's random numbers.
    Seed,
}

/// A name as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NameHash(u64);

impl NameHash {
    /// FNV-1a: part of what draws follow from, so it may not change from one version to the next.
    pub fn of(name: &str) -> Self {
        let add = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        Self(name.bytes().fold(0xcbf2_9ce4_8422_2325, add))
    }
}

/// Where in a chip something is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Layer.
    pub layer: usize,
    /// Whether in its recurrent projection.
    pub recurrent: bool,
}

impl Place {
    /// What all layers of a die share: films, transistors, RRAM process.
    pub(crate) const WHOLE_DIE: Self = Self {
        layer: u32::MAX as usize,
        recurrent: false,
    };
}

/// The random numbers of one virtual chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draws {
    /// Seed of the whole Monte-Carlo run.
    pub seed: u64,
    /// Number of the chip.
    pub chip: u32,
}

impl Draws {
    /// The stream of a quantity at a place.
    pub(crate) fn stream(self, place: Place, quantity: Quantity) -> ChaCha8Rng {
        let (kind, index) = match quantity {
            Quantity::Die(parameter) => (0, u32::from(parameter)),
            Quantity::Area => (1, 0),
            Quantity::DieConductance => (2, 0),
            Quantity::Programming => (3, 0),
            Quantity::Drift => (4, 0),
            Quantity::Stuck => (5, 0),
            Quantity::Read(sample) => (6, sample),
            Quantity::Seed => (7, 0),
            Quantity::Parameter(_) => (8, 0),
        };
        // ChaCha takes a key of 256 bits: seed, chip, place, quantity and sample are its words, so no two collide.
        let mut key = [0u8; 32];
        key[..8].copy_from_slice(&self.seed.to_le_bytes());
        key[8..12].copy_from_slice(&self.chip.to_le_bytes());
        key[12..16].copy_from_slice(&(place.layer as u32).to_le_bytes());
        key[16] = u8::from(place.recurrent);
        key[17] = kind;
        key[20..24].copy_from_slice(&index.to_le_bytes());
        if let Quantity::Parameter(NameHash(hash)) = quantity {
            key[24..].copy_from_slice(&hash.to_le_bytes());
        }
        ChaCha8Rng::from_seed(key)
    }
}

/// A standard normal number.
pub(crate) fn normal(rng: &mut ChaCha8Rng) -> f64 {
    StandardNormal.sample(rng)
}

/// A factor whose logarithm is normal with deviation `sigma`: positive, with median 1.
pub(crate) fn factor(sigma: f64, rng: &mut ChaCha8Rng) -> f64 {
    (sigma * normal(rng)).exp()
}
