//! The process that runs builds of a model, started before they are there: it runs the integer model while they are
//! compiled.

use super::{PROGRAM, origin};
use crate::build::REPORT;
use crate::files;
use bruno_device::Chip;
use bruno_host::{Ended, WaitingTool, command_line};
use bruno_sim::SimError;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// File of the chip beside its builds.
const CHIP: &str = "judged_chip.json";

/// A process that waits for builds of a chip.
pub(crate) struct Waiting {
    command: String,
    tool: WaitingTool,
}

impl Waiting {
    /// Starts it for builds in `dir`; `None` where builds run in this process: the program did not say how it is started
    /// again, or the chip comes from its description in no way that another process knows.
    pub fn start(chip: &Chip, dir: &Path) -> Result<Option<Self>, SimError> {
        let (Some((program, arguments)), Some(origin)) = (PROGRAM.get(), origin(chip)) else {
            return Ok(None);
        };
        let file = dir.join(CHIP);
        let text = serde_json::to_string(&chip.description).map_err(std::io::Error::from);
        text.and_then(|text| std::fs::write(&file, text))
            .map_err(|e| files::file_error(&file, e))?;
        let mut command = Command::new(program);
        command.args(arguments).args(origin.arguments()).arg(file);
        let line = command_line(&command);
        match WaitingTool::start(&mut command) {
            Ok(tool) => Ok(Some(Self {
                command: line,
                tool,
            })),
            Err(error) => Err(failure(line, error.to_string())),
        }
    }

    /// Gives it the builds; `listen` is told what it says of them, a line at a time.
    pub fn give(
        self,
        builds: &[PathBuf],
        limit: Duration,
        listen: &mut dyn FnMut(&str),
    ) -> Result<Ended, SimError> {
        let paths = builds.iter().map(|path| path.as_os_str().as_bytes());
        let input: Vec<u8> = paths.flat_map(|path| [path, &[0]].concat()).collect();
        let ended = self.tool.give(&input, limit, listen);
        ended.map_err(|e| failure(self.command, e.to_string()))
    }
}

/// What is said where the process failed for another reason than a build.
pub(super) fn failure(command: String, output: String) -> SimError {
    SimError::Tool {
        command,
        output,
        remedy: REPORT.into(),
    }
}
