//! What `bruno cosim --coverage` keeps and prints.

use crate::failure::Failure;
use bruno_hdl::Design;
use bruno_host::FolderLock;
use bruno_verilator::{Coverage, Covered, Lockstep, ModuleCoverage};
use std::fmt::Write;
use std::path::Path;

/// Writes counters and annotated sources under `out`/coverage and adds the counters up.
pub(super) fn keep(both: &Lockstep, design: &Design, out: &Path) -> Result<Coverage, Failure> {
    let failed = |path: &Path, source| Failure::Write {
        path: path.display().to_string(),
        source,
    };
    let _lock = FolderLock::take(out)?;
    let made = bruno_host::temporary_folder(out).map_err(|e| failed(out, e))?;
    let data = made.path().join("coverage.dat");
    both.write_coverage(&data)?;
    Coverage::annotate(design, &data, &made.path().join("annotated"))?;
    let bytes = std::fs::read(&data).map_err(|e| failed(&data, e))?;
    let target = out.join("coverage");
    if target.exists() {
        std::fs::remove_dir_all(&target).map_err(|e| failed(&target, e))?;
    }
    std::fs::rename(made.keep(), &target).map_err(|e| failed(&target, e))?;
    Ok(Coverage::parse(&String::from_utf8_lossy(&bytes)))
}

/// One row a module, the sum, and the lines that were never executed.
pub(super) fn table(coverage: &Coverage) -> String {
    let width = coverage.modules.iter().map(|m| m.module.len()).max();
    let width = width.unwrap_or(0).max("all modules".len());
    let cell = |c: Covered| format!("{:6.1} % of {:<6}", c.percent(), c.points);
    let mut text = format!("{:width$}  {:18}  toggle\n", "coverage", "line");
    for m in &coverage.modules {
        let _ = writeln!(
            text,
            "{:width$}  {}  {}",
            m.module,
            cell(m.line),
            cell(m.toggle)
        );
    }
    let (line, toggle) = totals(coverage);
    let _ = writeln!(
        text,
        "{:width$}  {}  {}",
        "all modules",
        cell(line),
        cell(toggle)
    );
    for m in coverage.modules.iter().filter(|m| !m.unreached.is_empty()) {
        let _ = writeln!(
            text,
            "never reached: {}.v, lines {}",
            m.module,
            list(&m.unreached)
        );
    }
    text
}

fn list(lines: &[u32]) -> String {
    let lines: Vec<String> = lines.iter().map(u32::to_string).collect();
    lines.join(", ")
}

fn totals(coverage: &Coverage) -> (Covered, Covered) {
    let line = |m: &ModuleCoverage| m.line;
    let toggle = |m: &ModuleCoverage| m.toggle;
    (coverage.total(line), coverage.total(toggle))
}

/// Modules and totals as JSON.
pub(super) fn json(coverage: &Coverage) -> serde_json::Value {
    let (line, toggle) = totals(coverage);
    serde_json::json!({
        "modules": coverage.modules, "line": line, "toggle": toggle,
        "line_percent": line.percent(), "toggle_percent": toggle.percent(),
    })
}
