//! Synapses of a neuron: the current of the channels that spike, in the way that takes fewest cells. All ways give the
//! same integers ([`Sum`]).

use crate::generate::fold::synapses::{
    Projection, Sum, constant, counts::count_bits, projections, sum_bits, way,
};
use crate::generate::lists::vector;
use crate::generate::memory::{Kind, Memory, Pin};
use crate::generate::{extend_bits, ports::low};
use crate::narrow::Word;
use bruno_device::{Chip, Layer};
use std::fmt::Write;

/// The injected current as the kernels read it.
pub(super) fn injected(layer: &Layer) -> Word {
    Word::new("inject", sum_bits(layer) as u32, true)
}

/// Whether a neuron reads level tables, as ports of it or as constants.
pub(super) fn reads_levels(layer: &Layer) -> bool {
    cheapest(layer) != Sum::Constant
}

/// The way that takes fewest cells: that of a lane, but for the weight of a term, which here has no register. Estimates in
/// OSU018 cells, from chips of 16 channels (docs/synthesis.md).
fn cheapest(layer: &Layer) -> Sum {
    if way(layer) == Sum::Constant {
        return Sum::Constant;
    }
    let (level, codes) = (layer.current.bits as usize, 1usize << layer.bits);
    let total = |cost: &dyn Fn(&Projection) -> usize| -> usize {
        projections(layer).map(|p| cost(&p)).sum()
    };
    let terms = total(&|p| p.channels * (level * codes * 7 / 10 + 7 * sum_bits(layer)));
    let counts = total(&|p| codes * (6 * count_bits(p.channels) * level + 8 * p.channels));
    match terms <= counts {
        true => Sum::Tree,
        false => Sum::Counted,
    }
}

/// Codes, and the sum.
pub(super) fn print(chip: &Chip, layer: &Layer) -> String {
    let (code, fan_in) = (layer.bits as usize, layer.fan_in());
    let ports: [&[Pin]; 2] = [
        &[("words_o", "code")],
        &[
            ("write_i", "code_write_i"),
            ("write_address_i", "code_channel_i"),
            ("data_i", "code_i"),
        ],
    ];
    let crossbar = Memory::new(Kind::Crossbar, code, fan_in);
    let mut text = format!(
        "  // Weight codes, one a channel: inputs first, then the layer's own neurons.
  wire {} code;

{}
",
        vector(code * fan_in),
        crossbar.instance(chip, "u_codes", &ports),
    );
    text += &match cheapest(layer) {
        Sum::Tree => terms(layer),
        Sum::Counted => counted(layer),
        Sum::Constant => constants(layer),
    };
    text
}

/// The code of channel `j` of a projection.
fn code_of(layer: &Layer, p: &Projection, j: &str) -> String {
    let bits = layer.bits;
    let channel = match p.offset {
        0 => j.into(),
        offset => format!("({j} + {offset})"),
    };
    format!("code[{bits} * {channel} +: {bits}]")
}

/// The level of every channel that spikes, chosen by its code.
fn terms(layer: &Layer) -> String {
    let (levels, sum, code) = (
        layer.current.bits as usize,
        sum_bits(layer),
        layer.bits as usize,
    );
    let codes = 1 << code;
    let mut text = format!(
        "  // The current of a weight code whose channel spikes.
  function {} level_of;
    input {} levels;
    input {} chosen;
    input spikes;
    integer c;
    begin
      level_of = {levels}'d0;
      for (c = 0; c < {codes}; c = c + 1) begin
        level_of = level_of
          | (levels[{levels} * c +: {levels}] & {{{levels}{{spikes & (chosen == c{})}}}});
      end
    end
  endfunction

  reg  signed {} inject;
  reg  {} level;
  integer j;

  always @* begin
    inject = {sum}'sd0;
",
        vector(levels),
        vector(levels * codes),
        vector(code),
        low(code),
        vector(sum),
        vector(levels),
    );
    let wide = extend_bits("level", levels, sum);
    for p in projections(layer) {
        let _ = write!(
            text,
            "    for (j = 0; j < {}; j = j + 1) begin
      level  = level_of({}, {}, {}[j]);
      inject = inject + {wide};
    end
",
            p.channels,
            p.table,
            code_of(layer, &p, "j"),
            p.spikes,
        );
    }
    text + "  end\n\n"
}

