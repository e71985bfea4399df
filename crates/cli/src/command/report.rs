//! `bruno report`: a folder of results as one HTML file.

use crate::failure::Failure;
use crate::{output, ranks};
use std::path::{Path, PathBuf};

/// Write a folder of results as one HTML file that can be mailed: it needs no network and holds text, tables and pictures.
///
/// Of a training run: what was run, score, learning curves, confusion, spikes and membranes of a sample, weights, before and
/// after; of a sweep: table and trade-offs; of virtual chips: distribution and yield; of a search, an audit (audit.json), a
/// bench (bench.json), a synthesis or a fit of a device: their tables and pictures. What was not run stands there with the
/// command that would. `bruno train`, with --sweep too, and `bruno montecarlo` write the page at their end. docs/report.md
/// says which files are read.
#[derive(clap::Args)]
pub struct ReportCommand {
    /// The folder: the --out of `bruno train` or of another command.
    dir: PathBuf,
    /// The file to write; report.html in the folder where absent.
    #[arg(short, long)]
    out: Option<PathBuf>,
    #[command(flatten)]
    named: output::Named,
}

impl ReportCommand {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let page = bruno_report::page(&self.dir)?;
        let beside = || self.dir.join(bruno_report::FILE);
        let out = self.out.clone().unwrap_or_else(beside);
        output::write(&out, &page)?;
        self.named.say(&[&out])
    }
}

/// Writes the page of a command that has just written its results. A damaged file that lies beside them is told and ends
/// nothing.
///
/// # Errors
/// The page cannot be written.
pub fn keep(dir: &Path) -> Result<(), Failure> {
    if !ranks::writes() {
        return Ok(());
    }
    match bruno_report::page(dir) {
        Ok(page) => output::write(&dir.join(bruno_report::FILE), &page),
        Err(damaged) => {
            tell!("warning: no {}: {damaged}", bruno_report::FILE);
            Ok(())
        }
    }
}
