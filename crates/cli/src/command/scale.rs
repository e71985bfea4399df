//! `bruno scale`: how training a chip scales to many ranks, measured on those at hand and predicted beyond.

mod costs;
mod measure;
mod network;
mod plan;
mod report;

use crate::changes::Changes;
use crate::failure::Failure;
use crate::running::Running;
use crate::{console, data, ranks};
use bruno_device::Chip;
use bruno_train::{Checkpoint, Parameters, TrainConfig, Trainer};
use measure::Bed;
use network::{Network, Nominal};
use plan::Plan;
use report::Report;
use std::path::PathBuf;
use std::time::Instant;

/// Plan training on many machines: measures what a step costs here, and predicts its time on up to 1024 ranks.
///
/// Trains some steps of the description's `training`, each rank for itself and all ranks together, and times what ranks send
/// each other. In an MPI job (`mpirun -n 4 bruno scale chip.json`) the network is that of the job, and what was predicted of
/// its ranks stands beside what was measured. Nothing is written. docs/scaling.md says what is counted.
#[derive(clap::Args)]
pub struct Scale {
    /// The chip description with its `training`.
    pub(super) chip: PathBuf,
    #[command(flatten)]
    changes: Changes,
    /// The data, where it is not built in.
    #[arg(long)]
    data: Option<PathBuf>,
    #[command(flatten)]
    running: Running,
    /// Steps of which a figure is the median.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1000))]
    steps: u16,
    /// Predict up to so many ranks.
    #[arg(long, default_value_t = 1024, value_parser = clap::value_parser!(u32).range(2..=65_536))]
    most: u32,
    /// Ranks on each machine; as in the job at hand where absent.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    ranks_of_machine: Option<u16>,
    /// Predict for another network than the one at hand: time of a message, us.
    #[arg(long, requires = "gbit_s", value_parser = positive)]
    latency_us: Option<f64>,
    /// Its rate of each rank, Gbit/s.
    #[arg(long, requires = "latency_us", value_parser = positive)]
    gbit_s: Option<f64>,
    /// Print the figures as JSON on stdout.
    #[arg(long)]
    json: bool,
}

fn positive(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|x| (1e-3..=1e9).contains(x));
    number.ok_or_else(|| "a number, 0.001..1e9".into())
}

impl Scale {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let report = self.measure()?;
        match self.json {
            true => say!("{:#}", serde_json::json!(report)),
            false => console::print(&report.text()),
        }
    }

    fn measure(&self) -> Result<Report, Failure> {
        let start = Instant::now();
        let file = self.chip.display().to_string();
        let description = self.changes.load(&self.chip)?;
        let config = TrainConfig::of(&description)?;
        let chip = Chip::resolve(&file, &description)?;
        let set = data::load(&config, self.data.as_deref())?;
        let (ranks, threads) = (ranks::current(), self.running.threads());
        let simulated = bruno_train::simulated(&chip, &config);
        let design = bruno_hdl::generate(&simulated)?;
        let factory = || self.running.fastest_model(&simulated, &design);
        let run = Checkpoint::new(description, config.clone(), Parameters::new(&chip, &config));
        let read_s = start.elapsed().as_secs_f64();
        let trainer = || Trainer::new(&file, run, &set, &factory, threads);
        let trainer = bruno_ranks::first_of_node(ranks, trainer)?;
        let again = Instant::now();
        factory()?;
        let start_s = read_s + again.elapsed().as_secs_f64();
        let own = self.ranks_of_machine.map(usize::from);
        let plan = Plan::of(&trainer, &set, threads, own.unwrap_or(ranks.on_node().1));
        let mut bed = Bed::new(trainer, ranks, usize::from(self.steps));
        let (passes, repeated_s) = bed.alone(&plan)?;
        let together = bed.together(&plan)?;
        let score = bed.score(&plan)?;
        let nominal = self.latency_us.zip(self.gbit_s);
        let nominal = nominal.map(|(latency_us, gbit_s)| Nominal { latency_us, gbit_s });
        let network = Network::of(ranks, nominal, &score);
        let costs = costs::Costs {
            passes,
            repeated_s,
            network,
            start_s,
        };
        Ok(Report::new(plan, costs, together, self.most as usize))
    }
}
