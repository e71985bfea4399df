//! The Yosys script of a synthesis.

use crate::report::Subject;
use crate::target::Library;
use crate::tool::PROGRESS;
use crate::{Device, Target};

/// Files of a synthesis in its output directory.
pub(crate) mod files {
    pub const SCRIPT: &str = "synth.ys";
    pub const NETLIST: &str = "netlist.v";
    pub const TIMED: &str = "timing_netlist.v";
    pub const STAT: &str = "stat.json";
    pub const MEMORIES: &str = "memories.json";
    pub const MEMORY_PORTS: &str = "memory_ports.v";
    pub const ABC: &str = "abc.constraints";
    pub const HARNESS: &str = "harness.v";
    pub const FPGA: &str = "fpga.json";
    pub const PINS: &str = "pins.cst";
    pub const PLACED: &str = "place.json";
    pub const POWER_SCRIPT: &str = "power.ys";
    pub const POWER: &str = "power.json";
    /// The report, written last; it is there only after a run that succeeded.
    pub const REPORT: &str = "report.json";
    /// What an earlier run may have left.
    pub const RESULTS: [&str; 8] = [NETLIST, TIMED, STAT, MEMORIES, FPGA, PLACED, POWER, REPORT];
}

/// What becomes of the memories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Memories {
    /// Kept apart, counted in bits. A memory whose words are all reset at once (a level table) is none: it becomes
    /// flip-flops and multiplexers; nor is a table of constants, which becomes gates.
    Apart,
    /// Flip-flops and multiplexers.
    FlipFlops,
}

/// What ABC assumes around a module: a driver of each input, a load (fF) at each output.
pub(crate) const ABC_CONSTRAINTS: &str = "set_driving_cell BUFX4\nset_load 50\n";

/// How ABC maps to cells. Its default first looks for equivalent nodes, which takes minutes in the multipliers of a single
/// neuron and gains little; and it leaves nets with hundreds of loads without buffers.
const ABC_CELLS: &str = "+strash;dc2;&get,-n;&nf;&put;topo;buffer,-N,16;upsize;dnsize";
const ABC_GATES: &str = "+strash;dc2;&get,-n;&nf;&put";
const ABC_LUTS: &str = "+strash;dc2;strash;if;mfs2";

/// The script of a target.
pub(crate) fn print(
    subject: &Subject,
    device: Option<Device>,
    library: Option<Library>,
    memories: Memories,
) -> String {
    let names: Vec<&str> = subject.verilog.iter().map(|f| f.name.as_str()).collect();
    let mut lines = vec![
        format!("log -stderr {PROGRESS}reading and checking the design"),
        format!("read_verilog {}", names.join(" ")),
        format!("hierarchy -check -top {}", subject.top),
        "proc; opt_clean".into(),
        "check -assert".into(),
        "select -assert-none t:$dlatch".into(),
    ];
    lines.extend(ram_styles(subject, device));
    lines.extend(memories_within(subject));
    match device {
        Some(device) if subject.whole => lines.extend(whole(device, &subject.top)),
        Some(Device::Up5k | Device::Hx8k) => lines.extend(ice40()),
        Some(device) => {
            lines.push(format!("read_verilog {}", files::HARNESS));
            lines.extend(whole(device, "harness"));
        }
        None => lines.extend(cells(subject, library, memories)),
    }
    lines.push(format!("tee -q -o {} stat -json", files::STAT));
    lines.push(format!("write_verilog -noattr {}", files::NETLIST));
    if let Some(library) = library {
        lines.extend(timed(library));
    }
    lines.join("\n") + "\n"
}

/// Words of the longest memory that is made of look-up tables on an ECP5, whose block RAMs answer 5.8 ns after the clock.
const SHORT: usize = 64;

/// Short memories are look-up tables on ECP5 and Gowin: these are faster, and a chip of many asks for many block RAMs. Yosys
/// chooses by size; on an ECP5 the clock does.
fn ram_styles(subject: &Subject, device: Option<Device>) -> Vec<String> {
    let target = device.map(Device::target);
    let short = subject
        .memories
        .iter()
        .filter(|m| words(m).is_some_and(|words| words <= SHORT));
    let fast = short.map(|m| format!("setattr -set ram_style \"distributed\" {m}/m:*"));
    let free = "setattr -unset ram_style */m:*".to_string();
    match target {
        Some(Target::Ecp5) => [free].into_iter().chain(fast).collect(),
        Some(Target::Gowin) => vec![free],
        _ => vec![],
    }
}

