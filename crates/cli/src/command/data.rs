//! `bruno data`: files of events of other tools: what they hold, and as a NumPy archive of bruno's.

use crate::failure::Failure;
use crate::output;
use bruno_data::{Camera, Conversion, Dataset, Inspection, Recordings, TimeUnit};
use clap::Subcommand;
use serde_json::json;
use std::io::Cursor;
use std::path::{Path, PathBuf};

/// Look at a file of events of another tool, or make a data set of it.
///
/// Read are HDF5 files as SHD and SSC have them (spikes/times, spikes/units, labels), recordings of event cameras (AEDAT 2.0,
/// 3.1, 4.0) and tables of events (CSV) with the columns of times (t_us, t_ms, t_s, t, ...) and channels (channel, unit,
/// neuron, x, ...), where wanted sample and label, in any order. What NumPy and Tonic hold is written from Python (docs/python.md).
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
    file: FilesOfEvents,
    /// Print the result as JSON on stdout.
    #[arg(long)]
    json: bool,
}

/// Write a NumPy archive for `"data": { "kind": "npz" }` (docs/data.md); its settings are printed.
#[derive(clap::Args)]
struct Convert {
    #[command(flatten)]
    file: FilesOfEvents,
    /// The archive.
    #[arg(short, long)]
    out: PathBuf,
    /// Shares of training, validation and test samples, drawn at random; 0.8,0.1,0.1, with --test 0.9,0.1,0.
    #[arg(long, value_delimiter = ',')]
    split: Option<Vec<f64>>,
    /// Files whose samples are all test samples, as the second file of SHD.
    #[arg(long)]
    test: Vec<PathBuf>,
    /// Seed of the split.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print the result as JSON on stdout.
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
struct FilesOfEvents {
    /// The files: .h5, .hdf5, .aedat, .aedat4 or .csv; several of one kind are one set.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Unit of the times: s, ms or us; what the file says where absent.
    #[arg(long, value_parser = unit)]
    time_unit: Option<TimeUnit>,
    /// Input channels; those of the file, else one more than the largest where absent.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    channels: Option<u32>,
    /// AEDAT: pixels a row and rows of the camera, as 346x260, where the file does not name it.
    #[arg(long, value_parser = size)]
    sensor: Option<(u32, u32)>,
    /// AEDAT: so many by so many pixels are one channel.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pool: u32,
    /// AEDAT: table of the stretches that are samples (class, startTime_usec, endTime_usec); of a file X.aedat it is
    /// X_labels.csv where that is there.
    #[arg(long)]
    labels: Option<PathBuf>,
}

fn unit(name: &str) -> Result<TimeUnit, String> {
    TimeUnit::of(name).ok_or_else(|| "a unit of time is s, ms or us".into())
}

fn size(text: &str) -> Result<(u32, u32), String> {
    let side = |text: &str| text.parse().ok().filter(|n| (1..=8192).contains(n));
    let sides = text.split_once('x');
    let size = sides.and_then(|(width, height)| Some((side(width)?, side(height)?)));
    size.ok_or_else(|| "a size is pixels a row and rows, from 1 to 8192, as 346x260".into())
}

impl DataCommand {
    pub(super) fn run(&self) -> Result<(), Failure> {
        match &self.command {
            Command::Inspect(command) => command.run(),
            Command::Convert(command) => command.run(),
        }
    }
}

impl FilesOfEvents {
    /// What the files hold, and the data set of it; all of `test` are test samples.
    fn read(
        &self,
        test: &[PathBuf],
        shares: [f64; 3],
        seed: u64,
    ) -> Result<(Recordings, Dataset), Failure> {
        let mut all = Vec::new();
        let mut held_out = 0;
        for path in self.files.iter().chain(test) {
            let found = bruno_data::recordings(path, &self.camera(path))?;
            if all.len() >= self.files.len() {
                held_out += found.samples.len();
            }
            all.push((path.display().to_string(), found));
        }
        let recordings = Recordings::joined(all)?;
        let how = Conversion {
            unit: self.time_unit,
            channels: self.channels,
            held_out,
            shares,
            seed,
        };
        let set = recordings.dataset(&self.name(), &how)?;
        Ok((recordings, set))
    }

    fn camera(&self, path: &Path) -> Camera {
        let beside = || {
            let stem = path.file_stem()?.to_str()?;
            let labels = path.with_file_name(format!("{stem}_labels.csv"));
            let aedat = path
                .extension()
                .is_some_and(|e| e != "csv" && e != "h5" && e != "hdf5");
            (aedat && labels.is_file()).then_some(labels)
        };
        let found = if self.labels.is_none() {
            beside()
        } else {
            None
        };
        if let Some(labels) = &found {
            tell!(
                "{}: its samples are those of {}",
                path.display(),
                labels.display()
            );
        }
        Camera {
            size: self.sensor,
            pool: self.pool,
            labels: self.labels.clone().or(found),
        }
    }

    /// The first file, which messages name.
    fn name(&self) -> String {
        self.files
            .first()
            .map_or(String::new(), |f| f.display().to_string())
    }
}

impl Inspect {
    fn run(&self) -> Result<(), Failure> {
        let (recordings, set) = self.file.read(&[], [1.0, 0.0, 0.0], 0)?;
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
        let input = |path: String, what: String| Failure::Input { path, what };
        let shares = match (&self.split, self.test.is_empty()) {
            (None, true) => [0.8, 0.1, 0.1],
            (None, false) => [0.9, 0.1, 0.0],
            (Some(own), _) => <[f64; 3]>::try_from(&own[..]).map_err(|_| {
                let what = "--split takes three shares, as 0.8,0.1,0.1";
                input(self.file.name(), what.into())
            })?,
        };
        let (recordings, mut set) = self.file.read(&self.test, shares, self.seed)?;
        let empty = without_empty(&mut set);
        if set.train.is_empty() || set.test.is_empty() {
            let what =
                "has too few samples for training and test samples by this --split; change it";
            return Err(input(self.file.name(), what.into()));
        }
        let found = bruno_data::inspect(&recordings, &set);
        found.warnings.iter().for_each(|w| tell!("warning: {w}"));
        if empty > 0 {
            tell!("warning: {empty} samples without an event are left out");
        }
        let mut bytes = Cursor::new(Vec::new());
        bruno_data::write_npz(&set, &mut bytes).map_err(|e| {
            input(
                self.out.display().to_string(),
                format!("cannot be written: {e}"),
            )
        })?;
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
