//! The cases that a model for speed must pass. Together they take some thousand ticks, fewer for many neurons: where a case
//! is shorter than the stream of a record it is one window, and the record is sent after it. Spikes of every layer are forced
//! by the threshold, which is a register (of neurons of a file, by a card on which they fire), saturation at both ends of
//! every word by the levels.
//!
//! Weights are drawn once for all cases, so that they are written once: what a case needs of the synapses it says by their
//! levels.

use bruno_device::{Chip, Codes, Layer, NeuronProgram};
use bruno_sim::stimuli::{self, Case};
use bruno_sim::{LayerProgram, Program, Stimulus, longest_record};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Work of the integer model that all cases together may be, in additions of one synapse (about a nanosecond).
const WORK: usize = 60_000_000;
/// The same for one neuron in one tick.
const NEURON: usize = 40;
/// The same for one clock cycle of the RTL: a folded chip has many in a tick.
const CYCLE: usize = 200;
/// Shortest and longest case, ticks.
const TICKS: std::ops::RangeInclusive<usize> = 448..=3000;
/// Shortest window, ticks: shorter ones that a chip can have leave the sums of a record small.
const SHORTEST_WINDOW: u32 = 64;
/// Weights that are drawn; the others keep the code 0 that memories hold at the start, so that loading takes no longer.
const WEIGHTS: usize = 1 << 17;
const SEED: u64 = 21;
/// Volleys of all channels that take the currents of a large chip to their lower end.
const VOLLEYS: i32 = 4;

/// What a case makes of a layer's program.
type Edit<'a> = dyn FnMut(&mut LayerProgram, &Layer) + 'a;

/// All cases of a chip.
pub(super) fn all(chip: &Chip) -> Vec<Case> {
    let plan = Plan::new(chip);
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let program = plan.program(&mut rng);
    let rare = plan.changing(&mut rng);
    let dense = plan.every(1);
    let often = plan.every(7);
    let lowest = -chip.constants.v_max - 1;
    let synapses = chip.layers.iter().map(Layer::fan_in).max().unwrap_or(1) as i32;
    let case = |name: &str, stimulus: &Stimulus, edit: &mut Edit<'_>| {
        let mut program = program.clone();
        let layers = program.layers.iter_mut().zip(&chip.layers);
        layers.for_each(|(layer, of)| edit(layer, of));
        stimuli::on_card(chip, &mut program);
        Case {
            name: name.into(),
            program,
            stimulus: stimulus.clone(),
        }
    };
    vec![
        case(
            "random weights, rates from silence on",
            &rare,
            &mut |_, _| (),
        ),
        case("low threshold, random levels", &rare, &mut |layer, of| {
            match &of.model.program {
                Some(neurons) => {
                    layer.codes.own = neurons.drawn(&of.codes.own, chip.rounding, &mut rng)
                }
                None => {
                    layer.codes.v_th /= 16;
                    layer.codes.t_ref = layer.codes.t_ref.min(3);
                }
            }
            for table in [&mut layer.levels, &mut layer.recurrent_levels] {
                let largest = table.iter().map(|l| l.abs()).max().unwrap_or(0);
                table.fill_with(|| rng.random_range(-largest..=largest));
            }
        }),
        case(
            "every neuron fires, levels at both ends",
            &often,
            &mut |layer, of| {
                match &of.model.program {
                    Some(neurons) => livelier(layer, of, neurons, chip),
                    None => {
                        layer.codes.v_th = lowest;
                        layer.codes.t_ref = plan.rest;
                        layer.codes.p_reset = chip.constants.p_one - 1;
                    }
                }
                in_turn(layer, of.current.ends()[0] / (VOLLEYS * synapses));
            },
        ),
        case("to the upper end", &dense, &mut |layer, of| {
            match &of.model.program {
                Some(neurons) => livelier(layer, of, neurons, chip),
                None => {
                    (layer.codes.v_th, layer.codes.v_floor) = (chip.constants.v_max, lowest);
                }
            }
            uniform(layer, i32::max);
        }),
        case("to the lower end", &dense, &mut |layer, of| {
            if of.model.program.is_none() {
                (layer.codes.v_reset, layer.codes.v_floor) = (lowest / 2, lowest);
            }
            uniform(layer, i32::min);
        }),
        case("every register another", &often, &mut |layer, of| {
            layer.codes.seed = rng.random_range(1..1 << 30);
            match &of.model.program {
                Some(neurons) => {
                    layer.codes.own = neurons.drawn(&of.codes.own, chip.rounding, &mut rng)
                }
                None => others(&mut layer.codes, &mut rng),
            }
        }),
    ]
}

/// A card on which the neurons of a file fire soon, where there is one, and levels of which one spike is felt: the threshold
/// of a file is no register that forces spikes.
fn livelier(layer: &mut LayerProgram, of: &Layer, neurons: &NeuronProgram, chip: &Chip) {
    match neurons.liveliest(&of.codes.own, chip.rounding) {
        Some(lively) => layer.codes.own = lively.own,
        None => neurons.shorten(&mut layer.codes.own),
    }
    let all = of.current.largest_sum() / (2 * of.fan_in() as i64);
    let largest = all.min(i64::from(of.current.ends()[1])) as i32;
    for table in [&mut layer.levels, &mut layer.recurrent_levels] {
        table.fill(0);
        spread_where_empty(table, largest);
    }
}

