//! The one door through which a checkpoint comes, alone or inside of another file: what is read was checked against the
//! chip that it describes, so that no place, length or number of it can lead the rest astray.

use super::{Checkpoint, VERSION};
use crate::measure::score::{Evaluation, Score};
use crate::run::difference::{self, Difference};
use crate::run::epoch::{EpochReport, Unfinished};
use crate::{Adam, Parameters, Standing};
use bruno_chip::Problem;
use bruno_device::Chip;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Most steps of an epoch, and most epochs times steps stay far from the ends of 64 bits.
const MOST_STEPS: usize = 1_000_000_000;
/// Most of anything that is counted: sums over all neurons, samples and epochs stay within 64 bits.
const MOST_COUNTED: u64 = 1 << 44;

impl<'de> Deserialize<'de> for Checkpoint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The derived function of this name, which checks nothing.
        let unchecked = Self::deserialize(deserializer)?;
        match unchecked.problem() {
            None => Ok(unchecked),
            Some(problem) => Err(serde::de::Error::custom(problem)),
        }
    }
}

impl Serialize for Checkpoint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // The derived function of this name.
        Self::serialize(self, serializer)
    }
}

/// A value that no run writes.
pub(crate) fn wrong(field: &str, value: impl ToString, allowed: impl Into<String>) -> Problem {
    Problem {
        field: field.into(),
        value: value.to_string(),
        allowed: allowed.into(),
        remedy: "the file is damaged: restore it, or train again".into(),
    }
}

/// The first of some whole numbers that is above its largest value.
pub(crate) fn first_above<const N: usize>(rows: [(&str, usize, usize); N]) -> Option<Problem> {
    let above = rows.into_iter().find(|(_, value, most)| value > most);
    above.map(|(field, value, most)| wrong(field, value, format!("0..{most}")))
}

impl Checkpoint {
    /// The first thing that is wrong with what was read.
    fn problem(&self) -> Option<Problem> {
        let (version, config) = (self.version as usize, &self.config);
        if self.version != VERSION {
            return Some(wrong("version", version, VERSION.to_string()));
        }
        let mut in_force = config.clone();
        in_force.gradient = self.gradient;
        let settings = config.check(&self.description);
        let settings = settings.and_then(|()| in_force.check(&self.description));
        if let Err(error) = settings {
            return Some(wrong("config", error, "settings that `bruno train` takes"));
        }
        let chip = match Chip::resolve("", &self.description) {
            Ok(chip) => chip,
            Err(error) => return Some(wrong("description", error, "a possible chip")),
        };
        // A short file may describe a chip whose parameters would fill the memory.
        let (values, synapses) = (self.parameters.values.len(), self.description.synapses());
        if (values as u64) < synapses {
            let allowed = format!("{synapses} or more, one a synapse of the chip");
            return Some(wrong(
                "parameters.values",
                format!("{values} numbers"),
                allowed,
            ));
        }
        let numbers = [
            ("epoch", self.epoch, config.epochs),
            ("unfinished.steps", self.unfinished.steps, MOST_STEPS),
        ];
        first_above(numbers)
            .or_else(|| self.parameters.problem(&Parameters::new(&chip, config)))
            .or_else(|| self.adam.problem(self.parameters.values.len()))
            .or_else(|| self.unfinished.problem(&chip, &self.parameters))
            .or_else(|| self.standing.problem(self.epoch))
            .or_else(|| self.trained_problem())
    }

    /// Trained device parameters and level tables may describe a chip that is none.
    fn trained_problem(&self) -> Option<Problem> {
        let error = self.parameters.chip("", &self.description).err()?;
        Some(wrong("parameters.values", error, "a possible chip"))
    }
}

impl Parameters {
    /// The map of the parameters follows from the chip and the settings: it must be that of fresh ones.
    fn problem(&self, fresh: &Self) -> Option<Problem> {
        let (own, expected) = (self.map(), fresh.map());
        if own != expected {
            let differs = difference::first("parameters", &own, &expected);
            let Difference { path, then, now } = differs.unwrap_or_default();
            return Some(wrong(&path, then, format!("{now}, as the chip has it")));
        }
        numbers_problem("parameters.values", &self.values, fresh.values.len())
    }
}

/// As many finite numbers as the chip has parameters.
fn numbers_problem(field: &str, values: &[f32], expected: usize) -> Option<Problem> {
    if values.len() != expected {
        let found = format!("{} numbers", values.len());
        let allowed = format!("{expected} numbers, as many as the chip has parameters");
        return Some(wrong(field, found, allowed));
    }
    let bad = values.iter().position(|x| !x.is_finite())?;
    let field = format!("{field}[{bad}]");
    Some(wrong(&field, "not finite", "numbers of 32 bits"))
}

