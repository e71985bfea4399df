//! The checks of single fields, which gather all problems before any is told.

use super::reserved::is_reserved;
use crate::Problem;

/// The problems found so far.
#[derive(Default)]
pub(super) struct Checker {
    pub problems: Vec<Problem>,
}

impl Checker {
    /// One more problem.
    pub fn add(&mut self, field: &str, value: &str, allowed: &str, remedy: &str) {
        self.problems.push(Problem {
            field: field.into(),
            value: value.into(),
            allowed: allowed.into(),
            remedy: remedy.into(),
        });
    }

    /// A whole number in `low..=high`; says whether it is.
    pub fn count(&mut self, field: &str, value: usize, low: usize, high: usize) -> bool {
        let good = (low..=high).contains(&value);
        if !good {
            let remedy = format!("choose a whole number from {low} to {high}");
            self.add(
                field,
                &value.to_string(),
                &format!("{low}..{high}"),
                &remedy,
            );
        }
        good
    }

    /// A power of two up to `high`.
    pub fn power_of_two(&mut self, field: &str, value: usize, high: usize) {
        if !value.is_power_of_two() || value > high {
            let allowed = format!("a power of two, 1..{high}");
            let remedy = "a layer whose size is not a multiple of it leaves slots of its last datapath unused";
            self.add(field, &value.to_string(), &allowed, remedy);
        }
    }

    /// A number in `low..=high`, in a unit.
    pub fn number(&mut self, field: &str, value: f64, low: f64, high: f64, unit: &str) {
        if !(value >= low && value <= high) {
            let allowed = format!("{low}..{high} {unit}");
            let remedy = "mind the unit in the field's name";
            self.add(field, &value.to_string(), allowed.trim_end(), remedy);
        }
    }

    /// A name that can become part of Verilog's.
    pub fn identifier(&mut self, field: &str, name: &str) {
        let letter = name.starts_with(|c: char| c.is_ascii_lowercase());
        let rest = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if !letter || !name.chars().all(rest) || name.len() > 40 {
            self.add(
                field,
                &format!("`{name}`"),
                "a-z, 0-9 and _, starting with a letter, at most 40 characters",
                "it becomes part of Verilog names: rename it",
            );
        }
        if is_reserved(name) {
            self.add(
                field,
                &format!("`{name}`"),
                "a name that no Verilog tool or testbench keeps for itself",
                "rename it: it is a keyword of SystemVerilog or of Icarus Verilog, or a module of bruno",
            );
        }
    }
}
