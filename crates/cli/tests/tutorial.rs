//! The tutorial, run as it stands in `docs/tutorial.md`: every command ends well and prints what the page says it prints.

mod support;

use std::path::Path;
use support::{bruno, check, root};

/// A command of the page, and the lines that the page shows below it.
struct Step {
    words: Vec<String>,
    lines: Vec<String>,
}

/// The steps: lines of four spaces; one that begins with `bruno` starts a step, one that follows a `\` goes on with it.
fn steps(page: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut goes_on = false;
    for line in page.lines().filter_map(|line| line.strip_prefix("    ")) {
        let words = line
            .trim_end_matches('\\')
            .split_whitespace()
            .map(String::from);
        match steps.last_mut() {
            Some(step) if goes_on => step.words.extend(words),
            Some(step) if !line.starts_with("bruno ") => step.lines.push(line.into()),
            _ => steps.push(Step {
                words: words.skip(1).collect(),
                lines: Vec::new(),
            }),
        }
        goes_on = line.ends_with('\\');
    }
    steps
}

impl Step {
    /// Runs in a folder. Of a line that is shown the words before the first figure are looked for, `...` is anything.
    fn run(&self, folder: &Path) {
        let measurements = root().join("examples/measurements");
        let measurements = measurements.canonicalize().unwrap();
        let words: Vec<String> = self
            .words
            .iter()
            .map(|w| w.replace("MEASUREMENTS", measurements.to_str().unwrap()))
            .collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let mut command = bruno(&words);
        command.current_dir(folder);
        let output = check(command, 0, "");
        let text = [&output.stdout[..], &output.stderr[..]].concat();
        let text = String::from_utf8_lossy(&text);
        for line in self.lines.iter().filter(|line| *line != "...") {
            let words = line
                .split(|c: char| c.is_ascii_digit() && !line.starts_with("epoch"))
                .next()
                .unwrap();
            assert!(
                !words.trim().is_empty() && text.contains(words),
                "`{words}` is not in what {:?} prints:\n{text}",
                self.words
            );
        }
    }
}

#[test]
fn the_tutorial() {
    let page = std::fs::read_to_string(root().join("docs/tutorial.md")).unwrap();
    let steps = steps(&page);
    assert!(steps.len() > 12, "{} commands", steps.len());
    let folder = tempfile::tempdir().unwrap();
    for step in &steps {
        step.run(folder.path());
    }
    for file in [
        "run/report.html",
        "sweep/report.html",
        "yield/summary.json",
        "words.hex",
        "rtl/testbench",
    ] {
        assert!(folder.path().join(file).exists(), "{file}");
    }
}