/// The words of a memory with a port to read and one to write, of its module's name: `chip_ram_1r1w_48x64`,
/// `chip_ram_1r1w_24x7_by3`.
fn words(module: &str) -> Option<usize> {
    let (_, shape) = module.rsplit_once("_ram_1r1w_")?;
    let (_, words) = shape.split_once('x')?;
    words.split('_').next()?.parse().ok()
}

/// A memory is counted, and mapped, in the module that instantiates it.
fn memories_within(subject: &Subject) -> Option<String> {
    let modules = subject.memories.join(" ");
    let keep = "setattr -mod -set keep_hierarchy 1 *";
    let free = "setattr -mod -unset keep_hierarchy";
    (!modules.is_empty()).then(|| format!("{keep}; {free} {modules}; flatten; {free} *"))
}

/// Standard cells, or simple gates without a library; a module is mapped by itself.
fn cells(subject: &Subject, library: Option<Library>, memories: Memories) -> Vec<String> {
    let mapped = match memories {
        // No memory macro resets every word at once, and a table of constants is logic.
        Memories::Apart => "memory_map t:$mem_v2 r:WR_PORTS=1 %d",
        Memories::FlipFlops => "memory_map",
    };
    let mut lines = vec![
        format!("log -stderr {PROGRESS}arithmetic and registers"),
        "opt_expr; opt_clean; opt -nodffe -nosdff; fsm; opt; wreduce; peepopt; opt_clean".into(),
        "alumacc; share; opt".into(),
        // Ports are not widened: a widened memory is padded to a power of two and its figures are not the chip's.
        "memory -nomap -nowiden; opt_clean".into(),
        mapped.into(),
        format!("json -o {} t:$mem_v2", files::MEMORIES),
        "opt -undriven -fine".into(),
        "techmap".into(),
        "opt -fast; opt_clean".into(),
    ];
    let abc = match library {
        Some(library) => {
            lines.push(format!("dfflibmap -liberty {}", library.liberty));
            let liberty = library.liberty;
            format!(
                "abc -liberty {liberty} -constr {} -script {ABC_CELLS}",
                files::ABC
            )
        }
        None => format!("abc -g gates,MUX -script {ABC_GATES}"),
    };
    for file in subject.verilog.iter().filter(|f| !f.holds_memories()) {
        let module = file.name.trim_end_matches(".v");
        lines.push(format!("log -stderr {PROGRESS}mapping {module}"));
        lines.push(format!("{abc} {module}"));
    }
    // What is left undefined is what no one reads; a gate needs a value.
    lines.push("setundef -zero; opt_clean -purge".into());
    lines
}

/// All in one piece, as the family's own script maps it.
fn whole(device: Device, top: &str) -> Vec<String> {
    vec![
        format!("log -stderr {PROGRESS}mapping {top} in one piece"),
        device.synthesis(top),
        format!("json -o {} t:$mem_v2", files::MEMORIES),
    ]
}

/// The steps of `synth_ice40` with another ABC script, around the chip and its pins.
fn ice40() -> Vec<String> {
    let synth = "synth_ice40 -noflatten -top harness -run";
    vec![
        format!("read_verilog {}", files::HARNESS),
        format!("log -stderr {PROGRESS}arithmetic, memories and registers"),
        format!("{synth} begin:map_luts"),
        format!("log -stderr {PROGRESS}mapping to look-up tables"),
        "techmap -map +/ice40/latches_map.v".into(),
        format!("abc -lut 4 -script {ABC_LUTS}"),
        "ice40_wrapcarry -unwrap".into(),
        "techmap -map +/ice40/ff_map.v".into(),
        "clean".into(),
        "opt_lut -dlogic SB_CARRY:I0=1:I1=2:CI=3 -dlogic SB_CARRY:CO=3".into(),
        format!("{synth} map_cells:"),
        format!("json -o {} t:$mem_v2", files::MEMORIES),
        format!("write_json {}", files::FPGA),
    ]
}

/// The netlist that is timed: memories become the flip-flops at their ports.
fn timed(library: Library) -> Vec<String> {
    vec![
        format!("log -stderr {PROGRESS}netlist for timing"),
        format!("techmap -map {} t:$mem_v2", files::MEMORY_PORTS),
        format!("dfflibmap -liberty {}", library.liberty),
        "clean".into(),
        // OpenSTA reads no concatenation on the left of an assignment.
        format!("write_verilog -noattr -noexpr -simple-lhs {}", files::TIMED),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(module: &str, expected: Option<usize>) {
        assert_eq!(words(module), expected, "{module}");
    }

    #[test]
    fn words_of_memories() {
        check("chip_ram_1r1w_48x64", Some(64));
        check("two_2x3_ram_1r1w_24x7_by3", Some(7));
        check("chip_ram_1rw_24x8", None);
    }
}
