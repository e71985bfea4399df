//! The spike side: vectors passed through, or events of single channels with the tick made in the shell.

use super::{EVENT_BITS, Side, core_ports, core_wires, input, instance, output, owned, pins};
use crate::generate::memory::{Kind, Memory, Pin};
use crate::generate::{Port, hidden_neurons, ports::range};
use bruno_chip::{Interfaces, SHELL_COUNTERS, SpikeInterface};
use bruno_device::Chip;

/// The memory of a FIFO of events holds 2^6.
pub const DEPTH_BITS: usize = 6;

pub(super) fn side(chip: &Chip, interfaces: &Interfaces) -> Side {
    let core = core_ports(chip, &["tick_", "spike_", "event_"]);
    if interfaces.spikes == SpikeInterface::Vector {
        let unused = "  // Ticks and vectors come from outside: nothing is counted, no tick is held back.\n  wire unused_hold = &{1'b0, hold};\n";
        return Side {
            ports: core,
            body: format!("  // Spikes.\n{unused}{}", step(&[])),
            parts: vec![],
        };
    }
    let mut body = String::from("  // Spikes.\n") + &core_wires(&core) + WIRES;
    body += &tick(interfaces.clock_mhz);
    body += &collector(chip);
    let neurons = hidden_neurons(chip).to_string();
    let mut parts = vec!["bruno_tick", "bruno_event_collector", "bruno_fifo"];
    if interfaces.spikes != SpikeInterface::Config {
        parts.push("bruno_event_stream_output");
    }
    let ports = match interfaces.spikes {
        SpikeInterface::Config => {
            parts.extend(["bruno_event_stream_input", "bruno_event_registers"]);
            body += &registers(chip);
            vec![]
        }
        SpikeInterface::Aer => {
            parts.extend(["bruno_aer_input", "bruno_aer_output", "bruno_synchroniser"]);
            body += &aer(chip, &neurons);
            aer_ports()
        }
        SpikeInterface::AxiStream => {
            parts.push("bruno_event_stream_input");
            body += &stream(chip, &neurons, &AXI_STREAM);
            axi_stream_ports()
        }
        SpikeInterface::Stream | SpikeInterface::Vector => {
            parts.push("bruno_event_stream_input");
            body += &stream(chip, &neurons, &STREAM);
            stream_ports()
        }
    };
    let late = if interfaces.spikes == SpikeInterface::Aer {
        "1'b0"
    } else {
        "late"
    };
    body += &step(&[
        ("late", late, 1),
        ("unknown", "unknown", 1),
        ("merged", "merged", 1),
        ("lost", "lost", 16),
        ("missed", "missed", 1),
    ]);
    Side { ports, body, parts }
}

const WIRES: &str = "  wire start, unknown, merged, missed;
  wire [15:0] lost;
  wire [31:0] now;
  wire in_valid;
  wire [15:0] in_addr;
";

/// What each register of the shell counts: `(register, net, bits)`; the others stand still.
fn step(counted: &[(&str, &str, usize)]) -> String {
    let one = |register: &str| {
        let found = counted.iter().find(|(name, _, _)| *name == register);
        match found {
            Some((_, net, 16)) => net.to_string(),
            Some((_, net, bits)) => format!("{}'d0, {net}", 16 - bits),
            None => "16'd0".to_string(),
        }
    };
    let all: Vec<String> = SHELL_COUNTERS.iter().rev().map(|r| one(&r.name)).collect();
    format!("  assign step = {{{}}};\n\n", all.join(", "))
}

fn tick(clock_mhz: u32) -> String {
    let own = [
        ("hold_i", "hold"),
        ("clear_i", "clear"),
        ("ready_i", "core_tick_ready"),
        ("start_o", "start"),
        ("tick_o", "core_tick"),
        ("now_o", "now"),
        ("missed_o", "missed"),
    ];
    let parameters = [("CLOCK_MHZ", format!("10'd{clock_mhz}"))];
    instance("bruno_tick", &parameters, "tick", &pins(&[], &own))
}

fn collector(chip: &Chip) -> String {
    let own = [
        ("clear_i", "clear"),
        ("valid_i", "in_valid"),
        ("addr_i", "in_addr"),
        ("start_i", "start"),
        ("spike_o", "core_spike"),
        ("unknown_o", "unknown"),
        ("merged_o", "merged"),
    ];
    let parameters = [("INPUTS", chip.inputs.to_string())];
    instance(
        "bruno_event_collector",
        &parameters,
        "collector",
        &pins(&[], &own),
    )
}

