//! A layer of neurons: device card, registers, currents.
//!
//! The membrane is counted in thresholds, `(v - v_leak)/(v_threshold - v_leak)`, so that thresholds, resistances and input
//! weights that differ between neurons all become factors of their synapses. What a chip has once a layer (time constants,
//! reset) must not differ. A spike over a weight then moves the membrane by `share * share * weight/(1 - decay)` thresholds
//! altogether; the level is the current that brings this charge.

mod circuit;

use super::Parts;
use super::settings::Timing;
use super::stored::Stored;
use crate::discretisation::Step;
use crate::error::problem;
use crate::loss::{Loss, short};
use crate::matrix::Matrix;
use crate::network::Layer;
use bruno_chip::{Formats, LayerDescription, NeuronKind, Problem, Rounding};
use bruno_device::{Codes, Coefficient};
use circuit::Circuit;

/// A layer of a chip.
pub(super) struct Neurons {
    /// Name of the node.
    pub name: String,
    pub description: LayerDescription,
    pub input: Stored,
    pub recurrent: Option<Stored>,
    /// Decay of the current, which may be faster than a description takes.
    pub decay: Coefficient,
}

/// How far parameters of a layer may differ, relative: a register's mantissa of 7 bits rounds coarser.
const SAME: f64 = 1e-3;

/// Shortest and longest time constant of a current that a description takes, us.
const TAU_US: (f64, f64) = (20.0, 1e6);

/// Room between the largest current that is expected and the end of its word.
pub(super) const MARGIN: f64 = 1.1;

impl Neurons {
    pub fn of(layer: &Layer, index: usize, parts: &mut Parts) -> Result<Self, Vec<Problem>> {
        let settings = parts.settings;
        let neuron = Neuron::of(layer, parts)?;
        let mut input = layer.input.weights.clone();
        let mut recurrent = layer.recurrent.as_ref().map(|r| r.weights.clone());
        if let Some(bias) = biases(layer, index, settings.bias_channel)? {
            parts.choices.push(format!(
                "`{}`: input channel {} brings the biases (--bias channel): it must spike in every step",
                layer.name, input.columns
            ));
            input.push_column(&bias);
        }
        for matrix in std::iter::once(&mut input).chain(&mut recurrent) {
            matrix.scale_rows(&neuron.thresholds_by_weight);
            matrix.scale_rows(&[neuron.charge()]);
        }
        let circuit = Circuit::of(&neuron, &input, recurrent.as_ref(), settings.headroom);
        let codes =
            Codes::new(&circuit.card, &Formats::default(), Rounding::Nearest).map_err(|e| {
                let field = format!("{}: {}", layer.name, e.field);
                vec![problem(
                    field,
                    e.coefficient,
                    format!("below {}", 1 << e.bits),
                    "change --headroom or the weights",
                )]
            })?;
        let decay = match neuron.current_tau_us() < TAU_US.0 {
            true => encode(neuron.current_loss(), 7),
            false => codes.i_dec,
        };
        let pa = circuit.pa_by_threshold(&codes, decay);
        let stored = |mut matrix: Matrix| {
            matrix.scale_rows(&[pa]);
            Stored::of(matrix, settings.bits)
        };
        let largest = pa
            * recurrent
                .iter()
                .map(Matrix::largest)
                .fold(input.largest(), f64::max);
        // Products of large numbers may be beyond all.
        if !largest.is_finite() || largest > 0.999 * I_RANGE_PA {
            let thresholds = |pa: f64| short(pa / I_RANGE_PA * circuit.reach);
            return Err(vec![problem(
                format!("{}.weight", layer.input.name),
                format!(
                    "up to {} thresholds that a spike drives in a tick",
                    thresholds(largest)
                ),
                format!(
                    "up to {}, what the current's word holds",
                    thresholds(I_RANGE_PA)
                ),
                "lower the weights, or raise --step-ticks",
            )]);
        }
        neuron.tell(&layer.name, &circuit, &codes, decay, parts);
        let input = stored(input);
        let recurrent = recurrent.map(stored);
        Ok(Self {
            name: layer.name.clone(),
            description: LayerDescription {
                name: String::new(),
                kind: NeuronKind::Lif,
                model: None,
                parameters: Default::default(),
                neurons: layer.input.weights.height(),
                recurrent: recurrent.is_some(),
                device: circuit.card,
                variability: None,
                synapse: input.synapse.clone(),
                recurrent_synapse: recurrent.as_ref().map(|r| r.synapse.clone()),
            },
            input,
            recurrent,
            decay,
        })
    }
}

/// The nearest coefficient of a share of 0..=1, which every mantissa holds.
pub(super) fn encode(share: f64, bits: u32) -> Coefficient {
    let none = Coefficient {
        mantissa: 0,
        shift: 0,
    };
    Coefficient::encode(share, bits).unwrap_or(none)
}

/// What comes in every step beside the spikes, where something does.
fn biases(layer: &Layer, index: usize, channel: bool) -> Result<Option<Vec<f64>>, Vec<Problem>> {
    let mut sum = layer.input.bias.clone();
    let recurrent = layer.recurrent.iter().flat_map(|r| &r.bias);
    sum.iter_mut().zip(recurrent).for_each(|(s, b)| *s += b);
    let all_zero = |bias: &[f64]| bias.iter().all(|b| *b == 0.0);
    let first = index == 0;
    if channel && first {
        return Ok(Some(sum));
    }
    let projections = std::iter::once(&layer.input).chain(&layer.recurrent);
    let bad = projections.filter(|p| !all_zero(&p.bias)).map(|p| {
        let largest = p.bias.iter().fold(0.0f64, |m, b| m.max(b.abs()));
        let remedy = match first {
            true => "train without, or import with --bias channel: an input channel that spikes in every step brings them",
            false => "train without: an input channel that could bring them reaches the first layer alone",
        };
        problem(
            format!("{}.bias", p.name),
            format!("up to {}", short(largest)),
            "0: neurons of a chip have no constant input",
            remedy,
        )
    });
    let bad: Vec<Problem> = bad.collect();
    match bad.is_empty() {
        true => Ok(None),
        false => Err(bad),
    }
}

