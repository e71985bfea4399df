//! The memory that a sample takes: its length, the window and the neurons decide it, and it is held against the budget
//! before any of it is taken.

use crate::{GradientKind, Recording, TrainError};
use bruno_data::DataError;
use bruno_device::Chip;
use bruno_host::BUDGET_BYTES;
use bruno_sim::Stimulus;

/// Of an output and window: its current, and derivatives by it from each loss.
const OUTPUT_BYTES: u64 = 16;
/// Of a recorded word: the word and what the backward pass makes of it.
const WORD_BYTES: u64 = 8;
/// Of a neuron and window in training: its membrane, which the energy is read from.
const MEMBRANE_BYTES: u64 = 8;
/// Of a neuron and tick where every tick is remembered: three states of 4 bytes and a flag.
const TICK_BYTES: u64 = 13;
/// Of a neuron and window where the windows' borders are remembered.
const BORDER_BYTES: u64 = 64;

/// Refuses a sample that takes more than the budget with gradients of these kinds; none where only the score is asked
/// for.
///
/// # Errors
/// Such a sample, with what it would take.
pub(crate) fn check(
    chip: &Chip,
    kinds: &[GradientKind],
    stimulus: &Stimulus,
) -> Result<(), TrainError> {
    let windows = u64::from(stimulus.windows);
    let bytes = windows.saturating_mul(window_bytes(chip, kinds));
    if bytes <= BUDGET_BYTES {
        return Ok(());
    }
    Err(TrainError::Data(DataError::Setting {
        what: format!("the memory of a sample of {windows} windows"),
        found: format!("{} MB", bytes >> 20),
        allowed: format!("up to {} MB", BUDGET_BYTES >> 20),
        remedy:
            "lengthen `window_ticks`, shorten the samples, or choose a gradient that keeps less"
                .into(),
    }))
}

fn window_bytes(chip: &Chip, kinds: &[GradientKind]) -> u64 {
    let neurons: u64 = chip.layers.iter().map(|l| l.neurons as u64).sum();
    let outputs = chip.layers.last().map_or(0, |l| l.neurons as u64);
    let words = Recording::words_of_a_window(chip, kinds) as u64;
    let remembered = kinds.iter().map(|kind| match kind {
        GradientKind::Bptt => TICK_BYTES * u64::from(chip.window_ticks),
        GradientKind::Checkpointed | GradientKind::Transition => BORDER_BYTES,
        _ => 0,
    });
    let trained = remembered.max().map_or(0, |most| most + MEMBRANE_BYTES);
    OUTPUT_BYTES * outputs + WORD_BYTES * words + trained * neurons
}

#[cfg(test)]
mod tests {
    use super::*;
    use bruno_chip::Description;

    /// Two outputs of three neurons with so many windows of 1000 ticks.
    fn check(kinds: &[GradientKind], windows: u32, expected: Option<&str>) {
        let text = r#"{"name":"t","inputs":1,"readout":{"outputs":2,"synapse":{"range_pA":1}},
            "layers":[{"name":"a","kind":"felif","neurons":3,"synapse":{"range_pA":1}}]}"#;
        let chip = Chip::resolve("t", &Description::parse("t", text).unwrap()).unwrap();
        let events = Vec::new();
        let found = super::check(&chip, kinds, &Stimulus { events, windows });
        let found = found.map_err(|e| e.to_string());
        match expected {
            None => assert_eq!(found, Ok(())),
            Some(expected) => assert!(found.unwrap_err().contains(expected)),
        }
    }

    #[test]
    fn an_hour_of_scores() {
        check(&[], 3_600_000, None);
    }
    #[test]
    fn an_hour_of_scores_in_windows_of_a_tick() {
        let expected = "a sample of 3600000000 windows is 109863 MB; allowed: up to 2048 MB";
        check(&[], 3_600_000_000, Some(expected));
    }
    #[test]
    fn means_of_an_hour() {
        check(&[GradientKind::Mean], 3_600_000, None);
    }
    #[test]
    fn every_tick_of_a_minute() {
        check(&[GradientKind::Bptt], 1_000, None);
        check(&[GradientKind::Bptt], 60_000, Some("windows is 3723 MB"));
        check(&[GradientKind::Checkpointed], 60_000, None);
    }
}
