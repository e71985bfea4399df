//! The shell around a chip's core: the wrappers its description asks for (`interfaces`), wired to the core's ports.
//!
//! The wrappers are written by hand (`rtl/interfaces/`); the shell only instantiates them. The core keeps its name and
//! ports, and is what co-simulation runs.

mod boot;
mod bring_up;
mod config;
mod page;
mod parts;
mod recorder;
mod spikes;
mod timing;
mod window;

pub(super) use boot::rom;
pub use boot::{is_blank_program, program_words};
pub(super) use spikes::DEPTH_BITS;
pub use window::Window;

use super::lists::{declarations, list, net};
use super::{DesignFile, Port, file, header, ports};
use bruno_chip::{Interfaces, SpikeInterface};
use bruno_device::Chip;
use std::fmt::Write;

/// Names of the nets of transfers: from the host's wrapper, and from what loads the chip, to the hub.
const HOST: &str = "host";
const HUB: &str = "hub";

/// Bits of an event's address.
const EVENT_BITS: usize = 16;

/// One side of the shell: its ports, its instances, and the wrappers among them.
struct Side {
    ports: Vec<Port>,
    body: String,
    parts: Vec<&'static str>,
}

/// Name of the shell's module.
pub fn shell_module(chip: &Chip) -> String {
    format!("{}_shell", chip.name)
}

/// The chip's interfaces when they need a shell.
pub(super) fn wanted(chip: &Chip) -> Option<Interfaces> {
    chip.description.interfaces.filter(Interfaces::need_shell)
}

/// The wrappers used, then the shell; nothing for a chip with bare ports.
pub(super) fn files(chip: &Chip) -> Vec<DesignFile> {
    let Some(interfaces) = wanted(chip) else {
        return Vec::new();
    };
    let sides = sides(chip, &interfaces);
    let used: Vec<&str> = sides.iter().flat_map(|s| s.parts.iter().copied()).collect();
    let mut files = parts::files(&used);
    files.push(file(&shell_module(chip), print(chip, &interfaces, &sides)));
    files
}

/// Constraints and page of the shell.
pub(super) fn companions(chip: &Chip) -> Vec<DesignFile> {
    let Some(interfaces) = wanted(chip) else {
        return Vec::new();
    };
    let name = shell_module(chip);
    let ports = all_ports(&interfaces, &sides(chip, &interfaces));
    let mut files: Vec<DesignFile> = timing::Format::ALL
        .into_iter()
        .map(|format| DesignFile {
            name: format!("{name}.{}", format.extension()),
            text: timing::print(&name, &interfaces, &ports, format),
        })
        .collect();
    files.push(DesignFile {
        name: format!("{name}.md"),
        text: page::print(chip, &name, &interfaces, &ports),
    });
    files.extend(interfaces.boot.then(|| boot::blank(chip)));
    files
}

fn sides(chip: &Chip, interfaces: &Interfaces) -> [Side; 3] {
    [
        config::side(chip, interfaces),
        spikes::side(chip, interfaces),
        recorder::side(chip, interfaces.recorder),
    ]
}

fn all_ports(interfaces: &Interfaces, sides: &[Side]) -> Vec<Port> {
    let clock = format!("clock, {} MHz", interfaces.clock_mhz);
    let mut all = vec![
        input("clk_i", 1, &clock),
        input("rst_i", 1, "synchronous reset, three cycles"),
    ];
    all.extend(sides.iter().flat_map(|s| s.ports.clone()));
    all
}

fn print(chip: &Chip, interfaces: &Interfaces, sides: &[Side]) -> String {
    let name = shell_module(chip);
    let mut text = header(
        chip,
        "Shell of the chip: its core and the wrappers that connect it to a system (docs/interfaces.md).",
    );
    let ports = all_ports(interfaces, sides);
    let parameter = match interfaces.boot {
        true => boot::parameter(chip),
        false => String::new(),
    };
    let listed: Vec<_> = ports.iter().map(Port::listed).collect();
    let _ = write!(text, "module {name} {parameter}(\n{});\n\n", list(&listed));
    for side in sides {
        text += &spaced(&side.body);
    }
    text += &answers(interfaces);
    let nets = super::ports(chip).into_iter();
    let nets: Vec<_> = nets
        .map(|p| (p.name.to_string(), core_net(&p, &ports)))
        .collect();
    text += &instance(&chip.name, &[], "core", &nets);
    text + "endmodule\n"
}