impl Adam {
    fn problem(&self, parameters: usize) -> Option<Problem> {
        let negative = self.second.iter().position(|x| *x < 0.0);
        let norm = self.norm.filter(|n| !(0.0..=f32::MAX).contains(n));
        numbers_problem("adam.first", &self.first, parameters)
            .or_else(|| numbers_problem("adam.second", &self.second, parameters))
            .or_else(|| {
                negative.map(|k| wrong(&format!("adam.second[{k}]"), "negative", "0 or above"))
            })
            .or_else(|| norm.map(|n| wrong("adam.norm", n, "0 or above, finite")))
            // A run continues to count.
            .or_else(|| {
                (!(0..i32::MAX / 2).contains(&self.step))
                    .then(|| wrong("adam.step", self.step, "0..1073741822"))
            })
    }
}

impl Unfinished {
    fn problem(&self, chip: &Chip, parameters: &Parameters) -> Option<Problem> {
        let sizes: Vec<(usize, usize)> = parameters.tables();
        let fits = |codes: &Vec<u8>, (weights, levels): &(usize, usize)| {
            codes.len() == *weights && codes.iter().all(|c| usize::from(*c) < *levels)
        };
        let none = self.steps == 0 && self.codes.is_empty();
        let mut pairs = self.codes.iter().zip(&sizes);
        let all = self.codes.len() == sizes.len() && pairs.all(|(c, s)| fits(c, s));
        if !none && !all {
            let value = format!("{} lists", self.codes.len());
            let allowed = "a code of its table for each weight of each projection";
            return Some(wrong("unfinished.codes", value, allowed));
        }
        self.train.problem("unfinished.train", chip)
    }
}

impl Evaluation {
    /// The first count that does not belong to a chip; `at` is where the counts stand.
    fn problem(&self, at: &str, chip: &Chip) -> Option<Problem> {
        let (readout, hidden) = chip.layers.split_last()?;
        let fits = self.layers.iter().zip(hidden);
        let fits = self.layers.len() == hidden.len() && { fits }
            .all(|(own, layer)| own.layer == layer.name && own.spikes.len() == layer.neurons);
        if !self.layers.is_empty() && !fits {
            let allowed = "the spikes of every neuron of every hidden layer of the chip";
            return Some(wrong(&format!("{at}.layers"), "of another shape", allowed));
        }
        let outputs = readout.neurons;
        if !self.confusion.is_of(outputs) {
            let allowed = format!("{outputs} rows of {outputs} counts, or none");
            let field = format!("{at}.confusion");
            return Some(wrong(&field, "of another shape", allowed));
        }
        let counts = self.layers.iter().flat_map(|l| &l.spikes);
        let counts = counts.chain(self.confusion.rows().flatten());
        counted(&format!("{at}.layers, {at}.confusion"), counts.copied())
            .or_else(|| self.score.problem(&format!("{at}.score")))
    }
}

impl EpochReport {
    /// The first count that no epoch comes to.
    pub(crate) fn problem(&self) -> Option<Problem> {
        let valid = || self.valid.problem("valid");
        self.train.problem("train").or_else(valid)
    }
}

impl Score {
    /// The first count that no run comes to; `at` is where the counts stand.
    pub(crate) fn problem(&self, at: &str) -> Option<Problem> {
        let own = [
            self.samples,
            self.decisions,
            self.right,
            self.spikes,
            self.reads,
            self.saturations,
            self.silent,
            self.silent_right,
        ];
        counted(at, own.into_iter().chain(self.keys))
    }
}

fn counted(at: &str, counts: impl IntoIterator<Item = u64>) -> Option<Problem> {
    let large = counts.into_iter().find(|n| *n > MOST_COUNTED)?;
    let field = format!("a count of {at}");
    Some(wrong(&field, large, format!("0..{MOST_COUNTED}")))
}

impl Standing {
    /// What is wrong with what is known of so many epochs done.
    fn problem(&self, epochs: usize) -> Option<Problem> {
        let last = self.last.as_ref().map_or(0, |report| report.epoch);
        if last != epochs {
            return Some(wrong(
                "standing.last.epoch",
                last,
                format!("{epochs}, the epochs done"),
            ));
        }
        let late = [self.best, self.improved].into_iter().flatten();
        if let Some(mark) = { late }.find(|mark| !(1..=epochs).contains(&mark.epoch)) {
            let field = "an epoch of standing";
            return Some(wrong(
                field,
                mark.epoch,
                format!("1..{epochs}, an epoch done"),
            ));
        }
        let report = self.last.as_ref()?;
        let scores = [&report.train, &report.valid].into_iter();
        { scores }.find_map(|score| score.problem("standing.last"))
    }
}
