//! The subcommands.

mod audit;
mod bench;
mod cache;
pub mod check;
mod compare;
mod completions;
mod cosim;
mod data;
mod device;
mod doctor;
mod eval;
mod generate;
pub mod judge;
mod manual;
mod merge;
mod model;
mod monitor;
pub mod montecarlo;
mod new;
mod nir;
mod program;
mod record;
mod report;
mod scale;
mod schema;
mod synth;
pub mod train;
mod tune;

use crate::console;
use crate::failure::Failure;
use clap::{Parser, Subcommand};

/// Hardware/algorithm co-design of neuromorphic chips with ferroelectric neurons.
#[derive(Parser)]
#[command(version, about, propagate_version = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Print results and what is wrong alone: no progress, no notes
    #[arg(long, global = true)]
    quiet: bool,
}

#[derive(Subcommand)]
enum Command {
    New(new::New),
    Check(check::Check),
    Generate(generate::Generate),
    Cosim(cosim::Cosim),
    Synth(synth::Synth),
    Train(train::Train),
    Tune(tune::Tune),
    Compare(compare::Compare),
    Eval(eval::Eval),
    Report(report::ReportCommand),
    Device(device::Device),
    Audit(audit::Audit),
    Bench(bench::Bench),
    Cache(cache::CacheCommand),
    Data(data::DataCommand),
    Model(model::ModelCommand),
    Nir(nir::NirCommand),
    Program(program::ProgramCommand),
    Montecarlo(montecarlo::MonteCarloCommand),
    Record(record::Record),
    Monitor(monitor::Monitor),
    Merge(merge::Merge),
    Scale(scale::Scale),
    Schema(schema::SchemaCommand),
    Doctor(doctor::Doctor),
    Completions(completions::Completions),
    Manual(manual::Manual),
    #[command(name = judge::NAME, hide = true)]
    Judge(judge::Judge),
}

impl Arguments {
    /// Runs the chosen subcommand.
    pub fn run(&self) -> Result<(), Failure> {
        console::set_quiet(self.quiet);
        match &self.command {
            Command::New(command) => command.run(),
            Command::Check(command) => command.run().map_err(|e| e.of_file(&command.chip)),
            Command::Generate(command) => command.run(),
            Command::Cosim(command) => command.run(),
            Command::Synth(command) => command.run(),
            Command::Train(command) => command.run().map_err(|e| e.of_file(&command.chip)),
            Command::Tune(command) => command.run().map_err(|e| e.of_file(&command.chip)),
            Command::Compare(command) => command.run(),
            Command::Eval(command) => command.run().map_err(|e| e.of_file(&command.file)),
            Command::Report(command) => command.run(),
            Command::Device(command) => command.run(),
            Command::Audit(command) => command.run().map_err(|e| e.of_file(&command.file)),
            Command::Bench(command) => command.run(),
            Command::Cache(command) => command.run(),
            Command::Data(command) => command.run(),
            Command::Model(command) => command.run(),
            Command::Nir(command) => command.run(),
            Command::Program(command) => command.run(),
            Command::Montecarlo(command) => command.run().map_err(|e| e.of_file(&command.chip)),
            Command::Record(command) => command.run().map_err(|e| e.of_file(&command.run)),
            Command::Monitor(command) => command.run().map_err(|e| e.of_file(&command.run)),
            Command::Merge(command) => command.run(),
            Command::Scale(command) => command.run().map_err(|e| e.of_file(&command.chip)),
            Command::Schema(command) => command.run(),
            Command::Doctor(command) => command.run(),
            Command::Completions(command) => command.run(),
            Command::Manual(command) => command.run(),
            Command::Judge(command) => command.run(),
        }
    }
}
