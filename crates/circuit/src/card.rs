//! Model card of a ferroelectric HfO2 capacitor: the parameters of Heracles (Fehlings et al., arXiv 2410.07791), by the
//! names that its Verilog-A model and its published cards use, in SI units (energies in eV).

use crate::CircuitError;
use crate::model_card::shortest;
use bruno_chip::Problem;
use serde::{Deserialize, Serialize};

/// What is known of one parameter.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Parameter {
    /// Name in model cards of every simulator.
    pub name: &'static str,
    /// Value of the published card.
    pub default: f64,
    /// Unit; `1` without.
    pub unit: &'static str,
    /// Smallest allowed value.
    pub low: f64,
    /// Largest allowed value.
    pub high: f64,
    /// Smallest magnitude but 0; a layer with less charge would change its width within a millionth of full polarisation.
    pub least: f64,
    /// Spread between dies: standard deviation of the published Monte-Carlo statistics; 0 where none is published.
    pub die_sigma: f64,
    /// Spread between devices of a die, likewise.
    pub device_sigma: f64,
    /// What it is.
    pub meaning: &'static str,
    /// Where value, bounds and spread come from.
    pub source: &'static str,
}

/// One list makes the struct, its defaults, the table and the access by name.
macro_rules! card {
    ($($name:ident: $default:expr, $unit:literal, $low:expr, $high:expr, $least:expr, $die:expr, $device:expr, $meaning:literal, $source:expr;)*) => {
        /// A card: every parameter of the model, in the unit of [`PARAMETERS`].
        #[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct FecapCard {
            $(#[doc = concat!($meaning, ", ", $unit, ".")] pub $name: f64,)*
            /// Whether the field of the ferroelectric layer changes the width of the depletion layers: how a simulator reads
            /// the published model ([`crate::fecap::Layers`]), and no parameter of its cards.
            #[serde(skip)]
            pub field_widens_depletion: bool,
        }

        impl Default for FecapCard {
            fn default() -> Self {
                Self { $($name: $default,)* field_widens_depletion: false }
            }
        }

        /// Every parameter of a card, in the order of the published cards.
        pub const PARAMETERS: &[Parameter] = &[
            $(Parameter {
                name: stringify!($name),
                default: $default,
                unit: $unit,
                low: $low,
                high: $high,
                least: $least,
                die_sigma: $die,
                device_sigma: $device,
                meaning: $meaning,
                source: $source,
            },)*
        ];

        impl FecapCard {
            /// Value by name; `None` for an unknown name.
            pub fn get(&self, name: &str) -> Option<f64> {
                match name {
                    $(stringify!($name) => Some(self.$name),)*
                    _ => None,
                }
            }

            /// The place of a value by name; `None` for an unknown name.
            pub fn get_mut(&mut self, name: &str) -> Option<&mut f64> {
                match name {
                    $(stringify!($name) => Some(&mut self.$name),)*
                    _ => None,
                }
            }
        }
    };
}

/// Values and bounds of the published Verilog-A model, spreads of its Spectre card.
const HERACLES: &str = "Heracles, arXiv 2410.07791: Verilog-A model and card fehlings2024";

