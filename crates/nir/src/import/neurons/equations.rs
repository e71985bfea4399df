//! What a layer's neurons have in common, in steps and thresholds.

use super::{SAME, TAU_US};
use crate::discretisation::Step;
use crate::error::problem;
use crate::import::Parts;
use crate::import::settings::Timing;
use crate::loss::short;
use crate::network::Layer;
use crate::reset::Reset;
use bruno_chip::Problem;

/// What a layer's neurons have in common.
pub(super) struct Neuron {
    pub timing: Timing,
    /// Time constants, in the file's unit; a `LIF` has none of a current.
    pub tau_mem: f64,
    pub tau_syn: Option<f64>,
    pub membrane: Step,
    pub current: Step,
    /// What a spike does to the membrane.
    pub reset: Reset,
    /// Membrane after a spike that sets it, thresholds.
    pub reset_to: f64,
    /// Thresholds that a unit of weight stands for, a neuron.
    pub thresholds_by_weight: Vec<f64>,
}

impl Neuron {
    pub fn of(layer: &Layer, parts: &mut Parts) -> Result<Self, Vec<Problem>> {
        let (timing, by) = (parts.timing, parts.settings.discretisation);
        let with_synapse = layer.node.kind == "CubaLIF";
        let get = |name: &str| layer.node.parameter(name);
        let mut problems = Vec::new();
        let tau = |name: &str| {
            let (tau, step) = (uniform(layer, name, get(name))?, timing.dt);
            let bad = |allowed: String, remedy: &str| {
                problem(format!("{}.{name}", layer.name), tau, allowed, remedy)
            };
            if tau <= 0.0 {
                return Err(bad("above 0".into(), "give a time constant"));
            }
            let found = by.step(step / tau);
            let found = found.ok_or_else(|| {
                bad(
                    format!("at least the step, {step}, with `euler`"),
                    "choose --discretisation exact, or a shorter --dt-us",
                )
            })?;
            let most = TAU_US.1 * f64::from(timing.ticks).recip() * timing.dt_us
                / parts.settings.unit.us();
            match tau <= most {
                true => Ok((tau, found)),
                false => Err(bad(
                    format!("up to {} in {} ticks a step", short(most), timing.ticks),
                    "choose fewer --step-ticks, or train with a shorter one",
                )),
            }
        };
        let membrane = tau(if with_synapse { "tau_mem" } else { "tau" });
        let current = with_synapse.then(|| tau("tau_syn")).transpose();
        let reset = reset(layer, parts);
        let levels = levels(layer, reset, parts.settings.headroom);
        match (membrane, current, levels) {
            (Ok((tau_mem, membrane)), Ok(current), Ok((reset_to, thresholds_by_weight))) => {
                Ok(Self {
                    timing,
                    tau_mem,
                    tau_syn: current.map(|(tau, _)| tau),
                    membrane,
                    // A LIF has no synapse: its current is gone after a step.
                    current: current.map_or(
                        Step {
                            decay: 0.0,
                            share: 1.0,
                        },
                        |(_, step)| step,
                    ),
                    reset,
                    reset_to,
                    thresholds_by_weight,
                })
            }
            (membrane, current, levels) => {
                problems.extend(membrane.err());
                problems.extend(current.err());
                problems.extend(levels.err());
                Err(problems)
            }
        }
    }

    /// Part of the current that is lost in a tick.
    pub fn current_loss(&self) -> f64 {
        self.current.loss_a_tick(self.timing.ticks)
    }

    /// Time constant of the current on the chip, us.
    pub fn current_tau_us(&self) -> f64 {
        -1.0 / (-self.current_loss()).ln_1p()
    }

    /// Part of the membrane that leaks in a tick.
    pub fn leak(&self) -> f64 {
        self.membrane.loss_a_tick(self.timing.ticks)
    }

    /// What a unit of drive moves the membrane altogether.
    pub fn charge(&self) -> f64 {
        self.current.share * self.membrane.share / (1.0 - self.current.decay)
    }
}

