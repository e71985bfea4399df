//! The configuration side: a wrapper, the hub that answers for the shell's own registers, and their counters.

use super::{Side, core_ports, core_wires, input, instance, output, pins, wire_name};
use crate::generate::Port;
use bruno_chip::{ConfigInterface, SHELL_REGISTERS, Section, address, global_register};
use bruno_device::Chip;

pub(super) fn side(chip: &Chip, kind: ConfigInterface) -> Side {
    let core = core_ports(chip, &["cfg_"]);
    let (ports, wrapper) = match kind {
        ConfigInterface::Bus => (core.clone(), None),
        ConfigInterface::Spi => (spi(), Some(("bruno_spi_slave", "spi"))),
        ConfigInterface::Axi4Lite => (axi4_lite(), Some(("bruno_axi4_lite", "axi"))),
    };
    let mut body = String::from("  // Configuration.\n") + &core_wires(&core);
    if let Some((module, name)) = wrapper {
        body += HOST_WIRES;
        body += &instance(module, &[], name, &pins(&ports, &HOST_PINS));
    }
    body += &counters();
    body += &hub(&core, wrapper.is_some());
    let mut parts = vec!["bruno_counters", "bruno_config_hub"];
    parts.extend(wrapper.map(|(module, _)| module));
    if kind == ConfigInterface::Spi {
        parts.push("bruno_synchroniser");
    }
    Side { ports, body, parts }
}

const HOST_WIRES: &str = "  wire host_valid, host_ready, host_write, host_rvalid, host_error;
  wire [31:0] host_addr, host_wdata, host_rdata;
";

const HOST_PINS: [(&str, &str); 8] = [
    ("cfg_valid_o", "host_valid"),
    ("cfg_ready_i", "host_ready"),
    ("cfg_write_o", "host_write"),
    ("cfg_addr_o", "host_addr"),
    ("cfg_wdata_o", "host_wdata"),
    ("cfg_rvalid_i", "host_rvalid"),
    ("cfg_rdata_i", "host_rdata"),
    ("cfg_error_i", "host_error"),
];

/// The shell's registers count events of the spike side.
fn counters() -> String {
    let count = SHELL_REGISTERS.len();
    let wires = format!(
        "  wire hold, clear;
  wire [{}:0] step;
  wire [{}:0] count;
",
        16 * count - 1,
        32 * count - 1
    );
    let own = [
        ("clk_i", "clk_i"),
        ("rst_i", "rst_i | clear"),
        ("step_i", "step"),
        ("value_o", "count"),
    ];
    let own = own.map(|(pin, net)| (pin.to_string(), net.to_string()));
    wires
        + &instance(
            "bruno_counters",
            &[("COUNT", count.to_string())],
            "counters",
            &own,
        )
}

fn hub(core: &[Port], wrapped: bool) -> String {
    // Host pins are named as the core's ports, so are the ports of a shell that has the bare bus.
    let mut all = pins(&[], &[]);
    for port in core {
        let stem = &port.name["cfg_".len()..];
        let host = if wrapped {
            format!("host_{}", &stem[..stem.len() - 2])
        } else {
            port.name.to_string()
        };
        all.push((format!("host_{stem}"), host));
    }
    for port in core {
        // An output of the core is an input of the hub.
        let stem = &port.name["cfg_".len()..port.name.len() - 2];
        let direction = if port.output { "i" } else { "o" };
        all.push((format!("chip_{stem}_{direction}"), wire_name(port)));
    }
    for (pin, net) in [
        ("value_i", "count"),
        ("hold_o", "hold"),
        ("clear_o", "clear"),
    ] {
        all.push((pin.into(), net.into()));
    }
    let page = address(Section::Shell, 0) >> 26;
    let clear = global_register("clear").map_or(0, |index| address(Section::Global, index));
    let parameters = [
        ("COUNT", SHELL_REGISTERS.len().to_string()),
        ("PAGE", format!("6'd{page}")),
        ("CLEAR", format!("32'd{clear}")),
    ];
    instance("bruno_config_hub", &parameters, "hub", &all)
}

fn spi() -> Vec<Port> {
    vec![
        input(
            "spi_sck_i",
            1,
            "SPI clock, mode 0: faster or slower than clk_i",
        ),
        input("spi_cs_n_i", 1, "low during a frame"),
        input("spi_mosi_i", 1, "commands, most significant bit first"),
        output("spi_miso_o", 1, "answers, most significant bit first"),
        output("spi_miso_oe_o", 1, "drive the pin of spi_miso_o"),
    ]
}

fn axi4_lite() -> Vec<Port> {
    vec![
        input("s_axi_awvalid_i", 1, "write address channel"),
        output("s_axi_awready_o", 1, "the address is taken"),
        input(
            "s_axi_awaddr_i",
            32,
            "byte address: page [31:26], index [25:2]",
        ),
        input("s_axi_awprot_i", 3, "ignored"),
        input("s_axi_wvalid_i", 1, "write data channel"),
        output("s_axi_wready_o", 1, "the data are taken"),
        input("s_axi_wdata_i", 32, "data to write"),
        input(
            "s_axi_wstrb_i",
            4,
            "all ones, or SLVERR and nothing changes",
        ),
        output("s_axi_bvalid_o", 1, "write response channel"),
        input("s_axi_bready_i", 1, "the response is taken"),
        output("s_axi_bresp_o", 2, "OKAY or SLVERR"),
        input("s_axi_arvalid_i", 1, "read address channel"),
        output("s_axi_arready_o", 1, "the address is taken"),
        input(
            "s_axi_araddr_i",
            32,
            "byte address: page [31:26], index [25:2]",
        ),
        input("s_axi_arprot_i", 3, "ignored"),
        output("s_axi_rvalid_o", 1, "read data channel"),
        input("s_axi_rready_i", 1, "the data are taken"),
        output("s_axi_rdata_o", 32, "data read"),
        output("s_axi_rresp_o", 2, "OKAY or SLVERR"),
    ]
}
