//! What tells two data sets apart: hashes of what a chip gets and must answer.

use crate::{Dataset, Sample, Target};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// SHA-256 of the parts of a data set, as the chip gets it (docs/data.md says over which bytes).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fingerprint {
    /// Of the channels, the outputs and the classes' names in the outputs' order.
    pub layout: String,
    /// Of the training samples in their order: events, lengths, answers.
    pub train: String,
    /// Of the validation samples.
    pub valid: String,
    /// Of the test samples.
    pub test: String,
}

impl Fingerprint {
    /// Of a set.
    pub fn of(set: &Dataset) -> Self {
        Self {
            layout: layout(set),
            train: samples(&set.train),
            valid: samples(&set.valid),
            test: samples(&set.test),
        }
    }

    /// The parts in which two sets differ, by name.
    pub fn differences(&self, other: &Self) -> Vec<&'static str> {
        let parts = [
            ("channels, outputs or classes", self.layout == other.layout),
            ("training samples", self.train == other.train),
            ("validation samples", self.valid == other.valid),
            ("test samples", self.test == other.test),
        ];
        let differ = parts.into_iter().filter(|(_, same)| !same);
        differ.map(|(name, _)| name).collect()
    }
}

/// A hash that is fed whole numbers and texts.
struct Hash(Sha256);

impl Hash {
    fn new() -> Self {
        Self(Sha256::new())
    }

    fn number(&mut self, number: u64) {
        self.0.update(number.to_le_bytes());
    }

    fn list<T>(&mut self, all: &[T], mut one: impl FnMut(&mut Self, &T)) {
        self.number(all.len() as u64);
        all.iter().for_each(|item| one(self, item));
    }

    fn end(self) -> String {
        let bytes = self.0.finalize();
        bytes.iter().map(|b| format!("{b:02x}")).collect()
    }
}

fn layout(set: &Dataset) -> String {
    let mut hash = Hash::new();
    hash.number(set.channels as u64);
    hash.number(set.outputs as u64);
    hash.list(&set.class_names, |hash, name| {
        hash.number(name.len() as u64);
        hash.0.update(name);
    });
    hash.end()
}

fn samples(all: &[Sample]) -> String {
    let mut hash = Hash::new();
    hash.list(all, |hash, sample| {
        hash.number(u64::from(sample.duration_us));
        hash.list(&sample.events, |hash, event| {
            hash.0.update(event.t_us.to_le_bytes());
            hash.0.update(event.channel.to_le_bytes());
        });
        match &sample.target {
            Target::Class { class, from_us } => {
                let answer = [0, *class as u64, u64::from(*from_us)];
                answer.into_iter().for_each(|n| hash.number(n));
            }
            Target::Frames { frame_us, next } => {
                hash.number(1);
                hash.number(u64::from(*frame_us));
                hash.list(next, |hash, keys| {
                    hash.list(keys, |hash, key| hash.number(u64::from(*key)));
                });
            }
        }
    });
    hash.end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Event;

    fn set() -> Dataset {
        let sample = |class| Sample {
            events: vec![Event {
                t_us: 5,
                channel: 1,
            }],
            duration_us: 1000,
            target: Target::Class { class, from_us: 0 },
        };
        Dataset {
            channels: 2,
            outputs: 2,
            class_names: vec!["x".into(), "y".into()],
            train: vec![sample(0), sample(1)],
            test: vec![sample(0)],
            ..Dataset::default()
        }
    }

    fn check(change: impl Fn(&mut Dataset), expected: &[&str]) {
        let mut other = set();
        change(&mut other);
        let found = Fingerprint::of(&set()).differences(&Fingerprint::of(&other));
        assert_eq!(found, expected);
    }

    #[test]
    fn the_same() {
        check(|set| set.name = "elsewhere".into(), &[]);
    }
    #[test]
    fn an_event() {
        check(|set| set.train[0].events[0].t_us = 6, &["training samples"]);
    }
    #[test]
    fn the_order() {
        check(|set| set.train.swap(0, 1), &["training samples"]);
    }
    #[test]
    fn an_answer() {
        let late = Target::Class {
            class: 0,
            from_us: 9,
        };
        check(|set| set.test[0].target = late.clone(), &["test samples"]);
    }
    #[test]
    fn a_sample_of_another_part() {
        let moved = |set: &mut Dataset| set.valid = set.train.split_off(1);
        check(moved, &["training samples", "validation samples"]);
    }
    #[test]
    fn names_that_join_to_the_same() {
        let renamed = |set: &mut Dataset| set.class_names = vec!["xy".into(), String::new()];
        check(renamed, &["channels, outputs or classes"]);
    }
    #[test]
    fn bytes_that_the_documentation_states() {
        // sha256 of 0000000000000000: a list of no samples.
        let none = "af5570f5a1810b7af78caf4bc70a660f0df51e42baf91d4de5b2328de0e83dfc";
        assert_eq!(Fingerprint::of(&set()).valid, none);
    }
}
