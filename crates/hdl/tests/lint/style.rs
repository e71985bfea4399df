//! What docs/verilog_style.md says of every delivered file: how long its lines are, and which lint it waives.

use bruno_hdl::{Design, DesignFile};

/// Columns of a line.
const COLUMNS: usize = 100;

/// All waivers that there are: the end of a file's name, the lint. The page says why.
const WAIVERS: [(&str, &str); 2] = [
    // A file that is replaced as a whole holds several modules.
    ("_memories.v", "DECLFILENAME"),
    // SCK may stand still during a reset.
    ("bruno_spi_slave.v", "SYNCASYNCNET"),
];

/// Panics with what a design's files do against the style.
pub fn check(design: &Design) {
    let files = design.verilog.iter().chain(&design.shell);
    let found: Vec<String> = files.flat_map(faults).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

fn faults(file: &DesignFile) -> Vec<String> {
    let lines = (1..).zip(file.text.lines());
    lines
        .filter_map(|(number, line)| {
            let fault = fault(&file.name, line)?;
            Some(format!("{}:{number}: {fault}: {line}", file.name))
        })
        .collect()
}

fn fault(file: &str, line: &str) -> Option<String> {
    if line.len() > COLUMNS {
        return Some(format!("{} columns", line.len()));
    }
    if line.ends_with(' ') || line.contains('\t') {
        return Some("a blank at its end, or a tab".into());
    }
    let (_, rest) = line.split_once("lint_off")?;
    let lint = rest.split_whitespace().next().unwrap_or("everything");
    let allowed = |(end, name): &(&str, &str)| file.ends_with(end) && *name == lint;
    match WAIVERS.iter().any(allowed) {
        true => None,
        false => Some(format!("waives {lint}")),
    }
}

fn check_line(file: &str, line: &str, expected: Option<&str>) {
    assert_eq!(fault(file, line).as_deref(), expected);
}

#[test]
fn a_line_of_100_columns() {
    check_line("chip.v", &"x".repeat(100), None);
}
#[test]
fn a_longer_line() {
    check_line("chip.v", &"x".repeat(101), Some("101 columns"));
}
#[test]
fn a_blank_at_the_end() {
    check_line("chip.v", "end ", Some("a blank at its end, or a tab"));
}
#[test]
fn a_waiver_of_the_list() {
    let line = "/* verilator lint_off DECLFILENAME */";
    check_line("chip_memories.v", line, None);
}
#[test]
fn the_same_in_another_file() {
    let line = "/* verilator lint_off DECLFILENAME */";
    check_line("chip_control.v", line, Some("waives DECLFILENAME"));
}
#[test]
fn another_in_the_same_file() {
    let line = "/* verilator lint_off UNUSEDSIGNAL */";
    check_line("chip_memories.v", line, Some("waives UNUSEDSIGNAL"));
}
