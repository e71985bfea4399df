//! Progress of long work: a bar with rate and remaining time on a terminal, plain lines (one a tenth, at least three
//! seconds apart) elsewhere.

use crate::console;
use indicatif::{ProgressBar, ProgressStyle};
use std::time::{Duration, Instant};

/// Least time between two plain lines.
const QUIET: Duration = Duration::from_secs(3);

/// Progress over a known amount of work.
pub struct Progress {
    bar: Option<ProgressBar>,
    label: String,
    total: u64,
    done: u64,
    printed: u64,
    start: Instant,
    last: Instant,
}

impl Progress {
    /// Progress over `total` units named `unit` (ticks, samples).
    pub fn new(label: &str, total: u64, unit: &str) -> Self {
        let template = format!(
            "{{prefix}} {{wide_bar}} {{pos}}/{{len}} {unit}, {{per_sec}}, {{eta}} left {{msg}}"
        );
        let style = ProgressStyle::with_template(&template)
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = console::shows_progress().then(|| {
            ProgressBar::new(total)
                .with_style(style)
                .with_prefix(label.to_string())
        });
        Self {
            bar,
            label: label.into(),
            total,
            done: 0,
            printed: 0,
            start: Instant::now(),
            last: Instant::now(),
        }
    }

    /// Reports units done since the last call.
    pub fn advance(&mut self, units: u64) {
        console::check_interrupted();
        self.done += units;
        if let Some(bar) = &self.bar {
            bar.inc(units);
            return;
        }
        let tenth = self.done * 10 / self.total.max(1);
        if tenth > self.printed && self.last.elapsed() >= QUIET {
            self.printed = tenth;
            self.last = Instant::now();
            let elapsed = self.start.elapsed().as_secs_f64();
            let left =
                elapsed * (self.total - self.done.min(self.total)) as f64 / self.done.max(1) as f64;
            tell!(
                "{}: {}0 %, {elapsed:.0} s, {left:.0} s left",
                self.label,
                tenth
            );
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
