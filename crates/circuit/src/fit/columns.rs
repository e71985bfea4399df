//! What the columns of a measurement mean: by bruno's own names (`t_s`, `v_drive_V`), or by what instruments and people
//! write, e.g. `Time (ms)`, `Voltage [mV]`, `Polarization (uC/cm2)`.

#![deny(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

use super::unit::{Base, Unit};

/// How the columns of files are to be read, beyond what their names say.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Columns {
    /// Column of a file and the name that it stands for, e.g. `Ch 1` and `v_drive_mV`.
    pub named: Vec<(String, String)>,
    /// Area of the electrode, m2: what columns per area are multiplied by.
    pub area_m2: Option<f64>,
    /// A device beside a leak: its voltage is measured, its current applied.
    pub membrane: bool,
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Meaning {
    /// bruno's name of it, in SI units.
    pub column: &'static str,
    /// What a value is multiplied by.
    pub factor: f64,
    /// Values are per area.
    pub per_area: bool,
}

/// bruno's own names, in SI units: they need no mapping.
const OWN: [&str; 9] = [
    "t_s",
    "v_drive_V",
    "v_V",
    "i_A",
    "q_C",
    "p",
    "g_S",
    "code",
    "pulse",
];

/// What a column is called that is to be left out.
const UNUSED: &str = "unused";

/// Names that people give to what is measured, in lower case, without spaces, with the unit that it must have.
const NAMES: [(&[&str], Base); 5] = [
    (&["t", "time"], Base::Second),
    (
        &[
            "v",
            "voltage",
            "vdrive",
            "drivevoltage",
            "appliedvoltage",
            "bias",
        ],
        Base::Volt,
    ),
    (&["i", "current"], Base::Ampere),
    (
        &[
            "q",
            "charge",
            "p",
            "polarization",
            "polarisation",
            "measuredpolarization",
        ],
        Base::Coulomb,
    ),
    (&["g", "conductance"], Base::Siemens),
];

impl Columns {
    /// What a column of a file holds; `None` where its name says nothing to bruno.
    ///
    /// # Errors
    /// A name that is known, without a unit or with one that it cannot have.
    pub(super) fn meaning(&self, header: &str) -> Result<Option<Meaning>, String> {
        let given = self.named.iter().find(|(column, _)| column == header);
        let name = given.map_or(header, |(_, name)| name.as_str());
        if given.is_some() && name == UNUSED {
            return Ok(None);
        }
        let meaning = self.of_name(name)?;
        match (given, &meaning) {
            (Some(_), None) => Err(format!(
                "`{header}` is to be `{name}`, which is no quantity; allowed: names such as `t_ms`, `v_drive_V`, `i_nA`, \
                 `charge_pC`, `polarization_uC_cm2`, `p`, `g_uS`, `code`, `pulse`, or `{UNUSED}`"
            )),
            _ => Ok(meaning),
        }
    }

    fn of_name(&self, name: &str) -> Result<Option<Meaning>, String> {
        if let Some(column) = OWN.into_iter().find(|own| *own == name) {
            return Ok(Some(Meaning {
                column,
                factor: 1.0,
                per_area: false,
            }));
        }
        let (words, unit) = split(name);
        let plain: String = words.chars().filter(char::is_ascii_alphanumeric).collect();
        let plain = plain.to_ascii_lowercase();
        let known = NAMES.iter().find(|(names, _)| names.contains(&&*plain));
        let Some((_, base)) = known else {
            return Ok(None);
        };
        match unit {
            // A letter may stand for anything.
            None if plain.len() == 1 => Ok(None),
            None => Err(format!(
                "column `{name}` has no unit: write e.g. `{words} ({})`",
                base.example()
            )),
            Some(unit) if unit.base != *base || unit.per_area && !base.may_be_per_area() => {
                Err(format!(
                    "column `{name}` is in a unit that it cannot have; allowed: e.g. {}",
                    base.example()
                ))
            }
            Some(unit) => Ok(Some(Meaning {
                column: self.column(*base, &plain),
                factor: unit.factor,
                per_area: unit.per_area,
            })),
        }
    }

