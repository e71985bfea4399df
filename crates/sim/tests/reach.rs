//! What `bruno check` says of a threshold, against the integer model: out of reach means that nothing ever fires.

use bruno_chip::Description;
use bruno_device::Chip;
use bruno_sim::{Forward, IntegerModel, Program, Stimulus};
use proptest::prelude::*;

/// Windows of 1000 ticks: many time constants of any chip here.
const WINDOWS: u32 = 30;

#[derive(Debug, Clone)]
struct Neuron {
    felif: bool,
    rounding: usize,
    v_th: f64,
    v_floor: f64,
    leak_ps: f64,
    tau_ms: f64,
    w_b: f64,
    p_reset: f64,
    noise_pa: f64,
    range_pa: f64,
}

impl Neuron {
    fn chip(&self) -> Option<Chip> {
        let rounding = ["nearest", "stochastic", "truncate"][self.rounding];
        let kind = match self.felif && rounding != "truncate" {
            true => "felif",
            false => "lif",
        };
        let noise = match rounding {
            "truncate" => String::new(),
            _ => format!(r#","noise_pA_rms":{}"#, self.noise_pa),
        };
        let text = format!(
            r#"{{"name":"t","inputs":2,"rounding":"{rounding}","layers":[{{"name":"h","kind":"{kind}","neurons":1,
                "device":{{"v_th_V":{},"v_floor_V":{},"g_leak_pS":{},"tau_syn_ms":{},"w_b_eV":{},"p_reset":{},"t_ref_ms":0
                {noise}}},"synapse":{{"bits":1,"range_pA":{}}}}}],
                "readout":{{"outputs":1,"synapse":{{"range_pA":1}}}}}}"#,
            self.v_th,
            self.v_floor,
            self.leak_ps,
            self.tau_ms,
            self.w_b,
            self.p_reset,
            self.range_pa
        );
        Chip::resolve("t", &Description::parse("t", &text).unwrap()).ok()
    }
}

/// Whether the neuron fires with both weights at the strongest level, both channels at every multiple of `period`.
fn fires(chip: &Chip, period: u32) -> bool {
    let mut program = Program::silent(chip);
    program.layers[0].weights.fill(1);
    let mut model = IntegerModel::new(chip);
    model.load(&program).unwrap();
    let ticks = (0..WINDOWS * chip.window_ticks).step_by(period as usize);
    let stimulus = Stimulus {
        events: ticks.flat_map(|t| [(t, 0), (t, 1)]).collect(),
        windows: WINDOWS,
    };
    !model.run(&stimulus).unwrap().layers[0].spikes.is_empty()
}

fn neurons() -> impl Strategy<Value = Neuron> {
    let log = |low: f64, high: f64| (low..high).prop_map(|x: f64| 10f64.powf(x));
    (
        (any::<bool>(), 0..3usize, log(-1.7, 0.29), -2.0..0.0f64),
        (log(3.0, 5.2), log(-1.0, 0.2), 0.5..1.2f64),
        (0.0..=1.0f64, 0.0..30.0f64, log(-1.0, 3.0)),
    )
        .prop_map(
            |(
                (felif, rounding, v_th, v_floor),
                (leak_ps, tau_ms, w_b),
                (p_reset, noise_pa, range_pa),
            )| Neuron {
                felif,
                rounding,
                v_th,
                v_floor,
                leak_ps,
                tau_ms,
                w_b,
                p_reset,
                noise_pa,
                range_pa,
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn out_of_reach_means_that_nothing_fires(neuron in neurons(), period in 1..400u32) {
        if let Some(chip) = neuron.chip().filter(|c| c.out_of_reach(0).is_some()) {
            prop_assert!(!fires(&chip, 1) && !fires(&chip, period));
        }
    }

    /// The bound is no larger than it must be: what it lets through fires, where nothing is left to chance.
    #[test]
    fn what_is_in_reach_fires(neuron in neurons(), truncate in any::<bool>()) {
        let neuron = Neuron { felif: false, rounding: if truncate { 2 } else { 0 }, noise_pa: 0.0, ..neuron };
        if let Some(chip) = neuron.chip().filter(|c| c.out_of_reach(0).is_none() && c.layers[0].codes.leak_share() <= 1.0) {
            prop_assert!(fires(&chip, 1));
        }
    }
}
