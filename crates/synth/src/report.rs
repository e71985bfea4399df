//! A synthesis from end to end: files, Yosys, timing, the report.

use crate::place::Placement;
use crate::script::{self, Memories, files};
use crate::timing::Timing;
use crate::tool::YOSYS;
use crate::{
    Device, LayerArea, Memory, Module, Power, SynthError, Target, area, harness, place, timing,
};
use bruno_chip::{ConfigInterface, RecorderInterface, SpikeInterface};
use bruno_device::Chip;
use bruno_hdl::{Design, DesignFile};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::Duration;

const MEMORY_PORTS: &str = include_str!("../techmap/memory_ports.v");

/// How a design is synthesised.
#[derive(Debug, Clone)]
pub struct Options {
    /// What it is mapped to.
    pub target: Target,
    /// What becomes of the memories; an FPGA has its own.
    pub memories: Memories,
    /// The FPGA that a netlist is placed on; none: the first one of the target.
    pub device: Option<Device>,
    /// Time for each tool.
    pub limit: Duration,
    /// Directory of design, script, netlists and logs.
    pub dir: PathBuf,
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub struct Report {
    /// The chip.
    pub chip: String,
    /// The module that was mapped: the core, or a shell of one port; empty in reports of before that.
    #[serde(default)]
    pub top: String,
    /// What it was mapped to.
    pub target: Target,
    /// What became of the memories.
    pub memories_as: Memories,
    /// Sum over all instances: cells without memories.
    pub cells: u64,
    /// Their area, um2.
    pub area_um2: Option<f64>,
    /// Flip-flops among them.
    pub flip_flops: u64,
    /// Bits of the memories kept apart.
    pub memory_bits: u64,
    /// Modules, by name.
    pub modules: Vec<Module>,
    /// The memories kept apart.
    pub memories: Vec<Memory>,
    /// Layers in order.
    pub layers: Vec<LayerArea>,
    /// Speed.
    pub timing: Timing,
    /// The FPGA.
    pub placement: Option<Placement>,
    /// Energy, where it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub power: Option<Power>,
    /// Where script, netlists and logs are.
    pub files: String,
}

/// Synthesises a chip's design; `progress` is told of each step.
pub fn synthesise(
    chip: &Chip,
    design: &Design,
    options: &Options,
    progress: &mut dyn FnMut(&str),
) -> Result<Report, SynthError> {
    let Options { target, dir, .. } = options;
    let library = target.library()?;
    let device = Device::of(*target, options.device)?;
    let subject = Subject::of(chip, design, *target);
    prepare(chip, design, &subject, device, options)?;
    let arguments = ["-Q", "-q", "-l", "yosys.log", files::SCRIPT];
    let yosys = device.map_or(YOSYS, Device::yosys);
    yosys.run(dir, &arguments, options.limit, progress)?;
    let (placement, timing) = match (device, library) {
        (Some(device), _) => {
            progress("placing and routing");
            place::place(dir, device, subject.clock_mhz, options.limit)?
        }
        (_, Some(library)) => {
            progress("timing");
            (None, timing::sta(dir, &design.top, library, options.limit)?)
        }
        (_, None) => {
            let reason = "simple gates have no delays".into();
            (None, Timing::NotMeasured { reason })
        }
    };
    let areas = library
        .map(|l| area::cell_areas(Path::new(l.liberty)))
        .transpose()?;
    let memories = area::memories(&dir.join(files::MEMORIES))?;
    let stat = dir.join(files::STAT);
    let modules = area::modules(&stat, &subject.top, &memories, areas.as_ref())?;
    let sum = |of: fn(&Module) -> u64| modules.iter().map(|m| m.instances * of(m)).sum();
    let total_area = modules
        .iter()
        .map(|m| Some(m.area_um2? * m.instances as f64));
    Ok(Report {
        chip: chip.name.clone(),
        top: subject.top,
        target: *target,
        memories_as: options.memories,
        cells: sum(|m| m.cells),
        area_um2: total_area.sum(),
        flip_flops: sum(|m| m.flip_flops),
        memory_bits: sum(|m| m.memory_bits),
        layers: area::layers(chip, &modules),
        modules,
        memories,
        timing,
        placement,
        power: None,
        files: dir.display().to_string(),
    })
}

/// What is mapped.
pub(crate) struct Subject<'a> {
    pub top: String,
    pub verilog: Vec<&'a DesignFile>,
    /// The modules of its memories.
    pub memories: Vec<&'a str>,
    /// Its ports are those of a package: it is mapped in one piece, so that what nothing reads is left out.
    pub whole: bool,
    /// The clock that it asks for.
    pub clock_mhz: u32,
}