    fn column(&self, base: Base, name: &str) -> &'static str {
        match base {
            Base::Second => "t_s",
            Base::Volt if self.membrane && ["v", "voltage"].contains(&name) => "v_V",
            Base::Volt => "v_drive_V",
            Base::Ampere => "i_A",
            Base::Coulomb => "q_C",
            Base::Siemens => "g_S",
        }
    }
}

/// A column's words and its unit: in brackets, or behind the first `_` or space from which on all is a unit.
fn split(name: &str) -> (&str, Option<Unit>) {
    for brackets in [('(', ')'), ('[', ']')] {
        let inside = name.trim_end().strip_suffix(brackets.1);
        if let Some((words, unit)) = inside.and_then(|n| n.rsplit_once(brackets.0)) {
            return (words.trim_end(), Unit::parse(unit));
        }
    }
    let gaps = name.match_indices(['_', ' ', '/']);
    let mut parts = gaps.filter_map(|(at, gap)| {
        let (words, rest) = name.split_at_checked(at)?;
        let unit = Unit::parse(rest.strip_prefix(gap)?)?;
        Some((words, Some(unit)))
    });
    parts.next().unwrap_or((name, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(header: &str) -> Result<Option<Meaning>, String> {
        let named = vec![("Ch 1".to_string(), "v_drive_mV".to_string())];
        Columns {
            named,
            ..Columns::default()
        }
        .meaning(header)
    }

    fn check(header: &str, column: &str, factor: f64, per_area: bool) {
        let found = meaning(header).unwrap().unwrap();
        assert_eq!((found.column, found.per_area), (column, per_area));
        assert!((found.factor / factor - 1.0).abs() < 1e-12, "{found:?}");
    }

    fn check_refused(header: &str, expected: &str) {
        let error = meaning(header).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn own_names() {
        check("t_s", "t_s", 1.0, false);
        check("p", "p", 1.0, false);
        check("v_V", "v_V", 1.0, false);
    }
    #[test]
    fn times() {
        check("Time (ms)", "t_s", 1e-3, false);
        check("time [µs]", "t_s", 1e-6, false);
        check("t_us", "t_s", 1e-6, false);
    }
    #[test]
    fn voltages() {
        check("Voltage (V)", "v_drive_V", 1.0, false);
        check("Drive Voltage [mV]", "v_drive_V", 1e-3, false);
        check("Ch 1", "v_drive_V", 1e-3, false);
    }
    #[test]
    fn currents() {
        check("Current/nA", "i_A", 1e-9, false);
        check("Current (uA/cm^2)", "i_A", 1e-2, true);
    }
    #[test]
    fn charges() {
        check("Polarization (uC/cm2)", "q_C", 1e-2, true);
        check("Polarisation [µC/cm²]", "q_C", 1e-2, true);
        check("polarization_uC_cm2", "q_C", 1e-2, true);
        check("P (C/m2)", "q_C", 1.0, true);
        check("Charge (pC)", "q_C", 1e-12, false);
    }
    #[test]
    fn conductances() {
        check("Conductance (uS)", "g_S", 1e-6, false);
    }
    #[test]
    fn of_other_things() {
        assert_eq!(meaning("Temperature (K)"), Ok(None));
        assert_eq!(meaning("Remark"), Ok(None));
    }
    #[test]
    fn a_unit_is_needed() {
        check_refused("Voltage", "column `Voltage` has no unit");
        check_refused("Polarization", "write e.g. `Polarization (uC/cm2)`");
    }
    #[test]
    fn a_unit_of_something_else() {
        check_refused("Time (V)", "a unit that it cannot have");
        check_refused("Voltage (V/cm2)", "a unit that it cannot have");
    }
    #[test]
    fn a_name_that_means_nothing() {
        let named = vec![("a".to_string(), "speed_m".to_string())];
        let columns = Columns {
            named,
            ..Columns::default()
        };
        let error = columns.meaning("a").unwrap_err();
        assert!(
            error.contains("`a` is to be `speed_m`, which is no quantity"),
            "{error}"
        );
    }
    #[test]
    fn beside_a_leak_a_voltage_is_the_membrane() {
        let columns = Columns {
            membrane: true,
            ..Columns::default()
        };
        let found = columns.meaning("Voltage (mV)").unwrap().unwrap();
        assert_eq!(found.column, "v_V");
    }
}
