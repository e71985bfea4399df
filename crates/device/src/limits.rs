//! Design rules: what a chip cannot do at all, and what its user should know.

use crate::dead_zones::{self, DeadZones};
use crate::{Chip, Felif, Layer, LayerKind, TICK_S, noise};
use bruno_chip::{Problem, RecorderInterface, Rounding};
use serde::Serialize;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Likely to hurt.
    Warning,
}

/// One design rule's result.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// What was found, with its numbers.
    pub text: String,
}

/// Largest sum of level codes in one tick, so that 32-bit accumulators hold it beside a full current.
const MAX_INJECTION: i64 = 1 << 30;

/// Limits that generation refuses.
pub(crate) fn impossible(chip: &Chip) -> Vec<Problem> {
    let mut problems = Vec::new();
    for layer in &chip.layers {
        record_fits(chip, layer, &mut problems);
        injection_fits(layer, &mut problems);
    }
    merged_records_fit(chip, &mut problems);
    let bits = u32::max(
        chip.description.formats.v_bits,
        chip.description.formats.p_bits,
    );
    let longest = 1u64 << (32 - bits);
    if u64::from(chip.window_ticks) > longest {
        problems.push(Problem {
            field: "window_ticks".into(),
            value: chip.window_ticks.to_string(),
            allowed: format!("1..{longest} with states of {bits} bits (window sums have 32)"),
            remedy: "shorten the window or the word".into(),
        });
    }
    problems
}

fn record_fits(chip: &Chip, layer: &Layer, problems: &mut Vec<Problem>) {
    let words = layer.record_words(chip.recorder).len();
    let largest = layer.banks.iter().max().copied().unwrap_or(0);
    if words * largest > chip.window_ticks as usize {
        let neurons = chip.window_ticks as usize / words;
        problems.push(Problem {
            field: "window_ticks".into(),
            value: format!(
                "{} ticks for {} words of a bank of layer `{}`",
                chip.window_ticks,
                words * largest,
                layer.name
            ),
            allowed: format!("at least {} (one word leaves a tick)", words * largest),
            remedy: format!("lengthen the window, set `bank_neurons` to {neurons} or less, or record level `sample`"),
        });
    }
}

/// One AXI4-Stream carries the records of all banks: a word a cycle, a cycle for each bank's turn, and in a folded bank
/// one for reading each neuron's.
fn merged_records_fit(chip: &Chip, problems: &mut Vec<Problem>) {
    let Some(interfaces) = chip.description.interfaces else {
        return;
    };
    if interfaces.recorder != RecorderInterface::AxiStream {
        return;
    }
    let reads = usize::from(chip.fold > 1);
    let words =
        |l: &Layer| (l.record_words(chip.recorder).len() + reads) * l.neurons + l.banks.len();
    let needed: usize = chip.layers.iter().map(words).sum();
    let cycles = chip.window_ticks as usize * interfaces.clock_mhz as usize;
    if needed > cycles {
        problems.push(Problem {
            field: "interfaces.recorder".into(),
            value: format!("axi-stream with records of {needed} cycles in a window of {cycles}"),
            allowed: format!("at most {cycles} (window_ticks * interfaces.clock_mhz)"),
            remedy: "raise `interfaces.clock_mhz`, lengthen the window, record level `sample`, or use `bank`".into(),
        });
    }
}

fn injection_fits(layer: &Layer, problems: &mut Vec<Problem>) {
    let largest = |levels: &[i32]| {
        levels
            .iter()
            .map(|l| i64::from(*l).abs())
            .max()
            .unwrap_or(0)
    };
    let recurrent = if layer.recurrent { layer.neurons } else { 0 };
    let sum = largest(&layer.levels) * layer.inputs as i64
        + largest(&layer.recurrent_levels) * recurrent as i64;
    if sum > MAX_INJECTION {
        problems.push(Problem {
            field: format!("synapse levels of layer `{}`", layer.name),
            value: format!("{sum} LSB when every channel spikes in one tick"),
            allowed: format!("at most {MAX_INJECTION} LSB"),
            remedy: "use fewer `formats.i_bits`, a larger `i_range_pA`, smaller levels or fewer channels".into(),
        });
    }
}

/// What a user should know of a possible chip.
pub(crate) fn findings(chip: &Chip) -> Vec<Finding> {
    let mut found = Vec::new();
    for (layer, description) in chip.layers.iter().zip(&chip.description.layers) {
        let model = Felif::new(&description.device);
        dead_zones(chip, layer, &model, description.device.v_th_v, &mut found);
        if layer.options.noise {
            noise_in_force(chip, layer, &model, &mut found);
        }
        if layer.kind == LayerKind::Felif {
            stability(layer, &model, description.device.v_th_v, &mut found);
        }
    }
    readout_rest(chip, &mut found);
    clipped_levels(chip, &mut found);
    found.extend(chip.layers.iter().map(|layer| memory(chip, layer)));
    found
}

