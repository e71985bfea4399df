//! `bruno cosim`: integer model against Verilated RTL, every state at every tick.

mod compared;
mod coverage;
mod delivered;
mod trains;

use super::check::resolve;
use crate::changes::Changes;
use crate::console;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::{data, output};
use bruno_data::Sample;
use bruno_device::Chip;
use bruno_hdl::Design;
use bruno_host::FolderLock;
use bruno_sim::stimuli::{self, Case, Reader};
use bruno_sim::{Activity, Difference, Forward, Stimulus, bus};
use bruno_train::{Checkpoint, TrainConfig};
use bruno_verilator::{Coverage, Flavour, Lockstep, VerilatedModel};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

/// Run the chip's integer model and its Verilated RTL side by side and compare every state of every neuron at every
/// tick, then every recorder word, spike event and counter; then the model that trains and the Verilog that is delivered,
/// through the same cases, in every recorder word, spike event and counter.
///
/// Every run begins with cases that force every event (spikes, refractory times, both ends of every state) in every layer;
/// what happened in the others is printed, and a layer that is silent on all --samples is an error: nothing was compared.
///
/// Without --random, --corner or --samples, random and corner stimuli are run; the corners include bus transfers over the
/// whole address space and a recorder whose reader is slow or stopped. At the first difference the command names tick, neuron,
/// signal and both values, keeps the case (JSON) and the waves (VCD) under --out, and exits with 4.
#[derive(clap::Args)]
pub struct Cosim {
    /// The chip description, e.g. examples/braille.json.
    chip: PathBuf,
    #[command(flatten)]
    changes: Changes,
    /// Random stimuli and weights, with rates from silence to one spike in ten ticks.
    #[arg(long)]
    random: bool,
    /// Corner cases: every channel in every tick, saturation at both ends, no refractory time, ...
    #[arg(long)]
    corner: bool,
    /// This many training samples of the description's data set, with random weights or those of --checkpoint.
    #[arg(long, value_name = "N")]
    samples: Option<NonZeroUsize>,
    /// The data, where it is not built in.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Take program and device parameters for --samples from a run's checkpoint.json.
    #[arg(long, requires = "samples")]
    checkpoint: Option<PathBuf>,
    /// Ticks of random stimulus.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1..))]
    ticks: u64,
    /// Seed of the random stimuli.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Also count which lines of the RTL are executed and which bits toggle: a table by module, the sources with their
    /// counters under OUT/coverage. The model is larger and slower; see docs/verification.md.
    #[arg(long)]
    coverage: bool,
    /// Where the evidence of a difference is kept.
    #[arg(short, long, default_value = "out/cosim")]
    out: PathBuf,
    /// Print the result as JSON on stdout.
    #[arg(long)]
    json: bool,
}

/// Stimuli in the order in which they run.
struct Cases {
    /// Those that make everything happen.
    forced: Vec<(Case, Reader)>,
    /// Those of a data set.
    samples: Vec<(Case, Reader)>,
    others: Vec<(Case, Reader)>,
}

impl Cases {
    fn all(&self) -> impl Iterator<Item = &(Case, Reader)> {
        let parts = [&self.forced, &self.samples, &self.others];
        parts.into_iter().flatten()
    }
}

/// Waves start this many ticks before a difference.
const WAVE_LEAD: u32 = 200;

