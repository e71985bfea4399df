//! What the energy proxy leaves out: reads of the synapses, word lines, the clock. None of it is known before a layout, so
//! each is a range, from what little and what much a designer may assume (docs/method.md, Energy).
//!
//!     a read of a synapse   2 G V_r^2 t_r              two RRAM devices
//!     a word line           E_cell a synapse           it rises once an event and crosses the synapses of its row
//!     the clock             n E_ff a tick and neuron   its spike latch and refractory time, whether or not it fires

use crate::measure::score::Score;
use bruno_device::TICK_S;
use serde::{Deserialize, Serialize};

/// Devices of a differential synapse.
const DEVICES: f64 = 2.0;

/// What one end of the range assumes.
struct Assumed {
    /// Conductance of a device, S.
    conductance_s: f64,
    /// Voltage of a read, V.
    read_v: f64,
    /// Length of a read, s.
    read_s: f64,
    /// Energy of a word line, J a synapse that it crosses.
    cell_j: f64,
    /// Flip-flops of a neuron that are clocked.
    flip_flops: f64,
    /// Energy of a clocked flip-flop, J a tick.
    flip_flop_j: f64,
}

const LITTLE: Assumed = Assumed {
    conductance_s: 10e-6,
    read_v: 0.1,
    read_s: 10e-9,
    cell_j: 0.1e-15,
    flip_flops: 2.0,
    flip_flop_j: 0.5e-15,
};

const MUCH: Assumed = Assumed {
    conductance_s: 100e-6,
    read_v: 0.2,
    read_s: TICK_S,
    cell_j: 1e-15,
    flip_flops: 32.0,
    flip_flop_j: 5e-15,
};

/// The least and the most that something takes, nJ a sample.
pub type Range = [f64; 2];

/// Energy beside the proxy, nJ a sample.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Periphery {
    /// Reads of synapses.
    pub reads: Range,
    /// Word lines, which the decoders drive.
    pub word_lines: Range,
    /// The clock of the neurons.
    pub clock: Range,
}

impl Periphery {
    /// Of samples that were scored.
    pub fn of(score: &Score) -> Self {
        let samples = score.samples.max(1) as f64;
        let both =
            |joule: &dyn Fn(&Assumed) -> f64| [&LITTLE, &MUCH].map(|a| 1e9 * joule(a) / samples);
        let reads = score.reads as f64;
        let ticks = score.neuron_seconds / TICK_S;
        Self {
            reads: both(&|a| reads * DEVICES * a.conductance_s * a.read_v.powi(2) * a.read_s),
            word_lines: both(&|a| reads * a.cell_j),
            clock: both(&|a| ticks * a.flip_flops * a.flip_flop_j),
        }
    }

    /// The sum.
    pub fn total(&self) -> Range {
        [0, 1].map(|end| self.reads[end] + self.word_lines[end] + self.clock[end])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of one sample: a synapse that is read a million times, a neuron for a second.
    fn check(of: fn(&Periphery) -> Range, expected: Range) {
        let found = of(&Periphery::of(&Score {
            samples: 1,
            reads: 1_000_000,
            neuron_seconds: 1.0,
            ..Score::default()
        }));
        let near = |k: usize| (found[k] / expected[k] - 1.0).abs() < 1e-9;
        assert!(near(0) && near(1), "{found:?}");
    }

    #[test]
    fn reads_take_2_fj_to_8_pj() {
        check(|p| p.reads, [2.0, 8000.0]);
    }
    #[test]
    fn word_lines_take_up_to_a_fj_a_synapse() {
        check(|p| p.word_lines, [0.1, 1.0]);
    }
    #[test]
    fn a_clocked_neuron_takes_1_to_160_nw() {
        check(|p| p.clock, [1.0, 160.0]);
    }
    #[test]
    fn the_sum() {
        check(Periphery::total, [3.1, 8161.0]);
    }
    #[test]
    fn of_a_sample() {
        let of = |samples: u64| {
            let score = Score {
                samples,
                reads: 4_000_000,
                ..Score::default()
            };
            Periphery::of(&score).reads[1]
        };
        assert!((of(1) / of(4) - 4.0).abs() < 1e-9);
    }
}
