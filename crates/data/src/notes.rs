//! What a data set's user should know before he reads an accuracy: events that the chip does not get one by one, classes
//! without samples, parts that are silent.

use crate::{Dataset, Sample, Target};

/// Most names that are listed.
const MOST_LISTED: usize = 8;
/// A sample of two events or more that lie within so many ticks is likely in another unit of time.
const FEW_TICKS: u32 = 10;

impl Dataset {
    /// One sentence each; nothing where there is nothing to say.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        notes.extend(self.merged_note());
        notes.extend(self.short_note());
        for (name, samples) in self.parts() {
            notes.extend(silent_note(name, samples));
        }
        if !self.class_names.is_empty() {
            notes.extend(self.one_class_note());
            for (name, samples) in self.parts() {
                notes.extend(self.absent_note(name, samples));
            }
        }
        notes
    }

    /// The parts that have samples, and train and test anyway.
    fn parts(&self) -> impl Iterator<Item = (&'static str, &[Sample])> {
        let parts = [
            ("training", &self.train[..]),
            ("validation", &self.valid),
            ("test", &self.test),
        ];
        let needed =
            |(name, samples): &(&str, &[Sample])| *name != "validation" || !samples.is_empty();
        parts.into_iter().filter(needed)
    }

    fn merged_note(&self) -> Option<String> {
        let left = self.samples().map(|s| s.events.len()).sum::<usize>();
        let all = self.merged + left;
        (self.merged > 0).then(|| {
            format!(
                "{:.1} % of the {all} events ({}) fell together with another of the same tick (1 us) and channel: a channel spikes \
                 at most once in a tick, the chip gets {left}",
                100.0 * self.merged as f64 / all as f64,
                self.merged
            )
        })
    }

    fn short_note(&self) -> Option<String> {
        let short = |s: &&Sample| match (s.events.first(), s.events.last()) {
            (Some(first), Some(last)) => s.events.len() > 1 && last.t_us - first.t_us < FEW_TICKS,
            _ => false,
        };
        let short = self.samples().filter(short).count();
        (short > 0).then(|| {
            format!(
                "all events of {short} of {} samples lie within {FEW_TICKS} us: are the times in another unit? They must be whole \
                 microseconds",
                self.samples().count()
            )
        })
    }

    fn one_class_note(&self) -> Option<String> {
        let [only] = &self.class_names[..] else {
            return None;
        };
        Some(format!(
            "there is one class, `{only}`: every decision is right, an accuracy says nothing"
        ))
    }

    /// Classes without samples in a part.
    fn absent_note(&self, part: &str, samples: &[Sample]) -> Option<String> {
        let mut present = vec![false; self.class_names.len()];
        for sample in samples {
            if let Target::Class { class, .. } = sample.target
                && let Some(present) = present.get_mut(class)
            {
                *present = true;
            }
        }
        let classes = self.class_names.iter().zip(present);
        let absent: Vec<&str> = classes
            .filter(|(_, present)| !present)
            .map(|(name, _)| name.as_str())
            .collect();
        let consequence = match part {
            "training" => "nothing is learnt of them",
            _ => "its accuracy says nothing of them",
        };
        (!absent.is_empty()).then(|| {
            format!(
                "no {part} samples of {} of {} classes ({}): {consequence}",
                absent.len(),
                self.class_names.len(),
                listed(&absent)
            )
        })
    }
}

/// Samples without an event.
fn silent_note(part: &str, samples: &[Sample]) -> Option<String> {
    let silent = samples.iter().filter(|s| s.events.is_empty()).count();
    match silent {
        0 => None,
        _ if silent == samples.len() => Some(format!("no {part} sample holds an event")),
        _ => Some(format!(
            "{silent} of {} {part} samples hold no event",
            samples.len()
        )),
    }
}

