//! What went wrong, kept with the files that made it.

use super::{Case, Damaged, Ended};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// Examples that are kept of one finding.
const EXAMPLES: u64 = 3;

/// The tally of a job.
#[derive(Debug)]
pub struct Findings {
    keep: PathBuf,
    /// Runs by exit code.
    codes: BTreeMap<i32, u64>,
    /// Bad ends by what they have in common.
    bad: BTreeMap<String, u64>,
}

impl Findings {
    pub(super) fn new(keep: &Path) -> Self {
        let (codes, bad) = (BTreeMap::new(), BTreeMap::new());
        Self {
            keep: keep.into(),
            codes,
            bad,
        }
    }

    /// Whether every run ended as it should.
    pub fn is_empty(&self) -> bool {
        self.bad.is_empty()
    }

    pub(super) fn add(
        &mut self,
        number: u64,
        case: &Case,
        damaged: &[Damaged],
        ended: &Ended,
    ) -> std::io::Result<()> {
        *self.codes.entry(ended.code).or_default() += 1;
        if ended.is_good() {
            return Ok(());
        }
        let kind = kind(case, ended);
        let count = self.bad.entry(kind.clone()).or_default();
        *count += 1;
        if *count > EXAMPLES {
            return Ok(());
        }
        let folder = self.keep.join(number.to_string());
        std::fs::create_dir_all(&folder)?;
        for file in damaged {
            std::fs::write(folder.join(file.name.replace('/', "__")), &file.bytes)?;
        }
        let about = format!(
            "run {number}: {kind}\nbruno {}\n{}",
            case.arguments.join(" "),
            ended.stderr
        );
        std::fs::write(folder.join("ABOUT"), about)
    }
}

/// What a bad end has in common with others of its cause: command, exit code, the first line of its message that says where.
fn kind(case: &Case, ended: &Ended) -> String {
    let told = [
        "panicked at",
        "memory allocation",
        "overflowed its stack",
        "bug in bruno",
    ];
    let says = |line: &&str| told.iter().any(|t| line.contains(t));
    let line = ended
        .stderr
        .lines()
        .find(says)
        .or(ended.stderr.lines().last());
    let line: String = line
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_ascii_digit() || line.unwrap_or_default().contains(".rs:"))
        .take(160)
        .collect();
    let escaped = if ended.escaped {
        ", wrote outside of its folder"
    } else {
        ""
    };
    format!(
        "{}: exit {}{escaped}: {line}",
        case.arguments[..2].join(" "),
        ended.code
    )
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let runs: u64 = self.codes.values().sum();
        writeln!(f, "{runs} runs")?;
        for (code, count) in &self.codes {
            writeln!(f, "  exit {code}: {count}")?;
        }
        for (kind, count) in &self.bad {
            writeln!(f, "finding, {count} times: {kind}")?;
        }
        match self.is_empty() {
            true => writeln!(f, "no findings"),
            false => writeln!(f, "examples in {}", self.keep.display()),
        }
    }
}
