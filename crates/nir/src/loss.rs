//! What of a network is left in a chip's codes.

use serde::Serialize;

/// One quantity of a layer: as the file has it, and as the chip does.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Loss {
    /// Layer of the chip.
    pub layer: String,
    /// Which quantity.
    pub quantity: String,
    /// Its register or level codes.
    pub code: String,
    /// What the file asks for, with its unit. Of weights: their standard deviation.
    pub wanted: String,
    /// What is in force. Of weights: the rms of their errors.
    pub in_force: String,
    /// How far that is off, per cent. Of weights: rms of the errors over the standard deviation.
    pub error_percent: f64,
}

impl Loss {
    /// A number in a register.
    pub(crate) fn number(
        layer: &str,
        quantity: &str,
        code: String,
        unit: &str,
        wanted: f64,
        in_force: f64,
    ) -> Self {
        let error = match wanted == in_force {
            true => 0.0,
            false => 100.0 * (in_force - wanted) / wanted.abs(),
        };
        Self {
            layer: layer.into(),
            quantity: quantity.into(),
            code,
            wanted: format!("{} {unit}", short(wanted)).trim_end().into(),
            in_force: format!("{} {unit}", short(in_force)).trim_end().into(),
            error_percent: error,
        }
    }

    /// The weights of a projection, each with what is in force for it; the codes that they use of a table.
    pub(crate) fn weights(
        layer: &str,
        quantity: &str,
        pairs: &[(f64, f64)],
        used: usize,
        levels: usize,
    ) -> Self {
        let count = pairs.len().max(1) as f64;
        let mean = pairs.iter().map(|(w, _)| w).sum::<f64>() / count;
        let rms = |of: &dyn Fn(&(f64, f64)) -> f64| {
            (pairs.iter().map(|p| of(p).powi(2)).sum::<f64>() / count).sqrt()
        };
        let deviation = rms(&|(wanted, _)| wanted - mean);
        let error = rms(&|(wanted, found)| found - wanted);
        // Equal weights have no deviation: their own size stands for it.
        let scale = if deviation > 0.0 {
            deviation
        } else {
            mean.abs()
        };
        Self {
            layer: layer.into(),
            quantity: quantity.into(),
            code: format!("{used} of {levels} levels, {} weights", pairs.len()),
            wanted: format!("std {}", short(deviation)),
            in_force: format!("rms error {}", short(error)),
            error_percent: if error == 0.0 {
                0.0
            } else {
                100.0 * error / scale
            },
        }
    }
}

/// Four digits, without zeros behind.
pub(crate) fn short(value: f64) -> String {
    let rounded: f64 = format!("{value:.3e}").parse().unwrap_or(value);
    match rounded.abs() {
        size if size != 0.0 && !(1e-3..1e6).contains(&size) => format!("{rounded:e}"),
        _ => rounded.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        let found = [0.0, 0.1 + 0.2, -1234.56, 2.5e-7, 1e9].map(short);
        assert_eq!(found, ["0", "0.3", "-1235", "2.5e-7", "1e9"]);
    }
    #[test]
    fn a_number_in_a_register() {
        let loss = Loss::number("h", "tau_mem", "7 / 2^3".into(), "us", 2.0, 2.1);
        assert_eq!((&*loss.wanted, &*loss.in_force), ("2 us", "2.1 us"));
        assert!((loss.error_percent - 5.0).abs() < 1e-9);
    }
    #[test]
    fn weights() {
        // Two weights a deviation of 1 from their mean, each off by a tenth.
        let loss = Loss::weights("h", "weights", &[(1.0, 1.1), (3.0, 2.9)], 2, 8);
        assert_eq!(loss.code, "2 of 8 levels, 2 weights");
        assert!((loss.error_percent - 10.0).abs() < 1e-9);
    }
    #[test]
    fn equal_weights() {
        let loss = Loss::weights("h", "weights", &[(2.0, 2.2), (2.0, 2.2)], 1, 8);
        assert!((loss.error_percent - 10.0).abs() < 1e-9);
    }
}
