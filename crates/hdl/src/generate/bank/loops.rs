//! The loops over the neurons of a bank in a tick. Few neurons fire or saturate in a tick, so what only those need has
//! loops of its own, which a simulator skips in most ticks; a synthesiser sees the same registers.

use super::names::{CLIPPED, FIRED};
use super::text::extend_to;
use super::{Bank, Bodies, saturations};
use crate::generate::{index_bits, ports::range};
use crate::{HdlError, Printed};
use std::fmt::Write;

/// Bits of a word of packed spikes.
const WORD: usize = 32;
/// Bits of a bit's number in it.
const WORD_BITS: usize = 5;

impl Bank<'_> {
    /// All but the first, in order.
    pub(super) fn loops(&self, bodies: &Bodies) -> Result<String, HdlError> {
        let mut text = self.neurons(&bodies.neurons)?;
        if self.spiking() {
            text += &self.spikes(&bodies.spikes);
        }
        text += &self.saturations(&bodies.saturations);
        if !bodies.records.text().is_empty() {
            let records = self.neuron_loop(&self.body(&bodies.records, "        "), "      ");
            let _ = write!(text, "      // Records of the new states.\n      {records}");
        }
        Ok(text)
    }

    /// What gathers over a window begins with its first tick.
    pub(super) fn opening(&self) -> String {
        let mut body = String::new();
        for a in &self.arrays {
            if let Some(value) = &a.opens {
                let _ = writeln!(body, "        {}[{}] = {value};", a.name, self.k());
            }
        }
        format!(
            "      // A window opens.\n      if (first_i) {}",
            self.neuron_loop(&body, "      ")
        )
    }

    /// Every neuron, before what a spike resets.
    fn neurons(&self, body: &Printed) -> Result<String, HdlError> {
        let mut text = String::new();
        if self.layer.options.random() {
            let k = extend_to(32, "k", self.size_bits());
            let _ = writeln!(text, "        index = c_base + {k};");
        }
        text += &self.body(body, "        ");
        let k = self.k();
        let clips = body.output(saturations(self.layer))?;
        let _ = writeln!(text, "        {CLIPPED}[{k}] = {clips};");
        if self.spiking() {
            let fire = body.output("fire")?;
            let _ = writeln!(
                text,
                "        {FIRED}[{k}] = {fire};\n        happened = happened | {fire} | {clips};"
            );
        } else {
            let _ = writeln!(text, "        happened = happened | {clips};");
        }
        Ok(format!("      {}", self.neuron_loop(&text, "      ")))
    }

    /// What a spike resets, and the neurons that fired: in those `fire` is all ones, so their sign is seen in what happened.
    fn spikes(&self, body: &Printed) -> String {
        let resets = self.neuron_loop(&self.body(body, "          "), "        ");
        format!(
            "      spike_o <= {}'d0;\n      if (happened < 32'sd0) begin\n        {resets}{}      end\n",
            self.size,
            self.packed_spikes()
        )
    }

    /// Saturated updates of the tick and of the window.
    fn saturations(&self, body: &Printed) -> String {
        let mut counts = self.body(body, "          ");
        let _ = writeln!(
            counts,
            "          n_saturated = n_saturated + {CLIPPED}[{}];",
            self.k()
        );
        let counts = self.neuron_loop(&counts, "        ");
        // A neuron counts so many at most: what is wider is zero, and no register.
        let most = self.layer.model.most_saturations() as usize;
        let bits = index_bits(most * self.size + 1);
        let counted = format!("n_saturated[{}:0]", bits - 1);
        format!(
            "      if (happened != 32'sd0) begin\n        {counts}      end\n      saturated_o <= {};\n",
            extend_to(32, &counted, bits)
        )
    }

    /// The neurons that fired as bits, by words: a simulator sets the bits of several neurons at once in them.
    fn packed_spikes(&self) -> String {
        if self.size == 1 {
            return format!("        spike_o <= {FIRED}[0][0];\n");
        }
        let (bits, k) = (self.size_bits(), self.k());
        let mut text = String::new();
        for first in (0..self.size).step_by(WORD) {
            let end = self.size.min(first + WORD);
            let at = match bits < WORD_BITS {
                true => "k".into(),
                false => format!("k[{}:0]", WORD_BITS - 1),
            };
            let _ = write!(
                text,
                "        spikes = 32'd0;
        for (k = {bits}'d{first}; k < {bits}'d{end}; k = k + {bits}'d1) spikes = spikes | ({{31'd0, {FIRED}[{k}][0]}} << {at});
        spike_o[{}:{first}] <= spikes[{}:0];
",
                end - 1,
                end - first - 1
            );
        }
        text
    }

    /// The statements of a body and what they leave in the arrays.
    fn body(&self, body: &Printed, indent: &str) -> String {
        let mut text = body.text();
        for a in &self.arrays {
            let mut results = a.results.iter();
            if let Some(value) = results.find_map(|name| body.output(name).ok()) {
                let slice = match a.bits {
                    32 => String::new(),
                    bits => range(bits as usize),
                };
                let _ = writeln!(text, "{indent}{}[{}] = {value}{slice};", a.name, self.k());
            }
        }
        text
    }

    fn neuron_loop(&self, body: &str, indent: &str) -> String {
        format!("{} begin\n{body}{indent}end\n", self.loop_head())
    }
}
