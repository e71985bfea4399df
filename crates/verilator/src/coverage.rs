//! Line and toggle coverage of the RTL: Verilator's counters, added up by module, and its annotated sources.

use crate::tool;
use bruno_hdl::Design;
use bruno_sim::SimError;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

const INSTALL: &str = "verilator_coverage is needed (Debian 12: apt-get install verilator)";

/// Points reached, of all there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Covered {
    /// Points reached at least once.
    pub reached: usize,
    /// All points.
    pub points: usize,
}

impl Covered {
    fn add(&mut self, reached: bool) {
        self.points += 1;
        self.reached += usize::from(reached);
    }

    /// Share in per cent; a module without points is covered.
    pub fn percent(&self) -> f64 {
        if self.points == 0 {
            return 100.0;
        }
        100.0 * self.reached as f64 / self.points as f64
    }
}

/// Coverage of one module, over all its instances.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ModuleCoverage {
    /// Name.
    pub module: String,
    /// Blocks and branches executed.
    pub line: Covered,
    /// Bits that went both ways.
    pub toggle: Covered,
    /// Lines with a block or branch that was never executed.
    pub unreached: Vec<u32>,
}

/// Coverage of a design.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Coverage {
    /// Modules by name.
    pub modules: Vec<ModuleCoverage>,
}

impl Coverage {
    /// Adds up Verilator's file of counters.
    pub fn parse(text: &str) -> Self {
        let mut points = BTreeMap::<(String, bool, u32, String), u64>::new();
        for line in text.lines() {
            if let Some((point, count)) = point(line) {
                *points.entry(point).or_default() += count;
            }
        }
        let mut modules = BTreeMap::<String, ModuleCoverage>::new();
        for ((module, toggle, line, _), count) in points {
            let own = modules.entry(module.clone()).or_default();
            own.module = module;
            if toggle {
                own.toggle.add(count > 0);
                continue;
            }
            own.line.add(count > 0);
            if count == 0 && own.unreached.last() != Some(&line) {
                own.unreached.push(line);
            }
        }
        Self {
            modules: modules.into_values().collect(),
        }
    }

    /// All modules together.
    pub fn total(&self, part: impl Fn(&ModuleCoverage) -> Covered) -> Covered {
        self.modules
            .iter()
            .map(part)
            .fold(Covered::default(), |a, b| Covered {
                reached: a.reached + b.reached,
                points: a.points + b.points,
            })
    }

    /// Writes the design's sources with the counters of `data` (a file) into the directory `to`.
    pub fn annotate(design: &Design, data: &Path, to: &Path) -> Result<(), SimError> {
        let file = |path: &Path, source| SimError::File {
            path: path.display().to_string(),
            source,
        };
        let absolute = |path: &Path| std::path::absolute(path).map_err(|e| file(path, e));
        // The counters name the sources as Verilator read them: without a directory.
        let sources = tempfile::tempdir().map_err(|e| file(Path::new("temporary directory"), e))?;
        for f in &design.verilog {
            let path = sources.path().join(&f.name);
            std::fs::write(&path, &f.text).map_err(|e| file(&path, e))?;
        }
        let mut command = tool::command("verilator_coverage");
        command
            .current_dir(sources.path())
            .args(["--annotate-min", "1", "--annotate"])
            .arg(absolute(to)?)
            .arg(absolute(data)?);
        tool::run(&mut command, INSTALL).map(|_| ())
    }
}

/// A line of Verilator's file: `C '\x01key\x02value...' count`. The point is named by module, whether it is a toggle,
/// line, and what else tells it from others; its instance is left out.
fn point(line: &str) -> Option<((String, bool, u32, String), u64)> {
    let (keys, count) = line.strip_prefix("C '")?.rsplit_once("' ")?;
    let (mut page, mut number, mut rest) = ("", 0, String::new());
    for part in keys.split('\u{1}').filter(|p| !p.is_empty()) {
        let (key, value) = part.split_once('\u{2}')?;
        match key {
            "page" => page = value,
            "l" => number = value.parse().ok()?,
            "h" => {}
            _ => rest += value,
        }
    }
    let (kind, module) = page.split_once('/')?;
    let point = (module.to_string(), kind == "v_toggle", number, rest);
    Some((point, count.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(number: u32, page: &str, of: &str, instance: &str, count: u32) -> String {
        format!(
            "C '\u{1}f\u{2}a.v\u{1}l\u{2}{number}\u{1}n\u{2}5\u{1}page\u{2}{page}\u{1}o\u{2}{of}\u{1}h\u{2}{instance}' {count}\n"
        )
    }

    /// Instances of a module add up, branches of a line are points of their own.
    #[test]
    fn parse() {
        let text = "# SystemC::Coverage-3\n".to_string()
            + &line(7, "v_branch/a", "if", "top.one", 0)
            + &line(7, "v_branch/a", "if", "top.two", 3)
            + &line(7, "v_branch/a", "else", "top.one", 0)
            + &line(9, "v_line/a", "block", "top.one", 1)
            + &line(2, "v_toggle/a", "x[0]", "top.one", 0)
            + &line(2, "v_toggle/a", "x[1]", "top.one", 8);
        let coverage = Coverage::parse(&text);
        let a = &coverage.modules[0];
        assert_eq!((a.line.reached, a.line.points), (2, 3));
        assert_eq!((a.toggle.reached, a.toggle.points), (1, 2));
        assert_eq!(a.unreached, [7]);
    }
}
