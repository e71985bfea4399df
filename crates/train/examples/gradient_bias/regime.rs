//! A chip, its time constants and the rate that it is to have.

use bruno_chip::Description;
use bruno_device::Chip;
use bruno_train::{Checkpoint, Parameters, TrainConfig};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Windows, us.
pub const WINDOWS_US: [u32; 5] = [250, 1000, 4000, 10_000, 20_000];

/// What decides how far a coarse step is off.
pub struct Regime {
    number: u64,
    kind: &'static str,
    tau_syn_ms: f64,
    tau_m_ms: f64,
    t_ref_ms: f64,
    /// Mean rate of fresh weights, Hz.
    pub rate_hz: f64,
}

impl Regime {
    /// Regime number so much: each value is uniform in its logarithm.
    pub fn draw(number: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(number);
        let mut log = |low: f64, high: f64| (rng.random_range(low.ln()..high.ln())).exp();
        Self {
            number,
            kind: ["felif", "lif"][(number % 2) as usize],
            tau_syn_ms: log(1.0, 20.0),
            tau_m_ms: log(3.0, 30.0),
            t_ref_ms: log(0.2, 2.0),
            rate_hz: log(8.0, 300.0),
        }
    }

    /// Number and kind, as the first columns.
    pub fn name(&self) -> String {
        format!("{},{}", self.number, self.kind)
    }

    /// Time constants, as columns.
    pub fn constants(&self) -> String {
        format!("{:.3},{:.3}", self.tau_syn_ms, self.tau_m_ms)
    }

    /// A fresh run of 8 recurrent neurons whose input synapses reach so many pA.
    pub fn run(&self, range_pa: f64) -> Checkpoint {
        // 1 um2 of the default card has 0.0632 pF.
        let g_leak_ps = 63.2 / self.tau_m_ms;
        let text = format!(
            r#"{{"name":"regime","inputs":24,"recorder":"mean","window_ticks":250,"formats":{{"i_range_pA":16384}},
            "layers":[{{"name":"h","kind":"{kind}","neurons":8,"recurrent":true,
              "synapse":{{"bits":4,"range_pA":{range_pa}}},
              "recurrent_synapse":{{"bits":4,"range_pA":{recurrent}}},
              "device":{{"area_um2":1,"g_leak_pS":{g_leak_ps},"tau_syn_ms":{tau},"t_ref_ms":{t_ref}}}}}],
            "readout":{{"outputs":7,"tau_ms":10,"synapse":{{"bits":4,"range_pA":100}}}},
            "training":{{"data":{{"kind":"braille","letters":7}},"epochs":6,"batch":5,"gradient":"mean",
              "learning_rate":0.05,"device_learning_rate":1e-6,"surrogate_tau_ms":{tau_s},"rate_Hz":[10,600],"rate_penalty":0.001,
              "logit_per_pA":0.02,"init":{{"readout_std":0.3}},"audit":{{"every_steps":0}},
              "device":[{{"parameter":"area","bounds":[0.5,2]}},
                        {{"parameter":"leak","bounds":[{leak_low},{leak_high}]}},
                        {{"parameter":"threshold","bounds":[0.5,1]}}]}}}}"#,
            kind = self.kind,
            recurrent = 0.1 * range_pa,
            tau = self.tau_syn_ms,
            t_ref = self.t_ref_ms,
            tau_s = (0.7 * self.tau_m_ms).max(2.0),
            leak_low = 0.5 * g_leak_ps,
            leak_high = 2.0 * g_leak_ps,
        );
        let description = Description::parse("regime", &text).expect("a description");
        let config = TrainConfig::of(&description).expect("settings");
        let chip = Chip::resolve("regime", &description).expect("a chip");
        let parameters = Parameters::new(&chip, &config);
        Checkpoint::new(description, config, parameters)
    }
}
