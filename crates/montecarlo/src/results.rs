//! Results on disk: one JSON line with the run's settings, then one a chip, each added when it is known, so that a
//! killed run continues where it stopped.

mod door;
mod merge;

use crate::MonteCarloError;
use bruno_chip::Description;
use bruno_data::Sample;
use bruno_host::LineLog;
use bruno_ranks::Shard;
use bruno_train::Checkpoint;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Display;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// What the numbers of a run follow from; hashes are SHA-256.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Format of the file.
    pub version: u32,
    /// Seed of all draws.
    pub seed: u64,
    /// Part of the data set.
    pub split: String,
    /// Samples of it.
    pub samples: usize,
    /// Hash of these samples.
    pub data: String,
    /// Hash of the description, its spreads included.
    pub description: String,
    /// Hash of the trained parameters.
    pub parameters: String,
    /// Which of all records the file holds; all where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
}

/// Format of the file; 2 since ties go to the first class and silent samples are counted, 3 since more currents than levels
/// are held in 255.
const VERSION: u32 = 3;

impl Settings {
    /// The settings of a run.
    pub fn new(
        run: &Checkpoint,
        description: &Description,
        samples: &[Sample],
        split: &str,
        seed: u64,
    ) -> Self {
        let mut data = Sha256::new();
        for sample in samples {
            for event in &sample.events {
                data.update(event.t_us.to_le_bytes());
                data.update(event.channel.to_le_bytes());
            }
            data.update(format!("{} {:?}", sample.duration_us, sample.target));
        }
        Self {
            version: VERSION,
            seed,
            split: split.into(),
            samples: samples.len(),
            data: hex(&data.finalize()),
            description: hash_of(description),
            parameters: hash_of(&(&run.parameters, &run.config)),
            shard: None,
        }
    }

    /// Which of all records are wanted: the ideal chip is number 0, chip k is number k + 1.
    fn records(&self) -> Shard {
        self.shard.unwrap_or(Shard::WHOLE)
    }

    /// Whether the virtual chips have the trained parameters of this run.
    pub fn is_of(&self, run: &Checkpoint) -> bool {
        self.parameters == hash_of(&(&run.parameters, &run.config))
    }

    /// What differs from other settings, by name.
    fn differences(&self, other: &Self) -> Vec<&'static str> {
        let rows = [
            ("format of the file", self.version == other.version),
            ("--seed", self.seed == other.seed),
            ("--split", self.split == other.split),
            ("--samples", self.samples == other.samples),
            ("data", self.data == other.data),
            ("description", self.description == other.description),
            ("trained parameters", self.parameters == other.parameters),
            ("--shard", self.shard == other.shard),
        ];
        let differ = rows.into_iter().filter(|(_, same)| !same);
        differ.map(|(name, _)| name).collect()
    }
}

fn hash_of(value: &impl Serialize) -> String {
    hex(&Sha256::digest(
        serde_json::to_vec(value).unwrap_or_default(),
    ))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn mismatch(path: &Path, what: String) -> MonteCarloError {
    MonteCarloError::Mismatch {
        path: path.display().to_string(),
        what,
    }
}

/// What one virtual chip did; the ideal chip has no number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChipRecord {
    /// Number of the chip, from 0; none for the ideal chip.
    pub chip: Option<u32>,
    /// Accuracy as `bruno eval` reports it.
    pub accuracy: f64,
    /// Mean loss a decision, nats.
    pub loss_nats: f64,
    /// Mean firing rate of the hidden neurons, Hz.
    #[serde(rename = "rate_Hz")]
    pub rate_hz: f64,
    /// Saturated updates.
    pub saturations: u64,
    /// Samples in which the last hidden layer did not fire: output biases alone decide them.
    pub silent_samples: u64,
    /// Devices that are stuck.
    pub stuck_devices: usize,
    /// Root mean square of what the synapses deviate from the ideal chip's, pA (first sample).
    #[serde(rename = "deviation_rms_pA")]
    pub deviation_rms_pa: f64,
    /// Root mean square of what 256 levels a projection lose of that, pA (first sample).
    #[serde(rename = "held_rms_pA")]
    pub held_rms_pa: f64,
    /// The largest such loss, pA.
    #[serde(rename = "held_largest_pA")]
    pub held_largest_pa: f64,
}

