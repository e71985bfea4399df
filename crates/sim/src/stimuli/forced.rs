//! Cases in which everything happens in every layer, whatever the chip's card: registers and levels are those of an
//! exerciser, whose currents fill their range and drive the membrane across its word within a few ticks.

use super::{Case, with_shortest_window};
use crate::{LayerProgram, Program, Stimulus};
use bruno_chip::Rounding;
use bruno_device::{Chip, Codes, Coefficient, GUARD_BITS, Layer};

/// Ticks in which a layer's currents, membranes and refractory times have gone round twice.
const TICKS_OF_A_LAYER: u32 = 48;

/// Fewest ticks for a layer of a file, and those where none of some cards fires soon.
const TICKS_OF_A_FILE: (u32, u32) = (500, 8000);

/// log2 of a rate that moves no occupation, LSB 2^-12.
const NEVER: i32 = -64 << 12;

/// Cases that together have every spiking layer fire, neurons refractory, membranes and currents at both ends,
/// occupations that switch from one end to the other, recurrent rows, a readout whose currents move.
pub fn forced(chip: &Chip) -> Vec<Case> {
    let chip = &with_shortest_window(chip);
    let mut cases = vec![
        case(
            chip,
            "forced to every upper end",
            1,
            &|_| Weights::Strongest,
            &up,
        ),
        case(
            chip,
            "forced to every lower end",
            1,
            &|_| Weights::Weakest,
            &down,
        ),
        case(chip, "forced in between", 5, &|_| Weights::InTurn, &between),
    ];
    if chip.layers.iter().any(|l| l.model.program.is_some()) {
        // Neurons of a file fire by their own card, so not at their lowest current: a layer behind them has its lower end
        // where they are driven up.
        cases.extend((0..chip.layers.len()).map(|lowest| {
            let weights = |index| match index == lowest {
                true => Weights::Weakest,
                false => Weights::Strongest,
            };
            let name = format!("forced to the lower end of `{}`", chip.layers[lowest].name);
            case(chip, &name, 1, &weights, &up)
        }));
    }
    cases
}

/// Codes of a case's weights.
#[derive(Clone, Copy)]
enum Weights {
    Strongest,
    Weakest,
    /// The strongest and those below it, one after the other.
    InTurn,
}

impl Weights {
    fn fill(self, weights: &mut [u8], strongest: u8) {
        match self {
            Self::Strongest => weights.fill(strongest),
            Self::Weakest => weights.fill(0),
            Self::InTurn => {
                let mut all = (0..=strongest).rev().chain([strongest]).cycle();
                weights.fill_with(|| all.next().unwrap_or(strongest));
            }
        }
    }
}

/// Drive, switching and rows toward the upper ends: the top of the membrane's word is the threshold.
fn up(chip: &Chip, codes: &mut Codes) {
    *codes = Codes {
        v_th: chip.constants.v_max - 1,
        v_reset: -chip.constants.v_max,
        v_floor: -chip.constants.v_max,
        t_ref: 3,
        x0: 0,
        xc: NEVER,
        p_reset: 0,
        keep_p: false,
        ..codes.clone()
    };
}

/// The same toward the lower ends: the threshold lies below the floor, so that a membrane on it fires.
fn down(chip: &Chip, codes: &mut Codes) {
    *codes = Codes {
        v_th: -chip.constants.v_max - 1,
        v_reset: -chip.constants.v_max,
        v_floor: -chip.constants.v_max,
        t_ref: 3,
        x0: NEVER,
        xc: NEVER,
        p_reset: chip.constants.p_one - 1,
        keep_p: true,
        ..codes.clone()
    };
}

/// Every level, a leak, rates that depend on the states.
fn between(chip: &Chip, codes: &mut Codes) {
    let formats = &chip.description.formats;
    let [v_bits, p_bits] = [formats.v_bits, formats.p_bits].map(|b| b as i32);
    let (v_max, p_one) = (chip.constants.v_max, chip.constants.p_one);
    *codes = Codes {
        leak: power_of_two(guard_bits(chip) - 4),
        xv: power_of_two(17 - v_bits),
        xp: power_of_two(16 - p_bits),
        v_th: v_max / 2,
        v_reset: -v_max / 8,
        v_floor: -v_max / 4,
        t_ref: 5,
        x0: -6 << 12,
        xc: -12 << 12,
        p_reset: p_one / 2,
        keep_p: false,
        ..codes.clone()
    };
}

