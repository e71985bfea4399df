//! The page beside a testbench: how to run it, how to read what it says.

use super::BenchCase;
use crate::Activity;
use crate::stimuli::Reader;
use bruno_device::{Chip, Layer};
use std::fmt::Write;

pub(super) fn print<'a>(
    chip: &Chip,
    cases: &[BenchCase],
    activity: impl Iterator<Item = (&'a Layer, &'a Activity)>,
) -> String {
    let mut page = format!(
        "# Self-checking testbench of `{}`

Run it in this directory; the chip's Verilog is expected one directory up (`testbench.f` lists the files).

| simulator | commands |
|---|---|
| Icarus Verilog | `iverilog -g2001 -s testbench -o testbench.vvp -c testbench.f && vvp -N testbench.vvp` |
| Verilator 5 | `verilator --binary --timing --top-module testbench -f testbench.f && ./obj_dir/Vtestbench` |
| any other | compile `-f testbench.f` as Verilog-2001, run module `testbench` in this directory |

The last line is `PASS: ...`, or `FAIL: case, tick: signal expected ..., got ...` at the first mismatch, followed by
`$stop`: `vvp -N` and Verilator's binary then end with a status other than 0. With a simulator that stays in its prompt at
`$stop`, look at the log: `grep -q '^PASS' log`.

Stimulus and expected values come from bruno's integer model (docs/semantics.md); nothing in `testbench.v` knows the
chip. It compares every bus answer, every event, every recorder word and its `last` flag, checks that a word waits until
it is taken, that no handshake is unknown (X) after the reset, that the chip does not stand still and that everything has
happened at least once.

## Cases

Before them every register is read after the reset, written with two patterns and read back; after them the chip must
refuse transfers at the edges of its address space. Case 0 is what comes before the first.

| case | ticks | window, ticks | recorder's reader | stimulus |
|---|---|---|---|---|
",
        chip.name
    );
    for (number, bench) in (1..).zip(cases) {
        let reader = match bench.reader {
            Reader::Always => "always ready",
            Reader::Slow => "ready every other cycle",
            Reader::Stopped => "stopped: records are dropped",
        };
        let _ = writeln!(
            page,
            "| {number} | {} | {} | {reader} | {} |",
            bench.ticks, bench.case.program.window, bench.case.name
        );
    }
    page + &events(activity) + &streams(chip)
}

/// How often everything happens, by the integer model.
fn events<'a>(activity: impl Iterator<Item = (&'a Layer, &'a Activity)>) -> String {
    let mut page = String::from(
        "
## What happens

No PASS without events: by the integer model each of these takes place so often, over neurons and ticks of all cases.
`testbench.v` itself counts the spikes of every layer and looks for a change of every word of every recorder stream, and
says FAIL where there is none.

| layer | event | times |
|---|---|---|
",
    );
    for (layer, activity) in activity {
        for (event, times) in activity.events(layer) {
            let _ = writeln!(page, "| {} | {event} | {times} |", layer.name);
        }
    }
    page
}

fn streams(chip: &Chip) -> String {
    let mut page = String::from(
        "\n## Recorder streams\n\n| stream | layer | neurons | words of a neuron |\n|---|---|---|---|\n",
    );
    let mut stream = 0;
    for layer in &chip.layers {
        let words: Vec<&str> = layer.model.words.iter().map(|w| w.name.as_str()).collect();
        let words = words.join(", ");
        let mut first = 0;
        for size in &layer.banks {
            let last = first + size - 1;
            let _ = writeln!(
                page,
                "| {stream} | {} | {first}..{last} | {words} |",
                layer.name
            );
            first += size;
            stream += 1;
        }
    }
    page
}