impl<'a> Subject<'a> {
    /// On an FPGA a shell with SPI as its only port is mapped with the chip; otherwise the core is.
    fn of(chip: &Chip, design: &'a Design, target: Target) -> Self {
        let interfaces = chip.description.interfaces;
        let one_port = interfaces.is_some_and(|i| {
            i.config == ConfigInterface::Spi
                && i.spikes == SpikeInterface::Config
                && i.recorder == RecorderInterface::None
        });
        let whole = target.is_fpga() && one_port;
        let shell = design.shell.iter().filter(|_| whole);
        let clock = interfaces.map_or(1, |i| i.clock_mhz);
        Self {
            top: match whole {
                true => bruno_hdl::shell_module(chip),
                false => design.top.clone(),
            },
            verilog: design.verilog.iter().chain(shell).collect(),
            memories: design.memories().collect(),
            whole,
            clock_mhz: clock.max(design.cycles_per_tick as u32),
        }
    }
}

/// Removes what an earlier run left, so that a failed one cannot pass for it, and writes what the tools read.
fn prepare(
    chip: &Chip,
    design: &Design,
    subject: &Subject,
    device: Option<Device>,
    options: &Options,
) -> Result<(), SynthError> {
    let Options {
        target,
        memories,
        dir,
        ..
    } = options;
    std::fs::create_dir_all(dir).map_err(|source| SynthError::File {
        path: dir.display().to_string(),
        source,
    })?;
    for stale in files::RESULTS {
        let path = dir.join(stale);
        if path.exists() {
            std::fs::remove_file(&path).map_err(|source| SynthError::File {
                path: path.display().to_string(),
                source,
            })?;
        }
    }
    for file in subject.verilog.iter().copied().chain(&design.companions) {
        write(dir, &file.name, &with_a_program(file))?;
    }
    let library = target.library()?;
    let script = script::print(subject, device, library, *memories);
    write(dir, files::SCRIPT, &script)?;
    if library.is_some() {
        write(dir, files::ABC, script::ABC_CONSTRAINTS)?;
        write(dir, files::MEMORY_PORTS, MEMORY_PORTS)?;
    }
    if device.is_some() && !subject.whole {
        write(dir, files::HARNESS, &harness::print(chip))?;
    }
    Ok(())
}

/// The text of a file; where it is a ROM's without a program, arbitrary words take the place of its words, which are all the
/// same: tools would fold them. Its first line stays, so that nobody takes it for a program.
fn with_a_program(file: &DesignFile) -> Cow<'_, str> {
    if !bruno_hdl::is_blank_program(file.text.as_bytes()) {
        return Cow::Borrowed(&file.text);
    }
    let mut lines = file.text.lines();
    let mut text = format!("{}\n", lines.next().unwrap_or_default());
    for (pair, _) in (1u64..).zip(lines) {
        let mixed = pair.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = (mixed ^ (mixed >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        text += &format!("{:08x} {:08x}\n", mixed >> 32, mixed & 0xffff_ffff);
    }
    Cow::Owned(text)
}

pub(crate) fn write(dir: &Path, name: &str, text: &str) -> Result<(), SynthError> {
    let path = dir.join(name);
    std::fs::write(&path, text).map_err(|source| SynthError::File {
        path: path.display().to_string(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// So many lines of two words come of this file, no word twice, behind its first line; `None`: the file stays.
    fn check(text: &str, lines: Option<usize>) {
        let file = DesignFile {
            name: "chip_program.hex".into(),
            text: text.into(),
        };
        let written = with_a_program(&file);
        let Some(lines) = lines else {
            assert_eq!(written, text);
            return;
        };
        assert!(bruno_hdl::is_blank_program(written.as_bytes()), "{written}");
        let pairs: Vec<&str> = written.lines().skip(1).collect();
        let words: HashSet<&str> = pairs.iter().flat_map(|p| p.split(' ')).collect();
        assert_eq!((pairs.len(), words.len()), (lines, 2 * lines));
    }

    #[test]
    fn a_rom_without_a_program() {
        let blank = "00000007 00000001\n".repeat(500);
        check(&format!("// No program of chip x\n{blank}"), Some(500));
    }
    #[test]
    fn any_other_file() {
        check("// Program of chip x\n00000007 00000001\n", None);
    }
}
