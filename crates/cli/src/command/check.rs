//! `bruno check`: validates and resolves a description, and says what its chip can and cannot do.

mod data_set;
mod fpga;
mod gradient;

use crate::changes::Changes;
use crate::failure::Failure;
use crate::quantisation;
use bruno_chip::{ChipError, Interfaces, Problem};
use bruno_device::{Chip, Finding, Verdict};
use bruno_synth::{Device, Estimate};
use bruno_train::{TrainConfig, TrainError, TrainedProgram};
use std::path::{Path, PathBuf};

/// Validate a chip description, print its design-rule findings and, with --json, the resolved chip.
///
/// Every bad value is listed at once with its allowed range and a remedy; the exit code is then 2.
#[derive(clap::Args)]
pub struct Check {
    /// The chip description, e.g. examples/braille.json.
    pub(super) chip: PathBuf,
    #[command(flatten)]
    changes: Changes,
    /// Where the data lie with which the chip is to be trained: also look at them. Data that are built in are looked at without.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Also report what is left of a network in its codes: the program.json of `bruno train`.
    #[arg(long)]
    program: Option<PathBuf>,
    /// The FPGA that the chip is meant for: say whether it fits, by an estimate without synthesis.
    #[arg(long, value_parser = crate::fpga::device(Estimate::devices()))]
    device: Option<Device>,
    /// Print the resolved chip (defaults, integer codes, banks), training settings, findings, the estimated use of FPGAs and the program's
    /// quantisation as JSON on stdout.
    #[arg(long)]
    json: bool,
}

/// Loads, changes and resolves a chip.
pub fn resolve(path: &Path, changes: &Changes) -> Result<Chip, Failure> {
    let description = changes.load(path)?;
    let file = path.display().to_string();
    let chip = Chip::resolve(&file, &description)?;
    clock_fits(file, &chip)?;
    Ok(chip)
}

/// The training settings of a chip and what is worth knowing of it.
///
/// # Errors
/// Bad training settings: they are found now and not after an hour.
pub fn findings(chip: &Chip) -> Result<(TrainConfig, Vec<Finding>), TrainError> {
    let training = TrainConfig::of(&chip.description)?;
    let mut findings = chip.findings();
    findings.extend(training.unstable_ends(&chip.description));
    Ok((training, findings))
}

/// A shell's clock must give a folded core the cycles that its tick takes.
fn clock_fits(file: String, chip: &Chip) -> Result<(), Failure> {
    let Some(interfaces) = chip.description.interfaces.filter(Interfaces::need_shell) else {
        return Ok(());
    };
    let cycles = bruno_hdl::cycles_per_tick(chip)?;
    if interfaces.clock_mhz as usize >= cycles {
        return Ok(());
    }
    let problem = Problem {
        field: "interfaces.clock_mhz".into(),
        value: interfaces.clock_mhz.to_string(),
        allowed: format!("{cycles}..1000 for `fold` {}", chip.fold),
        remedy: "a tick of 1 us takes so many cycles: raise it or lower `fold`".into(),
    };
    let problems = vec![problem];
    Err(ChipError::Invalid { file, problems }.into())
}

impl Check {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let chip = resolve(&self.chip, &self.changes)?;
        let (training, mut findings) = findings(&chip)?;
        findings.extend(bruno_hdl::clock_finding(&chip)?);
        findings.extend(gradient::findings(&chip, &training));
        let fpgas = fpga::estimates(&chip, self.device)?;
        findings.extend(fpga::finding(&fpgas, self.device.is_some()));
        findings.extend(data_set::findings(&chip, &training, self.data.as_deref())?);
        let program = self.program.as_deref();
        let program = program
            .map(|p| TrainedProgram::load(p, &chip))
            .transpose()?;
        let quantised = program.map(|p| p.program().quantisation(&chip));
        if self.json {
            let resolved = serde_json::json!({
                "chip": chip, "training": training, "findings": findings, "fpgas": fpgas,
                "quantisation": quantised,
            });
            say!(
                "{}",
                serde_json::to_string_pretty(&resolved).unwrap_or_default()
            )?;
            return Ok(());
        }
        say!(
            "{}: {} inputs, window {} us",
            chip.name,
            chip.inputs,
            chip.window_ticks
        )?;
        for layer in &chip.layers {
            let whose = match &layer.model.program {
                Some(program) => format!("`{}`", program.derived.model.name),
                None => format!("{:?}", layer.kind),
            };
            say!(
                "  {}: {} {whose} neurons in {} bank(s), {} presynaptic channels, {}-bit synapses",
                layer.name,
                layer.neurons,
                layer.banks.len(),
                layer.fan_in(),
                layer.bits
            )?;
        }
        say!("{}", latency(&chip))?;
        if chip.fold > 1 {
            say!("{}", clock(&chip)?)?;
        }
        print(findings)?;
        for line in quantisation::lines(&quantised.unwrap_or_default()) {
            say!("{line}")?;
        }
        Ok(())
    }
}

/// Findings by what they ask of the reader, and how many of each there are.
fn print(mut findings: Vec<Finding>) -> Result<(), Failure> {
    findings.sort_by_key(|f| f.verdict);
    for finding in &findings {
        say!("{:<5} {}", finding.verdict.word(), finding.text)?;
        if let Some(remedy) = &finding.remedy {
            say!("      to change it: {remedy}")?;
        }
    }
    let count = |verdict| findings.iter().filter(|f| f.verdict == verdict).count();
    let (act, look) = (count(Verdict::Act), count(Verdict::Look));
    say!(
        "{act} to act on, {look} to look at, {} fine",
        count(Verdict::Fine)
    )
}

/// Each layer adds a tick between its input spikes and those that follow from its own.
fn latency(chip: &Chip) -> String {
    let hidden = chip.layers.len() - 1;
    format!(
        "latency: an input spike reaches the readout {hidden} us after it acts (one tick a layer)"
    )
}

/// What a folded chip asks of its clock.
fn clock(chip: &Chip) -> Result<String, Failure> {
    let cycles = bruno_hdl::cycles_per_tick(chip)?;
    Ok(format!(
        "fold {}: a tick takes up to {cycles} cycles (a bus transfer in it included); clock of at least {cycles} MHz",
        chip.fold
    ))
}
