//! What is kept of a build that does not do what the integer model does: enough to see the difference again.

use crate::compile::Build;
use bruno_device::Chip;
use bruno_sim::stimuli::Case;
use std::io::{Error, Result};
use std::path::{Path, PathBuf};

/// What the name of a folder begins with; it is made in the given place, or in the system's folder for such files.
const PREFIX: &str = "bruno-evidence-";

/// Keeps the case that ran, the build's object and its description; returns the folder, or why there is none. What cannot be
/// kept never hides what was found.
pub(super) fn keep(
    place: &Path,
    chip: &Chip,
    build: &Build,
    case: Option<&Case>,
    found: &str,
) -> String {
    let kept = folder(place).and_then(|dir| write(&dir, chip, build, case, found).map(|()| dir));
    match kept {
        Ok(dir) => dir.display().to_string(),
        Err(error) => format!("could not be kept: {error}"),
    }
}

fn folder(place: &Path) -> Result<PathBuf> {
    let here = |dir: &Path| tempfile::Builder::new().prefix(PREFIX).tempdir_in(dir);
    let made = here(place).or_else(|_| here(&std::env::temp_dir()))?;
    std::fs::canonicalize(made.keep())
}

fn write(dir: &Path, chip: &Chip, build: &Build, case: Option<&Case>, found: &str) -> Result<()> {
    let about = serde_json::json!({
        "chip": chip.description,
        "build": build.choice.to_string(),
        "passes": build.hits.all,
        "case": case.map(|case| &case.name),
        "difference": found,
    });
    let text = |value: &serde_json::Value| serde_json::to_string_pretty(value).map_err(Error::from);
    std::fs::write(dir.join("build.json"), text(&about)?)?;
    if let Some(case) = case {
        std::fs::write(dir.join("case.json"), serde_json::to_string(case)?)?;
    }
    std::fs::copy(&build.path, dir.join("model.so")).map(|_| ())
}
