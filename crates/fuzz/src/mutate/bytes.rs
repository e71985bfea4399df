//! Damage to bytes, whatever they mean.

use rand::{Rng, RngExt};

/// Words that lengths and counts are made of, little end first.
const WORDS: [u64; 8] = [0, 1, 0x7f, 0xff, 0xffff, 0x7fff_ffff, 0xffff_ffff, u64::MAX];

pub fn mutate(document: &[u8], rng: &mut impl Rng) -> Vec<u8> {
    let mut bytes = document.to_vec();
    let place = rng.random_range(0..=bytes.len());
    let rest = bytes.len() - place;
    match rng.random_range(0..7) {
        0 => bytes.truncate(place),
        1 => bytes.insert(place, rng.random()),
        2 if rest > 0 => bytes[place] ^= 1 << rng.random_range(0..8),
        3 if rest > 0 => bytes[place] = rng.random(),
        4 => {
            drop(bytes.drain(place..place + rng.random_range(0..=rest.min(64))));
        }
        5 => {
            let block = bytes[place..place + rng.random_range(0..=rest.min(64))].to_vec();
            let repeated = block.repeat(rng.random_range(1..100));
            bytes.splice(place..place, repeated);
        }
        _ => {
            let width = [1, 2, 4, 8][rng.random_range(0..4)];
            let word = WORDS[rng.random_range(0..WORDS.len())].to_le_bytes();
            let end = place + width.min(rest);
            bytes.splice(place..end, word[..width].iter().copied());
        }
    }
    bytes
}
