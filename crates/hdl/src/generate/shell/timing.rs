//! Timing constraints (SDC) of a shell.

use bruno_chip::{ConfigInterface, Interfaces, SpikeInterface};

/// Period of SCK that the constraints ask for, ns.
const SCK_NS: f64 = 20.0;

/// The SDC file: the clock, SCK as a clock of its own, and the ports that no clock samples directly.
pub(super) fn print(name: &str, interfaces: &Interfaces) -> String {
    let period = 1000.0 / f64::from(interfaces.clock_mhz);
    let margin = period / 10.0;
    let mut text = format!(
        "# Timing constraints of {name}; times in ns.\n\
         create_clock -name clk -period {period:.3} [get_ports clk_i]\n\
         set_clock_uncertainty {:.3} [get_clocks clk]\n\
         set_input_delay {margin:.3} -clock clk [remove_from_collection [all_inputs] [get_ports clk_i]]\n\
         set_output_delay {margin:.3} -clock clk [all_outputs]\n",
        period / 1000.0
    );
    if interfaces.config == ConfigInterface::Spi {
        let quarter = SCK_NS / 4.0;
        text += &format!(
            "# SPI: SCK up to {:.0} MHz; MISO changes at its falling edge. The crossing is a handshake of synchronised bits.\n\
             create_clock -name sck -period {SCK_NS:.3} [get_ports spi_sck_i]\n\
             set_clock_groups -asynchronous -group [get_clocks clk] -group [get_clocks sck]\n\
             remove_input_delay [get_ports {{spi_sck_i spi_cs_n_i spi_mosi_i}}]\n\
             remove_output_delay [get_ports {{spi_miso_o spi_miso_oe_o}}]\n\
             set_input_delay {quarter:.3} -clock sck [get_ports spi_mosi_i]\n\
             set_output_delay {quarter:.3} -clock sck [get_ports spi_miso_o]\n\
             set_false_path -from [get_ports spi_cs_n_i]\n",
            1000.0 / SCK_NS
        );
    }
    if interfaces.spikes == SpikeInterface::Aer {
        text += "# Address events: requests and acknowledges are synchronised, addresses stand still around them.\n\
                 set_false_path -from [get_ports {aer_in_req_i aer_in_addr_i aer_out_ack_i}]\n\
                 set_false_path -to [get_ports {aer_in_ack_o aer_out_req_o aer_out_addr_o}]\n";
    }
    text
}