/// What a spike does: as the user says, else as the metadata do, else as the format can say.
fn reset(layer: &Layer, parts: &mut Parts) -> Reset {
    let said = Reset::said(&layer.node);
    let reset = parts.settings.reset.or(said).unwrap_or(Reset::Value);
    let from = match (parts.settings.reset, said) {
        (Some(_), _) => "as given",
        (None, Some(_)) => "from the metadata of the node",
        (None, None) => "as the format has no other",
    };
    let does = match reset {
        Reset::Value => "sets the membrane to `v_reset`, 0 where the file has none",
        Reset::Subtract => {
            "subtracts the threshold from the membrane: neurons of the model `lif_subtractive`"
        }
    };
    let (name, reset_name) = (&layer.name, reset.name());
    parts.choices.push(format!(
        "`{name}`: reset `{reset_name}`, {from} (--reset): a spike {does}"
    ));
    let held = layer.node.parameter("v_reset");
    if parts.settings.reset.is_none() && said.is_none() && held.is_empty() {
        parts.warnings.push(format!(
            "`{name}`: the file does not say how a spike resets it: a reset to 0 is taken; a network that was trained with a reset by \
             subtraction computes otherwise, and comes with --reset subtract"
        ));
    }
    if reset == Reset::Value && said == Some(Reset::Subtract) {
        parts.warnings.push(format!(
            "`{name}`: the metadata of the node say that a spike subtracts the threshold: with a reset to a value it computes otherwise"
        ));
    }
    if reset == Reset::Subtract && held.iter().any(|v| *v != 0.0) {
        parts.warnings.push(format!(
            "`{name}`: its `v_reset` is not used, for a spike subtracts the threshold"
        ));
    }
    reset
}

/// The value that all neurons of a layer share.
fn uniform(layer: &Layer, name: &str, values: &[f64]) -> Result<f64, Problem> {
    let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
    let differs = |v: &&f64| (**v - mean).abs() > SAME * mean.abs();
    match values.iter().find(differs) {
        None => Ok(mean),
        Some(value) => Err(problem(
            format!("{}.{name}", layer.name),
            format!("{value} beside a mean of {mean}"),
            "one value for the layer: its neurons share a register",
            "train with one value, or split the layer",
        )),
    }
}

/// Reset in thresholds, and the thresholds of a unit of weight, a neuron.
fn levels(layer: &Layer, reset: Reset, headroom: f64) -> Result<(f64, Vec<f64>), Problem> {
    let neurons = layer.input.weights.height();
    let value = |name: &str, k: usize, absent: f64| {
        let values = layer.node.parameter(name);
        { values.iter().cycle() }
            .nth(if values.len() == 1 { 0 } else { k })
            .copied()
            .unwrap_or(absent)
    };
    let (mut resets, mut factors) = (Vec::new(), Vec::new());
    for k in 0..neurons {
        let (rest, threshold) = (value("v_leak", k, 0.0), value("v_threshold", k, 0.0));
        let factor = value("r", k, 1.0) * value("w_in", k, 1.0) / (threshold - rest);
        if threshold <= rest || !factor.is_finite() {
            let field = format!("{}.v_threshold", layer.name);
            return Err(problem(
                field,
                threshold,
                format!("above v_leak, {rest}"),
                "a neuron that fires at rest never stops",
            ));
        }
        if reset == Reset::Subtract && rest != 0.0 {
            return Err(problem(
                format!("{}.v_leak", layer.name),
                rest,
                "0 with a reset by subtraction: a spike subtracts the whole threshold",
                "train with a rest at 0, or import with --reset value",
            ));
        }
        resets.push((value("v_reset", k, 0.0) - rest) / (threshold - rest));
        factors.push(factor);
    }
    if reset == Reset::Subtract {
        return Ok((0.0, factors));
    }
    // In thresholds, of which the reset is a part: differences below one in a thousand of the threshold do not count.
    let first = resets.first().copied().unwrap_or_default();
    let field = || format!("{}.v_reset", layer.name);
    if resets.iter().any(|r| (r - first).abs() > SAME) {
        return Err(problem(
            field(),
            "different from neuron to neuron",
            "one distance to the threshold a layer",
            "train with one value, or split the layer",
        ));
    }
    match (-headroom..1.0).contains(&first) {
        true => Ok((first, factors)),
        false => Err(problem(
            field(),
            format!("{} thresholds", short(first)),
            format!("-{headroom}..1 thresholds from v_leak"),
            "raise --headroom, or mend the reset",
        )),
    }
}
