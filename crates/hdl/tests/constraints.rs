//! Constraints of shells are read by the tool that they are for: OpenSTA takes the SDC of every combination of a shell's
//! options, and of mapped shells (around registers in place of the core) it knows what every path is held to. Vivado and
//! nextpnr are not here: their files are looked at by eye, in a snapshot.

use bruno_chip::Description;
use bruno_device::Chip;
use std::path::Path;
use std::process::Command;

const LIBERTY: &str = "/usr/share/qflow/tech/osu018/osu018_stdcells.lib";
const CHIP: &str = r#""inputs":2,"rounding":"truncate",
    "layers":[{"name":"one","kind":"lif","neurons":2,"synapse":{"range_pA":200}}],
    "readout":{"outputs":1,"synapse":{"range_pA":100}}}"#;

/// Registers behind the core's ports: the constraints are of the shell, and a core takes minutes to map.
fn stub(chip: &Chip) -> String {
    let ports = bruno_hdl::ports(chip);
    let list =
        |separator: &str, text: &dyn Fn(&bruno_hdl::Port) -> String, output: Option<bool>| {
            let some = ports
                .iter()
                .filter(|p| output.is_none_or(|o| o == p.output));
            some.map(text).collect::<Vec<_>>().join(separator)
        };
    let declared = |p: &bruno_hdl::Port| p.declaration().replace("output wire", "output reg");
    let inputs = list(", ", &|p| p.name.into(), Some(false));
    let driven = |p: &bruno_hdl::Port| format!("{} <= {{{}{{^{{{inputs}}}}}}};", p.name, p.bits);
    format!(
        "module dut ({});\nalways @(posedge clk_i) begin {} end\nendmodule\n",
        list(", ", &declared, None),
        list(" ", &driven, Some(true))
    )
}

/// A shell of these interfaces, written with a stub for its core; the names of the files.
fn written(config: &str, spikes: &str, recorder: &str) -> (tempfile::TempDir, Vec<String>) {
    let text = format!(
        r#"{{"name":"dut","interfaces":{{"config":"{config}","spikes":"{spikes}","recorder":"{recorder}","clock_mhz":30}},{CHIP}"#
    );
    let chip = Chip::resolve("dut", &Description::parse("dut", &text).unwrap()).unwrap();
    let design = bruno_hdl::delivered(&chip).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let memories = design.verilog.iter().filter(|f| f.holds_memories());
    let verilog: Vec<_> = memories.chain(&design.shell).collect();
    for file in verilog.iter().copied().chain(&design.companions) {
        // Of the FIFOs' words two are as good as 64, and are mapped in a tenth of the time.
        let text = (file.text.replace(".DEPTH_BITS(6)", ".DEPTH_BITS(1)"))
            .replace("wire [5:0] queue", "wire [0:0] queue")
            .replace("wire [5:0] read_address", "wire [0:0] read_address")
            .replace("wire [5:0] write_address", "wire [0:0] write_address")
            .replace("memory [0:63]", "memory [0:1]");
        std::fs::write(dir.path().join(&file.name), text).unwrap();
    }
    std::fs::write(dir.path().join("dut.v"), stub(&chip)).unwrap();
    let names = verilog.iter().map(|f| f.name.clone());
    (dir, names.chain(["dut.v".into()]).collect())
}

fn run(dir: &Path, tool: &str, arguments: &[&str]) -> String {
    let output = Command::new(tool).current_dir(dir).args(arguments).output();
    let output = output.unwrap_or_else(|e| panic!("{tool}: {e}"));
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(output.status.success(), "{tool}:\n{said}");
    said
}

/// The shell as gates of the library; what OpenSTA says of them and these constraints.
fn timed(dir: &Path, shell: &[String], sdc: &str) -> String {
    let map = format!(
        "read_verilog {}; hierarchy -check -top dut_shell; proc; flatten; memory; opt; techmap; opt; \
         dfflibmap -liberty {LIBERTY}; abc -fast -liberty {LIBERTY}; setundef -zero; opt_clean -purge; \
         write_verilog -noattr -noexpr -simple-lhs netlist.v",
        shell.join(" ")
    );
    run(dir, "yosys", &["-q", "-p", &map]);
    let script = format!(
        "read_liberty {LIBERTY}\nread_verilog netlist.v\nlink_design dut_shell\nread_sdc {sdc}\n\
         check_setup -verbose -no_clock -multiple_clock -loops -unconstrained_endpoints -generated_clocks\n\
         foreach clocks {{{{sck clk}} {{clk sck}}}} {{\n\
           if {{[llength [get_clocks -quiet sck]]}} {{\n\
             puts \"crossing $clocks\"\n\
             report_checks -from [get_clocks [lindex $clocks 0]] -to [get_clocks [lindex $clocks 1]]\n\
           }}\n\
         }}\n\
         puts done\n"
    );
    std::fs::write(dir.join("read.tcl"), script).unwrap();
    run(dir, "sta", &["-no_splash", "-exit", "read.tcl"])
}