/// All that is known so far.
#[derive(Debug)]
pub struct Results {
    /// What it follows from.
    pub settings: Settings,
    /// The ideal chip first, then chip 0, 1, ...; of a shard its own of these.
    pub records: Vec<ChipRecord>,
    path: PathBuf,
    /// Whether the file is written; else another process does.
    is_kept: bool,
    /// The file, once it holds something of these settings.
    log: Option<LineLog>,
}

impl Results {
    /// No results; those in `path` are thrown away when the first is added.
    pub fn anew(path: &Path, settings: Settings) -> Self {
        Self {
            settings,
            records: Vec::new(),
            path: path.into(),
            is_kept: true,
            log: None,
        }
    }

    /// Results whose file another process writes.
    pub fn of_another(settings: Settings, records: Vec<ChipRecord>) -> Self {
        Self {
            records,
            is_kept: false,
            ..Self::anew(Path::new(""), settings)
        }
    }

    /// The results in `path`, or none where there is no such file.
    ///
    /// # Errors
    /// The file is damaged, or was made with other settings.
    pub fn open(path: &Path, settings: Settings) -> Result<Self, MonteCarloError> {
        let Some(found) = Self::load(path)? else {
            return Ok(Self::anew(path, settings));
        };
        let differences = settings.differences(&found.settings);
        if differences.is_empty() {
            return Ok(found);
        }
        Err(mismatch(
            path,
            format!(
                "was made with other settings ({}); choose another --out, or --restart",
                differences.join(", ")
            ),
        ))
    }

    /// The results in `path` of whatever settings, or none where there is no such file.
    ///
    /// # Errors
    /// The file is damaged.
    pub fn load(path: &Path) -> Result<Option<Self>, MonteCarloError> {
        let damaged = |e: &dyn Display| {
            let what = format!("is no results file ({e}); remove it, or --restart");
            mismatch(path, what)
        };
        let (mut found, mut records) = (None, Vec::new());
        let read = LineLog::read(path, |line| {
            match &found {
                None => found = Some(serde_json::from_slice::<Settings>(line)?),
                Some(_) => records.push(serde_json::from_slice::<ChipRecord>(line)?),
            }
            Ok(true)
        });
        let log = read.map_err(|e| match e.kind() {
            ErrorKind::InvalidData | ErrorKind::UnexpectedEof => damaged(&e),
            _ => mismatch(path, format!("cannot be read: {e}")),
        })?;
        if log.is_new() {
            return Ok(None);
        }
        let settings = found.ok_or_else(|| damaged(&"no line of it is whole"))?;
        door::check(settings.records(), &records).map_err(|what| mismatch(path, what))?;
        Ok(Some(Self {
            settings,
            records,
            path: path.into(),
            is_kept: true,
            log: Some(log),
        }))
    }

    /// Adds the next chip, to the file as well.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn add(&mut self, record: ChipRecord) -> io::Result<()> {
        self.extend([record])
    }

    /// Adds the next chips, to the file as well.
    fn extend(&mut self, records: impl IntoIterator<Item = ChipRecord>) -> io::Result<()> {
        if !self.is_kept {
            self.records.extend(records);
            return Ok(());
        }
        let log = match &mut self.log {
            Some(log) => log,
            none => {
                let first = serde_json::to_string(&self.settings)? + "\n";
                none.insert(LineLog::start(&self.path, &first)?)
            }
        };
        for record in records {
            log.append(&serde_json::to_string(&record)?)?;
            self.records.push(record);
        }
        log.sync()
    }

    /// The number of a chip that is not known yet, `after` so many others of them; none for the ideal chip.
    pub fn unknown(&self, after: usize) -> Option<u32> {
        let record = self.settings.records().item(self.records.len() + after);
        record.checked_sub(1).map(|chip| chip as u32)
    }

    /// How many records are not known yet of those up to the last of so many virtual chips.
    pub fn missing(&self, chips: u32) -> usize {
        let wanted = self.settings.records().items(chips as usize + 1);
        wanted.count().saturating_sub(self.records.len())
    }

    /// The records of virtual chips `0..count`, as far as they are there.
    pub fn chips(&self, count: usize) -> &[ChipRecord] {
        let chips = self.records.get(1..).unwrap_or_default();
        chips.get(..count).unwrap_or(chips)
    }
}
