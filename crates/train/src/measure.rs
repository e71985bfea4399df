//! What a sample does on a chip, and what a set of samples says of it.

pub mod comparison;
pub mod evaluate;
pub mod observed;
pub mod open;
pub mod sample;
pub mod score;