type Edit = dyn Fn(&Chip, &mut Codes);

/// A case in which every channel spikes every `period` ticks.
fn case(
    chip: &Chip,
    name: &str,
    period: u32,
    weights: &dyn Fn(usize) -> Weights,
    edit: &Edit,
) -> Case {
    let mut program = Program::silent(chip);
    let mut ticks = TICKS_OF_A_LAYER * chip.layers.len() as u32;
    let layers = program.layers.iter_mut().zip(&chip.layers).enumerate();
    for (index, (own, layer)) in layers {
        weights(index).fill(&mut own.weights, (own.levels.len() - 1) as u8);
        widest_levels(layer, own);
        match &layer.model.program {
            // A card that fires; its own one runs in the random cases.
            Some(neurons) => match neurons.liveliest(&layer.codes.own, chip.rounding) {
                Some(lively) => {
                    ticks += TICKS_OF_A_FILE.0.max(3 * lively.ticks);
                    own.codes.own = lively.own;
                }
                None => {
                    ticks += TICKS_OF_A_FILE.1;
                    neurons.shorten(&mut own.codes.own);
                }
            },
            None => {
                exercise(chip, &mut own.codes);
                edit(chip, &mut own.codes);
            }
        }
    }
    super::on_card(chip, &mut program);
    let windows = ticks.div_ceil(chip.window_ticks).max(2);
    let spiking = (0..windows * chip.window_ticks).step_by(period as usize);
    let channels = chip.inputs as u32;
    let events = spiking.flat_map(|t| (0..channels).map(move |c| (t, c)));
    Case {
        name: name.into(),
        program,
        stimulus: Stimulus {
            events: events.collect(),
            windows,
        },
    }
}

/// Writes the exerciser's coefficients: a full current moves the membrane by an eighth of its word in a
/// tick, a sixteenth of a current decays, all of p holds the charge of a quarter of the membrane's word.
fn exercise(chip: &Chip, codes: &mut Codes) {
    let formats = &chip.description.formats;
    let [v_bits, p_bits, i_bits] =
        [formats.v_bits, formats.p_bits, formats.i_bits].map(|b| b as i32);
    let full_current = i_bits - chip.constants.pre as i32 - 1;
    let none = Coefficient {
        mantissa: 0,
        shift: 0,
    };
    *codes = Codes {
        i_dec: power_of_two(-4),
        input: power_of_two(v_bits - 3 + guard_bits(chip) - full_current),
        leak: none,
        xv: none,
        xp: none,
        kap: power_of_two(v_bits - 2 - p_bits),
        noise_m: 0,
        sur_w: (chip.constants.v_max / 8).min(Codes::MAX_SURROGATE),
        ..codes.clone()
    };
}

/// The widest level tables that no adder overflows at.
fn widest_levels(layer: &Layer, program: &mut LayerProgram) {
    let halves = if layer.recurrent { 2 } else { 1 };
    let largest = |channels: usize| {
        let all = layer.current.largest_sum() / halves / channels as i64;
        all.min(i64::from(layer.current.ends()[1]))
    };
    even_levels(&mut program.levels, largest(layer.inputs));
    even_levels(&mut program.recurrent_levels, largest(layer.neurons));
}

/// Even steps from `-largest` to `largest`.
fn even_levels(levels: &mut [i32], largest: i64) {
    let last = levels.len() as i64 - 1;
    for (code, level) in (0..).zip(levels) {
        *level = (largest * (2 * code - last) / last) as i32;
    }
}

fn guard_bits(chip: &Chip) -> i32 {
    match chip.rounding {
        Rounding::Truncate => 0,
        Rounding::Nearest | Rounding::Stochastic => GUARD_BITS as i32,
    }
}

