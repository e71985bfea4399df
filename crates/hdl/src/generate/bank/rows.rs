//! Synaptic currents of a tick: the rows of the channels that spike.

use super::Bank;
use super::names::{CODE, INJECT, LEVEL, REC_LEVEL};
use super::text::extend_to;
use crate::generate::{extend, index_bits, literal, ports::range};
use std::fmt::Write;

/// Above so many channels a simulator first asks which groups have a spike: asking each channel takes as long as the rows.
const GROUPED: usize = 32;
/// Above so many channels currents are chosen by the bits of a code.
const CHOSEN: usize = 128;
/// Channels of a group: a word of a simulator.
const GROUP: usize = 32;
const GROUP_BITS: usize = 5;
/// Longest codes that are chosen by their bits.
const CHOSEN_BITS: u32 = 3;

impl Bank<'_> {
    /// Currents of the spiking channels; a tick without spikes costs one comparison.
    pub(super) fn rows(&self) -> String {
        let mut text = format!(
            "      {} {INJECT}[{}] = 32'sd0;\n",
            self.loop_head(),
            self.k()
        );
        for (spikes, channels, offset, table) in self.sources() {
            text += &self.source(spikes, channels, offset, table);
        }
        text
    }

    /// Ports with spikes: name, channels, first row, table of the currents.
    fn sources(&self) -> impl Iterator<Item = (&'static str, usize, usize, &'static str)> {
        let inputs = self.layer.inputs;
        let own =
            self.layer
                .recurrent
                .then_some(("rec_spike_i", self.layer.neurons, inputs, REC_LEVEL));
        [("pre_i", inputs, 0, LEVEL)].into_iter().chain(own)
    }

    /// Adds the rows of the channels of a port that spike.
    fn source(&self, spikes: &str, channels: usize, offset: usize, table: &str) -> String {
        let any = match channels {
            1 => spikes.to_string(),
            _ => format!("|{spikes}"),
        };
        let found = match channels > GROUPED {
            true => by_group(spikes, channels),
            false => one_by_one(spikes, channels),
        };
        let row = match self.layer.fan_in() {
            0..=2 => "[0]".into(),
            rows => range(index_bits(rows)),
        };
        let (indent, k) = (" ".repeat(found.indent), self.k());
        format!(
            "      if ({any}) begin
{}{} begin
{indent}  row = {} + 26'd{offset};
{indent}  {} begin
{indent}    pick = {CODE}[row{row}][{k}];
{}{indent}    {INJECT}[{k}] = {INJECT}[{k}] + {};
{indent}  end
{indent}end
      end
",
            self.copies(channels, table),
            found.loops,
            found.channel,
            self.loop_head(),
            self.choice(channels, table, &indent),
            self.current(channels, table)
        )
    }

    /// The current of the synapse whose code is `pick`.
    fn current(&self, channels: usize, table: &str) -> String {
        if self.chosen(channels) {
            return candidate(self.layer.bits - 1, 0);
        }
        let i_bits = self.layer.current.bits;
        extend(&format!("{table}[pick]"), i_bits, true)
    }

    /// Whether the currents of a port's few codes are copied, and one is chosen by the code's bits: with many channels a
    /// simulator then adds several synapses at once, as it cannot from a table.
    fn chosen(&self, channels: usize) -> bool {
        channels > CHOSEN && self.layer.bits <= CHOSEN_BITS
    }

    /// The copies that `chosen` says, once a tick with spikes.
    fn copies(&self, channels: usize, table: &str) -> String {
        let mut text = String::new();
        for code in (0..1 << self.layer.bits).filter(|_| self.chosen(channels)) {
            let address = literal(self.layer.bits, false, code);
            let level = format!("{table}[{address}]");
            let value = extend(&level, self.layer.current.bits, true);
            let _ = writeln!(text, "        c_{table}_{code} = {value};");
        }
        text
    }

    /// Chooses one of the copies by the bits of `pick`, the lowest bit first.
    fn choice(&self, channels: usize, table: &str, indent: &str) -> String {
        let mut text = String::new();
        for bit in (0..self.layer.bits).filter(|_| self.chosen(channels)) {
            for n in 0..candidates(self.layer.bits, bit) {
                let of = |n| match bit {
                    0 => format!("c_{table}_{n}"),
                    _ => candidate(bit - 1, n),
                };
                let (low, high) = (of(2 * n), of(2 * n + 1));
                let _ = writeln!(
                    text,
                    "{indent}    {} = {low} ^ ({{32{{pick[{bit}]}}}} & ({low} ^ {high}));",
                    candidate(bit, n)
                );
            }
        }
        text
    }

    /// Temporaries of the copies and of the choice.
    pub(super) fn copied(&self) -> Vec<String> {
        let bits = self.layer.bits;
        let sources = self.sources().filter(|source| self.chosen(source.1));
        let copies = |(_, _, _, table)| (0..1 << bits).map(move |c| format!("c_{table}_{c}"));
        let mut all: Vec<String> = sources.flat_map(copies).collect();
        if !all.is_empty() {
            let of = |bit| (0..candidates(bits, bit)).map(move |n| candidate(bit, n));
            all.extend((0..bits).flat_map(of));
        }
        all
    }

    /// Spikes of many channels, filled up to whole groups.
    pub(super) fn group_declarations(&self) -> String {
        let mut text = String::new();
        for (spikes, channels) in self.grouped() {
            let whole = channels.next_multiple_of(GROUP);
            let filled = extend_to(whole, spikes, channels);
            let _ = writeln!(text, "  wire {} {spikes}_groups = {filled};", range(whole));
        }
        text
    }

    /// Ports whose spikes are looked at by groups, with their width.
    pub(super) fn grouped(&self) -> impl Iterator<Item = (&'static str, usize)> {
        let ports = self
            .sources()
            .map(|(spikes, channels, ..)| (spikes, channels));
        ports.filter(|port| port.1 > GROUPED)
    }
}