fn listed(names: &[&str]) -> String {
    let first = names.iter().take(MOST_LISTED);
    let mut text = first
        .map(|n| format!("`{n}`"))
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > MOST_LISTED {
        text += &format!(" and {} more", names.len() - MOST_LISTED);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Event;

    /// Samples of classes by their events `(t_us, channel)`.
    type Part<'a> = &'a [(usize, &'a [(u32, u32)])];

    fn samples(part: Part<'_>) -> Vec<Sample> {
        let event = |(t_us, channel): &(u32, u32)| Event {
            t_us: *t_us,
            channel: *channel,
        };
        let sample = |(class, events): &(usize, &[(u32, u32)])| Sample {
            events: events.iter().map(event).collect(),
            duration_us: 1000,
            target: Target::Class {
                class: *class,
                from_us: 0,
            },
        };
        part.iter().map(sample).collect()
    }

    fn check(
        classes: &[&str],
        train: Part<'_>,
        test: Part<'_>,
        acceleration: u32,
        expected: &[&str],
    ) {
        let set = Dataset {
            channels: 2,
            outputs: classes.len(),
            class_names: classes.iter().map(|c| c.to_string()).collect(),
            train: samples(train),
            test: samples(test),
            ..Dataset::default()
        };
        let notes = set.played(acceleration).unwrap().notes();
        assert_eq!(notes, expected);
    }

    const LONG: &[(u32, u32)] = &[(0, 0), (900, 1)];

    #[test]
    fn nothing_to_say() {
        check(
            &["a", "b"],
            &[(0, LONG), (1, LONG)],
            &[(1, LONG), (0, LONG)],
            1,
            &[],
        );
    }
    #[test]
    fn events_that_fall_together_when_played_fast() {
        let twice: &[(u32, u32)] = &[(0, 0), (4, 0), (9, 0), (9, 1), (900, 0)];
        let expected = "40.0 % of the 10 events (4) fell together with another of the same tick (1 us) and channel: a channel \
                        spikes at most once in a tick, the chip gets 6";
        check(
            &["a", "b"],
            &[(0, twice), (1, LONG)],
            &[(1, LONG), (0, &[(3, 1)])],
            1,
            &[],
        );
        check(&["a"], &[(0, twice)], &[(0, twice)], 10, &[expected, ONE]);
    }
    #[test]
    fn doubles_of_a_file() {
        let twice: &[(u32, u32)] = &[(7, 0), (7, 0), (900, 0)];
        let expected = "33.3 % of the 6 events (2) fell together with another of the same tick (1 us) and channel: a channel \
                        spikes at most once in a tick, the chip gets 4";
        check(&["a"], &[(0, twice)], &[(0, twice)], 1, &[expected, ONE]);
    }
    const ONE: &str = "there is one class, `a`: every decision is right, an accuracy says nothing";

    #[test]
    fn one_class() {
        check(&["a"], &[(0, LONG)], &[(0, LONG)], 1, &[ONE]);
    }
    #[test]
    fn classes_without_samples() {
        let learnt = "no training samples of 1 of 3 classes (`c`): nothing is learnt of them";
        let scored =
            "no test samples of 2 of 3 classes (`a`, `b`): its accuracy says nothing of them";
        check(
            &["a", "b", "c"],
            &[(0, LONG), (1, LONG)],
            &[(2, LONG)],
            1,
            &[learnt, scored],
        );
    }
    #[test]
    fn silence() {
        let some = "1 of 2 training samples hold no event";
        check(
            &["a"],
            &[(0, LONG), (0, &[])],
            &[(0, &[])],
            1,
            &[some, "no test sample holds an event", ONE],
        );
    }
    #[test]
    fn times_in_seconds() {
        let short: &[(u32, u32)] = &[(0, 0), (0, 1), (1, 0)];
        let expected = "all events of 1 of 2 samples lie within 10 us: are the times in another unit? They must be whole microseconds";
        check(&["a"], &[(0, short)], &[(0, LONG)], 1, &[expected, ONE]);
    }
}
