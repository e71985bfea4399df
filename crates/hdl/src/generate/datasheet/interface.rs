//! Ports, and how a transfer, a tick, an event and a record look on them.

use crate::generate::ports::ports;
use bruno_device::Chip;
use std::fmt::Write;

/// Cycles from a bus transfer to its answer (a chip that is not folded).
pub const ANSWER_CYCLES: usize = 4;
/// Cycles from a tick to its events (the same).
pub const EVENT_CYCLES: usize = 2;
/// Cycles from a window's last tick to the first word of its record (the same).
pub const RECORD_CYCLES: usize = 3;

/// The section.
pub(super) fn print(chip: &Chip) -> String {
    let mut page = String::from(
        "## Ports\n\n| port | bits | direction | what it carries |\n|---|---|---|---|\n",
    );
    for port in ports(chip) {
        let direction = if port.output { "out" } else { "in" };
        let _ = writeln!(
            page,
            "| `{}` | {} | {direction} | {} |",
            port.name, port.bits, port.about
        );
    }
    page + "\n" + &if chip.fold > 1 { folded() } else { unfolded() }
}

/// One row of a waveform: the value in each cycle.
fn row(name: &str, values: &[&str]) -> String {
    let cells: String = values.iter().map(|v| format!("{v:<4}")).collect();
    format!("{name:<15}{}", cells.trim_end()) + "\n"
}

/// `cycles` zeros, then the values.
fn after<'a>(cycles: usize, idle: &'a str, values: &[&'a str]) -> Vec<&'a str> {
    let mut all = vec![idle; cycles];
    all.extend(values);
    all
}

fn cycles(count: usize) -> String {
    let numbers: Vec<String> = (0..count).map(|n| n.to_string()).collect();
    row(
        "cycle",
        &numbers.iter().map(String::as_str).collect::<Vec<_>>(),
    )
}

const RULES: &str = "## Timing

Every signal is sampled at the rising edge of `clk_i` that ends a cycle; `-` is any value.

";

fn unfolded() -> String {
    let bus = cycles(ANSWER_CYCLES + 3)
        + &row("cfg_valid_i", &["1", "1", "0", "0", "0", "0", "0"])
        + &row("cfg_write_i", &["1", "0", "-", "-", "-", "-", "-"])
        + &row("cfg_addr_i", &["A", "B", "-", "-", "-", "-", "-"])
        + &row("cfg_wdata_i", &["x", "-", "-", "-", "-", "-", "-"])
        + &row("cfg_ready_o", &["1"; ANSWER_CYCLES + 3])
        + &row("cfg_rvalid_o", &after(ANSWER_CYCLES, "0", &["1", "1", "0"]))
        + &row("cfg_error_o", &after(ANSWER_CYCLES, "-", &["0", "0", "-"]))
        + &row("cfg_rdata_o", &after(ANSWER_CYCLES, "-", &["-", "y", "-"]));
    let tick = cycles(EVENT_CYCLES + 3)
        + &row("tick_i", &["1", "1", "0", "0", "0"])
        + &row("spike_i", &["s", "s'", "-", "-", "-"])
        + &row("event_valid_o", &after(EVENT_CYCLES, "0", &["1", "0", "0"]))
        + &row("event_tick_o", &after(EVENT_CYCLES, "-", &["t", "-", "-"]))
        + &row(
            "event_spikes_o",
            &after(EVENT_CYCLES, "-", &["n", "-", "-"]),
        );
    let record = cycles(RECORD_CYCLES + 5)
        + &row("tick_i", &["1", "1", "1", "1", "1", "1", "1", "1"])
        + &row(
            "rec_valid_o",
            &after(RECORD_CYCLES, "0", &["1", "1", "1", "1", "0"]),
        )
        + &row(
            "rec_data_o",
            &after(RECORD_CYCLES, "-", &["w0", "w1", "w1", "w2", "-"]),
        )
        + &row(
            "rec_last_o",
            &after(RECORD_CYCLES, "-", &["0", "0", "0", "1", "-"]),
        )
        + &row(
            "rec_ready_i",
            &after(RECORD_CYCLES, "1", &["1", "0", "1", "1", "1"]),
        );
    format!(
        "{RULES}Bus: a write of x to A and a read of B; a transfer is taken in every cycle and answered {ANSWER_CYCLES} cycles later.

```
{bus}```

A write that is offered in cycle 0 holds from the ticks that are offered in cycle 2 on; `clear` empties the states in place
of a tick that is offered in cycle 2, so leave that cycle without one.

Tick: neurons n fired in tick t, which was offered in cycle 0, none in the next; ticks may follow each other in every cycle
or with any pause, states hold in between.

```
{tick}```

Recorder (a record of three words here): the last tick of a window is offered in cycle 0; a word stays until it is taken.

```
{record}```

"
    )
}

fn folded() -> String {
    format!(
        "{RULES}Bus: a transfer is taken in a cycle in which `cfg_valid_i` and `cfg_ready_o` are 1; it is carried out between two ticks
and answered by one cycle of `cfg_rvalid_o`, at most one transfer being under way.

```
cycle          0   1   2   ..  a   a+1
cfg_valid_i    1   0   0   ..  0   0
cfg_ready_o    1   0   0   ..  -   1
cfg_rvalid_o   0   0   0   ..  1   0
```

Tick: taken in a cycle in which `tick_i` and `tick_ready_o` are 1; `spike_i` is sampled in that cycle. Its events come before
`tick_ready_o` rises again, or with it.

```
cycle          0   1   2   ..  b   b+1
tick_i         1   0   0   ..  0   0
tick_ready_o   1   0   0   ..  0   1
```

Recorder: the words of a window come after its last tick, a word stays until it is taken.

```
cycle          0   1   2   3
rec_valid_o    1   1   1   0
rec_data_o     w0  w1  w1  -
rec_last_o     0   1   1   -
rec_ready_i    1   0   1   1
```

"
    )
}
