//! What a folder of results holds, as one HTML file that can be mailed: text, tables and pictures of a training run, a
//! sweep, a search for settings, virtual chips, an audit, a bench, a synthesis or a fit of a device.
//!
//! The file needs no network and runs no script. The same folder gives the same bytes: no time, no path of the folder.
//! Whatever a file of the folder says is text, never markup (`maud` escapes it, `text.rs` takes out what steers a page).

#![deny(clippy::print_stdout, clippy::print_stderr)]
// Files of strangers are read here: nothing of them may end in a panic.
#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod error;
mod folder;
mod page;
mod sections;
mod svg;
mod text;

pub use error::ReportError;

use folder::Folder;
use std::path::Path;

/// Name of the page beside the results.
pub const FILE: &str = "report.html";

/// The page of a folder of results.
///
/// # Errors
/// A folder without any results, and a file of it that is damaged: the file is named.
pub fn page(dir: &Path) -> Result<String, ReportError> {
    if !dir.is_dir() {
        return Err(ReportError::Input {
            path: dir.display().to_string(),
            what: "is no folder; give the --out of `bruno train` or of another command".into(),
        });
    }
    let page = sections::all(&Folder::new(dir))?;
    page.map(|page| page.text()).ok_or_else(|| ReportError::Input {
        path: dir.display().to_string(),
        what: format!(
            "holds no results that a report shows ({}); give the --out of `bruno train` or of another of these commands",
            sections::FILES
        ),
    })
}