/// Other values of the registers: coefficients with other shifts, occupation kept, largest noise.
fn others(codes: &mut Codes, rng: &mut ChaCha8Rng) {
    codes.keep_p = true;
    codes.noise_m = (1 << 16) - 1;
    codes.sur_w = codes.sur_w / 3 + 1;
    codes.v_th /= 4;
    codes.v_reset = -codes.v_th;
    codes.x0 = -codes.x0;
    for coefficient in [
        &mut codes.input,
        &mut codes.leak,
        &mut codes.xv,
        &mut codes.xp,
        &mut codes.kap,
    ] {
        // Within two of its own.
        let shift = coefficient.shift.saturating_sub(2) + rng.random_range(0..=4);
        coefficient.shift = shift.clamp(1, 30);
    }
}

/// Levels from one end to the other in place of a table that waits for its levels, as that of virtual chips does: with zeros
/// alone no synapse would do anything.
fn spread_where_empty(table: &mut [i32], largest: i32) {
    let count = table.len() as i32;
    if table.iter().all(|level| *level == 0) {
        let levels = (0..count).map(|code| largest / count * (2 * code + 1 - count));
        table
            .iter_mut()
            .zip(levels)
            .for_each(|(level, new)| *level = new);
    }
}

/// All levels of a layer are the one that `choose` prefers.
fn uniform(layer: &mut LayerProgram, choose: fn(i32, i32) -> i32) {
    for table in [&mut layer.levels, &mut layer.recurrent_levels] {
        if let Some(level) = table.iter().copied().reduce(choose) {
            table.fill(level);
        }
    }
}

/// The levels of a layer are its highest and its lowest in turn: a synapse that reads another code, or a level that lost a
/// bit, is seen in every sum. Code 0, which most synapses of a large chip have here, has a level of its own, which takes
/// currents to their lower end in some volleys of all channels: what was lost until then is seen in when they saturate.
fn in_turn(layer: &mut LayerProgram, zero: i32) {
    for table in [&mut layer.levels, &mut layer.recurrent_levels] {
        let ends = [table.iter().max(), table.iter().min()].map(|end| end.copied().unwrap_or(0));
        let zero = zero.max(ends[1]);
        let in_turn = std::iter::once(zero).chain(ends.into_iter().cycle());
        let levels = table.iter_mut().zip(in_turn);
        levels.for_each(|(level, end)| *level = end);
    }
}

/// How much of a chip the cases run.
struct Plan<'a> {
    chip: &'a Chip,
    window: u32,
    windows: u32,
    /// Ticks from one volley of all channels to the next, so that its rows take no longer than the neurons.
    volley: u32,
    /// Ticks between spikes of a neuron, for the same reason.
    rest: i32,
}

const CASES: usize = 6;

impl<'a> Plan<'a> {
    fn new(chip: &'a Chip) -> Self {
        let neurons: usize = chip.layers.iter().map(|l| l.neurons).sum();
        let cycles = bruno_hdl::cycles_per_tick(chip).unwrap_or(chip.fold);
        let idle = NEURON * neurons + CYCLE * cycles;
        let inputs = chip.layers.first().map_or(0, |l| l.inputs * l.neurons);
        let rows = |l: &Layer| l.fan_in() * l.neurons;
        let all: usize = chip.layers.iter().map(rows).sum();
        // A tick costs its neurons, and about as much for rows.
        let ticks = (WORK / CASES / (2 * idle)).clamp(*TICKS.start(), *TICKS.end()) as u32;
        let window = longest_record(chip).clamp(SHORTEST_WINDOW, ticks);
        Self {
            chip,
            window,
            windows: ticks / window,
            volley: inputs.div_ceil(idle).max(1) as u32,
            rest: (all.div_ceil(idle) as i32 - 1).clamp(0, window as i32 / 4),
        }
    }

    /// The chip's own codes and levels with random weights.
    fn program(&self, rng: &mut ChaCha8Rng) -> Program {
        let mut program = Program::silent(self.chip);
        program.window = self.window;
        let weights: usize = program.layers.iter().map(|l| l.weights.len()).sum();
        let step = weights.div_ceil(WEIGHTS);
        for (layer, own) in self.chip.layers.iter().zip(&mut program.layers) {
            let largest = layer.current.ends()[1] / (4 * layer.fan_in().max(1) as i32);
            for table in [&mut own.levels, &mut own.recurrent_levels] {
                spread_where_empty(table, largest);
            }
            let codes = 1u32 << layer.bits;
            for (channel, row) in own.weights.chunks_mut(layer.neurons).enumerate() {
                match channel % step {
                    0 => row.fill_with(|| rng.random_range(0..codes) as u8),
                    _ => row.fill(0),
                }
            }
        }
        program
    }

