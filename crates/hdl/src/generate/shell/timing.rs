//! Timing constraints of a shell: one list of statements, printed as SDC, as XDC (Vivado) and as LPF (ECP5).

use crate::generate::Port;
use bruno_chip::{ConfigInterface, Interfaces, SpikeInterface};
use std::fmt::Write;

/// Period of SCK that the constraints ask for, ns.
const SCK_NS: f64 = 20.0;

/// A file format of constraints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// Synopsys design constraints: OpenSTA, OpenROAD and the commercial tools of chips.
    Sdc,
    /// Vivado's dialect.
    Xdc,
    /// Lattice preferences, as nextpnr-ecp5 reads them: frequencies alone.
    Lpf,
}

impl Format {
    pub(super) const ALL: [Self; 3] = [Self::Sdc, Self::Xdc, Self::Lpf];

    /// Extension of its files.
    pub(super) fn extension(self) -> &'static str {
        match self {
            Self::Sdc => "sdc",
            Self::Xdc => "xdc",
            Self::Lpf => "lpf",
        }
    }
}

/// What is asked of a tool. Names are ports' and clocks'; times are in ns.
enum Constraint {
    About(&'static str),
    Clock {
        name: &'static str,
        port: &'static str,
        period: f64,
    },
    /// A margin of a clock's edges.
    Uncertainty {
        clock: &'static str,
        ns: f64,
    },
    /// Ports that a clock outside samples or drives, with the part of its period that is theirs.
    Ports {
        clock: &'static str,
        ns: f64,
        output: bool,
        ports: Vec<&'static str>,
    },
    /// Paths between two clocks without a common phase take at most this long.
    Crossing {
        from: &'static str,
        to: &'static str,
        ns: f64,
    },
    /// Paths from or to ports that no clock samples.
    Handshake {
        ns: f64,
        output: bool,
        ports: Vec<&'static str>,
    },
}

/// The file of a shell with these ports.
pub(super) fn print(name: &str, interfaces: &Interfaces, ports: &[Port], format: Format) -> String {
    let head = format!("Timing constraints of {name}; times in ns.");
    let mut text = match format {
        Format::Sdc | Format::Xdc => format!("# {head}\n"),
        Format::Lpf => format!("# {head} Pins are the board's: add LOCATE and IOBUF.\n"),
    };
    for constraint in constraints(interfaces, ports) {
        text += &match format {
            Format::Sdc => constraint.tcl("-ignore_clock_latency"),
            Format::Xdc => constraint.tcl("-datapath_only"),
            Format::Lpf => constraint.preference(),
        };
    }
    text
}

fn constraints(interfaces: &Interfaces, ports: &[Port]) -> Vec<Constraint> {
    let period = period(interfaces);
    let asynchronous = |p: &&Port| p.name.starts_with("spi_") || p.name.starts_with("aer_");
    let side = |output: bool| -> Vec<&'static str> {
        let some = ports.iter().filter(|p| p.output == output);
        let clocked = some.filter(|p| !asynchronous(p) && p.name != "clk_i");
        clocked.map(|p| p.name).collect()
    };
    let mut all = vec![
        Constraint::Clock {
            name: "clk",
            port: "clk_i",
            period,
        },
        Constraint::Uncertainty {
            clock: "clk",
            ns: f64::min(1.0, period / 50.0),
        },
    ];
    for output in [false, true] {
        let ports = side(output);
        if !ports.is_empty() {
            all.push(Constraint::Ports {
                clock: "clk",
                ns: period / 10.0,
                output,
                ports,
            });
        }
    }
    if interfaces.config == ConfigInterface::Spi {
        all.extend(spi(period));
    }
    if interfaces.spikes == SpikeInterface::Aer {
        all.extend(aer(period));
    }
    all
}

/// Period of the clock, ns: cut, not rounded, so that a tick is never longer than 1 us.
fn period(interfaces: &Interfaces) -> f64 {
    f64::from(1_000_000 / interfaces.clock_mhz) / 1000.0
}

