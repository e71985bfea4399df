//! From the differential equations of NIR to the steps of a simulator: the format does not say how, so the convention has a
//! name.
//!
//! In a step of `dt` a state with time constant `tau` and input `x` becomes `decay * state + share * x`:
//!
//! | name | decay | share | who |
//! |---|---|---|---|
//! | `exact` | `exp(-dt/tau)` | `1 - exp(-dt/tau)` | the solution where the input holds for the step |
//! | `euler` | `1 - dt/tau` | `dt/tau` | Norse, snnTorch |
//! | `impulse` | `exp(-dt/tau)` | `dt/tau` | the solution where the input comes at once; Rockpool, Sinabs |

use serde::Serialize;

/// How a time constant becomes a decay a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Discretisation {
    /// The input holds for the step.
    Exact,
    /// Forward Euler.
    #[default]
    Euler,
    /// The input of a step comes at once.
    Impulse,
}

/// One step of a state: `decay * state + share * input`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Step {
    pub decay: f64,
    pub share: f64,
}

impl Discretisation {
    /// One step of `ratio = dt/tau`; `None` where Euler's step is longer than the time constant.
    pub(crate) fn step(self, ratio: f64) -> Option<Step> {
        let step = match self {
            Self::Exact => Step {
                decay: (-ratio).exp(),
                share: -(-ratio).exp_m1(),
            },
            Self::Euler => Step {
                decay: 1.0 - ratio,
                share: ratio,
            },
            Self::Impulse => Step {
                decay: (-ratio).exp(),
                share: ratio,
            },
        };
        (step.decay >= 0.0).then_some(step)
    }

    /// `dt/tau` of a decay in a step.
    pub(crate) fn ratio(self, decay: f64) -> f64 {
        match self {
            Self::Euler => 1.0 - decay,
            Self::Exact | Self::Impulse => -decay.ln(),
        }
    }

    /// Decay and share of a step, in words.
    pub(crate) fn about(self) -> &'static str {
        match self {
            Self::Exact => {
                "a state keeps exp(-dt/tau) of itself a step and takes 1 - exp(-dt/tau) of its input"
            }
            Self::Euler => {
                "a state keeps 1 - dt/tau of itself a step and takes dt/tau of its input"
            }
            Self::Impulse => {
                "a state keeps exp(-dt/tau) of itself a step and takes dt/tau of its input"
            }
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Euler => "euler",
            Self::Impulse => "impulse",
        }
    }
}

impl Step {
    /// Part of the state that is lost in each of `ticks` equal parts of the step.
    pub fn loss_a_tick(self, ticks: u32) -> f64 {
        match self.decay > 0.0 {
            true => -(self.decay.ln() / f64::from(ticks)).exp_m1(),
            false => 1.0,
        }
    }
}

/// Unit of the times in a file, which the format does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub enum TimeUnit {
    /// Seconds.
    #[default]
    #[serde(rename = "s")]
    Seconds,
    /// Milliseconds.
    #[serde(rename = "ms")]
    Milliseconds,
}

impl TimeUnit {
    /// Microseconds in the unit.
    pub(crate) fn us(self) -> f64 {
        match self {
            Self::Seconds => 1e6,
            Self::Milliseconds => 1e3,
        }
    }

    /// Its symbol.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Seconds => "s",
            Self::Milliseconds => "ms",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Decay and share of a step of a tenth of the time constant.
    fn check(by: Discretisation, decay: f64, share: f64) {
        let step = by.step(0.1).unwrap();
        assert!((step.decay - decay).abs() < 1e-12, "{step:?}");
        assert!((step.share - share).abs() < 1e-12, "{step:?}");
        assert!((by.ratio(step.decay) - 0.1).abs() < 1e-12);
        let whole = (1.0 - step.loss_a_tick(100)).powi(100);
        assert!((whole - decay).abs() < 1e-12, "{whole}");
    }

    #[test]
    fn exact() {
        check(
            Discretisation::Exact,
            0.904_837_418_035_959_6,
            0.095_162_581_964_040_4,
        );
    }
    #[test]
    fn euler() {
        check(Discretisation::Euler, 0.9, 0.1);
    }
    #[test]
    fn impulse() {
        check(Discretisation::Impulse, 0.904_837_418_035_959_6, 0.1);
    }
    #[test]
    fn euler_has_a_longest_step() {
        assert_eq!(Discretisation::Euler.step(1.01), None);
    }
    #[test]
    fn all_is_lost_in_a_tick() {
        assert_eq!(Discretisation::Euler.step(1.0).unwrap().loss_a_tick(7), 1.0);
    }
}
