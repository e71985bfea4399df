//! The one door through which records come: numbers that no chip yields would end in wrong statistics, or in none.

use super::ChipRecord;
use bruno_ranks::Shard;

/// Checks the records of the lines after the settings: of the ideal chip first, then of chip 0, 1, ..., as far as they are
/// of the shard.
///
/// # Errors
/// What is wrong, with its line, and what to do.
pub(super) fn check(shard: Shard, records: &[ChipRecord]) -> Result<(), String> {
    for (at, record) in records.iter().enumerate() {
        if let Some(problem) = record.problem(shard.item(at).checked_sub(1)) {
            let line = at + 2;
            return Err(format!(
                "line {line}: {problem}; remove the file, or --restart"
            ));
        }
    }
    Ok(())
}

impl ChipRecord {
    /// What is wrong with the record of this virtual chip, or of the ideal one.
    fn problem(&self, chip: Option<usize>) -> Option<String> {
        if self.chip.map(|k| k as usize) != chip {
            let named = |k: Option<usize>| k.map_or("null".into(), |k| k.to_string());
            let (found, expected) = (named(self.chip.map(|k| k as usize)), named(chip));
            return Some(format!(
                "`chip` is {found}; allowed: {expected}, the ideal chip (null) first and the others in order"
            ));
        }
        let rows = [
            ("accuracy", self.accuracy, 1.0),
            ("loss_nats", self.loss_nats, f64::MAX),
            ("rate_Hz", self.rate_hz, 1e6),
            ("deviation_rms_pA", self.deviation_rms_pa, f64::MAX),
            ("held_rms_pA", self.held_rms_pa, f64::MAX),
            ("held_largest_pA", self.held_largest_pa, f64::MAX),
        ];
        let mut rows = rows.into_iter();
        let (field, value, most) = rows.find(|(_, x, most)| !(0.0..=*most).contains(x))?;
        Some(match most {
            f64::MAX => format!("`{field}` is {value}; allowed: 0 or above"),
            most => format!("`{field}` is {value}; allowed: 0..{most}"),
        })
    }
}

#[cfg(test)]
mod tests {
    fn record(chip: &str, accuracy: &str) -> String {
        let figures =
            r#""loss_nats":0.1,"rate_Hz":3.0,"saturations":0,"silent_samples":0,"stuck_devices":0"#;
        let currents = r#""deviation_rms_pA":0.1,"held_rms_pA":0.1,"held_largest_pA":0.2"#;
        format!(r#"{{"chip":{chip},"accuracy":{accuracy},{figures},{currents}}}"#)
    }

    /// The ideal chip and one with this number and accuracy.
    fn check(chip: &str, accuracy: &str, expected: &str) {
        let lines = [record("null", "0.9"), record(chip, accuracy)];
        let records = lines.map(|line| serde_json::from_str(&line).unwrap());
        let text = super::check(bruno_ranks::Shard::WHOLE, &records)
            .map_or_else(|e| e, |()| "good".into());
        assert!(text.contains(expected), "{text}");
    }

    #[test]
    fn a_good_one() {
        check("0", "0.5", "good");
    }
    #[test]
    fn an_accuracy_that_asks_for_all_memory() {
        check(
            "0",
            "4294967295",
            "line 3: `accuracy` is 4294967295; allowed: 0..1",
        );
        check("0", "1e300", "line 3: `accuracy` is 1");
    }
    #[test]
    fn a_negative_accuracy() {
        check("0", "-0.5", "line 3: `accuracy` is -0.5; allowed: 0..1");
    }
    #[test]
    fn a_gap() {
        check("1", "0.5", "line 3: `chip` is 1; allowed: 0");
        check("null", "0.5", "`chip` is null; allowed: 0");
    }
}
