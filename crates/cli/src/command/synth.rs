//! `bruno synth`: the chip as gates: cells, area, flip-flops, memory bits, longest path, energy.

mod energy;

use super::check::resolve;
use crate::changes::Changes;
use crate::failure::Failure;
use crate::fpga;
use crate::invocation;
use crate::output;
use bruno_host::FolderLock;
use bruno_synth::{Device, Memories, Options, SynthError, Target};
use clap::ValueEnum;
use std::path::PathBuf;
use std::time::Duration;

/// Synthesise the chip with Yosys and print, for each module, cells, area, flip-flops and memory bits, cells a neuron for
/// each layer, and the longest path (OpenSTA for the OSU cells, nextpnr for FPGAs, with what the device has and the chip
/// uses of it).
///
/// On an FPGA a chip whose only port is SPI is mapped with its shell, in one piece; of another one the core is, between
/// shift registers. The ROM of a chip that boots is filled with arbitrary words, so that it is counted as with a program.
///
/// The script, the netlists and the logs of every tool stay in --out, with the report (report.json). A missing Yosys or
/// cell library ends the command with exit code 3; where OpenSTA or nextpnr is missing the timing is printed as "not
/// measured" with the package that brings it. An unfolded FeLIF neuron takes minutes: measure small chips.
/// docs/synthesis.md says what is counted.
///
/// With --power an estimate of the energy follows: a tick by module, a neuron, a synaptic event; with --samples an
/// inference of a trained run.
#[derive(clap::Args)]
pub struct Synth {
    /// The chip description, e.g. examples/braille.json, or the folder of a run, e.g. out/braille: its chip.
    chip: PathBuf,
    #[command(flatten)]
    changes: Changes,
    /// What the chip is mapped to.
    #[arg(long, value_enum, default_value = "osu018")]
    target: TargetName,
    /// What becomes of the memories; an FPGA has its own.
    #[arg(long, value_enum, default_value = "apart")]
    memories: MemoriesName,
    /// The FPGA that the netlist is placed on [default: hx8k, lfe5u25, gw1nr9].
    #[arg(long, value_parser = fpga::device(Device::ALL.into_iter()))]
    device: Option<Device>,
    /// Estimate the dynamic energy too: the netlist is simulated on random weights and spikes and again without spikes,
    /// and the library's energies are summed over the changes of its nets. osu018 and osu035 only.
    #[arg(long)]
    power: bool,
    #[command(flatten)]
    energy: energy::Stimuli,
    /// Seconds that each tool may take.
    #[arg(long, default_value_t = 3600, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
    /// Directory of the design, scripts, netlists and logs; made where it is missing.
    #[arg(short, long, default_value = "out/synth")]
    out: PathBuf,
    /// Print the report as JSON on stdout.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum TargetName {
    /// OSU standard cells, 0.18 um.
    Osu018,
    /// OSU standard cells, 0.35 um.
    Osu035,
    /// Lattice iCE40.
    Ice40,
    /// Lattice ECP5.
    Ecp5,
    /// Gowin GW1N and GW2A.
    Gowin,
    /// Simple gates, without area and delay.
    Generic,
}

#[derive(Clone, Copy, ValueEnum)]
enum MemoriesName {
    /// Counted in bits, not mapped.
    Apart,
    /// Mapped to flip-flops and multiplexers.
    FlipFlops,
}

impl Synth {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let chip = resolve(&self.file(), &self.changes)?;
        if self.power && !matches!(self.target, TargetName::Osu018 | TargetName::Osu035) {
            return Err(SynthError::Energies.into());
        }
        let plan = match self.power {
            true => Some(self.energy.plan(&self.chip, &chip)?),
            false => None,
        };
        let design = bruno_hdl::delivered(&chip)?;
        let _lock = FolderLock::take(&self.out)?;
        invocation::keep(&self.out)?;
        let mut progress = |step: &str| tell!("synth: {step}");
        let options = self.options();
        let mut report = bruno_synth::synthesise(&chip, &design, &options, &mut progress)?;
        if let Some(plan) = plan {
            report.power = Some(plan.measure(&chip, &report, &options, &mut progress)?);
        }
        let text = serde_json::to_string_pretty(&report).unwrap_or_default();
        output::write(&self.out.join(bruno_synth::REPORT), &(text.clone() + "\n"))?;
        if self.json {
            say!("{text}")?;
        } else {
            say!("{report}")?;
        }
        Ok(())
    }

    /// The description: the file itself, or that of a run.
    fn file(&self) -> PathBuf {
        match self.chip.is_dir() {
            true => self.chip.join("chip.json"),
            false => self.chip.clone(),
        }
    }

    fn options(&self) -> Options {
        Options {
            target: match self.target {
                TargetName::Osu018 => Target::Osu018,
                TargetName::Osu035 => Target::Osu035,
                TargetName::Ice40 => Target::Ice40,
                TargetName::Ecp5 => Target::Ecp5,
                TargetName::Gowin => Target::Gowin,
                TargetName::Generic => Target::Generic,
            },
            memories: match self.memories {
                MemoriesName::Apart => Memories::Apart,
                MemoriesName::FlipFlops => Memories::FlipFlops,
            },
            device: self.device,
            limit: Duration::from_secs(self.timeout),
            dir: self.out.clone(),
        }
    }
}
