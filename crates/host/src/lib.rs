//! How bruno meets the machine: files that are read within a budget, replaced whole or grown by lines, folders that one
//! command at a time writes into, what other users can have put on the disk, and external tools that end in time and never
//! outlive bruno.
//!
//! Nothing here knows a chip.

#![deny(clippy::print_stdout, clippy::print_stderr)]

mod budget;
mod folder_lock;
mod leftovers;
mod line_log;
mod program;
mod read_text;
mod replace_file;
mod tool;
mod trust;

pub use budget::BUDGET_BYTES;
pub use folder_lock::{FolderLock, LockError};
pub use leftovers::temporary_folder;
pub use line_log::LineLog;
pub use program::find_program;
pub use read_text::{read_bytes, read_text};
pub use replace_file::replace_file;
pub use tool::{Ended, Outcome, WaitingTool, command_line, run_tool};
pub use trust::{Distrust, check_folder, check_metadata};