card! {
    area: 625e-12, "m^2", 1e-18, 1e-3, 0.0, 0.0, 1e-12, "Area of the device", HERACLES;
    t_fe: 9.8e-9, "m", 1e-9, 5e-8, 0.0, 0.0, 0.0, "Thickness of the ferroelectric layer", HERACLES;
    t_int: 1.5e-9, "m", 1e-10, 2e-8, 0.0, 2.2e-10, 0.0, "Thickness of the interface layer", HERACLES;
    eps_fe: 70.0, "1", 1.0, 100.0, 0.0, 0.0, 0.0, "Relative permittivity of the ferroelectric layer", HERACLES;
    eps_int: 90.0, "1", 1.0, 500.0, 0.0, 0.0, 0.0, "Relative permittivity of the interface layer", HERACLES;
    w_b: 1.05, "eV", 0.1, 5.0, 0.0, 0.0, 0.0, "Switching barrier", HERACLES;
    d_e: 7.5e-9, "m", 1e-10, 1e-7, 0.0, 0.0, 0.0, "Field distance of the barrier", HERACLES;
    e_off: 2e7, "V/m", -1e9, 1e9, 0.0, 0.0, 0.0, "Offset field", HERACLES;
    p_s: 0.27, "C/m^2", 1e-3, 1.0, 0.0, 0.027, 0.0, "Saturation polarisation", HERACLES;
    n_depl: 1.05e28, "m^-3", 1e25, 1e30, 0.0, 0.265e28, 0.0, "Carrier density of the depletion layers", HERACLES;
    eps_depl: 3.6, "1", 0.1, 100.0, 0.0, 0.0, 0.0, "Relative permittivity of the electrodes", HERACLES;
    q_fix_depl_u: -0.098, "C/m^2", -1.0, 1.0, 1e-6, 0.0, 0.0, "Fixed charge at the depletion layer, polarisation up", HERACLES;
    q_fix_depl_d: 0.098, "C/m^2", -1.0, 1.0, 1e-6, 0.0, 0.0, "Fixed charge at the depletion layer, polarisation down", HERACLES;
    m_eff_fe: 0.4, "1", 0.01, 10.0, 0.0, 0.0, 0.0, "Effective electron mass in the ferroelectric layer", HERACLES;
    m_eff_int: 1.0, "1", 0.01, 10.0, 0.0, 0.0, 0.0, "Effective electron mass in the interface layer", HERACLES;
    phi_b_fe: 2.0, "eV", 0.01, 5.0, 0.0, 0.0, 0.0, "Barrier between electrode and ferroelectric layer", HERACLES;
    phi_b_int: 0.65, "eV", 0.01, 5.0, 0.0, 0.0, 0.0, "Barrier between electrode and interface layer", HERACLES;
    mu_fe: 15e-4, "m^2/(V s)", 1e-4, 1e3, 0.0, 0.0, 0.0, "Electron mobility in the ferroelectric layer", HERACLES;
    n_c_fe: 1e24, "m^-3", 1e18, 1e28, 0.0, 0.0, 0.0, "Density of states of the conduction band", HERACLES;
    phi_tr_fe: 0.68, "eV", 0.0, 5.0, 0.0, 0.0, 0.0, "Depth of the traps", HERACLES;
}

impl Parameter {
    /// Whether a value is one that the model takes.
    pub fn allows(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value) && (value == 0.0 || value.abs() >= self.least)
    }

    /// What is allowed, with its unit.
    pub fn allowed(&self) -> String {
        let ends = format!("{:e}..{:e} {}", self.low, self.high, self.unit);
        match self.least {
            0.0 => ends,
            least => format!("{ends}, 0 or at least {least:e} in magnitude"),
        }
    }
}

impl FecapCard {
    /// Every value that is not finite or leaves its bounds.
    pub fn out_of_bounds(&self) -> Vec<(&'static Parameter, f64)> {
        let values = PARAMETERS
            .iter()
            .map(|p| (p, self.get(p.name).unwrap_or(f64::NAN)));
        values.filter(|(p, v)| !p.allows(*v)).collect()
    }

    /// Whether the model can be evaluated with these values, at a temperature (K).
    ///
    /// # Errors
    /// [`CircuitError::Card`] names every value out of its bounds.
    pub fn check(&self, temperature_k: f64) -> Result<(), CircuitError> {
        let problem = |field: &str, value: f64, allowed: String| Problem {
            field: field.into(),
            value: shortest(value),
            allowed,
            remedy: "cards are in SI units, energies in eV, temperature in K".into(),
        };
        let of_card = |(p, value): (&Parameter, f64)| problem(p.name, value, p.allowed());
        let mut problems: Vec<Problem> = self.out_of_bounds().into_iter().map(of_card).collect();
        if !(1.0..=1000.0).contains(&temperature_k) {
            problems.push(problem("temperature", temperature_k, "1..1000 K".into()));
        }
        match problems.is_empty() {
            true => Ok(()),
            false => Err(CircuitError::Card(problems)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_card_is_within_bounds() {
        assert_eq!(FecapCard::default().out_of_bounds(), []);
    }

    #[test]
    fn a_parameter_is_reached_by_its_name() {
        let mut card = FecapCard::default();
        for parameter in PARAMETERS {
            assert_eq!(card.get(parameter.name), Some(parameter.default));
            *card.get_mut(parameter.name).unwrap() = parameter.high;
            assert_eq!(card.get(parameter.name), Some(parameter.high));
        }
        assert_eq!(card.get("q_fix_depl"), None);
    }

    #[test]
    fn a_charge_that_is_nearly_none() {
        let card = FecapCard {
            q_fix_depl_u: 1e-320,
            q_fix_depl_d: 0.0,
            ..FecapCard::default()
        };
        let error = card.check(300.0).unwrap_err().to_string();
        let expected =
            "`q_fix_depl_u` is 1e-320; allowed: -1e0..1e0 C/m^2, 0 or at least 1e-6 in magnitude";
        assert!(error.starts_with(expected), "{error}");
        assert_eq!(card.out_of_bounds().len(), 1);
    }

    #[test]
    fn what_leaves_its_bounds_is_named() {
        let card = FecapCard {
            t_fe: f64::NAN,
            ..FecapCard::default()
        };
        assert_eq!(card.out_of_bounds()[0].0.name, "t_fe");
    }
}
