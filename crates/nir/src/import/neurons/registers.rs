//! The neurons of a layer on a chip, of the kind `lif` or of the file `lif_subtractive`, and what their registers hold.

use super::circuit::{Circuit, farads_by_um2};
use super::{Neuron, TAU_US, encode};
use crate::error::problem;
use crate::import::Parts;
use crate::loss::{Loss, short};
use crate::reset::Reset;
use crate::tick::{SUBTRACTIVE, Tick};
use bruno_chip::{
    DeviceCard, Formats, LayerDescription, NeuronFile, NeuronKind, Problem, Rounding, Synapse,
};
use bruno_device::{Codes, Coefficient, NeuronProgram, TICK_S};
use bruno_model::{Derived, Shipped};

/// The neurons of a layer.
pub(super) struct Registers {
    /// Kind, or model and parameters; no name, size or synapses yet.
    pub description: LayerDescription,
    /// Decay of the current where it is faster than a description takes.
    pub decay: Option<Coefficient>,
    tick: Tick,
    about: String,
}

impl Registers {
    pub fn of(name: &str, neuron: &Neuron, circuit: &Circuit) -> Result<Self, Vec<Problem>> {
        match neuron.reset {
            Reset::Value => Self::lif(name, neuron, circuit),
            Reset::Subtract => Self::subtractive(name, neuron, circuit).map_err(|p| vec![*p]),
        }
    }

    fn lif(name: &str, neuron: &Neuron, circuit: &Circuit) -> Result<Self, Vec<Problem>> {
        let formats = Formats::default();
        let tau_us = neuron.current_tau_us();
        let card = DeviceCard {
            area_um2: circuit.farads / farads_by_um2(),
            g_leak_ps: circuit.farads * neuron.leak() / TICK_S * 1e12,
            v_th_v: circuit.v_th,
            v_reset_v: neuron.reset_to * circuit.v_th,
            v_floor_v: -formats.v_range_v,
            t_ref_ms: 0.0,
            tau_syn_ms: tau_us.clamp(TAU_US.0, TAU_US.1) * 1e-3,
            ..DeviceCard::default()
        };
        let codes = Codes::new(&card, &formats, Rounding::Nearest).map_err(|e| {
            let field = format!("{name}: {}", e.field);
            vec![problem(
                field,
                e.coefficient,
                format!("below {}", 1 << e.bits),
                "change --headroom or the weights",
            )]
        })?;
        let decay = (tau_us < TAU_US.0).then(|| encode(neuron.current_loss(), 7));
        let codes = Codes {
            i_dec: decay.unwrap_or(codes.i_dec),
            ..codes
        };
        Ok(Self {
            tick: Tick::of_lif(&codes, &formats, Rounding::Nearest),
            about: format!("a capacitor of {} um2", short(card.area_um2)),
            description: LayerDescription {
                kind: NeuronKind::Lif,
                device: card,
                ..blank()
            },
            decay,
        })
    }

    fn subtractive(name: &str, neuron: &Neuron, circuit: &Circuit) -> Result<Self, Box<Problem>> {
        let tau_us = neuron.current_tau_us().max(SHORTEST_US);
        let tau_m_us = 1.0 / neuron.leak();
        if tau_m_us > LONGEST_US {
            return Err(Box::new(problem(
                format!("{name}: time constant of the membrane on the chip"),
                format!("{} ms", short(tau_m_us * 1e-3)),
                format!(
                    "up to {} ms in the model `{SUBTRACTIVE}`",
                    LONGEST_US * 1e-3
                ),
                "choose fewer --step-ticks",
            )));
        }
        let parameters = [
            ("C", circuit.farads * 1e12),
            ("tau_m", tau_m_us * 1e-3),
            ("tau_syn", tau_us * 1e-3),
            ("V_th", circuit.v_th),
            ("V_floor", -Formats::default().v_range_v),
            ("t_ref", 0.0),
        ];
        let unusable = |why: String| {
            let allowed = format!("parameters of the model `{SUBTRACTIVE}`");
            Box::new(problem(
                name,
                why,
                allowed,
                "change --headroom or the weights",
            ))
        };
        let derived = Shipped::named(SUBTRACTIVE).map(|s| s.read().and_then(|m| Derived::new(&m)));
        let derived = derived
            .ok_or_else(|| unusable("an absent model".into()))?
            .map_err(|e| unusable(e.to_string()))?;
        let program = NeuronProgram::new(derived);
        let description = LayerDescription {
            model: Some(NeuronFile::Named(SUBTRACTIVE.into())),
            parameters: parameters.map(|(k, v)| (k.to_string(), v)).into(),
            ..blank()
        };
        let own = program
            .values(&program.parameters_of(&description), Rounding::Nearest)
            .map_err(|e| unusable(e.to_string()))?;
        let tick = Tick::of_file(&program, &own)
            .ok_or_else(|| unusable("a model of other registers".into()))?;
        Ok(Self {
            description,
            decay: None,
            tick,
            about: format!("a capacitor of {} pF", short(circuit.farads * 1e12)),
        })
    }

