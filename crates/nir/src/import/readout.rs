//! How a network is read out: its leaky integrators, or the spikes of its last layer in a leaky count.

use super::Parts;
use super::neurons::{ADDER_CURRENTS, I_RANGE_PA, MARGIN, Neurons, encode};
use super::stored::Stored;
use crate::error::problem;
use crate::loss::{Loss, short};
use crate::matrix::Matrix;
use crate::network::{Layer, Network};
use bruno_chip::Problem;
use bruno_device::{Chip, Codes, Coefficient};
use bruno_sim::{LayerProgram, Program};
use bruno_train::{DecisionRule, Rule, TrainedProgram};

/// The readout of a chip.
pub(super) struct Outputs {
    pub count: usize,
    pub tau_ms: f64,
    pub stored: Stored,
    /// Decay, which may be faster than a description takes.
    decay: Coefficient,
    logit_per_pa: f64,
    bias: Vec<f32>,
}

/// Part that is lost in a tick with a time constant, and back, ms.
fn loss(tau_ms: f64) -> f64 {
    -(-1e-3 / tau_ms).exp_m1()
}
fn tau_ms(loss: f64) -> f64 {
    -1e-3 / (-loss).ln_1p()
}

/// Time constants that a description takes, ms.
const TAU_MS: (f64, f64) = (0.02, 1000.0);

impl Outputs {
    /// Each output counts the spikes of its neuron: a spike in every tick stays within the word.
    pub fn spikes(network: &Network, parts: &mut Parts) -> Self {
        let count = network
            .layers
            .last()
            .map_or(0, |l| l.input.weights.height());
        let tau_ms = parts.settings.readout_tau_ms;
        let decay = encode(loss(tau_ms), 7);
        let spike_pa = I_RANGE_PA / MARGIN * loss(tau_ms);
        let mut wanted = Matrix::identity(count);
        wanted.scale_rows(&[spike_pa]);
        parts.choices.push(format!(
            "the output spikes: the readout counts them with a time constant of {tau_ms} ms on the chip (--readout-tau-ms), and a \
             logit is that count"
        ));
        Self {
            count,
            tau_ms,
            stored: Stored::with_levels(wanted, 1, vec![0.0, spike_pa]),
            decay,
            logit_per_pa: 1.0 / spike_pa,
            bias: vec![0.0; count],
        }
    }

    /// Leaky integrators; a logit is their potential.
    pub fn integrators(layer: &Layer, parts: &mut Parts) -> Result<Self, Vec<Problem>> {
        let (timing, by) = (parts.timing, parts.settings.discretisation);
        let mut problems = Vec::new();
        let largest = layer.input.bias.iter().fold(0.0f64, |m, b| m.max(b.abs()));
        if largest > 0.0 {
            let field = format!("{}.bias", layer.input.name);
            let allowed = "0: integrators of a chip have no constant input";
            problems.push(problem(
                field,
                format!("up to {}", short(largest)),
                allowed,
                "train without",
            ));
        }
        let taus = layer.node.parameter("tau");
        let tau = taus.iter().sum::<f64>() / taus.len().max(1) as f64;
        let field = format!("{}.tau", layer.name);
        let step = by.step(timing.dt / tau).filter(|_| tau > 0.0);
        let Some(step) = step else {
            let allowed = format!("at least the step, {}", timing.dt);
            problems.push(problem(
                field,
                tau,
                allowed,
                "choose --discretisation exact, or a shorter --dt-us",
            ));
            return Err(problems);
        };
        let lost = step.loss_a_tick(timing.ticks);
        let tau_ms = tau_ms(lost);
        let differs = taus.iter().any(|t| (t - tau).abs() > 1e-3 * tau);
        if differs || tau_ms > TAU_MS.1 {
            let allowed = format!(
                "one value of up to {} ms on the chip, where it is {} ms",
                TAU_MS.1,
                short(tau_ms)
            );
            problems.push(problem(
                field,
                short(tau),
                allowed,
                "train with one shorter value, or choose fewer --step-ticks",
            ));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut wanted = layer.input.weights.clone();
        wanted.scale_rows(layer.node.parameter("r"));
        wanted.scale_rows(&[step.share]);
        let needed = wanted.largest_row_sum() / (1.0 - step.decay);
        let adders = wanted.largest() * wanted.columns as f64 / ADDER_CURRENTS;
        let most = MARGIN * needed.max(adders);
        if !most.is_finite() {
            let field = format!("{}.weight", layer.input.name);
            let remedy = "lower the weights";
            return Err(vec![problem(field, most, "finite sums", remedy)]);
        }
        let pa = if most > 0.0 { I_RANGE_PA / most } else { 1.0 };
        wanted.scale_rows(&[pa]);
        let decay = encode(lost, 7);
        let found = timing.dt / by.ratio((1.0 - decay.value()).powf(f64::from(timing.ticks)));
        let register = format!("{} / 2^{}", decay.mantissa, decay.shift);
        let unit = parts.settings.unit.symbol();
        parts
            .losses
            .push(Loss::number(&layer.name, "tau", register, unit, tau, found));
        parts.choices.push(format!(
            "`{}`: a logit is the integrator's potential, {} pA a unit",
            layer.name,
            short(pa)
        ));
        let rest = layer.node.parameter("v_leak").iter().cycle();
        let count = wanted.height();
        Ok(Self {
            count,
            tau_ms: tau_ms.max(TAU_MS.0),
            stored: Stored::of(wanted, parts.settings.bits),
            decay,
            logit_per_pa: 1.0 / pa,
            bias: rest.take(count).map(|v| *v as f32).collect(),
        })
    }
}

impl Parts<'_> {
    /// What the chip is loaded with.
    pub(super) fn program(
        &mut self,
        chip: &Chip,
        layers: &[Neurons],
        outputs: &Outputs,
    ) -> TrainedProgram {
        let lsb_pa = chip.description.formats.i_lsb_pa();
        let mut programs = Vec::new();
        for (neurons, layer) in layers.iter().zip(&chip.layers) {
            let (mut weights, loss) =
                neurons
                    .input
                    .codes(&layer.levels, lsb_pa, &neurons.name, "weights");
            self.losses.push(loss);
            if let Some(recurrent) = &neurons.recurrent {
                let (more, loss) = recurrent.codes(
                    &layer.recurrent_levels,
                    lsb_pa,
                    &neurons.name,
                    "recurrent weights",
                );
                self.losses.push(loss);
                weights.extend(more);
            }
            programs.push(LayerProgram {
                codes: Codes {
                    i_dec: neurons.decay.unwrap_or(layer.codes.i_dec),
                    ..layer.codes.clone()
                },
                levels: layer.levels.clone(),
                recurrent_levels: layer.recurrent_levels.clone(),
                weights,
            });
        }
        if let Some(layer) = chip.layers.last() {
            let (weights, loss) = outputs
                .stored
                .codes(&layer.levels, lsb_pa, "readout", "weights");
            self.losses.push(loss);
            programs.push(LayerProgram {
                codes: Codes {
                    i_dec: outputs.decay,
                    ..layer.codes.clone()
                },
                levels: layer.levels.clone(),
                recurrent_levels: Vec::new(),
                weights,
            });
        }
        let decision = DecisionRule {
            rule: Rule::LargestMean,
            logit_per_pa: outputs.logit_per_pa,
            bias: outputs.bias.clone(),
            classes: (0..outputs.count).map(|k| k.to_string()).collect(),
            frame_us: None,
        };
        let window = chip.window_ticks;
        TrainedProgram::new(
            decision,
            Program {
                layers: programs,
                window,
            },
        )
    }
}
