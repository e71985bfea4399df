//! A layer whose neurons are those of a file.

use super::programs::program;
use super::{Neurons, Options};
use crate::{Codes, CurrentWord, LayerKind, NeuronModel, NeuronProgram, Recorder, noise};
use bruno_chip::{Description, LayerDescription, Problem};
use bruno_model::{Derived, Dimension, Extras, Model};
use std::sync::Arc;

/// Most bits of the current that spikes inject: level tables and adders have no more.
const MOST_CURRENT_BITS: u32 = 24;

/// The neurons of a layer's `model`.
pub(super) fn neurons(
    d: &Description,
    layer: &LayerDescription,
    options: Options,
    at: &str,
) -> Result<Neurons, Vec<Problem>> {
    let one = |problem| vec![problem];
    let extras = Extras {
        noise: options.noise,
        slopes: options.jacobian,
    };
    let program = program(layer, extras, at).map_err(one)?;
    let program = program.ok_or_else(|| one(absent(at)))?;
    let noise_m = noise(&program.derived, layer, at).map_err(one)?;
    let current = current(&program.derived, at).map_err(one)?;
    let parameters = parameters(&program.derived.model, layer, at)?;
    spreads(&program.derived.model, layer, at)?;
    let own = program.values(&parameters, d.rounding).map_err(|error| {
        one(Problem {
            field: format!("{at}.parameters"),
            value: "a card that the registers cannot hold".into(),
            allowed: error.to_string(),
            remedy: "`bruno model check` prints the coefficients".into(),
        })
    })?;
    let model = NeuronModel::of_program(program, Recorder::of(d), options);
    Ok(Neurons {
        kind: LayerKind::File,
        model: Arc::new(model),
        codes: Codes {
            noise_m,
            ..Codes::of_program(own, d.rounding)
        },
        current,
    })
}

/// A layer without kind and model.
pub(super) fn absent(at: &str) -> Problem {
    Problem {
        field: format!("{at}.kind"),
        value: "absent".into(),
        allowed: "`felif` or `lif`, or `model` with a neuron file".into(),
        remedy: "say whose neurons these are".into(),
    }
}

/// The word of the state that spikes add to.
fn current(derived: &Derived, at: &str) -> Result<CurrentWord, Problem> {
    let input = derived.model.input;
    let (state, word) = (&derived.model.states[input], &derived.words[input]);
    let problem = |value: String, allowed: String| Problem {
        field: format!("{at}.model"),
        value: format!("a file whose input `{}` {value}", state.name),
        allowed,
        remedy: "spikes add the currents of synapses to it: declare it so".into(),
    };
    if state.unit.1.dimension != Dimension::CURRENT {
        return Err(problem(
            format!("has the unit {}", state.unit.0),
            "a current, e.g. `I pA = 0 pA from [-1024 pA : 1024 pA] @bits(24)`".into(),
        ));
    }
    let full = 1i64 << (word.bits - 1);
    let whole = word.signed && word.offset == 0.0 && (word.low, word.high) == (-full, full - 1);
    if !whole || word.bits > MOST_CURRENT_BITS {
        return Err(problem(
            format!("has {} bits from {} to {}", word.bits, word.low, word.high),
            format!("a range from -x to x, and `@bits(n)` up to {MOST_CURRENT_BITS}"),
        ));
    }
    Ok(CurrentWord {
        bits: word.bits,
        lsb_pa: word.lsb * 1e12,
    })
}

/// The amplitude of the noise on the state that the condition compares.
fn noise(derived: &Derived, layer: &LayerDescription, at: &str) -> Result<i32, Problem> {
    let Some(rms) = layer.noise_rms else {
        return Ok(0);
    };
    let state = &derived.model.states[derived.model.condition.state];
    let problem = |value: String, allowed: String, remedy: &str| Problem {
        field: format!("{at}.noise_rms"),
        value,
        allowed,
        remedy: remedy.into(),
    };
    let Some(scale) = noise::of_file(derived) else {
        return Err(problem(
            format!("present, and `{}` is a kernel", state.name),
            "a file whose condition compares a state with an equation".into(),
            "kernels are advanced exactly: give the state an equation in `equations`",
        ));
    };
    scale.code(rms).ok_or_else(|| {
        let most = format!("up to {:.4} {}", scale.most(), state.unit.0);
        problem(
            rms.to_string(),
            most,
            "lower it, or widen the range of the state",
        )
    })
}

impl NeuronProgram {
    /// The parameters of a layer that a chip was made of, SI units, in the order of the model.
    pub fn parameters_of(&self, layer: &LayerDescription) -> Vec<f64> {
        let model = &self.derived.model;
        parameters(model, layer, "").unwrap_or_else(|_| model.defaults())
    }
}

/// What spreads between dies are numbers of the file.
fn spreads(model: &Model, layer: &LayerDescription, at: &str) -> Result<(), Vec<Problem>> {
    let die = layer.variability.iter().flat_map(|v| v.die.entries());
    let numbers = || model.parameters.iter().filter(|p| !p.switch);
    let unknown = die.filter(|(name, _)| !numbers().any(|p| p.name == *name));
    let problem = |(name, _): (&str, f64)| Problem {
        field: format!("{at}.variability.die.{name}"),
        value: format!("no number of `{}`", model.name),
        allowed: numbers()
            .map(|p| format!("`{}`", p.name))
            .collect::<Vec<_>>()
            .join(", "),
        remedy: "name a parameter of the file".into(),
    };
    let problems: Vec<Problem> = unknown.map(problem).collect();
    match problems.is_empty() {
        true => Ok(()),
        false => Err(problems),
    }
}

/// The parameters in force, SI units, in the order of the model.
fn parameters(model: &Model, layer: &LayerDescription, at: &str) -> Result<Vec<f64>, Vec<Problem>> {
    let mut values = model.defaults();
    let mut problems = Vec::new();
    for (name, value) in &layer.parameters {
        let field = format!("{at}.parameters.{name}");
        let Some(place) = model.parameter(name) else {
            let names = model.parameters.iter().map(|p| format!("`{}`", p.name));
            problems.push(Problem {
                field,
                value: format!("no parameter of `{}`", model.name),
                allowed: names.collect::<Vec<_>>().join(", "),
                remedy: "correct the name".into(),
            });
            continue;
        };
        let p = &model.parameters[place];
        let (unit, scale) = (&p.unit.0, p.unit.1.scale);
        // Bounds are those of the file, which its own unit must not round away.
        let [low, high] = [p.bounds.0, p.bounds.1].map(|b| b / scale);
        let slack = 1e-9 * low.abs().max(high.abs());
        if (low - slack..=high + slack).contains(value) {
            values[place] = (value * scale).clamp(p.bounds.0, p.bounds.1);
        } else {
            problems.push(Problem {
                field,
                value: value.to_string(),
                allowed: format!("{low:.6} to {high:.6} {unit}"),
                remedy: "choose a value in the bounds of the model's file".into(),
            });
        }
    }
    match problems.is_empty() {
        true => Ok(values),
        false => Err(problems),
    }
}
