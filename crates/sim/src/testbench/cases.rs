//! What the testbench runs, one case after the other, each from a reset of the states.

use crate::forward::longest_record;
use crate::stimuli::{self, Case};
use bruno_device::Chip;

/// How the testbench takes recorder words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// In every cycle.
    Always,
    /// In every other cycle.
    Slow,
    /// Not before the case's last tick: every record but the first is dropped.
    Stopped,
}

/// A case and its reader.
pub(super) struct BenchCase {
    pub(super) case: Case,
    pub(super) reader: Reader,
    /// Ticks of it.
    pub(super) ticks: u32,
}

/// Random stimuli with the chip's own window, then at a low threshold; short windows with a slow and with a stopped
/// reader; the corner cases.
pub(super) fn cases(chip: &Chip, ticks: u64, seed: u64) -> Vec<BenchCase> {
    let shortest = longest_record(chip);
    let own = stimuli::random(chip, ticks, seed).into_iter();
    let mut cases: Vec<BenchCase> = own
        .chain(stimuli::lively(chip, ticks / 4, seed))
        .map(|case| bench_case(case, Reader::Always))
        .collect();
    // A reader that takes every other word needs two cycles a word, and some to start.
    let slow = with_window(chip, 2 * shortest + 8);
    cases.extend(few_windows(&slow, 3, seed + 1).map(|case| bench_case(case, Reader::Slow)));
    let short = with_window(chip, shortest);
    cases.extend(few_windows(&short, 3, seed + 2).map(|case| bench_case(case, Reader::Stopped)));
    let corners = stimuli::corners(&short).into_iter();
    cases.extend(corners.map(|case| bench_case(case, Reader::Always)));
    cases
}

fn bench_case(case: Case, reader: Reader) -> BenchCase {
    BenchCase {
        ticks: case.stimulus.windows * case.program.window,
        case,
        reader,
    }
}

/// The chip with another window in its register, at most the longest there is.
fn with_window(chip: &Chip, window: u32) -> Chip {
    Chip {
        window_ticks: window.min(4096),
        ..chip.clone()
    }
}

fn few_windows(chip: &Chip, windows: u32, seed: u64) -> impl Iterator<Item = Case> {
    stimuli::random(chip, u64::from(windows * chip.window_ticks), seed).into_iter()
}
