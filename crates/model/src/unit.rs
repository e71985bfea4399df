//! Units: a scale to SI and a dimension.

use std::fmt;

/// Exponents of metre, kilogram, second, ampere, kelvin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Dimension([i32; 5]);

/// A unit: what one of it is in SI units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unit {
    /// One of it in SI units.
    pub scale: f64,
    /// Its dimension.
    pub dimension: Dimension,
}

/// Names of units without prefix, their scale and dimension.
const NAMES: [(&str, f64, [i32; 5]); 15] = [
    ("m", 1.0, [1, 0, 0, 0, 0]),
    ("g", 1e-3, [0, 1, 0, 0, 0]),
    ("s", 1.0, [0, 0, 1, 0, 0]),
    ("A", 1.0, [0, 0, 0, 1, 0]),
    ("K", 1.0, [0, 0, 0, 0, 1]),
    ("V", 1.0, [2, 1, -3, -1, 0]),
    ("Ohm", 1.0, [2, 1, -3, -2, 0]),
    ("S", 1.0, [-2, -1, 3, 2, 0]),
    ("F", 1.0, [-2, -1, 4, 2, 0]),
    ("C", 1.0, [0, 0, 1, 1, 0]),
    ("Hz", 1.0, [0, 0, -1, 0, 0]),
    ("J", 1.0, [2, 1, -2, 0, 0]),
    ("W", 1.0, [2, 1, -3, 0, 0]),
    ("eV", CHARGE, [2, 1, -2, 0, 0]),
    ("T", 1.0, [0, 1, -2, -1, 0]),
];

const PREFIXES: [(char, f64); 9] = [
    ('f', 1e-15),
    ('p', 1e-12),
    ('n', 1e-9),
    ('u', 1e-6),
    ('m', 1e-3),
    ('c', 1e-2),
    ('k', 1e3),
    ('M', 1e6),
    ('G', 1e9),
];

/// The elementary charge, C.
const CHARGE: f64 = 1.602_176_634e-19;

/// Constants of nature: name, value in SI units, dimension.
const CONSTANTS: [(&str, f64, [i32; 5]); 4] = [
    ("k_B", 1.380_649e-23, [2, 1, -2, 0, -1]),
    ("h_P", 6.626_070_15e-34, [2, 1, -1, 0, 0]),
    ("q_e", CHARGE, [0, 0, 1, 1, 0]),
    ("eps_0", 8.854_187_812_8e-12, [-3, -1, 4, 2, 0]),
];

impl Dimension {
    /// A pure number.
    pub const NONE: Self = Self([0; 5]);
    /// A time.
    pub const TIME: Self = Self([0, 0, 1, 0, 0]);

    /// An electric current.
    pub const CURRENT: Self = Self([0, 0, 0, 1, 0]);
    /// An energy.
    pub const ENERGY: Self = Self([2, 1, -2, 0, 0]);
    /// A power.
    pub const POWER: Self = Self([2, 1, -3, 0, 0]);
    /// An area.
    pub const AREA: Self = Self([2, 0, 0, 0, 0]);

    /// Of a product.
    pub fn times(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| {
            self.0[i].saturating_add(other.0[i])
        }))
    }

    /// Of a quotient.
    pub fn over(self, other: Self) -> Self {
        self.times(other.power(-1))
    }

    /// Of a power.
    pub fn power(self, n: i32) -> Self {
        Self(self.0.map(|e| e.saturating_mul(n)))
    }
}

impl Unit {
    /// A pure number.
    pub const NONE: Self = Self {
        scale: 1.0,
        dimension: Dimension::NONE,
    };

    /// A unit by its name: `mV`, `pF`, `real`.
    pub fn named(name: &str) -> Option<Self> {
        if name == "real" {
            return Some(Self::NONE);
        }
        let plain = |name: &str, prefix: f64| {
            let (_, scale, exponents) = NAMES.iter().find(|(n, ..)| *n == name)?;
            Some(Self {
                scale: scale * prefix,
                dimension: Dimension(*exponents),
            })
        };
        plain(name, 1.0).or_else(|| {
            let mut letters = name.chars();
            let first = letters.next()?;
            let (_, prefix) = PREFIXES.iter().find(|(c, _)| *c == first)?;
            plain(letters.as_str(), *prefix)
        })
    }

    /// A constant of nature by its name.
    pub fn constant(name: &str) -> Option<Self> {
        let (_, scale, exponents) = CONSTANTS.iter().find(|(n, ..)| *n == name)?;
        Some(Self {
            scale: *scale,
            dimension: Dimension(*exponents),
        })
    }

    /// Product.
    pub fn times(self, other: Self) -> Self {
        Self {
            scale: self.scale * other.scale,
            dimension: self.dimension.times(other.dimension),
        }
    }

    /// Power.
    pub fn power(self, n: i32) -> Self {
        Self {
            scale: self.scale.powi(n),
            dimension: self.dimension.power(n),
        }
    }
}

impl fmt::Display for Dimension {
    /// As a named unit over a named unit where that is short, else in base units.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::NONE {
            return f.write_str("a pure number (`real`)");
        }
        let known = ["V", "A", "F", "S", "Ohm", "C", "J", "W", "m", "s", "K", "T"];
        let below = ["", "s", "m", "m**2", "K", "V", "A", "V**2", "s**2", "J"];
        let dimension = |text: &str| {
            let (name, power) = text.split_once("**").unwrap_or((text, "1"));
            let unit = Unit::named(name).map_or(Self::NONE, |u| u.dimension);
            unit.power(power.parse().unwrap_or(1))
        };
        for b in below {
            for k in known.iter().copied().chain(["1"]) {
                if dimension(k).over(dimension(b)) == *self {
                    return match b {
                        "" => write!(f, "`{k}`"),
                        _ => write!(f, "`{k}/{b}`"),
                    };
                }
            }
        }
        let parts = ["m", "kg", "s", "A", "K"].iter().zip(self.0);
        let parts = parts.filter(|(_, e)| *e != 0);
        let parts: Vec<String> = parts
            .map(|(name, e)| {
                if e == 1 {
                    (*name).into()
                } else {
                    format!("{name}**{e}")
                }
            })
            .collect();
        write!(f, "`{}`", parts.join("*"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, scale: f64, dimension: &str) {
        let unit = Unit::named(name).unwrap();
        assert!((unit.scale / scale - 1.0).abs() < 1e-12);
        assert_eq!(unit.dimension.to_string(), dimension);
    }

    #[test]
    fn prefixed() {
        check("mV", 1e-3, "`V`");
    }
    #[test]
    fn metre_before_milli() {
        check("m", 1.0, "`m`");
    }
    #[test]
    fn electronvolt() {
        check("meV", 1.602_176_634e-22, "`J`");
    }
    #[test]
    fn gram() {
        check("kg", 1.0, "`kg`");
    }
    #[test]
    fn a_product() {
        let pulse = Unit::named("pA").unwrap().times(Unit::named("ms").unwrap());
        assert_eq!(pulse.dimension.to_string(), "`C`");
    }
    #[test]
    fn a_quotient() {
        let slope = Dimension::over(Unit::named("mV").unwrap().dimension, Dimension::TIME);
        assert_eq!(slope.to_string(), "`V/s`");
    }
    #[test]
    fn an_unknown_unit() {
        assert_eq!(Unit::named("volt"), None);
    }
    #[test]
    fn huge_powers_saturate() {
        let big = Dimension::TIME.power(i32::MAX).times(Dimension::TIME);
        assert_eq!(big, Dimension::TIME.power(i32::MAX));
    }
}
