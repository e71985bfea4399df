//! Rewrites of foreign text in the files of a model ([`crate::passes`] makes them), and whether a model is made with them.

use crate::compile::hot_sources;
use crate::files::{file_error, read, write};
use crate::passes::Hits;
use crate::seeded::Fault;
use crate::{names, passes};
use bruno_device::Chip;
use bruno_sim::SimError;
use std::path::Path;

/// Environment variable: `off` builds models from what Verilator and the compiler write by themselves.
const VARIABLE: &str = "BRUNO_REWRITES";

/// Which rewrites are made.
#[derive(Clone, Copy)]
pub(crate) struct Rewrites<'a> {
    pub on: bool,
    /// A fault in what one of them writes.
    pub fault: Option<&'a Fault>,
}

impl Rewrites<'_> {
    /// The texts of the tools by themselves.
    pub fn none() -> Self {
        Self {
            on: false,
            fault: None,
        }
    }

    /// What the user's environment says; all of them where it says nothing.
    pub fn of_user() -> Result<Self, SimError> {
        let asked = std::env::var_os(VARIABLE).unwrap_or_default();
        Ok(Self {
            on: parse(&asked.to_string_lossy())?,
            fault: None,
        })
    }
}

fn parse(asked: &str) -> Result<bool, SimError> {
    match asked {
        "" | "on" => Ok(true),
        "off" => Ok(false),
        other => Err(SimError::Mismatch {
            what: format!("the environment variable {VARIABLE}"),
            found: format!("`{other}`"),
            expected: "`on` (as where it is not set) or `off`".into(),
        }),
    }
}

/// Whether the driver finds the only clock's trigger under the name that it knows.
pub(crate) fn one_clock(dir: &Path) -> usize {
    let header = std::fs::read_to_string(dir.join(names::ROOT_HEADER)).unwrap_or_default();
    let found = header.contains(names::ONE_TRIGGER) && !header.contains(names::INPUT_PATHS);
    usize::from(found)
}

/// The headers of a model's classes after their passes.
pub(crate) fn headers(
    dir: &Path,
    chip: &Chip,
    hits: &mut Hits,
    fault: Option<&Fault>,
) -> Result<(), SimError> {
    let passes = passes::headers(chip);
    let entries = std::fs::read_dir(dir).map_err(|e| file_error(dir, e))?;
    for path in entries.flatten().map(|e| e.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with(names::CLASS) && name.ends_with(".h") {
            let text = passes::run(&passes, read(&path)?, hits, fault);
            write(dir, &name, &text)?;
        }
    }
    Ok(())
}

/// Ends each source where all are one text; Verilator writes no such line.
const NEXT_SOURCE: &str = "// bruno: the next source\n";

/// What is evaluated every tick after its passes, which see all of it as one text.
pub(crate) fn evaluation(
    dir: &Path,
    chip: &Chip,
    hits: &mut Hits,
    fault: Option<&Fault>,
) -> Result<(), SimError> {
    let passes = passes::cpp(chip);
    if passes.is_empty() {
        return Ok(());
    }
    let sources = hot_sources(dir)?;
    let texts = sources
        .iter()
        .map(|path| read(path).map(|t| t + NEXT_SOURCE));
    let text: String = texts.collect::<Result<_, _>>()?;
    let text = passes::run(&passes, text, hits, fault);
    for (path, text) in sources.iter().zip(text.split(NEXT_SOURCE)) {
        let text = format!("{}{text}", names::SPIKE_SEARCH);
        std::fs::write(path, text).map_err(|e| file_error(path, e))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn check(asked: &str, expected: Option<bool>) {
        assert_eq!(parse(asked).ok(), expected);
    }

    #[test]
    fn not_set() {
        check("", Some(true));
    }

    #[test]
    fn off() {
        check("off", Some(false));
    }

    #[test]
    fn misspelt() {
        check("none", None);
    }
}
