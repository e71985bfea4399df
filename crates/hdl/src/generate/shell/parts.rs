//! The wrappers: Verilog written by hand, carried along in the binary.

use crate::generate::DesignFile;

macro_rules! part {
    ($name: literal) => {
        (
            $name,
            include_str!(concat!("../../../interfaces/", $name, ".v")),
        )
    };
}

/// Module and text, parts before those that use them.
const PARTS: [(&str, &str); 18] = [
    part!("bruno_synchroniser"),
    part!("bruno_fifo"),
    part!("bruno_counters"),
    part!("bruno_results"),
    part!("bruno_shell_registers"),
    part!("bruno_event_registers"),
    part!("bruno_decision"),
    part!("bruno_boot"),
    part!("bruno_config_hub"),
    part!("bruno_spi_slave"),
    part!("bruno_axi4_lite"),
    part!("bruno_tick"),
    part!("bruno_event_collector"),
    part!("bruno_event_stream_input"),
    part!("bruno_event_stream_output"),
    part!("bruno_aer_input"),
    part!("bruno_aer_output"),
    part!("bruno_axi_stream_recorder"),
];

/// The files of these modules, each once.
pub(super) fn files(used: &[&str]) -> Vec<DesignFile> {
    let wanted = PARTS.iter().filter(|(name, _)| used.contains(name));
    wanted
        .map(|(name, text)| DesignFile {
            name: format!("{name}.v"),
            text: text.to_string(),
        })
        .collect()
}