/// What is left of `2^bits` copies when the bits up to `bit` have chosen.
fn candidates(bits: u32, bit: u32) -> u32 {
    1 << (bits - 1 - bit)
}

/// Temporary of one of them. Multiplexers are written with masks: of `?:` a simulator's compiler makes comparisons, a third more
/// operations, and a synthesiser takes 12 % more cells.
fn candidate(bit: u32, n: u32) -> String {
    format!("chosen_{bit}_{n}")
}

/// Loops that find the channels that spike.
struct Found {
    /// Up to the condition that the channel spikes.
    loops: String,
    /// The channel, 26 bits.
    channel: String,
    /// Of the condition.
    indent: usize,
}

fn one_by_one(spikes: &str, channels: usize) -> Found {
    let j = match index_bits(channels) {
        _ if channels == 1 => String::new(),
        1 => "[j[0]]".into(),
        bits => format!("[j[{}:0]]", bits - 1),
    };
    Found {
        loops: format!(
            "        for (j = 26'd0; j < 26'd{channels}; j = j + 26'd1)
          if ({spikes}{j})"
        ),
        channel: "j".into(),
        indent: 10,
    }
}

fn by_group(spikes: &str, channels: usize) -> Found {
    let groups = channels.div_ceil(GROUP);
    let bits = index_bits(groups);
    let group = format!("g[{}:0]", bits - 1);
    let channel = format!("{group}, j[{}:0]", GROUP_BITS - 1);
    Found {
        loops: format!(
            "        for (g = 26'd0; g < 26'd{groups}; g = g + 26'd1)
          if (|{spikes}_groups[{{{group}, {GROUP_BITS}'d0}} +: {GROUP}])
            for (j = 26'd0; j < 26'd{GROUP}; j = j + 26'd1)
              if ({spikes}_groups[{{{channel}}}])"
        ),
        channel: format!("{{{}'d0, {channel}}}", 26 - bits - GROUP_BITS),
        indent: 14,
    }
}
