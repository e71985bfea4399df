//! The integer model on the current of `felif-ode`, whose two spike times an ODE solver has found.

use bruno_chip::Description;
use bruno_device::Chip;
use bruno_sim::{Forward, IntegerModel, Program, Stimulus};
use std::path::{Path, PathBuf};

/// Word lengths and rounding of a run.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    pub rounding: &'static str,
    pub v_bits: u32,
    pub p_bits: u32,
    pub i_bits: u32,
    /// Full scale of the current, pA.
    pub i_range: f64,
}

/// Spike times of the reference, us.
pub struct Reference {
    /// Input events: tick, jump of the synaptic current in pA.
    input: Vec<(u32, f64)>,
    /// Spike times, us.
    pub spikes: Vec<f64>,
}

impl Reference {
    /// The files; none where the variable is not set.
    pub fn read() -> Option<Self> {
        let Some(dir) = std::env::var_os("BRUNO_REFERENCE_DATA") else {
            eprintln!("skipped: BRUNO_REFERENCE_DATA is not set");
            return None;
        };
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        let dir = root.join(dir).join("felif-ode");
        let input = rows(dir.join("input.csv"));
        let spikes = rows(dir.join("ref_spikes.csv"));
        Some(Self {
            input: input.iter().map(|r| (r[0] as u32, r[1] * 1e12)).collect(),
            spikes: spikes.iter().map(|r| r[0] * 1e6).collect(),
        })
    }

    /// Spike times of the integer model on the same current, us.
    pub fn integer_spikes(&self, words: Words) -> Vec<f64> {
        let chip = chip(words, self.input.len());
        let lsb = chip.description.formats.i_lsb_pa();
        let mut program = Program::silent(&chip);
        let layer = &mut program.layers[0];
        // Every event has a channel and every channel a level of its own.
        layer.levels = vec![0; 256];
        for (channel, (_, jump)) in self.input.iter().enumerate() {
            layer.levels[channel] = (jump / lsb).round() as i32;
            layer.weights[channel] = channel as u8;
        }
        let events = self.input.iter().zip(0..);
        let stimulus = Stimulus {
            events: events
                .map(|((tick, _), channel)| (*tick, channel))
                .collect(),
            windows: 100,
        };
        let mut model = IntegerModel::new(&chip);
        model.load(&program).unwrap();
        let trace = model.run(&stimulus).unwrap();
        let spikes = trace.layers[0].spikes.iter();
        spikes.map(|s| f64::from(s.tick + 1)).collect()
    }
}

/// The card of the reference (its README): tau_m 20 ms, reset of V and p to 0, no refractory time.
fn chip(words: Words, inputs: usize) -> Chip {
    let Words {
        rounding,
        v_bits,
        p_bits,
        i_bits,
        i_range,
    } = words;
    // C = eps0 * 70 * 1 um2 / 9.8 nm, g = C / 20 ms.
    let leak = 8.854_187_812_8e-12 * 70.0 * 1e-12 / 9.8e-9 / 20e-3 * 1e12;
    let text = format!(
        r#"{{"name":"ode","inputs":{inputs},"rounding":"{rounding}","recorder":"sample",
        "formats":{{"v_bits":{v_bits},"p_bits":{p_bits},"i_bits":{i_bits},"i_range_pA":{i_range}}},
        "layers":[{{"name":"one","kind":"felif","neurons":1,
            "device":{{"area_um2":1,"t_fe_nm":9.8,"eps_fe":70,"w_b_eV":1.05,"d_e_nm":7.5,"e_off_MV_m":20,"p_s_C_m2":0.27,
                "temperature_K":300,"g_leak_pS":{leak},"v_th_V":0.75,"v_reset_V":0,"p_reset":0,"t_ref_ms":0,"tau_syn_ms":10}},
            "synapse":{{"bits":8,"range_pA":10}}}}],
        "readout":{{"outputs":1,"synapse":{{"range_pA":10}}}}}}"#
    );
    Chip::resolve("ode", &Description::parse("ode", &text).unwrap()).unwrap()
}

fn rows(path: PathBuf) -> Vec<Vec<f64>> {
    let text = std::fs::read_to_string(path).unwrap();
    let numbers = |line: &str| line.split(',').map(|f| f.parse().ok()).collect();
    text.lines().filter_map(numbers).collect()
}