/// Counters in a combinational block: `name` counts the channels whose code answers to `key`.
fn counters(
    layer: &Layer,
    p: &Projection,
    keys: &[usize],
    answers: &dyn Fn(&str, &str) -> String,
) -> String {
    let bits = count_bits(p.channels);
    let name = |key: usize| format!("n_{}_{key}", p.name);
    let mut text = String::new();
    for key in keys {
        let _ = writeln!(text, "  reg  {} {};", vector(bits), name(*key));
    }
    // Each block has a variable of its own.
    let j = if p.offset == 0 { "j" } else { "k" };
    let _ = write!(text, "  integer {j};\n\n  always @* begin\n");
    for key in keys {
        let _ = writeln!(text, "    {} = {bits}'d0;", name(*key));
    }
    let _ = writeln!(
        text,
        "    for ({j} = 0; {j} < {}; {j} = {j} + 1) begin",
        p.channels
    );
    let code = code_of(layer, p, j);
    for key in keys {
        let literal = format!("{}'d{key}", layer.bits);
        let one = format!("{}[{j}] & ({})", p.spikes, answers(&code, &literal));
        let one = match bits {
            1 => one,
            _ => format!("{{{}'d0, {one}}}", bits - 1),
        };
        let _ = writeln!(text, "      {0} = {0} + {one};", name(*key));
    }
    text + "    end\n  end\n\n"
}

/// A product a weight code: the channels that spike and have it, times its level.
fn counted(layer: &Layer) -> String {
    let (levels, sum) = (layer.current.bits as usize, sum_bits(layer));
    let keys: Vec<usize> = (0..1 << layer.bits).collect();
    let mut text = String::from("  // Channels that spike, counted by weight code.\n");
    let mut all = Vec::new();
    for p in projections(layer) {
        text += &counters(layer, &p, &keys, &|code, key| format!("{code} == {key}"));
        let wide = (levels + count_bits(p.channels)).min(sum);
        for key in &keys {
            let (high, low) = ((key + 1) * levels - 1, key * levels);
            let term = format!("term_{}_{key}", p.name);
            let _ = writeln!(
                text,
                "  wire signed {} {term} = $signed({{1'b0, n_{}_{key}}}) * $signed({}[{high}:{low}]);",
                vector(wide),
                p.name,
                p.table,
            );
            all.push(extend_bits(&term, wide, sum));
        }
        text.push('\n');
    }
    text + &total(sum, &all)
}

/// Tables of constants, chosen by the same bit of a few counts.
fn constants(layer: &Layer) -> String {
    let sum = sum_bits(layer);
    let mut text = String::from(
        "  // Levels are constants, a polynomial of the code's bits: channels that spike are counted by\n  \
         // sets of bits of their code. Bit k of a few counts chooses what they add, 2^k times.\n",
    );
    let mut all = Vec::new();
    for p in projections(layer) {
        let weights = constant::weights(layer, &p);
        let keys: Vec<usize> = weights.iter().map(|w| w.0).collect();
        let answers = |code: &str, key: &str| format!("({code} & {key}) == {key}");
        text += &counters(layer, &p, &keys, &answers);
        for (group, some) in weights.chunks(constant::MASKS).enumerate() {
            let term = format!("term_{}_{group}", p.name);
            text += &constant::table(layer, &term, some);
            for bit in 0..count_bits(p.channels) {
                let set: Vec<String> = some
                    .iter()
                    .rev()
                    .map(|(mask, _)| format!("n_{}_{mask}[{bit}]", p.name))
                    .collect();
                let call = format!("{term}_table({{{}}})", set.join(", "));
                all.push(match bit {
                    0 => call,
                    _ => format!("({call} << {bit})"),
                });
            }
        }
    }
    text + &total(sum, &all)
}

/// `inject`, the sum of terms.
fn total(sum: usize, terms: &[String]) -> String {
    format!(
        "  wire signed {} inject = {};\n\n",
        vector(sum),
        terms.join("\n    + ")
    )
}
