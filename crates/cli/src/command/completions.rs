//! `bruno completions`: what a shell completes.

use super::Arguments;
use crate::failure::Failure;
use clap::CommandFactory;
use clap_complete::Shell;

/// Print the completions of a shell.
///
/// For bash: bruno completions bash > ~/.local/share/bash-completion/completions/bruno
#[derive(clap::Args)]
pub struct Completions {
    /// The shell.
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "bruno", &mut script);
        crate::console::print(&String::from_utf8_lossy(&script))
    }
}
