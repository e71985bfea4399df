//! Testbench and tools. Tools run in a directory of their own; their full output is in the panic message.

use super::{Dut, PortInfo};
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

/// Runs the blocks in Icarus.
pub fn icarus(duts: &[Dut]) {
    let dir = prepare(duts);
    run(
        dir.path(),
        "iverilog",
        &["-g2001", "-o", "bench", "bench.v"],
    );
    verdict(&run(dir.path(), "vvp", &["-n", "bench"]));
}

/// Runs the blocks in Verilator.
pub fn verilator(duts: &[Dut]) {
    let dir = prepare(duts);
    run_verilated(dir.path());
}

/// Runs a bench in Verilator, `words` beside it in `words.hex`.
pub fn verilator_bench(verilog: &str, words: &[u32]) {
    let dir = tempfile::tempdir().unwrap();
    let lines: String = words.iter().map(|w| format!("{w:08x}\n")).collect();
    std::fs::write(dir.path().join("words.hex"), lines).unwrap();
    std::fs::write(dir.path().join("bench.v"), verilog).unwrap();
    run_verilated(dir.path());
}

fn run_verilated(dir: &Path) {
    let arguments = [
        "--binary",
        "-Wno-lint",
        "-Wno-style",
        "--top-module",
        "bench",
        "-CFLAGS",
        "-O0",
        "bench.v",
    ];
    run(dir, "verilator", &arguments);
    verdict(&run(dir, "obj_dir/Vbench", &[]));
}

/// No tool has anything to say about the module; it has no latch.
pub fn lint(dut: &Dut) {
    let dir = tempfile::tempdir().unwrap();
    let file = format!("{}.v", dut.name);
    std::fs::write(dir.path().join(&file), &dut.verilog).unwrap();
    let script = format!("read_verilog {file}; proc; check -assert; select -assert-none t:$dlatch");
    let tools: [(&str, &[&str]); 3] = [
        ("verilator", &["--lint-only", "-Wall", &file]),
        ("iverilog", &["-g2001", "-Wall", "-o", "dut", &file]),
        ("yosys", &["-q", "-p", &script]),
    ];
    for (tool, arguments) in tools {
        let said = run(dir.path(), tool, arguments);
        // The arrays of a bank are registers by intent: every neuron is updated in every tick.
        let intended = |line: &&str| line.starts_with("Warning: Replacing memory");
        let said: String = said.lines().filter(|l| !intended(l)).collect();
        assert_eq!(said, "", "{tool} on\n{}", dut.verilog);
    }
}

fn run(dir: &Path, tool: &str, arguments: &[&str]) -> String {
    let program = if tool.contains('/') {
        dir.join(tool)
    } else {
        tool.into()
    };
    let output = Command::new(&program)
        .args(arguments)
        .current_dir(dir)
        .output();
    let output = output.unwrap_or_else(|e| panic!("{tool}: {e}"));
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{tool} {arguments:?}\n{text}");
    text.into_owned()
}

fn verdict(output: &str) {
    assert!(
        output.contains("AGREE") && !output.contains("DIFFERENT"),
        "{output}"
    );
}

/// Writes the modules, the vectors and the bench.
fn prepare(duts: &[Dut]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let mut bench: String = duts.iter().map(|d| d.verilog.clone()).collect();
    bench += "module bench;\n  integer n;\n";
    for dut in duts {
        let hex = |v: &Vec<u32>| v.iter().map(|w| format!("{w:08x}")).collect::<String>() + "\n";
        let lines: String = dut.vectors.iter().map(hex).collect();
        std::fs::write(dir.path().join(format!("{}.hex", dut.name)), lines).unwrap();
        bench += &instance(dut);
    }
    bench += "  initial begin\n";
    for dut in duts {
        bench += &stimulus(dut);
    }
    bench += "    $display(\"AGREE\");\n    $finish;\n  end\nendmodule\n";
    std::fs::write(dir.path().join("bench.v"), bench).unwrap();
    dir
}

/// Ports with the offset of their word in a vector.
fn words(dut: &Dut) -> impl Iterator<Item = (usize, &PortInfo)> {
    let ports = dut.inputs.iter().chain(&dut.outputs);
    let count = dut.inputs.len() + dut.outputs.len();
    ports
        .enumerate()
        .map(move |(n, port)| (32 * (count - 1 - n), port))
}

fn instance(dut: &Dut) -> String {
    let name = dut.name;
    let bits = 32 * (dut.inputs.len() + dut.outputs.len());
    let depth = dut.vectors.len();
    let mut text =
        format!("  reg [{bits}-1:0] {name}_all [0:{depth}-1];\n  reg [{bits}-1:0] {name}_row;\n");
    let mut connections = Vec::new();
    for (offset, (port, bits)) in words(dut).take(dut.inputs.len()) {
        connections.push(format!(".{port}({name}_row[{offset} +: {bits}])"));
    }
    for (port, bits) in &dut.outputs {
        let _ = writeln!(text, "  wire [{bits}-1:0] {name}_{port};");
        connections.push(format!(".{port}({name}_{port})"));
    }
    let _ = writeln!(text, "  {name} u_{name} ({});", connections.join(", "));
    text
}

fn stimulus(dut: &Dut) -> String {
    let (name, depth) = (dut.name, dut.vectors.len());
    let mut text = format!(
        "    $readmemh(\"{name}.hex\", {name}_all);
    for (n = 0; n < {depth}; n = n + 1) begin
      {name}_row = {name}_all[n];
      #1;\n"
    );
    for (offset, (port, bits)) in words(dut).skip(dut.inputs.len()) {
        let _ = writeln!(
            text,
            "      if ({name}_{port} !== {name}_row[{offset} +: {bits}]) begin
        $display(\"DIFFERENT {name}.{port} = %h, vector %0d %h\", {name}_{port}, n, {name}_row);
        $finish;
      end"
        );
    }
    text + "    end\n"
}