fn spi(period: f64) -> Vec<Constraint> {
    let side = |output, ports| Constraint::Ports {
        clock: "sck",
        ns: SCK_NS / 4.0,
        output,
        ports,
    };
    vec![
        Constraint::About(
            "SPI: SCK up to 50 MHz; MOSI is sampled at its rise, MISO changes at its fall.",
        ),
        Constraint::Clock {
            name: "sck",
            port: "spi_sck_i",
            period: SCK_NS,
        },
        Constraint::Uncertainty {
            clock: "sck",
            ns: SCK_NS / 50.0,
        },
        side(false, vec!["spi_mosi_i"]),
        side(true, vec!["spi_miso_o"]),
        Constraint::About(
            "What crosses stands still when the synchronised bit beside it is seen, a cycle of the receiver or more later.",
        ),
        Constraint::Crossing {
            from: "sck",
            to: "clk",
            ns: period,
        },
        Constraint::Crossing {
            from: "clk",
            to: "sck",
            ns: SCK_NS,
        },
        Constraint::About("CS encloses a frame: it falls and rises while SCK stands still."),
        Constraint::Handshake {
            ns: SCK_NS,
            output: false,
            ports: vec!["spi_cs_n_i"],
        },
        Constraint::Handshake {
            ns: SCK_NS,
            output: true,
            ports: vec!["spi_miso_oe_o"],
        },
    ]
}

fn aer(period: f64) -> Vec<Constraint> {
    vec![
        Constraint::About(
            "Address events: requests and acknowledges are synchronised, addresses are set a cycle before them.",
        ),
        Constraint::Handshake {
            ns: period,
            output: false,
            ports: vec!["aer_in_req_i", "aer_in_addr_i", "aer_out_ack_i"],
        },
        Constraint::Handshake {
            ns: period,
            output: true,
            ports: vec!["aer_in_ack_o", "aer_out_req_o", "aer_out_addr_o"],
        },
    ]
}

impl Constraint {
    /// As commands of Tcl; `crossing` is the option by which the clocks' own delays are left out of a bound.
    fn tcl(&self, crossing: &str) -> String {
        let list = |ports: &[&str]| format!("[get_ports {{{}}}]", ports.join(" "));
        match self {
            Self::About(text) => format!("# {text}\n"),
            Self::Clock { name, port, period } => {
                format!("create_clock -name {name} -period {period:.3} [get_ports {port}]\n")
            }
            Self::Uncertainty { clock, ns } => {
                format!("set_clock_uncertainty {ns:.3} [get_clocks {clock}]\n")
            }
            Self::Ports {
                clock,
                ns,
                output,
                ports,
            } => {
                let command = if *output {
                    "set_output_delay"
                } else {
                    "set_input_delay"
                };
                format!("{command} {ns:.3} -clock {clock} {}\n", list(ports))
            }
            Self::Crossing { from, to, ns } => {
                let ends = format!("-from [get_clocks {from}] -to [get_clocks {to}]");
                let mut text = format!("set_max_delay {ns:.3} {crossing} {ends}\n");
                if crossing != "-datapath_only" {
                    let _ = writeln!(text, "set_false_path -hold {ends}");
                }
                text
            }
            Self::Handshake { ns, output, ports } => {
                let end = if *output { "-to" } else { "-from" };
                let ports = list(ports);
                format!("set_max_delay {ns:.3} {end} {ports}\nset_false_path -hold {end} {ports}\n")
            }
        }
    }

    /// As a preference; nextpnr knows clocks alone and times no path between two of them.
    fn preference(&self) -> String {
        match self {
            Self::Clock { port, period, .. } => {
                format!("FREQUENCY PORT \"{port}\" {:.3} MHZ;\n", 1000.0 / period)
            }
            _ => String::new(),
        }
    }
}
