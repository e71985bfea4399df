//! The stream of records of a folded bank: one neuron's record at a time is read from its lane and leaves word by word.

use super::Folded;
use crate::generate::fold::lane::record_bits;
use crate::generate::index_bits;
use crate::generate::lists::{assignments, declarations, line, vector, wires};
use std::fmt::Write;

/// A number that counts up to its last one and starts anew.
struct Counter {
    name: &'static str,
    bits: usize,
    last: String,
}

impl Counter {
    /// Counts `0..count`; none where there is nothing to count.
    fn new(name: &'static str, count: usize) -> Option<Self> {
        let bits = index_bits(count);
        (count > 1).then(|| Self {
            name,
            bits,
            last: format!("{bits}'d{}", count - 1),
        })
    }

    fn register(&self) -> String {
        format!("out_{}_q", self.name)
    }

    /// Its next step, where `when` holds.
    fn step(&self, when: &str) -> String {
        let (register, bits) = (self.register(), self.bits);
        format!(
            "      if ({when}) begin
        {register} <= final_{} ? {bits}'d0 : {register} + {bits}'d1;
      end
",
            self.name
        )
    }
}

impl Folded<'_> {
    /// Bits of the record of a neuron.
    pub(super) fn record_bits(&self) -> usize {
        record_bits(&self.recorded()) as usize
    }

    /// Number of the slot that leaves, where there is more than one: `out_slot_q` has so many bits.
    pub(super) fn out_slot_bits(&self) -> Option<usize> {
        let slots = self.lanes[0];
        (slots > 1).then(|| index_bits(slots))
    }

    /// Words of a neuron, neurons of a lane, lanes: what is counted, the innermost first.
    fn counters(&self) -> (Option<Counter>, Vec<Counter>) {
        let (full, rest) = (self.lanes[0], self.lanes[self.lanes.len() - 1]);
        let mut slot = Counter::new("slot", full);
        if let Some(slot) = slot.as_mut().filter(|_| rest < full) {
            let bits = slot.bits;
            slot.last = format!("(final_lane ? {bits}'d{} : {})", rest - 1, slot.last);
        }
        let lane = Counter::new("lane", self.lanes.len());
        let neurons = slot.into_iter().chain(lane).collect();
        (Counter::new("word", self.recorded().len()), neurons)
    }

    pub(super) fn recorder(&self) -> String {
        let (word, neurons) = self.counters();
        let bits = self.record_bits();
        let selected = match self.lanes.len() {
            1 => "selected = record;".to_string(),
            _ => format!("selected = record[{bits} * out_lane_q +: {bits}];"),
        };
        let mut nets = vec![
            line("reg", "rec_valid_q, rec_last_q;"),
            line("reg  [31:0]", "rec_data_q;"),
        ];
        if let Some(word) = &word {
            let kind = format!("reg  {}", vector(word.bits));
            nets.push((kind, format!("{};", word.register())));
        }
        nets.push(line("reg  [31:0]", "word; // that leaves next"));
        nets.push((wires(bits), selected));
        [
            "  // Recorder: the record of a neuron is read from its lane, then its words leave one by one.\n".into(),
            declarations(&nets),
            self.word(),
            Self::conditions(word.as_ref(), &neurons),
            Self::stream(word.as_ref(), &neurons),
        ]
        .concat()
    }

    /// What ends with the word that leaves. A slot's end depends on the lane.
    fn conditions(word: Option<&Counter>, neurons: &[Counter]) -> String {
        let and = |counters: &[&Counter]| -> String {
            let all = counters.iter();
            all.map(|c| format!(" & final_{}", c.name)).collect()
        };
        let words: Vec<&Counter> = word.into_iter().collect();
        let inner: Vec<&Counter> = neurons.iter().collect();
        let mut lines = vec![line("wire send", "!rec_valid_q | rec_ready_i;")];
        for c in words.iter().chain(&inner).rev() {
            let value = format!("{} == {};", c.register(), c.last);
            lines.push((format!("wire final_{}", c.name), value));
        }
        lines.extend([
            line("wire leaves", "busy_q & loaded_q & send;"),
            line("wire record_ends", &format!("leaves{};", and(&words))),
            line("wire all_end", &format!("record_ends{};", and(&inner))),
        ]);
        format!("\n{}", assignments(&lines, 1, "="))
    }

    /// The word that leaves, of the record that was read.
    fn word(&self) -> String {
        let recorded = self.recorded();
        let mut text = String::from("\n  always @* begin\n");
        let mut low = 0;
        let mut words = Vec::new();
        for a in &recorded {
            let value = extended(low, a.bits as usize, a.signed);
            words.push(format!("word = {value}; // {}", a.name));
            low += a.bits as usize;
        }
        match &words[..] {
            [only] => text += &format!("    {only}\n"),
            several => text += &Self::choice(several),
        }
        text + "  end\n"
    }

    /// The word of each number.
    fn choice(words: &[String]) -> String {
        let (bits, last) = (index_bits(words.len()), words.len() - 1);
        let mut text = String::from("    case (out_word_q)\n");
        for (index, word) in words.iter().enumerate() {
            let _ = match index == last {
                true => writeln!(text, "      default: {word}"),
                false => writeln!(text, "      {bits}'d{index}: {word}"),
            };
        }
        text + "    endcase\n"
    }

    /// The clocked part.
    fn stream(word: Option<&Counter>, neurons: &[Counter]) -> String {
        let counters = word.into_iter().chain(neurons);
        let mut cleared = vec![
            line("busy_q", "1'b0;"),
            line("loaded_q", "1'b0;"),
            line("rec_valid_q", "1'b0;"),
            line("rec_last_q", "1'b0;"),
            line("rec_data_q", "32'd0;"),
        ];
        cleared.extend(counters.map(|c| (c.register(), format!("{}'d0;", c.bits))));
        let reset = assignments(&cleared, 3, "<=");
        let mut steps: String = word.iter().map(|c| c.step("leaves")).collect();
        let mut when = String::from("record_ends");
        for counter in neurons {
            steps += &counter.step(&when);
            when += &format!(" & final_{}", counter.name);
        }
        format!(
            "
  always @(posedge clk_i) begin
    if (clear_i) begin
{reset}    end else begin
      if (all_end) begin
        busy_q <= 1'b0;
      end else if (done_i & capture_q) begin
        busy_q <= 1'b1;
      end
      if (busy_q) begin
        loaded_q <= !record_ends;
      end
      if (send) begin
        rec_valid_q <= leaves;
        rec_last_q  <= all_end;
        rec_data_q  <= word;
      end
{steps}    end
  end

  assign rec_valid_o = rec_valid_q;
  assign rec_last_o  = rec_last_q;
  assign rec_data_o  = rec_data_q;

"
        )
    }
}

/// So many bits of `selected`, as a word.
fn extended(low: usize, bits: usize, signed: bool) -> String {
    let high = low + bits - 1;
    let own = format!("selected[{high}:{low}]");
    match (32 - bits, signed) {
        (0, _) => own,
        (gap, true) => format!("{{{{{gap}{{selected[{high}]}}}}, {own}}}"),
        (gap, false) => format!("{{{gap}'d0, {own}}}"),
    }
}
