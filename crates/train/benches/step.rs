//! Time and memory of one training step by gradient, forward pass through the Verilated RTL, one thread:
//! `cargo bench -p bruno-train --bench step [-- SECONDS...]` (length of the sample; 0.5 and 1 where absent).
//!
//! Every gradient runs in a process of its own, because the peak of a process's memory cannot be reset.

use bruno_chip::Description;
use bruno_data::{Dataset, Event, Sample, Target};
use bruno_device::Chip;
use bruno_sim::Forward;
use bruno_train::{Checkpoint, GradientKind, Parameters, Spent, TrainConfig, Trainer};
use bruno_verilator::{Flavour, VerilatedModel};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::path::Path;
use std::time::Instant;

const CHIP: &str = r#"{"name":"step","inputs":24,"recorder":"jacobian",
    "layers":[{"name":"hidden","kind":"felif","neurons":64,"recurrent":true,
               "synapse":{"range_pA":300},"recurrent_synapse":{"range_pA":20}}],
    "readout":{"outputs":7,"synapse":{"range_pA":100}},
    "training":{"batch":2,"epochs":1,"device":[{"parameter":"area","bounds":[3,5]},{"parameter":"threshold","bounds":[0.7,0.9]}]}}"#;

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with("--"))
        .collect();
    if let [name, seconds] = &arguments[..]
        && let Some(kind) = GradientKind::ALL.into_iter().find(|k| k.name() == name)
    {
        return measure(kind, seconds.parse().expect("a number of seconds"));
    }
    let lengths = if arguments.is_empty() {
        vec!["0.5".into(), "1".into()]
    } else {
        arguments
    };
    println!("64 recurrent FeLIF neurons, 24 inputs of 50 Hz, batch 2, 1 thread");
    println!("gradient        T, s   forward, s  backward, s  memory of the step, MB   rate, Hz");
    for seconds in &lengths {
        for kind in GradientKind::ALL {
            let own = std::env::current_exe().expect("a program");
            let mut child = std::process::Command::new(own);
            let status = child.args([kind.name(), seconds]).status();
            assert!(status.expect("a child process").success());
        }
    }
}

/// Highest memory of this process, MB.
fn peak_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let kb = line.and_then(|l| l.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kb.unwrap_or(f64::NAN) / 1024.0
}

fn measure(kind: GradientKind, seconds: f64) {
    let description = Description::parse("step", CHIP).expect("a valid description");
    let mut config = TrainConfig::of(&description).expect("valid settings");
    config.gradient = kind;
    let chip = Chip::resolve("step", &description).expect("a possible chip");
    let parameters = Parameters::new(&chip, &config);
    let run = Checkpoint::new(description, config, parameters);
    let data = data(seconds);
    let design = bruno_hdl::generate(&chip).expect("a printable chip");
    let factory = || -> Result<Box<dyn Forward>, _> {
        let model = VerilatedModel::new(&chip, &design, Flavour::Fast, Path::new(""))?;
        Ok(Box::new(model))
    };
    let mut trainer = Trainer::new("step", run, &data, &factory, 1).expect("a trainer");
    let before = peak_mb();
    let start = Instant::now();
    let report = trainer.epoch(|_| {}).expect("a step");
    let whole = start.elapsed().as_secs_f64();
    let Spent {
        forward, backward, ..
    } = trainer.spent;
    assert!(forward + backward <= whole);
    println!(
        "{:<14}{seconds:>6}{forward:>13.3}{backward:>13.3}{:>24.1}{:>11.1}",
        kind.name(),
        peak_mb() - before,
        report.train.rate_hz()
    );
}

/// Two samples of Poisson spikes: one step of one batch.
fn data(seconds: f64) -> Dataset {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let duration_us = (seconds * 1e6) as u32;
    let mut sample = |class: usize| {
        let mut events = Vec::new();
        for t_us in 0..duration_us {
            for channel in 0..24 {
                if rng.random_bool(50e-6) {
                    events.push(Event { t_us, channel });
                }
            }
        }
        Sample {
            events,
            duration_us,
            target: Target::Class { class, from_us: 0 },
        }
    };
    Dataset {
        name: "poisson".into(),
        channels: 24,
        outputs: 7,
        class_names: (0..7).map(|k| k.to_string()).collect(),
        train: vec![sample(0), sample(1)],
        ..Dataset::default()
    }
}