impl Cosim {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let chip = resolve(&self.chip, &self.changes)?;
        let design = bruno_hdl::generate(&chip)?;
        let cases = self.cases(&chip)?;
        let ticks: u64 = cases.all().map(|(case, _)| ticks(case)).sum();
        let mut both = if self.coverage {
            Lockstep::with_coverage(&chip, &design)?
        } else {
            Lockstep::new(&chip, &design)?
        };
        if self.corners() {
            let transfers = [bus::after_reset(&chip), bus::refusals(&chip)].concat();
            if let Some(difference) = both.transfers(&transfers)? {
                return Err(Failure::Difference {
                    case: "bus transfers after the reset".into(),
                    difference: Box::new(difference),
                    evidence: "none: the transfers follow from the chip".into(),
                });
            }
        }
        let mut progress = Progress::new("cosim", ticks, "ticks");
        let mut run = |cases: &[(Case, Reader)]| {
            for (case, reader) in cases {
                both.load(&case.program)?;
                let run = both.run_with(&case.stimulus, *reader, |_| progress.advance(1))?;
                if let Some(difference) = run {
                    return Err(self.keep(&chip, &design, case, difference));
                }
            }
            Ok(both.activity())
        };
        let forced = run(&cases.forced)?;
        compared::everything(&chip, &forced)?;
        let with_samples = run(&cases.samples)?;
        if !cases.samples.is_empty() {
            compared::spikes_of_samples(&chip, &compared::since(&with_samples, &forced))?;
        }
        let chosen = compared::since(&run(&cases.others)?, &forced);
        drop(progress);
        let coverage = match self.coverage {
            true => Some(coverage::keep(&both, &design, &self.out)?),
            false => None,
        };
        let trained = trains::cases(cases.all());
        if let Some((case, difference)) = trains::difference(&chip, &design, &trained)? {
            let failure = self.keep(&chip, &design, case, difference);
            return Err(failure.in_case(|case| format!("{case}, in the model that trains")));
        }
        if let Some((case, difference)) = delivered::difference(&chip, &trained)? {
            let failure = self.keep(&chip, &bruno_hdl::delivered(&chip)?, case, difference);
            return Err(failure.in_case(|case| format!("{case}, in the delivered Verilog")));
        }
        self.report(&chip, &cases, &chosen, coverage.as_ref())
    }

    /// Without a choice everything is run that needs no data.
    fn all(&self) -> bool {
        !self.random && !self.corner && self.samples.is_none()
    }

    fn corners(&self) -> bool {
        self.corner || self.all()
    }

    fn cases(&self, chip: &Chip) -> Result<Cases, Failure> {
        let mut others = Vec::new();
        if self.corners() {
            others.extend(stimuli::corners(chip));
        }
        if self.random || self.all() {
            others.extend(stimuli::random(chip, self.ticks, self.seed));
            others.extend(stimuli::lively(chip, self.ticks / 10, self.seed));
        }
        let always = |cases: Vec<Case>| cases.into_iter().map(|c| (c, Reader::Always)).collect();
        let mut others: Vec<_> = always(others);
        if self.corners() {
            others.extend(stimuli::readers(chip, self.seed));
        }
        let samples = self.samples.map(|count| self.data_cases(chip, count.get()));
        Ok(Cases {
            forced: always(stimuli::forced(chip)),
            samples: always(samples.transpose()?.unwrap_or_default()),
            others,
        })
    }

    fn data_cases(&self, chip: &Chip, count: usize) -> Result<Vec<Case>, Failure> {
        let config = TrainConfig::of(&chip.description)?;
        let set = data::load(&config, self.data.as_deref())?;
        set.check_channels(chip.inputs, chip.layers[chip.readout()].neurons)?;
        let program = match &self.checkpoint {
            Some(path) => {
                let run = Checkpoint::load(path)?;
                let trained = run
                    .parameters
                    .chip(&path.display().to_string(), &run.description)?;
                run.parameters.program(&trained)
            }
            None => stimuli::random_program(chip, self.seed),
        };
        let case = |(index, sample): (usize, &Sample)| Case {
            name: format!("sample {index} of {}", set.name),
            program: program.clone(),
            stimulus: bruno_train::stimulus(sample, chip.window_ticks),
        };
        Ok(set.train.iter().take(count).enumerate().map(case).collect())
    }

    fn report(
        &self,
        chip: &Chip,
        cases: &Cases,
        chosen: &[Activity],
        coverage: Option<&Coverage>,
    ) -> Result<(), Failure> {
        let neurons: usize = chip.layers.iter().map(|l| l.neurons).sum();
        let number = cases.all().count();
        let ticks: u64 = cases.all().map(|(case, _)| ticks(case)).sum();
        let trained = trains::cases(cases.all());
        let trained_ticks: u64 = trained.iter().map(|case| self::ticks(case)).sum();
        if self.json {
            let mut result = serde_json::json!({
                "chip": chip.name, "cases": number, "forced_cases": cases.forced.len(), "ticks": ticks,
                "neurons": neurons, "differences": 0, "rounding": chip.rounding, "seed": self.seed,
                "compared": compared::json(chip, chosen),
                "model_that_trains": {"cases": trained.len(), "ticks": trained_ticks, "differences": 0},
                "delivered_verilog": {"cases": trained.len(), "ticks": trained_ticks, "differences": 0},
            });
            if let Some(coverage) = coverage {
                result["coverage"] = coverage::json(coverage);
            }
            return say!("{result}");
        }
        say!(
            "{}: {number} cases, {ticks} ticks, {neurons} neurons: 0 differences",
            chip.name
        )?;
        say!(
            "the model that trains: {} cases, {trained_ticks} ticks: 0 differences",
            trained.len()
        )?;
        say!(
            "the delivered Verilog: {} cases, {trained_ticks} ticks: 0 differences",
            trained.len()
        )?;
        console::print(&compared::text(chip, chosen, cases.forced.len()))?;
        coverage.map_or(Ok(()), |c| console::print(&coverage::table(c)))
    }

    /// Keeps case and waves; what cannot be kept is said, and never hides the difference.
    fn keep(&self, chip: &Chip, design: &Design, case: &Case, difference: Difference) -> Failure {
        let stimulus = self.out.join("case.json");
        let waves = self.out.join("waves.vcd");
        let text = serde_json::to_string(case).unwrap_or_default();
        let lock = FolderLock::take(&self.out).map_err(Failure::from);
        let kept = lock.and_then(|lock| output::write(&stimulus, &text).map(|()| lock));
        let evidence = match kept {
            Ok(_lock) => {
                let waves = match write_waves(chip, design, case, difference.tick, &waves) {
                    Ok(()) => format!(", {}", waves.display()),
                    Err(failure) => format!("; no waves: {failure}"),
                };
                stimulus.display().to_string() + &waves
            }
            Err(failure) => failure.to_string(),
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
