//! Register maps for tools and software are read by readers of others, and say the same.

use bruno_chip::Description;
use bruno_device::Chip;
use std::path::PathBuf;
use std::process::Command;

const CHIP: &str = r#"{"name":"dut","inputs":2,"window_ticks":64,INTERFACES
    "layers":[{"name":"one","kind":"lif","neurons":3,"recurrent":true,"synapse":{"bits":2,"range_pA":200}},
              {"name":"two","kind":"lif","neurons":2,"synapse":{"bits":1,"range_pA":300}}],
    "readout":{"outputs":3,"synapse":{"range_pA":100}}}"#;

/// Python with the packages of the tests (`scripts/setup --tests`).
fn python() -> PathBuf {
    let home = || PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache");
    let cache = std::env::var_os("XDG_CACHE_HOME").map_or_else(home, PathBuf::from);
    cache.join("bruno/python/bin/python")
}

/// The files of a chip, written.
fn written(interfaces: &str) -> tempfile::TempDir {
    let text = CHIP.replace("INTERFACES", interfaces);
    let chip = Chip::resolve("dut", &Description::parse("dut", &text).unwrap()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let design = bruno_hdl::generate(&chip).unwrap();
    for file in [design.verilog, design.shell, design.companions].concat() {
        std::fs::write(dir.path().join(&file.name), &file.text).unwrap();
    }
    dir
}

/// What the readers found in both files; the error where they do not agree.
fn read(dir: &tempfile::TempDir) -> Result<String, String> {
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../testbenches/register_maps.py"
    );
    let output = Command::new(python())
        .current_dir(dir)
        .args([script, "dut.rdl", "dut_ipxact.xml"])
        .output()
        .expect("scripts/setup --tests installs the packages of Python");
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    match output.status.success() {
        true => Ok(text(&output.stdout)),
        false => Err(text(&output.stderr)),
    }
}

/// The header gives every place of the map its address, as a compiler sees it: with the byte addresses of `bytes`.
fn check_header(dir: &tempfile::TempDir, places: &str, byte: &str) {
    let mut program = String::from(
        "#include \"dut_registers.h\"\n#include <stdio.h>\nint main(void) {\n  unsigned long long a;\n",
    );
    for place in places.lines() {
        let path = place.split_whitespace().last().unwrap();
        let path = path
            .replace(".channel", "")
            .replace('.', "_")
            .to_uppercase();
        let indexed = format!("DUT_{path}");
        let many = place.split_whitespace().nth(1) != Some("1");
        let value = match (path.ends_with("_WEIGHT"), many) {
            (true, _) => format!("{indexed}(0, 0)"),
            (false, true) => format!("{indexed}(0)"),
            (false, false) => indexed,
        };
        program += &format!("  a = {value}; printf(\"%#llx\\n\", {byte});\n");
    }
    std::fs::write(dir.path().join("main.c"), program + "  return 0;\n}\n").unwrap();
    let run = |tool: &str, arguments: &[&str]| {
        let output = Command::new(tool)
            .current_dir(dir)
            .args(arguments)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    };
    run(
        "gcc",
        &["-std=c99", "-Wall", "-Werror", "main.c", "-o", "main"],
    );
    let main = dir.path().join("main").display().to_string();
    let expected: Vec<&str> = places
        .lines()
        .map(|p| p.split(' ').next().unwrap())
        .collect();
    let printed = run(&main, &[]);
    let printed: Vec<&str> = printed
        .lines()
        .map(|l| if l == "0" { "0x0" } else { l })
        .collect();
    assert_eq!(printed, expected);
}

#[test]
fn of_a_bare_core() {
    let dir = written("");
    let places = read(&dir).unwrap();
    check_header(&dir, &places, "a * 4");
    insta::assert_snapshot!(places);
}

#[test]
fn of_a_shell_with_axi4_lite() {
    let dir = written(r#""interfaces":{"config":"axi4-lite"},"#);
    let places = read(&dir).unwrap();
    check_header(
        &dir,
        &places,
        "((a >> 26 << DUT_AXI_INDEX_BITS) | (a & 0x3ffffff)) * 4",
    );
    insta::assert_snapshot!(places);
}

/// The controls: a difference between the files, and a file that is none, are seen.
#[test]
fn faults_are_seen() {
    let dir = written("");
    let rdl = std::fs::read_to_string(dir.path().join("dut.rdl")).unwrap();
    let change = |from: &str, to: &str| {
        assert!(rdl.contains(from));
        std::fs::write(dir.path().join("dut.rdl"), rdl.replacen(from, to, 1)).unwrap();
        read(&dir).unwrap_err()
    };
    assert!(change("sw = rw", "sw = r").contains("SystemRDL has"));
    assert!(change("regfile", "regfiel").contains("error"));
}

/// FuseSoC finds the chip by its name and hands its files to Verilator, which has no complaint.
fn check_core(interfaces: &str) {
    let dir = written(interfaces);
    let output = Command::new(python().with_file_name("fusesoc"))
        .current_dir(&dir)
        .env("HOME", dir.path())
        .args([
            "--cores-root",
            ".",
            "run",
            "--target",
            "lint",
            "bruno:chips:dut",
        ])
        .output()
        .expect("scripts/setup --tests installs the packages of Python");
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(
        output.status.success() && !said.contains("%Warning"),
        "{said}"
    );
}

#[test]
fn core_of_a_shell() {
    check_core(r#""interfaces":{"config":"spi","spikes":"config","recorder":"none"},"#);
}

#[test]
fn core_without_a_shell() {
    check_core("");
}
