//! What runs a chip and on how many threads: options of every command that runs one.

use crate::patience::waits;
use crate::ranks;
use bruno_device::Chip;
use bruno_hdl::Design;
use bruno_sim::{Forward, IntegerModel, SimError};
use bruno_verilator::{Builder, Built, DeliveredCheck, Flavour, Several, VerilatedModel};
use std::path::Path;
use std::sync::Once;

/// How a chip is run.
#[derive(clap::Args, Clone)]
pub struct Running {
    /// What runs the chip; the numbers are the same.
    #[arg(long, value_enum, default_value_t = Simulator::Rtl)]
    simulator: Simulator,
    /// Threads, one simulator each; all cores where absent, of an MPI job a rank's share of them. The result does not depend
    /// on it.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
}

impl Running {
    /// Threads to use.
    pub fn threads(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        // A launcher may have bound each rank to cores of its own already.
        let (_, ranks) = ranks::current().on_node();
        let own = || match cores() {
            cores if cores > ranks => cores / ranks,
            cores => cores,
        };
        self.threads.map_or_else(own, usize::from)
    }

    /// One simulator of a chip.
    pub fn model(&self, chip: &Chip, design: &Design) -> Result<Box<dyn Forward>, SimError> {
        self.simulator.model(chip, design)
    }

    /// Starts to compare the delivered Verilog, on one rank of a machine, where the RTL runs.
    pub fn check_delivered(&self, chip: &Chip) -> DeliveredCheck {
        let mine = self.simulator == Simulator::Rtl && ranks::current().on_node().0 == 0;
        match mine {
            true => DeliveredCheck::start(chip),
            false => DeliveredCheck::none(),
        }
    }

    /// One simulator once its fastest build is there.
    pub fn fastest_model(
        &self,
        chip: &Chip,
        design: &Design,
    ) -> Result<Box<dyn Forward>, SimError> {
        if self.simulator == Simulator::Integer {
            return self.model(chip, design);
        }
        let mut model = soonest_model(chip, design)?;
        model.complete()?;
        Ok(Box::new(model))
    }
}

/// What is told of a model that is not there at once.
const BUILDS: &str =
    "model: built by Verilator and the compiler, once for this chip; then it is in the cache";

/// The model that trains, built and checked now or from the cache.
pub fn fast_model(chip: &Chip, design: &Design) -> Result<VerilatedModel, SimError> {
    let build = || VerilatedModel::new(chip, design, Flavour::Fast, Path::new(""));
    let model = waits(BUILDS, build)?;
    tell_discarded(model.built());
    Ok(model)
}

/// The same as soon as a build of it is there; it becomes faster while it runs.
pub fn soonest_model(chip: &Chip, design: &Design) -> Result<Several, SimError> {
    let model = waits(BUILDS, || Several::soonest(chip, design, builder()))?;
    tell_discarded(model.built());
    Ok(model)
}

/// Says once what was thrown away of a model's builds.
fn tell_discarded(built: Option<&Built>) {
    static SAID: Once = Once::new();
    let discarded = built.map_or(&[][..], |built| &built.discarded);
    if !discarded.is_empty() {
        SAID.call_once(|| {
            for build in discarded {
                tell!("warning: a build of the model was thrown away: {build}");
            }
        });
    }
}

/// Who builds models that are there later than the first: one process of each machine.
fn builder() -> Builder {
    match ranks::current().on_node().0 {
        0 => Builder::This(|note| tell!("{note}")),
        _ => Builder::Another,
    }
}

/// What runs a chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Simulator {
    /// The Verilated RTL.
    Rtl,
    /// The integer model: no Verilator needed, tens of times slower.
    Integer,
}

impl Simulator {
    /// One simulator of a chip.
    pub fn model(self, chip: &Chip, design: &Design) -> Result<Box<dyn Forward>, SimError> {
        Ok(match self {
            Self::Rtl => Box::new(soonest_model(chip, design)?),
            Self::Integer => Box::new(IntegerModel::new(chip)),
        })
    }
}
