//! Where the time of training steps goes on this rank.

use std::ops::AddAssign;

/// Seconds of steps.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Spent {
    /// Forward passes, summed over threads.
    pub forward: f64,
    /// Backward passes, summed over threads.
    pub backward: f64,
    /// Both, on the thread that had most to do in each step.
    pub busiest: f64,
    /// What ranks do together: scores and gradients put together, waiting for the slowest rank included.
    pub together: f64,
}

impl Spent {
    /// Passes of samples, each forward and backward, that were dealt to so many threads in turn.
    pub(crate) fn of_samples(passes: &[[f64; 2]], threads: usize) -> Self {
        let of = |k: usize| passes.iter().map(|pass| pass[k]).sum();
        let own = |thread: usize| passes.iter().skip(thread).step_by(threads);
        let thread = |thread: usize| own(thread).map(|[f, b]| f + b).sum::<f64>();
        Self {
            forward: of(0),
            backward: of(1),
            busiest: (0..threads).map(thread).fold(0.0, f64::max),
            together: 0.0,
        }
    }
}

impl AddAssign for Spent {
    fn add_assign(&mut self, other: Self) {
        self.forward += other.forward;
        self.backward += other.backward;
        self.busiest += other.busiest;
        self.together += other.together;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_busiest_thread() {
        let passes = [[1.0, 0.5], [4.0, 1.0], [2.0, 0.5]];
        let found = Spent::of_samples(&passes, 2);
        assert_eq!([found.forward, found.backward], [7.0, 2.0]);
        assert_eq!(found.busiest, 5.0);
        assert_eq!(Spent::of_samples(&passes, 1).busiest, 9.0);
    }
}