/// `2^exponent` with a mantissa of 7 bits, or as many as it needs.
fn power_of_two(exponent: i32) -> Coefficient {
    let bits = exponent.max(6);
    Coefficient {
        mantissa: 1 << bits,
        shift: (bits - exponent) as u32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::integer::missing_events;
    use crate::{Forward, IntegerModel};
    use bruno_chip::Description;
    use proptest::prelude::*;

    /// What never happens in a chip under the forced cases.
    fn missing_in(description: &str) -> Vec<String> {
        let description = Description::parse("t", description).unwrap();
        let chip = Chip::resolve("t", &description).unwrap();
        let mut model = IntegerModel::new(&chip);
        for case in forced(&chip) {
            model.load(&case.program).unwrap();
            model.run(&case.stimulus).unwrap();
        }
        missing_events(chip.layers.iter().zip(model.activity()))
    }

    fn check(description: &str) {
        assert_eq!(missing_in(description), Vec::<String>::new());
    }

    /// A chip of two layers: this device and kind in both.
    fn chip(
        kind: &str,
        rounding: &str,
        formats: &str,
        device: &str,
        sizes: [usize; 4],
        bits: u32,
    ) -> String {
        let [inputs, first, second, outputs] = sizes;
        let synapse = format!(r#"{{"bits":{bits},"range_pA":3}}"#);
        let layer = |name: &str, neurons: usize| {
            format!(
                r#"{{"name":"{name}","kind":"{kind}","neurons":{neurons},"recurrent":{},"device":{device},
                    "synapse":{synapse}}}"#,
                neurons.is_multiple_of(2)
            )
        };
        format!(
            r#"{{"name":"t","inputs":{inputs},"rounding":"{rounding}","window_ticks":2000,"formats":{formats},
                "layers":[{},{}],"readout":{{"outputs":{outputs},"synapse":{synapse}}}}}"#,
            layer("one", first),
            layer("two", second)
        )
    }

    #[test]
    fn a_threshold_that_is_never_met() {
        let device = r#"{"v_th_V":2,"t_ref_ms":0,"g_leak_pS":20000}"#;
        check(&chip("lif", "nearest", "{}", device, [2, 2, 1, 1], 3));
    }
    #[test]
    fn a_capacitor_that_never_switches() {
        let device = r#"{"w_b_eV":2,"v_th_V":1.9,"area_um2":100}"#;
        check(&chip("felif", "nearest", "{}", device, [2, 2, 1, 1], 3));
    }
    /// Neurons of a file alone and behind another layer, few channels and many.
    #[test]
    fn neurons_of_files() {
        for model in bruno_model::SHIPPED {
            for inputs in [1, 40] {
                let layer = |name: &str| {
                    format!(
                        r#"{{"name":"{name}","model":"{}","neurons":3,"recurrent":true,"synapse":{{"range_pA":100}}}}"#,
                        model.name
                    )
                };
                check(&format!(
                    r#"{{"name":"t","inputs":{inputs},"layers":[{},{}],
                        "readout":{{"outputs":2,"synapse":{{"range_pA":100}}}}}}"#,
                    layer("one"),
                    layer("two")
                ));
            }
        }
    }
    #[test]
    fn one_neuron_before_many() {
        check(&chip("felif", "nearest", "{}", "{}", [1, 1, 200, 1], 1));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn everything_happens(
            rounding in 0..3usize, felif in any::<bool>(),
            v_bits in 12..=20u32, p_bits in 12..=20u32, i_bits in 16..=24u32,
            v_th in 0.01..2.0f64, t_ref in 0.0..1000.0f64, area in 0.5..50.0f64,
            sizes in [1..9usize, 1..9usize, 1..9usize, 1..9usize], bits in 1..=8u32,
        ) {
            let rounding = ["nearest", "stochastic", "truncate"][rounding];
            let kind = if felif && rounding != "truncate" { "felif" } else { "lif" };
            let formats = format!(r#"{{"v_bits":{v_bits},"p_bits":{p_bits},"i_bits":{i_bits}}}"#);
            let device = format!(r#"{{"v_th_V":{v_th},"t_ref_ms":{t_ref},"area_um2":{area}}}"#);
            let missing = missing_in(&chip(kind, rounding, &formats, &device, sizes, bits));
            prop_assert_eq!(missing, Vec::<String>::new());
        }
    }
}
