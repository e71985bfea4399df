//! `bruno data`: files of events of other tools: what they hold, and as a NumPy archive of bruno's.

use crate::failure::Failure;
use crate::output;
use bruno_data::{Conversion, Dataset, Inspection, Recordings, TimeUnit};
use clap::Subcommand;
use serde_json::json;
use std::io::Cursor;
use std::path::{Path, PathBuf};

/// Look at a file of events of another tool, or make a data set of it.
///
/// Read are HDF5 files as SHD and SSC have them (spikes/times, spikes/units, labels) and tables of events (CSV) with the columns
/// of times (t_us, t_ms, t_s, t, ...) and channels (channel, unit, neuron, x, ...), where wanted sample and label, in any
/// order. What NumPy and Tonic hold is written from Python (docs/python.md).
#[derive(clap::Args)]
pub struct DataCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Inspect(Inspect),
    Convert(Convert),
}

/// Print durations, rates, classes and the first sample, and what is implausible.
#[derive(clap::Args)]
struct Inspect {
    #[command(flatten)]
    file: FileOfEvents,
    /// Print the result as JSON on stdout.
    #[arg(long)]
    json: bool,
}

/// Write a NumPy archive for `"data": { "kind": "npz" }` (docs/data.md); its settings are printed.
#[derive(clap::Args)]
struct Convert {
    #[command(flatten)]
    file: FileOfEvents,
    /// The archive.
    #[arg(short, long)]
    out: PathBuf,
    /// Shares of training, validation and test samples, drawn at random.
    #[arg(long, value_delimiter = ',', default_values_t = [0.8, 0.1, 0.1])]
    split: Vec<f64>,
    /// Seed of the split.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print the result as JSON on stdout.
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
struct FileOfEvents {
    /// The file: .h5, .hdf5 or .csv.
    file: PathBuf,
    /// Unit of the times: s, ms or us; what the file says where absent.
    #[arg(long, value_parser = unit)]
    time_unit: Option<TimeUnit>,
    /// Input channels; one more than the largest where absent.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    channels: Option<u32>,
}

fn unit(name: &str) -> Result<TimeUnit, String> {
    TimeUnit::of(name).ok_or_else(|| "a unit of time is s, ms or us".into())
}

impl DataCommand {
    pub(super) fn run(&self) -> Result<(), Failure> {
        match &self.command {
            Command::Inspect(command) => command.run(),
            Command::Convert(command) => command.run(),
        }
    }
}

impl FileOfEvents {
    fn read(&self, shares: [f64; 3], seed: u64) -> Result<(Recordings, Dataset), Failure> {
        let recordings = bruno_data::recordings(&self.file)?;
        let how = Conversion {
            unit: self.time_unit,
            channels: self.channels,
            shares,
            seed,
        };
        let set = recordings.dataset(&self.file.display().to_string(), &how)?;
        Ok((recordings, set))
    }
}

impl Inspect {
    fn run(&self) -> Result<(), Failure> {
        let (recordings, set) = self.file.read([1.0, 0.0, 0.0], 0)?;
        print(&bruno_data::inspect(&recordings, &set), self.json)
    }
}

fn print(found: &Inspection, json: bool) -> Result<(), Failure> {
    if json {
        return say!("{}", serde_json::to_string(found).unwrap_or_default());
    }
    say!("{}", found.lines().join("\n"))
}

impl Convert {
    fn run(&self) -> Result<(), Failure> {
        let input = |path: &Path, what: String| Failure::Input {
            path: path.display().to_string(),
            what,
        };
        let shares = <[f64; 3]>::try_from(&self.split[..]).map_err(|_| {
            input(
                &self.file.file,
                "--split takes three shares, as 0.8,0.1,0.1".into(),
            )
        })?;
        let (recordings, mut set) = self.file.read(shares, self.seed)?;
        let empty = without_empty(&mut set);
        if set.train.is_empty() || set.test.is_empty() {
            let what =
                "has too few samples for training and test samples by this --split; change it";
            return Err(input(&self.file.file, what.into()));
        }
        let found = bruno_data::inspect(&recordings, &set);
        found.warnings.iter().for_each(|w| tell!("warning: {w}"));
        if empty > 0 {
            tell!("warning: {empty} samples without an event are left out");
        }
        let mut bytes = Cursor::new(Vec::new());
        bruno_data::write_npz(&set, &mut bytes)
            .map_err(|e| input(&self.out, format!("cannot be written: {e}")))?;
        output::write_bytes(&self.out, bytes.get_ref())?;
        let settings =
            json!({ "kind": "npz", "channels": set.channels, "class_names": set.class_names });
        if self.json {
            return say!("{}", json!({ "data": settings, "inspection": found }));
        }
        say!("{}", set.summary())?;
        say!("\"data\": {settings}")
    }
}

/// Leaves out samples without an event, which no archive may have; gives their number.
fn without_empty(set: &mut Dataset) -> usize {
    let mut empty = 0;
    for part in [&mut set.train, &mut set.valid, &mut set.test] {
        let before = part.len();
        part.retain(|sample| !sample.events.is_empty());
        empty += before - part.len();
    }
    empty
}