    /// Current of a spike that moves the membrane by a threshold altogether, pA.
    pub fn pa_by_threshold(&self) -> f64 {
        let tick = &self.tick;
        tick.threshold.value / tick.volts_by_pa * tick.current_loss.value
    }

    /// Writes down what the registers make of it.
    pub fn tell(&self, name: &str, neuron: &Neuron, circuit: &Circuit, parts: &mut Parts) {
        self.losses(name, neuron, circuit, parts);
        parts.choices.push(format!(
            "`{name}`: {}; the threshold stands at {} V; largest current in its word: {} thresholds a tick",
            self.about, circuit.v_th, short(circuit.reach)
        ));
        if neuron.tau_syn.is_none() {
            let by = match self.decay {
                Some(_) => ", by program.json",
                None => "",
            };
            parts.choices.push(format!(
                "`{name}`: a LIF has no synapse: its current lasts one tick{by}"
            ));
        } else if self.decay.is_some() {
            parts.choices.push(format!(
                "`{name}`: the current decays faster than a description can say ({} us): program.json holds its register, chip.json \
                 stands at {} us, from which `bruno train` would start",
                short(neuron.current_tau_us()), TAU_US.0
            ));
        }
        if circuit.reach < circuit.needed {
            parts.warnings.push(format!(
                "`{name}`: if all of its channels spike in every step, the current is clamped (and counted): {} thresholds a tick of {}",
                short(circuit.reach), short(circuit.needed)
            ));
        }
        if neuron.timing.ticks > 1 {
            parts.warnings.push(format!(
                "`{name}`: a neuron may fire in each of the {} ticks of a step, and its spikes act a tick later, recurrent ones too: \
                 with --step-ticks 1 it fires once a step, as in the simulators that step",
                neuron.timing.ticks
            ));
        }
    }

    fn losses(&self, name: &str, neuron: &Neuron, circuit: &Circuit, parts: &mut Parts) {
        let by = parts.settings.discretisation;
        let unit = parts.settings.unit.symbol();
        let tau = |loss: f64| {
            let step = (1.0 - loss).powf(f64::from(neuron.timing.ticks));
            neuron.timing.dt / by.ratio(step)
        };
        let Tick {
            threshold,
            reset,
            leak,
            current_loss,
            ..
        } = &self.tick;
        let rows = [
            Some(("v_threshold", threshold, "V", circuit.v_th, threshold.value)),
            reset
                .as_ref()
                .map(|r| ("v_reset", r, "V", neuron.reset_to * circuit.v_th, r.value)),
            Some(("tau_mem", leak, unit, neuron.tau_mem, tau(leak.value))),
            neuron.tau_syn.map(|wanted| {
                (
                    "tau_syn",
                    current_loss,
                    unit,
                    wanted,
                    tau(current_loss.value),
                )
            }),
        ];
        let loss =
            |(what, held, unit, wanted, found): (&str, &crate::tick::InForce, &str, f64, f64)| {
                Loss::number(name, what, held.code.clone(), unit, wanted, found)
            };
        parts.losses.extend(rows.into_iter().flatten().map(loss));
    }
}

/// Shortest time constant of a current in the file, us: nothing is left after a tick.
const SHORTEST_US: f64 = 0.1;

/// Longest time constant of a membrane in the file, us.
const LONGEST_US: f64 = 200e3;

/// A layer of which nothing is said yet.
fn blank() -> LayerDescription {
    LayerDescription {
        name: String::new(),
        kind: NeuronKind::File,
        model: None,
        parameters: Default::default(),
        neurons: 0,
        recurrent: false,
        device: DeviceCard::default(),
        noise_rms: None,
        variability: None,
        synapse: Synapse {
            bits: 8,
            range_pa: None,
            levels_pa: None,
            rram: None,
        },
        recurrent_synapse: None,
    }
}
