//! The address decoder of the control module, clocked: `known_q`, `value_q` and the strobes of every section.

use super::super::{readback, registers};
use super::index_width;
use crate::generate::lists::{assignments, line, vector};
use bruno_chip::window_bits;
use bruno_device::{Chip, Layer};

pub(super) fn print(chip: &Chip) -> String {
    let pages: String = (0..)
        .zip(&chip.layers)
        .map(|(index, layer)| layer_pages(chip, layer, index))
        .collect();
    format!(
        "  always @(posedge clk_i) begin
{strobes}    if (rst_i) begin
      window_q <= WINDOW;
    end else if (go) begin
{begun}      case (addr_q[31:26])
        6'd0: begin
          case (addr_q[25:0])
{registers}            default: ;
          endcase
        end
{pages}        default: ;
      endcase
    end
  end

",
        strobes = assignments(&strobes(chip), 2, "<="),
        begun = assignments(&begun(chip), 3, "<="),
        registers = chip_registers(window_bits(chip.window_ticks) as usize),
    )
}

/// What is asked of a layer lasts for a cycle.
fn strobes(chip: &Chip) -> Vec<(String, String)> {
    let zero = format!("{}'d0;", chip.layers.len());
    let read = ["levels_read_o", "codes_read_o"];
    let read = read.into_iter().filter(|_| readback(chip));
    let all = [
        "device_write_o",
        "device_read_o",
        "levels_write_o",
        "codes_write_o",
    ];
    let all = all.into_iter().chain(read);
    let mut lines: Vec<_> = all.map(|name| line(name, &zero)).collect();
    lines.push(line("clear_q", "1'b0;"));
    lines
}

/// What every transfer sets.
fn begun(chip: &Chip) -> Vec<(String, String)> {
    let mut lines = vec![
        line("index_o", &format!("addr_q{};", vector(index_width(chip)))),
        line("data_o", "data_q;"),
        line("known_q", "1'b0;"),
        line("value_q", "32'd0;"),
        line("layer_q", "4'd0;"),
    ];
    if readback(chip) {
        lines.push(line("memory_q", "1'b0;"));
    }
    lines
}

/// Registers of the chip, by their index.
fn chip_registers(window: usize) -> String {
    let read_only = |index: usize, value: &str| {
        format!(
            "            26'd{index}: begin
              known_q <= !write_q;
              value_q <= {value};
            end
"
        )
    };
    let window_register = format!(
        "            26'd1: begin
              known_q <= 1'b1;
              value_q <= {{{}'d0, window_q}};
              if (write_q) begin
                window_q <= data_q{};
              end
            end
",
        32 - window,
        vector(window)
    );
    let clear = "            26'd2: begin
              known_q <= 1'b1;
              clear_q <= write_q & data_q[0];
            end
";
    [
        read_only(0, "ID"),
        window_register,
        clear.into(),
        read_only(3, "time_q"),
        read_only(4, "saturations_q"),
        read_only(5, "{31'd0, overrun_q}"),
    ]
    .concat()
}

/// Registers, level tables and weight codes of a layer.
fn layer_pages(chip: &Chip, layer: &Layer, index: usize) -> String {
    let first = 4 * (index + 1);
    let mut text = String::new();
    if registers(layer).next().is_some() {
        let about = format!("registers of `{}`", layer.name);
        let exists = register_exists(layer);
        text += &page(
            first,
            &about,
            &exists,
            &read_or_write(index, "device", false),
        );
    }
    let memories = [
        (level_exists(layer), "its level tables", "levels"),
        (code_exists(layer), "its weight codes", "codes"),
    ];
    for (at, (exists, about, memory)) in (first + 1..).zip(memories) {
        // Levels of a frozen card have no address.
        if layer.frozen && memory == "levels" {
            continue;
        }
        text += &match readback(chip) {
            true => page(at, about, &exists, &read_or_write(index, memory, true)),
            false => {
                let write = [
                    line("known_q", "1'b1;"),
                    line(&format!("{memory}_write_o[{index}]"), "1'b1;"),
                ];
                page(
                    at,
                    about,
                    &[&["write_q".to_string()], &exists[..]].concat(),
                    &write,
                )
            }
        };
    }
    text
}

/// What a transfer asks of a layer; what is read comes from a register, or from a memory.
fn read_or_write(index: usize, what: &str, memory: bool) -> Vec<(String, String)> {
    let mut lines = vec![
        line("known_q", "1'b1;"),
        line("layer_q", &format!("write_q ? 4'd0 : 4'd{};", index + 1)),
    ];
    if memory {
        lines.push(line("memory_q", "!write_q;"));
    }
    lines.push(line(&format!("{what}_write_o[{index}]"), "write_q;"));
    lines.push(line(&format!("{what}_read_o[{index}]"), "!write_q;"));
    lines
}

/// A page of addresses: what happens where all these conditions hold.
fn page(number: usize, about: &str, conditions: &[String], then: &[(String, String)]) -> String {
    format!(
        "        6'd{number}: begin // {about}
          if ({}) begin
{}          end
        end
",
        joined(conditions, "&"),
        assignments(then, 6, "<=")
    )
}

/// Conditions in a row, or a line each where they are long.
fn joined(conditions: &[String], operator: &str) -> String {
    if let [only] = conditions {
        return only.clone();
    }
    let bracketed = |c: &String| match c.contains(' ') {
        true => format!("({c})"),
        false => c.clone(),
    };
    let all: Vec<String> = conditions.iter().map(bracketed).collect();
    let row = all.join(&format!(" {operator} "));
    match row.len() <= 76 {
        true => row,
        false => all.join(&format!("\n            {operator} ")),
    }
}

/// Conditions on `addr_q` that a register exists: the first ones without a gap, then single ones.
fn register_exists(layer: &Layer) -> Vec<String> {
    let all: Vec<u32> = registers(layer)
        .map(|(id, _)| layer.model.address(id))
        .collect();
    let first = (0..).zip(&all).take_while(|(n, at)| n == *at).count();
    let low = (first > 0).then(|| format!("addr_q[25:0] < 26'd{first}"));
    let rest = all[first..]
        .iter()
        .map(|at| format!("addr_q[25:0] == 26'd{at}"));
    let conditions: Vec<String> = low.into_iter().chain(rest).collect();
    vec![joined(&conditions, "|")]
}

/// Conditions on `addr_q` that a level exists.
fn level_exists(layer: &Layer) -> Vec<String> {
    let mut conditions = vec!["addr_q[25:9] == 17'd0".to_string()];
    if layer.bits < 8 {
        let last = (1 << layer.bits) - 1;
        conditions.push(format!("addr_q[7:0] <= 8'd{last}"));
    }
    if !layer.recurrent {
        conditions.push("!addr_q[8]".into());
    }
    conditions
}

/// Conditions on `addr_q` that a weight exists.
fn code_exists(layer: &Layer) -> Vec<String> {
    let bits = bruno_chip::neuron_bits(layer.neurons) as usize;
    let channel = format!("addr_q[25:{bits}] <= {}'d{}", 26 - bits, layer.fan_in() - 1);
    let mut conditions = vec![channel];
    if layer.neurons != 1 << bits {
        let last = layer.neurons - 1;
        conditions.push(format!("addr_q{} <= {bits}'d{last}", vector(bits)));
    }
    conditions
}
