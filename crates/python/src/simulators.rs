//! The simulators of a chip, one a thread, made when they are first needed.

use crate::failure::{Fault, mismatch};
use bruno_cli::Simulator;
use bruno_device::Chip;
use bruno_sim::Forward;
use std::sync::{Mutex, PoisonError};

/// Simulators of one chip that whoever runs it takes for as long.
pub struct Simulators {
    chip: Chip,
    simulator: Simulator,
    /// How many.
    pub threads: usize,
    made: Mutex<Made>,
}

enum Made {
    NotYet,
    Ready(Vec<Box<dyn Forward>>),
    Closed,
}

impl Simulators {
    /// Simulators of this kind, `rtl` or `integer`, on so many threads; on all cores where that is not said.
    pub fn new(chip: &Chip, simulator: &str, threads: Option<usize>) -> Result<Self, Fault> {
        let simulator = match simulator {
            "rtl" => Simulator::Rtl,
            "integer" => Simulator::Integer,
            other => return Err(mismatch("`simulator`", other, "\"rtl\" or \"integer\"")),
        };
        let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let threads = threads.unwrap_or_else(cores);
        if !(1..=1024).contains(&threads) {
            return Err(mismatch("`threads`", threads, "1..1024"));
        }
        Ok(Self {
            chip: chip.clone(),
            simulator,
            threads,
            made: Mutex::new(Made::NotYet),
        })
    }

    /// What runs the chip.
    pub fn name(&self) -> &'static str {
        match self.simulator {
            Simulator::Rtl => "rtl",
            Simulator::Integer => "integer",
        }
    }

    /// Works with the simulators; another thread that wants them waits. Every sample starts from a reset and every run loads
    /// its program, so that work which failed leaves nothing to the next.
    pub fn with<T>(
        &self,
        work: impl FnOnce(&mut [Box<dyn Forward>]) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Made::NotYet = *made {
            let design = bruno_hdl::generate(&self.chip)?;
            let models = (0..self.threads).map(|_| self.simulator.model(&self.chip, &design));
            *made = Made::Ready(models.collect::<Result<_, _>>()?);
        }
        match &mut *made {
            Made::Ready(models) => work(models),
            _ => Err(mismatch("the chip", "closed", "an open one; load it again")),
        }
    }

    /// Gives the simulators back.
    pub fn close(&self) {
        *self.made.lock().unwrap_or_else(PoisonError::into_inner) = Made::Closed;
    }
}
