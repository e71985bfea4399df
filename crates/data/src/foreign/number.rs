//! Numbers as HDF5 stores them.

use hdf5_pure::{Datatype, DatatypeByteOrder};

/// The numbers of some bytes; `None` of a type that is no number of 1 to 8 bytes.
pub(super) fn decoded(datatype: &Datatype, bytes: &[u8]) -> Option<Vec<f64>> {
    let (size, order, kind) = match datatype {
        Datatype::FloatingPoint {
            size, byte_order, ..
        } => (*size, byte_order, Kind::Float),
        Datatype::FixedPoint {
            size,
            byte_order,
            layout,
        } => (
            *size,
            byte_order,
            Kind::Whole {
                signed: layout.signed,
            },
        ),
        _ => return None,
    };
    let size = usize::try_from(size).ok().filter(|n| (1..=8).contains(n))?;
    let numbers = bytes.chunks_exact(size).map(|bytes| {
        let mut word = 0u64;
        let byte = |word: u64, b: &u8| (word << 8) | u64::from(*b);
        match order {
            DatatypeByteOrder::BigEndian => word = bytes.iter().fold(word, byte),
            _ => word = bytes.iter().rev().fold(word, byte),
        }
        number(word, size, kind)
    });
    numbers.collect()
}

#[derive(Clone, Copy)]
enum Kind {
    Float,
    Whole { signed: bool },
}

fn number(word: u64, size: usize, kind: Kind) -> Option<f64> {
    match (kind, size) {
        (Kind::Float, 2) => Some(half(word as u16)),
        (Kind::Float, 4) => Some(f64::from(f32::from_bits(word as u32))),
        (Kind::Float, 8) => Some(f64::from_bits(word)),
        (Kind::Float, _) => None,
        (Kind::Whole { signed: false }, _) => Some(word as f64),
        (Kind::Whole { signed: true }, _) => {
            let unused = 64 - 8 * size as u32;
            Some(((word << unused) as i64 >> unused) as f64)
        }
    }
}

/// A number of 16 bits (IEEE 754 binary16).
fn half(word: u16) -> f64 {
    let sign = if word >> 15 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (i32::from(word >> 10 & 31), f64::from(word & 1023) / 1024.0);
    sign * match exponent {
        0 => fraction * (-14f64).exp2(),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + fraction) * f64::from(exponent - 15).exp2(),
    }
}

#[cfg(test)]
mod tests {
    use super::half;

    fn check(word: u16, expected: f64) {
        assert_eq!(half(word), expected);
    }

    #[test]
    fn whole_numbers() {
        check(0x3c00, 1.0);
        check(0xc000, -2.0);
    }
    #[test]
    fn the_third_that_is_nearest() {
        check(0x3555, 0.333_251_953_125);
    }
    #[test]
    fn the_largest_and_the_smallest() {
        check(0x7bff, 65504.0);
        check(0x0001, (-24f64).exp2());
    }
    #[test]
    fn no_number() {
        check(0x7c00, f64::INFINITY);
        assert!(half(0x7e00).is_nan());
    }
}
