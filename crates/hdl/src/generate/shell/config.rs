//! The configuration side: a wrapper, the hub, and the shell's own registers with their counters.

use super::{
    HOST, HUB, Side, boot, core_ports, core_wires, input, instance, output, owned, pins,
    window::Window, wire_name,
};
use crate::generate::lists::net;
use crate::generate::memory::{Kind, Memory, Pin};
use crate::generate::{Port, hidden_neurons, index_bits, map_hash, ports::range};
use bruno_chip::{ConfigInterface, Interfaces, MAP_VERSION, SHELL_COUNTERS, Section, address};
use bruno_device::Chip;

pub(super) fn side(chip: &Chip, interfaces: &Interfaces) -> Side {
    let kind = interfaces.config;
    let core = core_ports(chip, &["cfg_"]);
    let window = Window::of(chip);
    let parameters = [
        ("INDEX_BITS", window.index_bits.to_string()),
        ("PAGE_BITS", window.page_bits.to_string()),
    ];
    let (mut ports, wrapper) = match kind {
        ConfigInterface::Bus => (core.clone(), None),
        ConfigInterface::Spi => (spi(), Some(("bruno_spi_slave", &parameters[..0], "spi"))),
        ConfigInterface::Axi4Lite => (
            axi4_lite(&window),
            Some(("bruno_axi4_lite", &parameters[..], "axi")),
        ),
    };
    let mut body = String::from("  // Configuration.\n") + &core_wires(&core);
    if let Some((module, parameters, name)) = wrapper {
        body += &transfer_wires(HOST);
        body += &instance(module, parameters, name, &pins(&ports, &HOST_PINS));
    }
    // Host pins are named as the core's ports, so are the ports of a shell that has the bare bus.
    let host = |port: &Port| match wrapper.is_some() {
        true => transfer_wire(HOST, port),
        false => port.name.to_string(),
    };
    if interfaces.boot {
        body += &transfer_wires(HUB);
        body += &boot::body(chip, &core, host);
    }
    body += &counters();
    body += &match interfaces.boot {
        true => hub(&core, |port| transfer_wire(HUB, port)),
        false => hub(&core, host),
    };
    body += &registers(chip);
    body += &decision(chip, interfaces.decision);
    ports.push(output(
        "irq_o",
        1,
        "interrupt, until the bits of irq_status that irq_enable lets through are cleared",
    ));
    let mut parts = vec![
        "bruno_counters",
        "bruno_shell_registers",
        "bruno_config_hub",
    ];
    if interfaces.decision {
        ports.extend(class_ports());
        parts.push("bruno_decision");
    }
    if interfaces.boot {
        ports.extend(boot::ports());
        parts.push("bruno_boot");
    }
    parts.extend(wrapper.map(|(module, ..)| module));
    if kind == ConfigInterface::Spi {
        parts.push("bruno_synchroniser");
    }
    Side { ports, body, parts }
}

/// Nets of transfers on one side of what stands between host and hub.
fn transfer_wires(side: &str) -> String {
    format!(
        "  wire {side}_valid, {side}_ready, {side}_write, {side}_rvalid, {side}_error;
  wire [31:0] {side}_addr, {side}_wdata, {side}_rdata;
"
    )
}

/// That of them which corresponds to a port of the core.
fn transfer_wire(side: &str, port: &Port) -> String {
    format!("{side}_{}", &port.name["cfg_".len()..port.name.len() - 2])
}

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

/// They count events of the spike side.
fn counters() -> String {
    let count = SHELL_COUNTERS.len();
    let wires = format!(
        "  wire hold, clear;
  wire [{}:0] step;
  {} moved;
  wire [{}:0] count;
",
        16 * count - 1,
        net(count),
        32 * count - 1
    );
    let own = [
        ("clk_i", "clk_i"),
        ("rst_i", "rst_i | clear"),
        ("step_i", "step"),
        ("moved_o", "moved"),
        ("value_o", "count"),
    ];
    let parameters = [("COUNT", count.to_string())];
    wires + &instance("bruno_counters", &parameters, "counters", &owned(&own))
}

/// What the shell answers itself.
fn registers(chip: &Chip) -> String {
    let readout = &chip.layers[chip.readout()];
    let word = |value: usize| format!("32'd{value}");
    let parameters = [
        ("COUNTERS", SHELL_COUNTERS.len().to_string()),
        ("BANKS", readout.banks.len().to_string()),
        ("VERSION", format!("32'd{MAP_VERSION}")),
        ("HASH", format!("32'h{:08x}", map_hash(chip))),
        ("INPUTS", word(chip.inputs)),
        ("NEURONS", word(hidden_neurons(chip))),
        ("OUTPUTS", word(readout.neurons)),
    ];
    let own = [
        ("clear_i", "clear"),
        ("valid_i", "own"),
        ("write_i", "core_cfg_write"),
        ("index_i", "core_cfg_addr[25:0]"),
        ("data_i", "core_cfg_wdata"),
        ("value_o", "registers_value"),
        ("known_o", "registers_known"),
        ("moved_i", "moved"),
        ("count_i", "count"),
        ("done_i", "result_done"),
        ("record_o", "record"),
        ("result_o", "host_index"),
        ("result_i", "result_value"),
        ("irq_o", "irq_o"),
    ];
    let wires = format!(
        "  wire registers_known, record;\n  wire [12:0] host_index;\n  wire [31:0] registers_value;\n  {} result_done;\n  wire [12:0] result_index;\n  wire [31:0] result_value;\n",
        net(readout.banks.len())
    );
    wires
        + &instance(
            "bruno_shell_registers",
            &parameters,
            "registers",
            &pins(&[], &own),
        )
}