/// What a layer's neurons have in common, in steps and thresholds.
struct Neuron {
    timing: Timing,
    tau_mem: f64,
    tau_syn: Option<f64>,
    membrane: Step,
    current: Step,
    /// Reset, thresholds.
    reset: f64,
    /// Thresholds that a unit of weight stands for, a neuron.
    thresholds_by_weight: Vec<f64>,
}

impl Neuron {
    fn of(layer: &Layer, parts: &mut Parts) -> Result<Self, Vec<Problem>> {
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
        let levels = levels(layer, parts.settings.headroom);
        if !layer.node.parameters.contains_key("v_reset") {
            parts.warnings.push(format!(
                "`{}`: the file does not say how a spike resets it: a reset to 0 is taken; a network that was trained with a reset by \
                 subtraction computes otherwise",
                layer.name
            ));
        }
        match (membrane, current, levels) {
            (Ok((tau_mem, membrane)), Ok(current), Ok((reset, thresholds_by_weight))) => Ok(Self {
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
                thresholds_by_weight,
            }),
            (membrane, current, levels) => {
                problems.extend(membrane.err());
                problems.extend(current.err());
                problems.extend(levels.err());
                Err(problems)
            }
        }
    }

    /// Part of the current that is lost in a tick.
    fn current_loss(&self) -> f64 {
        self.current.loss_a_tick(self.timing.ticks)
    }

    /// Time constant of the current on the chip, us.
    fn current_tau_us(&self) -> f64 {
        -1.0 / (-self.current_loss()).ln_1p()
    }

    /// Part of the membrane that leaks in a tick.
    fn leak(&self) -> f64 {
        self.membrane.loss_a_tick(self.timing.ticks)
    }

    /// What a unit of drive moves the membrane altogether.
    fn charge(&self) -> f64 {
        self.current.share * self.membrane.share / (1.0 - self.current.decay)
    }

    /// Writes down what the registers make of it.
    fn tell(
        &self,
        name: &str,
        circuit: &Circuit,
        codes: &Codes,
        decay: Coefficient,
        parts: &mut Parts,
    ) {
        let by = parts.settings.discretisation;
        let unit = parts.settings.unit.symbol();
        let card = &circuit.card;
        let tau = |loss: f64| {
            let step = (1.0 - loss).powf(f64::from(self.timing.ticks));
            self.timing.dt / by.ratio(step)
        };
        let register = |c: Coefficient| format!("{} / 2^{}", c.mantissa, c.shift);
        let volts = |code: i32| f64::from(code) * Formats::default().v_lsb();
        let number = |what: &str, code: String, unit: &str, wanted: f64, found: f64| {
            Loss::number(name, what, code, unit, wanted, found)
        };
        parts.losses.push(number(
            "v_threshold",
            codes.v_th.to_string(),
            "V",
            card.v_th_v,
            volts(codes.v_th),
        ));
        parts.losses.push(number(
            "v_reset",
            codes.v_reset.to_string(),
            "V",
            card.v_reset_v,
            volts(codes.v_reset),
        ));
        parts.losses.push(number(
            "tau_mem",
            register(codes.leak),
            unit,
            self.tau_mem,
            tau(codes.leak_share()),
        ));
        match self.tau_syn {
            Some(tau_syn) => parts.losses.push(number(
                "tau_syn",
                register(decay),
                unit,
                tau_syn,
                tau(decay.value()),
            )),
            None => parts.choices.push(format!(
                "`{name}`: a LIF has no synapse: its current lasts one tick, by program.json"
            )),
        }
        parts.choices.push(format!(
            "`{name}`: a capacitor of {} um2; the threshold stands at {} V; largest current in its word: {} thresholds a tick",
            short(card.area_um2), card.v_th_v, short(circuit.reach)
        ));
        if self.tau_syn.is_some() && self.current_tau_us() < TAU_US.0 {
            parts.choices.push(format!(
                "`{name}`: the current decays faster than a description can say ({} us): program.json holds its register, chip.json \
                 stands at {} us, from which `bruno train` would start",
                short(self.current_tau_us()), TAU_US.0
            ));
        }
        if circuit.reach < circuit.needed {
            parts.warnings.push(format!(
                "`{name}`: if all of its channels spike in every step, the current is clamped (and counted): {} thresholds a tick of {}",
                short(circuit.reach), short(circuit.needed)
            ));
        }
        if self.timing.ticks > 1 {
            parts.warnings.push(format!(
                "`{name}`: a neuron may fire in each of the {} ticks of a step, and its spikes act a tick later, recurrent ones too: \
                 with --step-ticks 1 it fires once a step, as in the simulators that step",
                self.timing.ticks
            ));
        }
    }
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
fn levels(layer: &Layer, headroom: f64) -> Result<(f64, Vec<f64>), Problem> {
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
        resets.push((value("v_reset", k, 0.0) - rest) / (threshold - rest));
        factors.push(factor);
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

/// Full scale of the current, pA.
pub(super) const I_RANGE_PA: f64 = 1024.0;

/// Largest sum of level codes that the adders take, over one full current.
pub(super) const ADDER_CURRENTS: f64 = 253.0;
