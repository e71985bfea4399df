//! Every memory of a delivered chip stands in the one file that macros replace: with the modules of that file as black
//! boxes, Yosys finds none that is written. What a frozen card looks up is a memory to Yosys too; nothing writes it.

use bruno_chip::Description;
use bruno_device::Chip;
use std::process::Command;

const TINY: &str = include_str!("../../../examples/tiny.json");
const LAYERS: &str = r#""layers":[{"name":"one","kind":"felif","neurons":3,"recurrent":true,"synapse":{"range_pA":200}}],
    "readout":{"outputs":2,"synapse":{"range_pA":100}}"#;

fn check(description: &str) {
    let chip = Chip::resolve("test", &Description::parse("test", description).unwrap()).unwrap();
    let design = bruno_hdl::delivered(&chip).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut read = String::new();
    for file in design.verilog.iter().chain(&design.shell) {
        std::fs::write(dir.path().join(&file.name), &file.text).unwrap();
        let library = if file.holds_memories() { "-lib " } else { "" };
        read += &format!("read_verilog {library}{}; ", file.name);
    }
    // What a ROM holds is read with the Verilog.
    for file in &design.companions {
        std::fs::write(dir.path().join(&file.name), &file.text).unwrap();
    }
    let top = match design.shell.is_empty() {
        true => chip.name.clone(),
        false => bruno_hdl::shell_module(&chip),
    };
    let of_memories: Vec<String> = design.memories().map(|m| format!("t:{m}")).collect();
    let script = format!(
        "{read}hierarchy -check -top {top}; proc; select -assert-none t:$memwr*; select -assert-min 1 {}",
        of_memories.join(" ")
    );
    let output = Command::new("yosys")
        .current_dir(dir.path())
        .args(["-q", "-p", &script])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

fn with(fields: &str) -> String {
    format!(r#"{{"name":"chip","inputs":3,{fields},{LAYERS}}}"#)
}

#[test]
fn folded_with_one_port_and_a_decision() {
    check(TINY);
}
#[test]
fn folded_with_results_and_streams_of_events() {
    let interfaces = r#"{"config":"axi4-lite","spikes":"axi-stream","recorder":"axi-stream"}"#;
    check(&with(&format!(r#""fold":2,"interfaces":{interfaces}"#)));
}
#[test]
fn unfolded_with_events_by_address() {
    let interfaces = r#"{"config":"spi","spikes":"aer","recorder":"bank"}"#;
    check(&with(&format!(r#""interfaces":{interfaces}"#)));
}
#[test]
fn unfolded_with_a_rom() {
    check(&with(r#""interfaces":{"boot":true}"#));
}
#[test]
fn unfolded_without_a_shell() {
    check(&with(r#""bank_neurons":2"#));
}
