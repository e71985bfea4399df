//! Units of measured columns, as people write them: `ms`, `nA`, `µC/cm²`, `uC_cm2`.

#![deny(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

/// What a unit is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    Second,
    Volt,
    Ampere,
    Coulomb,
    Siemens,
}

impl Base {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Second, "s"),
        (Self::Volt, "V"),
        (Self::Ampere, "A"),
        (Self::Coulomb, "C"),
        (Self::Siemens, "S"),
    ];

    /// A unit of it that errors show.
    pub fn example(self) -> &'static str {
        match self {
            Self::Second => "ms",
            Self::Volt => "V",
            Self::Ampere => "nA",
            Self::Coulomb => "uC/cm2",
            Self::Siemens => "uS",
        }
    }

    /// Whether it is given per area of an electrode.
    pub fn may_be_per_area(self) -> bool {
        matches!(self, Self::Ampere | Self::Coulomb)
    }
}

/// A unit: its factor to SI, and whether it is per area (m2 in SI).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Unit {
    pub base: Base,
    pub factor: f64,
    pub per_area: bool,
}

/// Prefixes and their powers of ten. The micro sign and the Greek letter are both in use.
const PREFIXES: [(&str, f64); 8] = [
    ("", 1.0),
    ("m", 1e-3),
    ("u", 1e-6),
    ("µ", 1e-6),
    ("μ", 1e-6),
    ("n", 1e-9),
    ("p", 1e-12),
    ("f", 1e-15),
];

/// Areas in m2.
const AREAS: [(&str, f64); 4] = [("m2", 1.0), ("cm2", 1e-4), ("mm2", 1e-6), ("um2", 1e-12)];

impl Unit {
    pub fn parse(text: &str) -> Option<Self> {
        let plain = text.trim().replace('²', "2").replace(['^', ' '], "");
        let (above, area) = match plain.split_once(['/', '_']) {
            None => (plain.as_str(), None),
            Some((above, below)) => {
                let below = below.replace(['µ', 'μ'], "u");
                let known = AREAS.iter().find(|(name, _)| *name == below)?;
                (above, Some(known.1))
            }
        };
        let mut units = Base::ALL.into_iter().filter_map(|(base, symbol)| {
            let prefix = above.strip_suffix(symbol)?;
            let (_, power) = PREFIXES.iter().find(|(p, _)| *p == prefix)?;
            Some((base, power))
        });
        let (base, power) = units.next()?;
        Some(Self {
            base,
            factor: power / area.unwrap_or(1.0),
            per_area: area.is_some(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(Base, f64, bool)>) {
        let found = Unit::parse(text);
        let found = found.map(|u| (u.base, u.factor, u.per_area));
        match (found, expected) {
            (Some(a), Some(b)) => {
                assert_eq!((a.0, a.2), (b.0, b.2), "{text}");
                assert!((a.1 / b.1 - 1.0).abs() < 1e-12, "{text}: {a:?}");
            }
            (a, b) => assert_eq!(a, b, "{text}"),
        }
    }

    #[test]
    fn units() {
        check("s", Some((Base::Second, 1.0, false)));
        check(" pA ", Some((Base::Ampere, 1e-12, false)));
        check("μC/cm²", Some((Base::Coulomb, 1e-2, true)));
        check("fC/µm^2", Some((Base::Coulomb, 1e-3, true)));
        check("S", Some((Base::Siemens, 1.0, false)));
    }
    #[test]
    fn no_units() {
        check("", None);
        check("K", None);
        check("drive_V", None);
        check("V/cm", None);
    }
}
