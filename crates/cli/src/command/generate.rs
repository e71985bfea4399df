//! `bruno generate`: writes a chip's Verilog and its companions.

mod stale;

use super::check::resolve;
use crate::changes::Changes;
use crate::failure::Failure;
use crate::output;
use bruno_hdl::DesignFile;
use bruno_host::FolderLock;
use std::path::{Path, PathBuf};

/// Write the Verilog of a chip: one module a file, a file list (.f), timing constraints (.sdc), the data sheet (.md).
///
/// A description with `interfaces` (SPI, AXI4-Lite, AER, event streams, AXI4-Stream; docs/interfaces.md) also gives the
/// shell CHIP_shell around the core, the wrappers it uses, its constraints and its page of ports and registers.
///
/// Optional hardware (`rounding`: stochastic, `noise_pA_rms` of a layer's device or `noise_rms` of one with a `model`, `recorder`: sample, mean, jacobian,
/// minmax) is generated only where the description asks for it: docs/options.md.
#[derive(clap::Args)]
pub struct Generate {
    /// The chip description, e.g. examples/braille.json.
    chip: PathBuf,
    #[command(flatten)]
    changes: Changes,
    /// Directory to write to; made where it is missing.
    #[arg(short, long, default_value = "out/rtl")]
    out: PathBuf,
    /// Also write a self-checking Verilog testbench for any simulator, with its README, into OUT/testbench.
    #[arg(long)]
    testbench: bool,
    /// Ticks of random stimulus in the testbench, rounded up to whole windows.
    #[arg(long, default_value_t = 2000, requires = "testbench")]
    ticks: u64,
    /// Seed of the testbench's random stimulus.
    #[arg(long, default_value_t = 1, requires = "testbench")]
    seed: u64,
    /// Print the files as JSON on stdout.
    #[arg(long)]
    json: bool,
}

impl Generate {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let chip = resolve(&self.chip, &self.changes)?;
        let design = bruno_hdl::delivered(&chip)?;
        let bench = match self.testbench {
            true => bruno_sim::testbench(&chip, &design, self.ticks, self.seed)?,
            false => Vec::new(),
        };
        let _lock = FolderLock::take(&self.out)?;
        let mut written = Vec::new();
        let verilog = design.verilog.iter().chain(&design.shell);
        for file in verilog.chain(&design.companions) {
            let path = self.out.join(&file.name);
            if has_program(&path, file) {
                tell!(
                    "note: {} stays: it holds a program; export it again where the description has changed",
                    path.display()
                );
            } else {
                output::write(&path, &file.text)?;
            }
            written.push(path);
        }
        if let Some(warning) = stale::warning(&self.out, &written) {
            tell!("{warning}");
        }
        if !bench.is_empty() {
            let folder = self.out.join("testbench");
            let _lock = FolderLock::take(&folder)?;
            for file in &bench {
                let path = folder.join(&file.name);
                output::write(&path, &file.text)?;
                written.push(path);
            }
        }
        let written: Vec<String> = written.iter().map(|p| p.display().to_string()).collect();
        if self.json {
            say!(
                "{}",
                serde_json::json!({ "top": design.top, "files": written })
            )?;
        } else {
            say!("{}", written.join("\n"))?;
        }
        Ok(())
    }
}

/// Whether a ROM's file without a program would take the place of a program that was exported to it.
fn has_program(path: &Path, file: &DesignFile) -> bool {
    bruno_hdl::is_blank_program(file.text.as_bytes())
        && std::fs::read(path).is_ok_and(|old| !bruno_hdl::is_blank_program(&old))
}