/// Bits that a layer stores, and how much of a window its longest record takes to leave.
fn memory(chip: &Chip, layer: &Layer) -> Finding {
    let f = &chip.description.formats;
    let state = match layer.kind {
        // Refractory time and both counters have 20 bits, window sums 32.
        LayerKind::Felif => f.v_bits + f.p_bits + f.i_bits + 60,
        LayerKind::Lif => f.v_bits + f.i_bits + 60,
        LayerKind::Readout => f.i_bits + 20,
    };
    let words = layer.record_words(chip.recorder);
    let accumulator = |word: &&str| match word.split_at(4) {
        ("sum_", _) => 32,
        ("min_" | "max_", "v") => f.v_bits as usize,
        ("min_" | "max_", _) => f.p_bits as usize,
        _ => 0,
    };
    let accumulators: usize = words.iter().filter(|w| w.len() > 4).map(accumulator).sum();
    let per_neuron = state as usize + accumulators + 32 * words.len();
    let largest = layer.banks.iter().max().copied().unwrap_or(0);
    Finding {
        severity: Severity::Note,
        text: format!(
            "layer `{}`: {} bits of weights, {} bits of states and records; a record leaves in {} of {} ticks",
            layer.name,
            layer.fan_in() * layer.neurons * layer.bits as usize,
            per_neuron * layer.neurons,
            words.len() * largest,
            chip.window_ticks
        ),
    }
}

fn dead_zones(chip: &Chip, layer: &Layer, model: &Felif, v_th: f64, found: &mut Vec<Finding>) {
    let formats = &chip.description.formats;
    let zones = DeadZones::of(layer, model, formats, chip.rounding);
    let mut text = format!(
        "layer `{}`: currents below {:.3} pA do not move V",
        layer.name, zones.current_pa
    );
    if let Some(rate) = zones.rate_per_s {
        text += &format!("; switching below {rate:.2} 1/s does not move p");
    }
    text += &match zones.leak_v {
        Some(volts) => format!(
            "; the leak alone does not move V below {:.2} mV",
            volts * 1e3
        ),
        None => "; the leak moves no V: it is below one LSB everywhere".into(),
    };
    if zones.rest_pa > 0.0 {
        text += &format!(
            "; a synaptic current stops decaying at {:.3} pA",
            zones.rest_pa
        );
    }
    if chip.rounding == Rounding::Stochastic {
        // The variance of a random rounding is f(1-f) of an LSB squared, f its fraction: a quarter at most.
        text += &format!(
            "; rounding at random adds up to {:.3} pA rms a tick of white noise",
            0.5 * dead_zones::current_per_lsb_pa(model, formats)
        );
    }
    // Beyond a quarter of the threshold the neuron no longer forgets what it should.
    let deaf = zones.leak_v.is_none_or(|v| v > 0.25 * v_th);
    let hurts = zones.current_pa > 5.0 || zones.rest_pa > 5.0 || deaf;
    let severity = if hurts {
        text += " (`formats` with more bits, or `rounding` `stochastic`, lower these)";
        Severity::Warning
    } else {
        Severity::Note
    };
    found.push(Finding { severity, text });
}

/// A readout has no membrane: what matters is the current at which its decay stops.
fn readout_rest(chip: &Chip, found: &mut Vec<Finding>) {
    let readout = &chip.layers[chip.readout()];
    let formats = &chip.description.formats;
    let rest_pa = dead_zones::rest_pa(readout, formats, chip.rounding);
    if rest_pa > 0.0 {
        found.push(Finding {
            severity: Severity::Note,
            text: format!(
                "layer `{}`: a current stops decaying at {rest_pa:.3} pA",
                readout.name
            ),
        });
    }
}

fn noise_in_force(chip: &Chip, layer: &Layer, model: &Felif, found: &mut Vec<Finding>) {
    let rms = noise::in_force(&layer.codes, model, &chip.description.formats);
    found.push(Finding {
        severity: Severity::Note,
        text: format!(
            "layer `{}`: membrane noise of {rms:.3} pA rms a tick, {:.3e} pA/sqrt(Hz)",
            layer.name,
            // A white sequence of step dt has the one-sided density 2 dt rms^2.
            rms * (2.0 * TICK_S).sqrt()
        ),
    });
}

/// On the plateau the explicit step is stable while `kappa * d(rate)/dV * dt < 2`; the rate there is what the current
/// feeds, so the bound is a current: `I < 2 C / (ln2 * x_by_v * dt) * ...` with `dp/dt = I / (C kappa)`.
fn stability(layer: &Layer, model: &Felif, v_th: f64, found: &mut Vec<Finding>) {
    let slope = std::f64::consts::LN_2 * model.x_by_v;
    let largest_pa = 2.0 * model.capacitance_f / (slope * TICK_S) * 1e12;
    let (up, _) = model.rates(v_th, 0.0);
    let at_threshold = up * model.kappa_v * slope * TICK_S;
    let severity = if at_threshold > 1.0 {
        Severity::Warning
    } else {
        Severity::Note
    };
    found.push(Finding {
        severity,
        text: format!(
            "layer `{}`: the 1 us step is stable on the plateau up to {largest_pa:.0} pA; at threshold the membrane's \
             stiffness is {at_threshold:.3} per tick (unstable from 2)",
            layer.name
        ),
    });
}

fn clipped_levels(chip: &Chip, found: &mut Vec<Finding>) {
    for layer in &chip.layers {
        let edge = |l: &&i32| **l == chip.constants.i_max || **l == chip.constants.i_min;
        let tables = layer.levels.iter().chain(&layer.recurrent_levels);
        let clipped = tables.filter(edge).count();
        if clipped > 0 {
            found.push(Finding {
                severity: Severity::Warning,
                text: format!(
                    "layer `{}`: {clipped} level(s) stand at the edge of the current's range and may be clipped",
                    layer.name
                ),
            });
        }
    }
}
