//! Every way a command can fail, with its exit code: 2 a user's mistake, 3 an external tool, 4 a mismatch between
//! layers, 1 a bug in bruno or the machine.

pub mod json;

use bruno_chip::{ChipError, Problem};
use bruno_circuit::CircuitError;
use bruno_circuit::fit::FitError;
use bruno_circuit::model_card::CardError;
use bruno_circuit::netlist::StimulusError;
use bruno_circuit::simulator::SimulatorError;
use bruno_data::DataError;
use bruno_hdl::HdlError;
use bruno_host::LockError;
use bruno_model::Mistakes;
use bruno_monitor::MonitorError;
use bruno_montecarlo::MonteCarloError;
use bruno_nir::NirError;
use bruno_plot::PlotError;
use bruno_report::ReportError;
use bruno_sim::{Difference, SimError};
use bruno_synth::SynthError;
use bruno_train::TrainError;
use bruno_tune::TuneError;
use std::path::Path;

/// A failed command.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Arguments that no command takes.
    #[error("{mistake}")]
    Arguments {
        /// What is wrong, and how the command is called.
        mistake: String,
    },
    /// The description is bad.
    #[error(transparent)]
    Chip(#[from] ChipError),
    /// A bug in a kernel or the back end.
    #[error(transparent)]
    Hdl(#[from] HdlError),
    /// A simulator or a tool failed.
    #[error(transparent)]
    Sim(#[from] SimError),
    /// Synthesis failed.
    #[error(transparent)]
    Synth(#[from] SynthError),
    /// The data is bad.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Training stopped.
    #[error(transparent)]
    Train(TrainError),
    /// Settings of training are bad.
    #[error("{path}: {problem}")]
    Setting {
        /// The description or the run in which they stand.
        path: String,
        /// The setting.
        problem: Problem,
    },
    /// A number in a training step was not finite.
    #[error("{error}\nthe batch is kept: `bruno audit {path}` repeats it with every gradient")]
    FailedBatch {
        /// What and where.
        error: Box<TrainError>,
        /// File of the batch.
        path: String,
    },
    /// A model card is bad.
    #[error(transparent)]
    Card(#[from] CardError),
    /// A device could not be simulated.
    #[error(transparent)]
    Circuit(#[from] CircuitError),
    /// Measurements are bad, or do not determine what was asked for.
    #[error(transparent)]
    Fit(FitError),
    /// A picture could not be drawn.
    #[error(transparent)]
    Plot(#[from] PlotError),
    /// A Monte-Carlo run and its files do not fit.
    #[error(transparent)]
    MonteCarlo(MonteCarloError),
    /// A search for settings stopped.
    #[error(transparent)]
    Tune(TuneError),
    /// An input file cannot be used.
    #[error("{path}: {what}")]
    Input {
        /// The file.
        path: String,
        /// What is wrong, and what to do.
        what: String,
    },
    /// A neuron model's file is bad.
    #[error(transparent)]
    Model(#[from] Mistakes),
    /// A graph cannot be read, imported or exported.
    #[error(transparent)]
    Nir(#[from] NirError),
    /// A stimulus is bad.
    #[error(transparent)]
    Stimulus(#[from] StimulusError),
    /// A circuit simulator failed.
    #[error(transparent)]
    Simulator(SimulatorError),
    /// A circuit simulator and bruno disagree.
    #[error("{text}\nevidence: {evidence}")]
    Simulators {
        /// How far, and where.
        text: String,
        /// Files kept.
        evidence: String,
    },
    /// Two layers of the stack disagree.
    #[error("case `{case}`: {difference}\nevidence: {evidence}")]
    Difference {
        /// The stimulus.
        case: String,
        /// The first difference.
        difference: Box<Difference>,
        /// Files kept.
        evidence: String,
    },
    /// Records and their run cannot be compared.
    #[error(transparent)]
    Monitor(#[from] MonitorError),
    /// A deployed chip does not do what the trained one did.
    #[error("{path}: drift in {layers}")]
    Drift {
        /// The records.
        path: String,
        /// The layers.
        layers: String,
    },
    /// An output folder that another command writes into, or that cannot be locked.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// An output could not be written.
    #[error("{path}: cannot be written: {source}")]
    Write {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
}

impl Failure {
    /// The same failure, with the file that a command was given where it is about what stands in there.
    pub fn of_file(self, path: &Path) -> Self {
        match self {
            Self::Train(TrainError::Setting(problem)) => Self::Setting {
                path: path.display().to_string(),
                problem,
            },
            Self::Data(DataError::Setting {
                what,
                found,
                allowed,
                remedy,
            }) => Self::Setting {
                path: path.display().to_string(),
                problem: Problem {
                    field: what,
                    value: found,
                    allowed,
                    remedy,
                },
            },
            Self::Train(TrainError::Unread(mistake)) => {
                let text = bruno_host::read_text(path).unwrap_or_default();
                Self::Chip(ChipError::Parse {
                    file: path.display().to_string(),
                    mistake: mistake.in_text(&text),
                })
            }
            other => other,
        }
    }

    /// The same failure of a case that is called otherwise.
    pub fn in_case(self, name: impl Fn(&str) -> String) -> Self {
        match self {
            Self::Difference {
                case,
                difference,
                evidence,
            } => Self::Difference {
                case: name(&case),
                difference,
                evidence,
            },
            other => other,
        }
    }

    /// The process's exit code.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Chip(_) | Self::Data(_) | Self::Train(_) | Self::FailedBatch { .. } => 2,
            Self::Input { .. } | Self::Write { .. } | Self::Lock(_) | Self::Tune(_) => 2,
            Self::Model(_) | Self::Nir(_) | Self::Setting { .. } | Self::Arguments { .. } => 2,
            Self::MonteCarlo(_) | Self::Monitor(_) => 2,
            Self::Sim(
                SimError::Mismatch { .. } | SimError::Cache { .. } | SimError::Uneventful { .. },
            ) => 2,
            Self::Sim(SimError::Differs { .. } | SimError::Delivered { .. }) => 4,
            Self::Synth(
                SynthError::File { .. } | SynthError::Device { .. } | SynthError::Energies,
            ) => 2,
            Self::Synth(SynthError::Netlist { .. }) => 4,
            Self::Sim(_) | Self::Synth(_) => 3,
            Self::Simulator(SimulatorError::File { .. }) => 2,
            Self::Simulator(_) => 3,
            Self::Difference { .. } | Self::Simulators { .. } | Self::Drift { .. } => 4,
            Self::Card(_) | Self::Stimulus(_) | Self::Circuit(_) | Self::Fit(_) => 2,
            Self::Hdl(_) | Self::Plot(_) => 1,
        }
    }
}

impl From<SimulatorError> for Failure {
    /// bruno's own simulation is what it is elsewhere.
    fn from(error: SimulatorError) -> Self {
        match error {
            SimulatorError::Circuit(e) => Self::Circuit(e),
            other => Self::Simulator(other),
        }
    }
}

impl From<FitError> for Failure {
    /// A card that cannot be simulated is what it is elsewhere.
    fn from(error: FitError) -> Self {
        match error {
            FitError::Circuit(e) => Self::Circuit(e),
            other => Self::Fit(other),
        }
    }
}

impl From<TrainError> for Failure {
    /// A failed forward pass or description is what it is elsewhere, with its own exit code.
    fn from(error: TrainError) -> Self {
        match error {
            TrainError::Chip(e) => Self::Chip(e),
            TrainError::Data(e) => Self::Data(e),
            TrainError::Sim(e) => Self::Sim(e),
            other => Self::Train(other),
        }
    }
}

impl From<TuneError> for Failure {
    /// A description or a run that is bad by itself is what it is elsewhere.
    fn from(error: TuneError) -> Self {
        match error {
            TuneError::Chip(e) => Self::Chip(e),
            TuneError::Train(e) => e.into(),
            other => Self::Tune(other),
        }
    }
}

impl From<MonteCarloError> for Failure {
    fn from(error: MonteCarloError) -> Self {
        match error {
            MonteCarloError::Train(e) => e.into(),
            other => Self::MonteCarlo(other),
        }
    }
}

impl From<ReportError> for Failure {
    /// A damaged file is what it is for the command that continues from it.
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Input { path, what } => Self::Input { path, what },
            ReportError::Train(e) => e.into(),
            ReportError::MonteCarlo(e) => e.into(),
        }
    }
}
