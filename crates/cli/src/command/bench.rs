//! `bruno bench`: how fast chips run and train on this machine.

mod about;
mod forward;
mod inputs;
mod memory;
mod passes;
mod report;
mod start;
mod training;

use super::check::resolve;
use super::report as page;
use crate::changes::Changes;
use crate::console;
use crate::failure::Failure;
use crate::invocation;
use crate::output;
use crate::progress::Progress;
use report::Report;
use std::path::{Path, PathBuf};

/// Input spikes of a run of a chip from a file, at most: they take 8 bytes each.
const EVENTS: f64 = 1e8;

/// Measure speed and memory on this machine: the forward pass of the Verilated RTL, a training step, the start.
///
/// Forward figures are nanoseconds per neuron-tick of one core, from events in to records out, as time of the thread
/// (what else runs on the machine counts little); median of several runs. With a chip only its forward pass is measured.
///
/// Each model is printed with what the rewrites of the tools' texts found in it and how it was checked against the integer
/// model. With BRUNO_REWRITES=off in the environment models are built without rewrites.
#[derive(clap::Args)]
pub struct Bench {
    /// A chip description; without it recurrent layers of several sizes, a training step and the start are measured.
    chip: Option<PathBuf>,
    #[command(flatten)]
    changes: Changes,
    /// Rate of each input of the chip.
    #[arg(long, requires = "chip", default_value_t = 50.0, value_parser = rate)]
    rate_hz: f64,
    /// Length of a run of the chip, s; without it 1, or less where it has more than 128 neurons.
    #[arg(long, requires = "chip", value_parser = seconds)]
    seconds: Option<f64>,
    /// Few sizes and short samples.
    #[arg(long, conflicts_with = "chip")]
    quick: bool,
    /// Runs of which a forward figure is the median: 7, or 3 with --quick; more where others use the machine.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    runs: Option<u16>,
    /// Also write the figures (bench.json) and their page (report.html) into this folder.
    #[arg(short, long)]
    out: Option<PathBuf>,
    /// Print the figures as JSON on stdout.
    #[arg(long)]
    json: bool,
    /// Start the model of so many neurons and end: what the figures of the start are measured with.
    #[arg(long, hide = true)]
    start: Option<usize>,
}

/// At most one spike a tick of 1 us.
fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse().ok().filter(|r| (0.0..=1e6).contains(r));
    rate.ok_or_else(|| "a rate in Hz, 0..1000000".into())
}

/// A window or more, and no more ticks than a word counts.
fn seconds(text: &str) -> Result<f64, String> {
    let seconds = text.parse().ok().filter(|s| (0.001..=4000.0).contains(s));
    seconds.ok_or_else(|| "a length in s, 0.001..4000".into())
}

/// Refuses more input spikes than memory should hold.
fn fits(path: &Path, events: f64) -> Result<(), Failure> {
    let path = path.display().to_string();
    let what = format!(
        "a run of this chip would have {events:.0} input spikes, more than {EVENTS:.0}; \
         a shorter --seconds or a lower --rate-hz has fewer"
    );
    match events <= EVENTS {
        true => Ok(()),
        false => Err(Failure::Input { path, what }),
    }
}

impl Bench {
    pub(super) fn run(&self) -> Result<(), Failure> {
        if let Some(neurons) = self.start {
            return start::model(neurons);
        }
        let report = self.measure()?;
        let text = format!("{:#}\n", serde_json::json!(report));
        if let Some(folder) = &self.out {
            let _lock = output::lock(folder)?;
            invocation::keep(folder)?;
            output::write(&folder.join("bench.json"), &text)?;
            page::keep(folder)?;
        }
        match self.json {
            true => console::print(&text),
            false => console::print(&report.table()),
        }
    }

    fn measure(&self) -> Result<Report, Failure> {
        let about = about::this_machine()?;
        let usual = if self.quick { 3 } else { forward::RUNS };
        let runs = self.runs.map_or(usual, usize::from);
        if let Some(path) = &self.chip {
            let chip = resolve(path, &self.changes)?;
            let seconds = self.seconds.unwrap_or_else(|| forward::seconds(&chip));
            fits(path, chip.inputs as f64 * self.rate_hz * seconds)?;
            let mut progress = Progress::new("bench", runs as u64 + 1, "runs and the start");
            let mut done = || progress.advance(1);
            let row = forward::measure(&chip, self.rate_hz, seconds, runs, &mut done)?;
            return Ok(Report {
                about,
                runs,
                forward: vec![row],
                training: None,
                start: Vec::new(),
            });
        }
        let (cases, sizes) = match self.quick {
            true => (&forward::CASES[..2], &start::SIZES[..1]),
            false => (&forward::CASES[..], &start::SIZES[..]),
        };
        let count = cases.len() + 1 + sizes.len();
        let mut progress = Progress::new("bench", count as u64, "measurements");
        let mut done = || progress.advance(1);
        let rows = cases.iter().map(|c| c.measure(runs).inspect(|_| done()));
        let rows = rows.collect::<Result<_, _>>()?;
        let seconds = if self.quick { 0.1 } else { 1.0 };
        let training = training::measure(seconds).inspect(|_| done())?;
        let start = sizes.iter().map(|n| start::measure(*n).inspect(|_| done()));
        let start = start.collect::<Result<_, _>>()?;
        Ok(Report {
            about,
            runs,
            forward: rows,
            training: Some(training),
            start,
        })
    }
}