/// The same with a line between an instance and the nets before it.
fn spaced(body: &str) -> String {
    let mut text = String::new();
    let mut before = "";
    for line in body.lines() {
        if before.ends_with(';') && line.ends_with('(') && line.starts_with("  ") {
            text.push('\n');
        }
        text += line;
        text.push('\n');
        before = line;
    }
    text
}

/// What the hub is told of a register of the shell: the unit that has none of this address says 0.
fn answers(interfaces: &Interfaces) -> String {
    let mut units = vec!["registers"];
    if interfaces.spikes == SpikeInterface::Config {
        units.push("event");
    }
    if interfaces.decision {
        units.push("decision");
    }
    let of = |what: &str| join(units.iter().map(|unit| format!("{unit}_{what}")), " | ");
    format!(
        "  assign own_value = {};\n  assign own_known = {};\n\n",
        of("value"),
        of("known")
    )
}

/// The net at a port of the core: the shell's own port of that name, or a wire.
fn core_net(port: &Port, shell: &[Port]) -> String {
    let passed = shell.iter().any(|p| p.name == port.name) && !port.name.starts_with("cfg_");
    if passed {
        port.name.to_string()
    } else {
        wire_name(port)
    }
}

/// `core_tick` for `tick_i`.
fn wire_name(port: &Port) -> String {
    format!("core_{}", &port.name[..port.name.len() - 2])
}

/// Pins and nets of an instance, owned.
fn owned(pins: &[(&str, &str)]) -> Vec<(String, String)> {
    let own = |(pin, net): &(&str, &str)| (pin.to_string(), net.to_string());
    pins.iter().map(own).collect()
}

/// The core's ports whose names start so.
fn core_ports(chip: &Chip, prefixes: &[&str]) -> Vec<Port> {
    let mut all = ports(chip);
    all.retain(|p| prefixes.iter().any(|prefix| p.name.starts_with(prefix)));
    all
}

/// Wires to these ports of the core.
fn core_wires(ports: &[Port]) -> String {
    let wire = |p: &Port| (net(p.bits), format!("{};", wire_name(p)));
    declarations(&ports.iter().map(wire).collect::<Vec<_>>())
}

/// An instance, one connection a line.
fn instance(
    module: &str,
    parameters: &[(&str, String)],
    name: &str,
    pins: &[(String, String)],
) -> String {
    let set = |(p, value): &(&str, String)| format!(".{p}({value})");
    let pin = |(p, net): &(String, String)| format!(".{p}({net})");
    let parameters = match parameters {
        [] => String::new(),
        [_] | [_, _] => format!(" #({})", join(parameters.iter().map(set), ", ")),
        many => format!(" #(\n    {}\n  )", join(many.iter().map(set), ",\n    ")),
    };
    let pins = join(pins.iter().map(pin), ",\n    ");
    format!("  {module}{parameters} {name} (\n    {pins}\n  );\n\n")
}

fn join(items: impl Iterator<Item = String>, between: &str) -> String {
    items.collect::<Vec<_>>().join(between)
}

/// Pins of a wrapper: clock and reset, the shell's ports of the same names, then these.
fn pins(through: &[Port], own: &[(&str, &str)]) -> Vec<(String, String)> {
    let clocked = ["clk_i", "rst_i"].into_iter();
    let same = clocked.chain(through.iter().map(|p| p.name));
    let same = same.map(|name| (name.to_string(), name.to_string()));
    same.chain(owned(own)).collect()
}

fn input(name: &'static str, bits: usize, about: &str) -> Port {
    Port {
        name,
        bits,
        output: false,
        about: about.into(),
    }
}

fn output(name: &'static str, bits: usize, about: &str) -> Port {
    Port {
        output: true,
        ..input(name, bits, about)
    }
}
