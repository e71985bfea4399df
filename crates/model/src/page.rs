//! A page of a model as Markdown: what its file says, and what follows from it.

use crate::Derived;
use crate::finding::Finding;
use crate::model::Model;
use crate::report::Report;

impl Derived {
    /// The page of a model; a picture called like its file with the ending `svg` is named in it.
    pub fn page(&self) -> String {
        let model = &self.model;
        let report = self.report();
        let mut page = format!("# {}\n\n{}\n\n", model.name, wrapped(&about(model)));
        page += &format!(
            "![Rate against a constant input, and the plane of two states]({}.svg)\n\n",
            model.name
        );
        page += &format!("## Equations\n\n{}\n", equations(model));
        page += &format!("## Parameters\n\n{}\n", parameters(model));
        page += &format!("## States\n\n{}\n", states(&report));
        page += &format!("## Coefficients\n\n{}", coefficients(&report));
        for finding in &report.findings {
            page += &format!("\n{}\n", wrapped(&line(finding)));
        }
        page
    }
}

/// A finding as a line that begins with a word of its own.
fn line(finding: &Finding) -> String {
    let text = finding.to_string();
    let (first, rest) = text.split_at(1);
    first.to_uppercase() + rest
}

/// What the file says of itself: its leading comment.
fn about(model: &Model) -> String {
    let comments = model.text().lines().map_while(|l| l.strip_prefix('#'));
    comments.map(str::trim).collect::<Vec<_>>().join(" ")
}

/// The file from its internals on, without the block of parameters, which has a table, and that of integers.
fn equations(model: &Model) -> String {
    let mut text = String::new();
    let mut shown = false;
    for line in model.text().lines() {
        let block = line.strip_prefix("    ").filter(|l| !l.starts_with(' '));
        if let Some(block) = block {
            shown = !["parameters:", "integers:"]
                .iter()
                .any(|b| block.starts_with(b));
        }
        if shown && !line.trim().is_empty() {
            text += &format!("{line}\n");
        }
    }
    text
}

/// Parameters with their bounds in the units of the file, and what its comments say of them.
fn parameters(model: &Model) -> String {
    let mut text =
        String::from("| parameter | unit | default | bounds | |\n|---|---|---|---|---|\n");
    for p in &model.parameters {
        let scale = p.unit.1.scale;
        let [default, low, high] = [p.default, p.bounds.0, p.bounds.1].map(|x| short(x / scale));
        let row = match p.switch {
            true => format!(
                "| {} | switch | {} | |",
                p.name,
                if p.default == 0.0 { "off" } else { "on" }
            ),
            false => format!(
                "| {} | {} | {default} | {low} to {high} |",
                p.name, p.unit.0
            ),
        };
        let line = model
            .text()
            .lines()
            .nth((p.span.line as usize).saturating_sub(1));
        let comment = line
            .and_then(|l| l.split_once('#'))
            .map_or("", |(_, c)| c.trim());
        text += &format!("{row} {comment} |\n");
    }
    text
}

fn states(report: &Report) -> String {
    let head =
        "| state | bits | one LSB | range | its decay stops below |\n|---|---|---|---|---|\n";
    let mut text = String::from(head);
    for s in &report.states {
        let guard = s
            .guard_bits
            .map_or(String::new(), |g| format!(" + {g} guard"));
        let origin = if s.given { "given" } else { "derived" };
        let stops = match s.stops_at {
            None => String::new(),
            Some(x) if x > s.high => "everywhere".into(),
            Some(x) => format!("{x:.2e} {}", s.unit),
        };
        text += &format!(
            "| {} | {}{guard}, {origin} | {:.2e} {} | {} to {} {} | {stops} |\n",
            s.name,
            s.bits,
            s.lsb,
            s.unit,
            short(s.low),
            short(s.high),
            s.unit
        );
    }
    text
}

fn coefficients(report: &Report) -> String {
    let mut text = format!(
        "{} operations of 32 bits a tick, {} of them products. Errors are those at the defaults.\n\n",
        report.operations, report.products
    );
    text += "| coefficient | mantissa | value | error |\n|---|---|---|---|\n";
    for c in &report.coefficients {
        text += &format!(
            "| {} | {} bits | {} / 2^{} | {:.3} % |\n",
            c.name,
            c.mantissa_bits,
            c.mantissa,
            c.shift,
            100.0 * c.error
        );
    }
    text
}

/// To nine digits: what a file writes, whatever the unit's factor made of its last bit.
fn short(x: f64) -> String {
    let rounded: f64 = format!("{x:.8e}").parse().unwrap_or(x);
    format!("{rounded}")
}

/// Lines of at most 120 characters.
fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().filter(|l| l.len() + word.len() < 120);
        match line {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) => *line += &format!(" {word}"),
            None => lines.push(word.into()),
        }
    }
    lines.join("\n")
}
