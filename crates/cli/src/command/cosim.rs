//! `bruno cosim`: integer model against Verilated RTL, every state at every tick.

use super::check::resolve;
use crate::failure::Failure;
use crate::output;
use crate::progress::Progress;
use bruno_device::Chip;
use bruno_hdl::Design;
use bruno_sim::stimuli::{self, Case};
use bruno_sim::{Difference, Flavour, Forward, Lockstep, Stimulus, VerilatedModel};
use std::path::{Path, PathBuf};

/// Run the chip's integer model and its Verilated RTL side by side and compare every state of every neuron at every
/// tick, then every recorder word, spike event and counter.
///
/// Without --random or --corner both kinds of stimulus are run. At the first difference the command names tick, neuron,
/// signal and both values, keeps the case (JSON) and the waves (VCD) under --out, and exits with 4.
#[derive(clap::Args)]
pub struct Cosim {
    /// The chip description, e.g. examples/braille.json.
    chip: PathBuf,
    /// Random stimuli and weights, with rates from silence to one spike in ten ticks.
    #[arg(long)]
    random: bool,
    /// Corner cases: every channel in every tick, saturation at both ends, no refractory time, ...
    #[arg(long)]
    corner: bool,
    /// Ticks of random stimulus.
    #[arg(long, default_value_t = 100_000)]
    ticks: u64,
    /// Seed of the random stimuli.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where the evidence of a difference is kept.
    #[arg(short, long, default_value = "out/cosim")]
    out: PathBuf,
    /// Print the result as JSON on stdout.
    #[arg(long)]
    json: bool,
}

/// Waves start this many ticks before a difference.
const WAVE_LEAD: u32 = 200;

impl Cosim {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let chip = resolve(&self.chip)?;
        let design = bruno_hdl::generate(&chip)?;
        let cases = self.cases(&chip);
        let ticks: u64 = cases.iter().map(ticks).sum();
        let mut both = Lockstep::new(&chip, &design)?;
        let mut progress = Progress::new("cosim", ticks, "ticks");
        for case in &cases {
            both.load(&case.program)?;
            if let Some(difference) = both.run(&case.stimulus, |_| progress.advance(1))? {
                drop(progress);
                return Err(self.keep(&chip, &design, case, difference));
            }
        }
        drop(progress);
        self.report(&chip, cases.len(), ticks);
        Ok(())
    }

    fn cases(&self, chip: &Chip) -> Vec<Case> {
        let all = !self.random && !self.corner;
        let mut cases = Vec::new();
        if self.corner || all {
            cases.extend(stimuli::corners(chip));
        }
        if self.random || all {
            cases.extend(stimuli::random(chip, self.ticks, self.seed));
        }
        cases
    }

    fn report(&self, chip: &Chip, cases: usize, ticks: u64) {
        let neurons: usize = chip.layers.iter().map(|l| l.neurons).sum();
        if self.json {
            let result = serde_json::json!({
                "chip": chip.name, "cases": cases, "ticks": ticks, "neurons": neurons, "differences": 0,
                "rounding": chip.rounding, "seed": self.seed,
            });
            println!("{result}");
        } else {
            println!(
                "{}: {cases} cases, {ticks} ticks, {neurons} neurons: 0 differences",
                chip.name
            );
        }
    }

    /// Keeps case and waves; what cannot be kept is said, and never hides the difference.
    fn keep(&self, chip: &Chip, design: &Design, case: &Case, difference: Difference) -> Failure {
        let stimulus = self.out.join("case.json");
        let waves = self.out.join("waves.vcd");
        let text = serde_json::to_string(case).unwrap_or_default();
        let mut evidence = match output::write(&stimulus, &text) {
            Ok(()) => stimulus.display().to_string(),
            Err(failure) => failure.to_string(),
        };
        evidence += &match write_waves(chip, design, case, difference.tick, &waves) {
            Ok(()) => format!(", {}", waves.display()),
            Err(failure) => format!("; no waves: {failure}"),
        };
        Failure::Difference {
            case: case.name.clone(),
            difference: Box::new(difference),
            evidence,
        }
    }
}

fn ticks(case: &Case) -> u64 {
    u64::from(case.stimulus.windows) * u64::from(case.program.window)
}

/// Runs the case again in a model that writes waves around the difference.
fn write_waves(
    chip: &Chip,
    design: &Design,
    case: &Case,
    tick: Option<u32>,
    path: &Path,
) -> Result<(), Failure> {
    let mut model = VerilatedModel::new(chip, design, Flavour::Trace, path)?;
    model.dump(false)?;
    model.load(&case.program)?;
    model.clear()?;
    let Stimulus { events, windows } = &case.stimulus;
    let end = tick.map_or(windows * case.program.window, |t| t + 3);
    let start = end.saturating_sub(WAVE_LEAD);
    let split = events.partition_point(|e| e.0 < start);
    model.ticks(0, start, &events[..split])?;
    model.dump(true)?;
    let last = events.partition_point(|e| e.0 < end);
    model.ticks(start, end - start, &events[split..last])?;
    Ok(())
}
