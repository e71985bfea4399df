//! Circuit simulators of others: runs a neuron's testbench in ngspice or VACASK and compares what comes out with the
//! adaptive solver of the reduced model.

mod comparison;
mod error;
mod raw;
mod tool;

pub use comparison::{Comparison, compare};
pub use error::SimulatorError;
pub use raw::{Columns, Raw, raw_columns};

use crate::Trace;
use crate::netlist::{RAW_FILE, Testbench, VERILOG_A_MODULE};
use std::path::Path;
use std::time::Duration;
use tool::Tool;

/// A circuit simulator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Simulator {
    /// ngspice, with behavioural sources.
    Ngspice,
    /// VACASK, with the Verilog-A model compiled by openvaf-r.
    Vacask,
}

impl Simulator {
    /// The testbench's files (name, text) for this simulator; the first is the one to run.
    pub fn files(self, testbench: &Testbench) -> Vec<(&'static str, String)> {
        match self {
            Self::Ngspice => testbench.ngspice(),
            Self::Vacask => testbench.vacask(),
        }
    }

    /// Runs a testbench whose files stand in `dir`, each tool within `limit`, and reads its result.
    ///
    /// # Errors
    /// A missing tool (with the package that brings it), one that fails or takes too long (with all that it printed), a
    /// result that ends before the testbench does.
    pub fn run(
        self,
        testbench: &Testbench,
        dir: &Path,
        limit: Duration,
    ) -> Result<Trace, SimulatorError> {
        self.compile(dir, VERILOG_A_MODULE, limit)?;
        let raw = self.execute(dir, self.files(testbench)[0].0, limit)?;
        let trace = raw.trace(testbench)?;
        let reached = trace.t_s.last().copied().unwrap_or(0.0);
        if reached < testbench.stop_s * (1.0 - 1e-6) {
            return Err(raw.incomplete(reached));
        }
        Ok(trace)
    }

    /// Compiles the Verilog-A of a module in `dir` for VACASK; ngspice takes its subcircuit as it is.
    ///
    /// # Errors
    /// As of [`Simulator::run`].
    pub fn compile(self, dir: &Path, module: &str, limit: Duration) -> Result<(), SimulatorError> {
        let (source, compiled) = (format!("{module}.va"), format!("{module}.osdi"));
        match self {
            Self::Ngspice => Ok(()),
            Self::Vacask => Tool::OPENVAF
                .run(dir, &[&source, "-o", &compiled], limit)
                .map(|_| ()),
        }
    }

    /// Runs the netlist `main` in `dir` and reads `neuron.raw`.
    ///
    /// # Errors
    /// As of [`Simulator::run`].
    pub fn execute(self, dir: &Path, main: &str, limit: Duration) -> Result<Raw, SimulatorError> {
        let raw = dir.join(RAW_FILE);
        // What an earlier run left must not be taken for this one's.
        match std::fs::remove_file(&raw) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                return Err(SimulatorError::file(&raw, e));
            }
            _ => {}
        }
        let ended = match self {
            // -n: no settings of the user's.
            Self::Ngspice => Tool::NGSPICE.run(dir, &["-n", "-b", main], limit)?,
            Self::Vacask => Tool::VACASK.run(dir, &[main], limit)?,
        };
        match raw.is_file() {
            true => Raw::load(&raw, ended),
            false => Err(ended.failed()),
        }
    }
}