/// Ports of the decision.
fn class_ports() -> Vec<Port> {
    vec![
        output(
            "decision_valid_o",
            1,
            "the sample since the last clear is decided",
        ),
        output("decision_o", 16, "its class"),
    ]
}

/// What decides; without it the bus alone reads results.
fn decision(chip: &Chip, wanted: bool) -> String {
    if !wanted {
        return "  wire unused_complete = &{1'b0, record, look};\n  assign result_index = host_index;\n\n"
            .into();
    }
    let outputs = chip.layers[chip.readout()].neurons;
    let parameters = [
        ("OUTPUTS", format!("13'd{outputs}")),
        ("BITS", index_bits(outputs).to_string()),
    ];
    let own = [
        ("clear_i", "clear"),
        ("look_i", "look"),
        ("valid_i", "own"),
        ("write_i", "core_cfg_write"),
        ("index_i", "core_cfg_addr[25:0]"),
        ("data_i", "core_cfg_wdata"),
        ("value_o", "decision_value"),
        ("known_o", "decision_known"),
        ("record_i", "record"),
        ("host_i", "host_index"),
        ("result_o", "result_index"),
        ("result_i", "result_value"),
        ("decision_valid_o", "decision_valid_o"),
        ("decision_o", "decision_o"),
        ("at_o", "decision_at"),
        ("bias_write_o", "bias_write"),
        ("bias_i", "bias"),
        ("sum_write_o", "sum_write"),
        ("sum_o", "sum_next"),
        ("sum_i", "sum"),
    ];
    let wires = format!(
        "  wire decision_known, bias_write, sum_write;
  wire [31:0] decision_value;
  wire {} decision_at;
  wire [23:0] bias;
  wire [39:0] sum, sum_next;
",
        range(index_bits(outputs))
    );
    let memory = |name: &str, bits: usize, write: &str, data: &str, word: &str| {
        let pins: [Pin; 4] = [
            ("write_i", write),
            ("address_i", "decision_at"),
            ("data_i", data),
            ("data_o", word),
        ];
        let words = 1 << index_bits(outputs);
        Memory::new(Kind::OnePort, bits, words).instance(chip, name, &[&pins])
    };
    wires
        + &instance("bruno_decision", &parameters, "decision", &pins(&[], &own))
        + &memory("biases", 24, "bias_write", "core_cfg_wdata[23:0]", "bias")
        + &memory("sums", 40, "sum_write", "sum_next", "sum")
        + "\n"
}

/// The hub, whose nets towards the host are named by `host`.
fn hub(core: &[Port], host: impl Fn(&Port) -> String) -> String {
    let mut all = pins(&[], &[]);
    for port in core {
        let stem = &port.name["cfg_".len()..];
        all.push((format!("host_{stem}"), host(port)));
    }
    for port in core {
        // An output of the core is an input of the hub.
        let stem = &port.name["cfg_".len()..port.name.len() - 2];
        let direction = if port.output { "i" } else { "o" };
        all.push((format!("chip_{stem}_{direction}"), wire_name(port)));
    }
    for (pin, net) in [
        ("look_o", "look"),
        ("own_o", "own"),
        ("value_i", "own_value"),
        ("known_i", "own_known"),
        ("hold_o", "hold"),
        ("clear_o", "clear"),
    ] {
        all.push((pin.into(), net.into()));
    }
    let page = address(Section::Shell, 0) >> 26;
    let parameters = [
        ("PAGE", format!("6'd{page}")),
        ("CLEAR", format!("32'd{}", boot::clear())),
    ];
    String::from("  wire look, own, own_known;\n  wire [31:0] own_value;\n")
        + &instance("bruno_config_hub", &parameters, "hub", &all)
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

fn axi4_lite(window: &Window) -> Vec<Port> {
    let address = window.page_bits + window.index_bits + 2;
    let about = format!(
        "byte address in {}: page [{}:{}], index [{}:2]",
        window.size_text(),
        address - 1,
        window.index_bits + 2,
        window.index_bits + 1
    );
    vec![
        input("s_axi_awvalid", 1, "write address channel"),
        output("s_axi_awready", 1, "the address is taken"),
        input("s_axi_awaddr", address, &about),
        input("s_axi_awprot", 3, "ignored"),
        input("s_axi_wvalid", 1, "write data channel"),
        output("s_axi_wready", 1, "the data are taken"),
        input("s_axi_wdata", 32, "data to write"),
        input("s_axi_wstrb", 4, "all ones, or SLVERR and nothing changes"),
        output("s_axi_bvalid", 1, "write response channel"),
        input("s_axi_bready", 1, "the response is taken"),
        output("s_axi_bresp", 2, "OKAY or SLVERR"),
        input("s_axi_arvalid", 1, "read address channel"),
        output("s_axi_arready", 1, "the address is taken"),
        input("s_axi_araddr", address, &about),
        input("s_axi_arprot", 3, "ignored"),
        output("s_axi_rvalid", 1, "read data channel"),
        input("s_axi_rready", 1, "the data are taken"),
        output("s_axi_rdata", 32, "data read"),
        output("s_axi_rresp", 2, "OKAY or SLVERR"),
    ]
}
