//! What a netlist plays for its energy, and what that takes: random spikes, or samples of a trained run.

use crate::command::eval::Split;
use crate::data::{self, RunData};
use crate::failure::Failure;
use bruno_device::Chip;
use bruno_sim::stimuli::Case;
use bruno_sim::{Program, Stimulus, replay, stimuli};
use bruno_synth::{Gates, Inference, Options, Played, Power, Report, Sample, SynthError};
use bruno_train::TrainedProgram;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

/// Ticks of random spikes.
const TICKS: u32 = 1000;

#[derive(clap::Args)]
pub(super) struct Stimuli {
    /// Ticks of --power, rounded up to whole windows [default: 1000; with --samples all]. Of each sample no more are played,
    /// and the result says that it is a part.
    #[arg(long, requires = "power", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    ticks: Option<u32>,
    /// Spikes of each input of --power, a tick on average.
    #[arg(long, default_value_t = 0.01, requires = "power", value_parser = rate)]
    rate: f64,
    /// Seed of the weights and spikes of --power.
    #[arg(long, default_value_t = 0, requires = "power")]
    seed: u64,
    /// Play the first so many samples of a run's data with its weights for --power, instead of random ones: the energy of an
    /// inference.
    #[arg(long, requires = "power", conflicts_with_all = ["rate", "seed"])]
    samples: Option<NonZeroUsize>,
    /// The data of --samples, where it is not built in.
    #[arg(long, requires = "samples")]
    data: Option<PathBuf>,
    /// The part of the data that --samples are of.
    #[arg(long, value_enum, default_value_t = Split::Test, requires = "samples")]
    split: Split,
}

/// What is played: all with one program.
pub(super) struct Plan {
    program: Program,
    stimuli: Vec<Stimulus>,
    /// Samples.
    of: Option<Samples>,
}

struct Samples {
    /// Which ones, in words.
    name: String,
    /// The ticks that each has as a whole.
    ticks: Vec<u64>,
}

impl Stimuli {
    /// What is played on a chip; `given` is the description or the folder of its run.
    pub fn plan(&self, given: &Path, chip: &Chip) -> Result<Plan, Failure> {
        if let Some(count) = self.samples {
            return self.samples(count.get(), given, chip);
        }
        let windows = self.ticks.unwrap_or(TICKS).div_ceil(chip.window_ticks);
        Ok(Plan {
            program: stimuli::random_program(chip, self.seed),
            stimuli: vec![stimuli::poisson(chip, windows, self.rate, self.seed)],
            of: None,
        })
    }

    fn samples(&self, count: usize, run: &Path, chip: &Chip) -> Result<Plan, Failure> {
        if !run.is_dir() {
            return Err(Failure::Input {
                path: run.display().to_string(),
                what: "is no run, whose weights and data --samples plays; give the folder that `bruno train` made".into(),
            });
        }
        let path = run.join("program.json");
        let program = TrainedProgram::load(&path, chip)?;
        let file = run.join("chip.json").display().to_string();
        let trained = program.as_run(&file, &chip.description)?;
        let RunData { set, notes } = data::of_run(&trained, run, self.data.as_deref())?;
        program.check_data(&path, &set)?;
        notes.iter().for_each(|note| tell!("note: {note}"));
        let all = self.split.of(&set);
        let samples = &all[..count.min(all.len())];
        let stimuli: Vec<Stimulus> = (samples.iter())
            .map(|s| bruno_train::stimulus(s, chip.window_ticks))
            .collect();
        let ticks = |s: &Stimulus| u64::from(s.windows) * u64::from(chip.window_ticks);
        let of = Samples {
            name: format!(
                "{} {} samples of {}",
                samples.len(),
                self.split.name(),
                set.name
            ),
            ticks: stimuli.iter().map(ticks).collect(),
        };
        let most = self.ticks.map(|t| t.div_ceil(chip.window_ticks));
        Ok(Plan {
            program: program.program(),
            stimuli: stimuli
                .into_iter()
                .map(|s| cut(s, most, chip.window_ticks))
                .collect(),
            of: Some(of),
        })
    }
}

/// The first windows of a stimulus.
fn cut(mut stimulus: Stimulus, most: Option<u32>, window: u32) -> Stimulus {
    stimulus.windows = most.map_or(stimulus.windows, |m| m.min(stimulus.windows));
    let end = stimulus.windows * window;
    stimulus.events.retain(|(tick, _)| *tick < end);
    stimulus
}

impl Plan {
    /// The energy, of which every record and event is the integer model's.
    pub fn measure(
        self,
        chip: &Chip,
        report: &Report,
        options: &Options,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Power, Failure> {
        progress("flattening for power");
        let gates = Gates::new(chip, report, options)?;
        let count = self.stimuli.len();
        let (mut busy, mut idle) = (Vec::new(), Vec::new());
        // Of each length, for nothing else tells idle runs apart.
        let mut idles: BTreeMap<u32, Played> = BTreeMap::new();
        for (at, stimulus) in (1..).zip(self.stimuli) {
            let windows = stimulus.windows;
            let mut play = |stimulus, what: &str| {
                progress(&format!("simulating the netlist, {what} ({at} of {count})"));
                played(chip, &gates, &self.program, stimulus)
            };
            busy.push(play(stimulus, "busy")?);
            let alone = match idles.entry(windows) {
                Entry::Occupied(played) => played.into_mut(),
                Entry::Vacant(place) => {
                    let events = Vec::new();
                    place.insert(play(Stimulus { events, windows }, "idle")?)
                }
            };
            idle.push(alone.clone());
        }
        let inference = self.of.map(|of| {
            let samples = busy.iter().zip(&idle).zip(of.ticks);
            let sample = |((busy, idle), ticks): ((&Played, &Played), u64)| {
                Sample::new(busy.load.clone(), ticks, &idle.load)
            };
            Inference::new(of.name, samples.map(sample).collect())
        });
        let (busy, idle): (Played, Played) = (busy.into_iter().sum(), idle.into_iter().sum());
        Ok(Power {
            inference,
            ..gates.power(&busy, &idle)
        })
    }
}

/// What the netlist did, which is what the integer model does.
fn played(
    chip: &Chip,
    gates: &Gates<'_>,
    program: &Program,
    stimulus: Stimulus,
) -> Result<Played, Failure> {
    let case = Case {
        name: String::new(),
        program: program.clone(),
        stimulus,
    };
    let (played, printed) = gates.play(&replay::commands(chip, &case))?;
    match replay::difference(chip, &case, &printed)? {
        None => Ok(played),
        Some(difference) => Err(SynthError::Netlist { difference }.into()),
    }
}

fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse().ok().filter(|r| (0.0..=1.0).contains(r));
    rate.ok_or_else(|| "a rate is from 0 to 1 spike a tick".into())
}