    fn ticks(&self) -> u32 {
        self.windows * self.window
    }

    /// Spikes at a rate that is drawn anew for every eighth of a window, from one in 3000 ticks to one in ten; not more of
    /// them than the neurons are worth.
    fn changing(&self, rng: &mut ChaCha8Rng) -> Stimulus {
        let part = (self.window / 8).max(1);
        let most = (0.3 / f64::from(self.volley)).min(0.1);
        let mut rate = most;
        let mut events = Vec::new();
        for tick in 0..self.ticks() {
            if tick.is_multiple_of(part) {
                rate = most * 10f64.powf(rng.random_range(-2.5..0.0));
            }
            for channel in 0..self.chip.inputs as u32 {
                if rng.random_bool(rate) {
                    events.push((tick, channel));
                }
            }
        }
        self.stimulus(events)
    }

    /// Every channel in the same ticks, `period` apart or more.
    fn every(&self, period: u32) -> Stimulus {
        let period = period.max(self.volley) as usize;
        let channels = 0..self.chip.inputs as u32;
        let ticks = (0..self.ticks()).step_by(period);
        self.stimulus(
            ticks
                .flat_map(|t| channels.clone().map(move |c| (t, c)))
                .collect(),
        )
    }

    fn stimulus(&self, events: Vec<(u32, u32)>) -> Stimulus {
        Stimulus {
            events,
            windows: self.windows,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::all;
    use bruno_chip::Description;
    use bruno_device::{Chip, LayerKind};
    use bruno_sim::{Forward, IntegerModel};

    fn chip(neurons: usize, kind: &str) -> Chip {
        let text = format!(
            r#"{{"name":"cases","inputs":24,"recorder":"mean",
                "layers":[{{"name":"one","kind":"{kind}","neurons":{neurons},"recurrent":true,"synapse":{{"range_pA":5}}}},
                          {{"name":"two","kind":"{kind}","neurons":3,"synapse":{{"range_pA":5}}}}],
                "readout":{{"outputs":2,"synapse":{{"range_pA":5}}}}}}"#
        );
        let description = Description::parse("cases", &text).unwrap();
        Chip::resolve("cases", &description).unwrap()
    }

    /// Over all cases every layer saturates and every layer of neurons fires, in at most so many ticks.
    fn check(chip: &Chip, ticks: std::ops::RangeInclusive<u32>) {
        let mut integer = IntegerModel::new(chip);
        let mut spikes = vec![0; chip.layers.len()];
        let (mut saturations, mut all_ticks) = (0, 0);
        for case in all(chip) {
            integer.load(&case.program).unwrap();
            let trace = integer.run(&case.stimulus).unwrap();
            for (sum, layer) in spikes.iter_mut().zip(&trace.layers) {
                *sum += layer.spikes.len();
            }
            saturations += u64::from(trace.saturations);
            all_ticks += case.stimulus.windows * case.program.window;
        }
        for (layer, spikes) in chip.layers.iter().zip(spikes) {
            assert!(
                spikes > 0 || layer.kind == LayerKind::Readout,
                "{}",
                layer.name
            );
        }
        assert!(saturations > 0);
        assert!(ticks.contains(&all_ticks), "{all_ticks} ticks");
    }

    #[test]
    fn one_neuron() {
        check(&chip(1, "lif"), 6_000..=20_000);
    }

    #[test]
    fn many_neurons() {
        check(&chip(1024, "felif"), 1_000..=6_000);
    }

    /// Neurons of files, alone and behind others.
    fn check_files(models: &[&str], neurons: usize, ticks: std::ops::RangeInclusive<u32>) {
        let layer = |model: &&str| {
            let range_pa = if *model == "vo2" { 1e6 } else { 5.0 };
            serde_json::json!({
                "name": format!("of_{model}"), "model": model, "neurons": neurons, "recurrent": true,
                "synapse": {"range_pA": range_pa}
            })
        };
        let description = serde_json::json!({
            "name": "cases", "inputs": 24, "bank_neurons": 64, "layers": models.iter().map(layer).collect::<Vec<_>>(),
            "readout": {"outputs": 2, "synapse": {"range_pA": 5}}
        });
        let description = Description::parse("cases", &description.to_string()).unwrap();
        check(&Chip::resolve("cases", &description).unwrap(), ticks);
    }

    #[test]
    fn neurons_of_each_file() {
        for model in bruno_model::SHIPPED {
            check_files(&[model.name], 4, 2_000..=20_000);
        }
    }

    #[test]
    fn layers_of_files() {
        check_files(&["alif", "vo2", "adex"], 8, 2_000..=20_000);
    }

    #[test]
    fn many_neurons_of_a_file() {
        check_files(&["alif"], 1024, 1_000..=6_000);
    }

    #[test]
    fn tables_that_wait_for_their_levels() {
        check(&chip(4, "felif").with_fine_synapses(), 6_000..=20_000);
    }
}