/// What OpenSTA says of a shell's constraints and its ports alone.
fn read(dir: &Path, ports: &str) -> String {
    std::fs::write(dir.join("netlist.v"), ports).unwrap();
    let script = format!(
        "read_liberty {LIBERTY}\nread_verilog netlist.v\nlink_design dut_shell\nread_sdc dut_shell.sdc\nputs done\n"
    );
    std::fs::write(dir.join("read.tcl"), script).unwrap();
    run(dir, "sta", &["-no_splash", "-exit", "read.tcl"])
}

/// The module of a generated file without what is inside.
fn ports_of(shell: &str) -> String {
    let head = shell.split_once("\n);").unwrap().0;
    format!("{head}\n);\nendmodule\n")
}

fn check(config: &str) {
    for spikes in ["vector", "aer", "stream", "axi-stream", "config"] {
        for recorder in ["bank", "axi-stream", "none"] {
            if (config, spikes, recorder) == ("bus", "vector", "bank") {
                continue; // no shell
            }
            let (dir, _) = written(config, spikes, recorder);
            let shell = std::fs::read_to_string(dir.path().join("dut_shell.v")).unwrap();
            let said = read(dir.path(), &ports_of(&shell));
            assert_eq!(said.trim(), "done", "{config} {spikes} {recorder}");
        }
        check_paths(config, spikes);
    }
}

/// Every path of a mapped shell is held to something, and the crossings of SPI to their bounds.
fn check_paths(config: &str, spikes: &str) {
    let (dir, shell) = written(config, spikes, "axi-stream");
    let said = timed(dir.path(), &shell, "dut_shell.sdc");
    let case = format!("{config} {spikes}:\n{said}");
    // Bits of a word that are constant have no path.
    let constant = |l: &&str| {
        let endpoint = l.trim();
        endpoint.starts_with("m_axis_event_tdata[") || endpoint == "s_axi_rresp[0]"
    };
    let constants = said.lines().filter(constant).count();
    let none = match constants {
        1 => "Warning: There is 1 unconstrained endpoint.".to_string(),
        _ => format!("Warning: There are {constants} unconstrained endpoints."),
    };
    let complains = |l: &str| (l.contains("Error") || l.contains("Warning")) && l != none;
    assert!(!said.lines().any(complains), "{case}");
    let words = if spikes == "axi-stream" { 16 } else { 0 };
    let expected = words + usize::from(config == "axi4-lite");
    assert_eq!(constants, expected, "{case}");
    assert!(said.contains("done"), "{case}");
    let bounds = said.matches("max_delay").count();
    assert_eq!(bounds, if config == "spi" { 2 } else { 0 }, "{case}");
}

#[test]
fn bus() {
    check("bus");
}
#[test]
fn spi() {
    check("spi");
}
#[test]
fn axi4_lite() {
    check("axi4-lite");
}

/// The control: a command that is no SDC, and a crossing without its bound, are seen.
#[test]
fn faults_are_seen() {
    let (dir, shell) = written("spi", "aer", "bank");
    let sdc = std::fs::read_to_string(dir.path().join("dut_shell.sdc")).unwrap();
    let foreign = sdc.clone() + "remove_input_delay [get_ports spi_mosi_i]\n";
    std::fs::write(dir.path().join("foreign.sdc"), foreign).unwrap();
    assert!(timed(dir.path(), &shell, "foreign.sdc").contains("Error"));
    let unbound: String = (sdc.lines())
        .filter(|l| !l.starts_with("set_max_delay"))
        .map(|l| format!("{l}\n"))
        .collect();
    std::fs::write(dir.path().join("unbound.sdc"), unbound).unwrap();
    assert!(!timed(dir.path(), &shell, "unbound.sdc").contains("max_delay"));
}

/// The files for FPGAs.
#[test]
fn dialects() {
    let (dir, _) = written("spi", "aer", "none");
    let text = |name: &str| std::fs::read_to_string(dir.path().join(name)).unwrap();
    insta::assert_snapshot!(text("dut_shell.xdc") + &text("dut_shell.lpf"));
}
