//! `bruno manual`: a page for `man` of each command.

use super::Arguments;
use crate::failure::Failure;
use crate::output;
use clap::CommandFactory;
use clap_mangen::Man;
use std::path::{Path, PathBuf};

/// Write the manual pages.
///
/// For one user: bruno manual --out ~/.local/share/man/man1, then `man bruno` and `man bruno-train`.
#[derive(clap::Args)]
pub struct Manual {
    /// Folder of the pages.
    #[arg(short, long)]
    out: PathBuf,
}

impl Manual {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let mut root = Arguments::command();
        root.build();
        let pages = write(&root, &self.out)?;
        say!("{pages} pages: {}", self.out.display())
    }
}

/// Writes the page of a command and those of its subcommands; gives their number.
fn write(command: &clap::Command, out: &Path) -> Result<usize, Failure> {
    let man = Man::new(command.clone());
    let file = out.join(man.get_filename());
    let mut page = Vec::new();
    man.render(&mut page).map_err(|source| Failure::Write {
        path: file.display().to_string(),
        source,
    })?;
    output::write(&file, &String::from_utf8_lossy(&page))?;
    let below = command.get_subcommands();
    below
        .filter(|c| !c.is_hide_set() && c.get_name() != "help")
        .map(|c| write(c, out))
        .try_fold(1, |pages, more| Ok(pages + more?))
}
