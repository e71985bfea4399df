//! The netlist in one piece: each library cell knows its module, memories are simple gates that nothing is known of.

use super::liberty::Liberty;
use super::netlist::{MODULE, Netlist};
use crate::report::{Options, write};
use crate::script::files;
use crate::tool::{Tool, YOSYS};
use crate::{SynthError, area};
use std::path::Path;

const FLATTEN: Tool = Tool {
    log: "power_messages.log",
    ..YOSYS
};

/// Flattens the netlist in `options.dir`, whose modules, `top` among them, get their places in the order of `modules`,
/// from 1; beside it the library at `path`, of which its cells are.
pub(crate) fn netlist(
    top: &str,
    modules: &[&str],
    path: &Path,
    options: &Options,
) -> Result<(Liberty, Netlist), SynthError> {
    let liberty = Liberty::read(path)?;
    write(
        &options.dir,
        files::POWER_SCRIPT,
        &script(top, modules, path),
    )?;
    let arguments = ["-Q", "-q", "-l", "power.log", files::POWER_SCRIPT];
    FLATTEN.run(&options.dir, &arguments, options.limit, &mut |_| ())?;
    let text = area::read(&options.dir.join(files::POWER))?;
    let netlist = Netlist::parse(&text, top, &liberty).map_err(|what| unreadable(options, what))?;
    Ok((liberty, netlist))
}

/// A flat netlist that is not what was expected.
pub(crate) fn unreadable(options: &Options, what: String) -> SynthError {
    SynthError::Unreadable {
        log: options.dir.join(files::POWER).display().to_string(),
        what,
    }
}

fn script(top: &str, modules: &[&str], liberty: &Path) -> String {
    let mut lines = vec![
        format!("read_liberty -lib {}", liberty.display()),
        format!("read_verilog {}", files::NETLIST),
        format!("hierarchy -top {top}"),
    ];
    for (at, module) in (1..).zip(modules) {
        lines.push(format!("setattr -set {MODULE} {at} {module}/c:*"));
    }
    lines.push("proc; flatten; memory; memory_map; opt_clean".into());
    lines.push("techmap; dffunmap; simplemap; clean".into());
    lines.push(format!("write_json {}", files::POWER));
    lines.join("\n") + "\n"
}

#[cfg(test)]
#[path = "flat_tests.rs"]
mod tests;
