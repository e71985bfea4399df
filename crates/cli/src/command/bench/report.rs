//! The figures as JSON and as a table.

use super::about::About;
use super::{forward, passes, start, training};
use serde::Serialize;
use std::fmt::Write;

/// Everything that was measured.
#[derive(Serialize)]
pub struct Report {
    pub about: About,
    /// Of which a forward figure is the median.
    pub runs: usize,
    pub forward: Vec<forward::Row>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub training: Option<training::Row>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub start: Vec<start::Row>,
}

impl Report {
    pub fn table(&self) -> String {
        let mut text = heading(&self.about);
        let _ = writeln!(text, "\nforward, one core, {} runs", self.runs);
        text += "     N     M  rate, Hz   T, s  ns per neuron-tick (median, least .. most)  fired, Hz  bytes per neuron-window\n";
        for r in &self.forward {
            let [median, least, most] = r.ns;
            let _ = writeln!(
                text,
                "{:>6}{:>6}{:>10.0}{:>7.2}{median:>13.3}  {least:.3} .. {most:<22.3}{:>11.1}{:>25.0}",
                r.neurons, r.inputs, r.rate_hz, r.seconds, r.fired_hz, r.bytes_per_neuron_window
            );
        }
        text += &at_once(&self.forward);
        text += &passes::table(&self.forward);
        text += &self.training.as_ref().map_or_else(String::new, step);
        if !self.start.is_empty() {
            text += "\ndescription to running model, s\n     N     cold    of which check    from the cache\n";
        }
        for r in &self.start {
            let share = format!("{:.3} ({:.1} %)", r.check_s, 100.0 * r.check_s / r.cold_s);
            let _ = writeln!(
                text,
                "{:>6}{:>9.2}{share:>18}{:>18.3}",
                r.neurons, r.cold_s, r.warm_s
            );
        }
        text
    }
}

/// Small chips whose samples run several at once.
fn at_once(rows: &[forward::Row]) -> String {
    let mut text = String::new();
    for r in rows {
        let Some(many) = &r.at_once else { continue };
        if text.is_empty() {
            text += "\nsamples at once, one core\n     N     M  samples  ns per neuron-tick (median, least .. most)\n";
        }
        let [median, least, most] = many.ns;
        let _ = writeln!(
            text,
            "{:>6}{:>6}{:>9}{median:>13.3}  {least:.3} .. {most:.3}",
            r.neurons, r.inputs, many.samples
        );
    }
    text
}

fn heading(about: &About) -> String {
    format!(
        "{}, {} cores, load {}, vectors of {} bits\n{}\n{}\n",
        about.processor,
        about.cores,
        about.load,
        about.vector_bits,
        about.compiler,
        about.verilator
    )
}

fn step(r: &training::Row) -> String {
    format!(
        "\ntraining step, N = {}, batch {}, T = {} s
  forward {:.3} s, backward {:.3} s ({:.1} % of both), step / forward {:.2}
  efficiency of 2 threads {:.0} %, {:.0} bytes per neuron-window of the batch\n",
        r.neurons,
        r.batch,
        r.seconds,
        r.forward_s,
        r.backward_s,
        100.0 * r.backward_s / (r.forward_s + r.backward_s),
        r.step_over_forward,
        100.0 * r.efficiency_of_two,
        r.bytes_per_neuron_window
    )
}
