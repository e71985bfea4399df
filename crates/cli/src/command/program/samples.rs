//! `bruno program samples`: what a bring-up plays, and what the chip must say to it.

use crate::command::eval::{Split, by_program, evaluated};
use crate::data::{self, RunData};
use crate::failure::Failure;
use crate::output;
use crate::running::Running;
use bruno_data::{Dataset, Sample, Target};
use bruno_sim::Stimulus;
use bruno_train::{Rule, TrainError, stimulus};
use std::fmt::Write;
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// Write samples of a run's data with the classes that its program decides for, for who brings a chip up.
///
/// RUN is the folder of a run, with chip.json and program.json. A line `event TICK CHANNEL` is an input event, in order of
/// time; `decide WINDOWS FIRST CLASS` ends a sample: its windows, the first of them that counts, and the class that `bruno
/// eval` finds. The next sample starts from a `clear`.
#[derive(clap::Args)]
pub(super) struct Samples {
    /// The run's folder, e.g. out/braille.
    run: PathBuf,
    /// The data, where it is not built in.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Part of the data set.
    #[arg(long, value_enum, default_value_t = Split::Test)]
    split: Split,
    /// The first so many samples; all where absent.
    #[arg(long)]
    samples: Option<NonZeroUsize>,
    #[command(flatten)]
    running: Running,
    #[command(flatten)]
    text: output::Text,
}

impl Samples {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let (file, path) = (self.run.join("chip.json"), self.run.join("program.json"));
        let (run, program) = by_program(&file, &path)?;
        if program.decision.rule != Rule::LargestMean {
            return Err(Failure::from(TrainError::Program {
                path: path.display().to_string(),
                what: "`decision.rule` is `keys`; allowed: `largest_mean`, one class a sample; `bruno record` writes what \
                       the outputs of such a chip say"
                    .into(),
            }));
        }
        let RunData { set, notes } = data::of_run(&run, &self.run, self.data.as_deref())?;
        program.check_data(&path, &set)?;
        notes.iter().for_each(|note| tell!("note: {note}"));
        let all = self.split.of(&set);
        let samples = &all[..self.samples.map_or(all.len(), |n| n.get().min(all.len()))];
        let mut text = self.head(&run.description.name, &set, samples.len());
        let file = file.display().to_string();
        let (_, found) = evaluated(&self.running, &file, run, Some(&program), &set, samples)?;
        let window = program.window;
        for (sample, class) in samples.iter().zip(&found.found) {
            add(&mut text, sample, &stimulus(sample, window), window, *class);
        }
        self.text.give(&text)
    }

    fn head(&self, chip: &str, set: &Dataset, samples: usize) -> String {
        format!(
            "// {samples} samples of {} ({}) and what chip {chip} decides.\n// event TICK CHANNEL\n\
             // decide WINDOWS FIRST_WINDOW_THAT_COUNTS CLASS\n",
            set.name,
            self.split.name()
        )
    }
}

/// The lines of a sample.
fn add(text: &mut String, sample: &Sample, stimulus: &Stimulus, window: u32, class: usize) {
    for (tick, channel) in &stimulus.events {
        let _ = writeln!(text, "event {tick} {channel}");
    }
    let from_us = match sample.target {
        Target::Class { from_us, .. } => from_us,
        Target::Frames { .. } => 0, // no set of this rule has any
    };
    let first = (from_us / window).min(stimulus.windows.saturating_sub(1));
    let _ = writeln!(text, "decide {} {first} {class}", stimulus.windows);
}