/// The output's vectors taken apart into events at these nets.
fn events(chip: &Chip, neurons: &str, nets: [(&str, &str); 5]) -> String {
    let core = [
        ("event_valid_i", "core_event_valid"),
        ("event_tick_i", "core_event_tick"),
        ("event_spikes_i", "core_event_spikes"),
        ("lost_o", "lost"),
    ];
    let parameters = [
        ("NEURONS", neurons.into()),
        ("DEPTH_BITS", DEPTH_BITS.to_string()),
    ];
    let queue = Queue {
        name: "queue_out",
        bits: 49,
    };
    let own: Vec<_> = core.into_iter().chain(nets).collect();
    let all = [pins(&[], &own), queue.pins()].concat();
    let module = "bruno_event_stream_output";
    queue.wires() + &instance(module, &parameters, "events", &all) + &queue.memory(chip)
}

fn aer(chip: &Chip, neurons: &str) -> String {
    let mut text = format!(
        "  wire out_valid, out_ready;
  wire {} out_addr;
  wire [31:0] out_time;
  wire out_last;
  // Address events carry no time.
  wire unused_time = &{{1'b0, now, out_time, out_last}};
",
        range(EVENT_BITS)
    );
    let take = [
        ("aer_req_i", "aer_in_req_i"),
        ("aer_addr_i", "aer_in_addr_i"),
        ("aer_ack_o", "aer_in_ack_o"),
        ("valid_o", "in_valid"),
        ("addr_o", "in_addr"),
    ];
    text += &instance("bruno_aer_input", &[], "aer_in", &pins(&[], &take));
    let nets = [
        ("valid_o", "out_valid"),
        ("ready_i", "out_ready"),
        ("addr_o", "out_addr"),
        ("time_o", "out_time"),
        ("last_o", "out_last"),
    ];
    text += &events(chip, neurons, nets);
    let give = [
        ("valid_i", "out_valid"),
        ("ready_o", "out_ready"),
        ("addr_i", "out_addr"),
        ("aer_req_o", "aer_out_req_o"),
        ("aer_addr_o", "aer_out_addr_o"),
        ("aer_ack_i", "aer_out_ack_i"),
    ];
    text + &instance("bruno_aer_output", &[], "aer_out", &pins(&[], &give))
}

/// Nets of a pair of event streams: valid, ready, channel or neuron, tick; in, then out; the last of its tick; declarations.
struct Streams {
    input: [&'static str; 4],
    output: [&'static str; 5],
    declared: &'static str,
}

const STREAM: Streams = Streams {
    input: [
        "event_in_valid_i",
        "event_in_ready_o",
        "event_in_addr_i",
        "event_in_time_i",
    ],
    output: [
        "event_out_valid_o",
        "event_out_ready_i",
        "event_out_addr_o",
        "event_out_time_o",
        "out_last",
    ],
    declared: "  // A packet's end is AXI4-Stream's.
  wire out_last;
  wire unused_last = &{1'b0, out_last};
",
};

const AXI_STREAM: Streams = Streams {
    input: [
        "s_axis_event_tvalid",
        "s_axis_event_tready",
        "s_axis_event_tdata[47:32]",
        "s_axis_event_tdata[31:0]",
    ],
    output: [
        "m_axis_event_tvalid",
        "m_axis_event_tready",
        "m_axis_event_tdata[47:32]",
        "m_axis_event_tdata[31:0]",
        "m_axis_event_tlast",
    ],
    declared: "  assign m_axis_event_tdata[63:48] = 16'd0;
  wire unused_data = &{1'b0, s_axis_event_tdata[63:48]};
",
};

fn stream(chip: &Chip, neurons: &str, nets: &Streams) -> String {
    let mut text = nets.declared.to_string();
    text += &stream_in(chip, nets.input);
    let [valid, ready, addr, time, last] = nets.output;
    let nets = [
        ("valid_o", valid),
        ("ready_i", ready),
        ("addr_o", addr),
        ("time_o", time),
        ("last_o", last),
    ];
    text + &events(chip, neurons, nets)
}

/// Events come as writes; nothing takes the output spikes.
fn registers(chip: &Chip) -> String {
    let wires = "  // Output spikes are not sent.
  assign lost = 16'd0;
  wire unused_spikes = &{1'b0, core_event_valid, core_event_tick, core_event_spikes};
  wire event_valid, event_ready, event_known;
  wire [15:0] event_addr;
  wire [31:0] event_time, event_value;
";
    let own = [
        ("valid_i", "own"),
        ("write_i", "core_cfg_write"),
        ("index_i", "core_cfg_addr[25:0]"),
        ("data_i", "core_cfg_wdata"),
        ("value_o", "event_value"),
        ("known_o", "event_known"),
        ("valid_o", "event_valid"),
        ("ready_i", "event_ready"),
        ("addr_o", "event_addr"),
        ("time_o", "event_time"),
    ];
    let unit = instance(
        "bruno_event_registers",
        &[],
        "event_registers",
        &pins(&[], &own),
    );
    String::from(wires)
        + &unit
        + &stream_in(
            chip,
            ["event_valid", "event_ready", "event_addr", "event_time"],
        )
}

/// Events with a time stamp wait for their tick.
fn stream_in(chip: &Chip, [valid, ready, addr, time]: [&str; 4]) -> String {
    let own = [
        ("clk_i", "clk_i"),
        ("rst_i", "rst_i | clear"),
        ("valid_i", valid),
        ("ready_o", ready),
        ("addr_i", addr),
        ("time_i", time),
        ("now_i", "now"),
        ("valid_o", "in_valid"),
        ("addr_o", "in_addr"),
        ("late_o", "late"),
    ];
    let parameters = [("DEPTH_BITS", DEPTH_BITS.to_string())];
    let module = "bruno_event_stream_input";
    let queue = Queue {
        name: "queue_in",
        bits: 48,
    };
    let all = [owned(&own), queue.pins()].concat();
    String::from("  wire late;\n")
        + &queue.wires()
        + &instance(module, &parameters, "stream_in", &all)
        + &queue.memory(chip)
}

/// The memory of a FIFO of events, and its nets.
struct Queue {
    name: &'static str,
    bits: usize,
}

impl Queue {
    const NETS: [&str; 6] = [
        "write",
        "write_address",
        "data",
        "read",
        "read_address",
        "word",
    ];

    fn nets(&self) -> [String; 6] {
        Self::NETS.map(|net| format!("{}_{net}", self.name))
    }

    fn wires(&self) -> String {
        let [write, write_address, data, read, read_address, word] = self.nets();
        let (address, bits) = (range(DEPTH_BITS), range(self.bits));
        format!(
            "  wire {write}, {read};\n  wire {address} {write_address}, {read_address};\n  wire {bits} {data}, {word};\n"
        )
    }

    /// Pins of the FIFO.
    fn pins(&self) -> Vec<(String, String)> {
        let pins = [
            "write_o",
            "write_address_o",
            "data_o",
            "read_o",
            "read_address_o",
            "data_i",
        ];
        let pins = pins.map(|pin| format!("memory_{pin}"));
        pins.into_iter().zip(self.nets()).collect()
    }

    fn memory(&self, chip: &Chip) -> String {
        let [write, write_address, data, read, read_address, word] = &self.nets();
        let ports: [&[Pin]; 2] = [
            &[
                ("read_i", read),
                ("read_address_i", read_address),
                ("data_o", word),
            ],
            &[
                ("write_i", write),
                ("write_address_i", write_address),
                ("data_i", data),
            ],
        ];
        let memory = Memory::new(Kind::TwoPorts, self.bits, 1 << DEPTH_BITS);
        memory.instance(chip, self.name, &ports) + "\n"
    }
}

fn aer_ports() -> Vec<Port> {
    vec![
        input("aer_in_req_i", 1, "input event: request"),
        input(
            "aer_in_addr_i",
            EVENT_BITS,
            "its channel, still from request to acknowledge",
        ),
        output("aer_in_ack_o", 1, "input event: acknowledge"),
        output("aer_out_req_o", 1, "output spike: request"),
        output(
            "aer_out_addr_o",
            EVENT_BITS,
            "its neuron, all hidden layers in order",
        ),
        input("aer_out_ack_i", 1, "output spike: acknowledge"),
    ]
}

fn stream_ports() -> Vec<Port> {
    vec![
        input("event_in_valid_i", 1, "input event, in order of time"),
        output("event_in_ready_o", 1, "it is taken"),
        input("event_in_addr_i", EVENT_BITS, "its channel"),
        input(
            "event_in_time_i",
            32,
            "the tick it acts in, us since the states' reset",
        ),
        output("event_out_valid_o", 1, "output spike"),
        input("event_out_ready_i", 1, "it is taken"),
        output(
            "event_out_addr_o",
            EVENT_BITS,
            "its neuron, all hidden layers in order",
        ),
        output(
            "event_out_time_o",
            32,
            "its tick, us since the states' reset",
        ),
    ]
}

/// Bits of an event as a word of AXI4-Stream, which carries whole powers of two of bytes.
const EVENT_WORD: usize = 64;

fn axi_stream_ports() -> Vec<Port> {
    vec![
        input("s_axis_event_tvalid", 1, "input event, in order of time"),
        output("s_axis_event_tready", 1, "it is taken"),
        input(
            "s_axis_event_tdata",
            EVENT_WORD,
            "[31:0] the tick it acts in, us since the states' reset; [47:32] its channel; the rest is ignored",
        ),
        output("m_axis_event_tvalid", 1, "output spike"),
        input("m_axis_event_tready", 1, "it is taken"),
        output(
            "m_axis_event_tdata",
            EVENT_WORD,
            "[31:0] its tick, us since the states' reset; [47:32] its neuron, all hidden layers in order; the rest is 0",
        ),
        output("m_axis_event_tlast", 1, "the last spike of its tick"),
    ]
}
